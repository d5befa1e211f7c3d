/* What ranks have changed in memory that they cannot share. See merge.h. */
#include "runner/merge.h"

#include "base/memory.h"
#include "base/shared.h"
#include "runner/ranks.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_BYTES = 4096 };

struct merge_base {
    unsigned char **copies; /* of each shared block */
    size_t count;
};

/* Consecutive bytes that have changed; they follow. A text of changes begins with one that has the size
 * of all blocks in `at`. */
struct change {
    uint64_t block, at, length;
};

struct merge_base *merge_begin(void)
{
    struct merge_base *base = mem_zero(1, sizeof *base);
    const struct shared_block *blocks = shared_blocks(&base->count);
    base->copies = mem_zero(base->count, sizeof *base->copies);
    for (size_t i = 0; i < base->count; i++) {
        base->copies[i] = mem_alloc(blocks[i].size_bytes);
        memcpy(base->copies[i], blocks[i].memory, blocks[i].size_bytes);
    }
    return base;
}

void merge_free(struct merge_base *base)
{
    if (!base)
        return;
    for (size_t i = 0; i < base->count; i++)
        free(base->copies[i]);
    free(base->copies);
    free(base);
}

static uint64_t all_bytes(void)
{
    size_t count;
    const struct shared_block *blocks = shared_blocks(&count);
    uint64_t sum = count;
    for (size_t i = 0; i < count; i++)
        sum += blocks[i].size_bytes;
    return sum;
}

struct writing {
    char *bytes;
    size_t size, capacity;
};

static void add_bytes(struct writing *writing, const void *bytes, size_t size)
{
    if (writing->size + size > writing->capacity) {
        writing->capacity = 2 * (writing->size + size);
        writing->bytes = mem_resize(writing->bytes, writing->capacity, 1);
    }
    memcpy(writing->bytes + writing->size, bytes, size);
    writing->size += size;
}

/* To the byte: what lies beside them may be another rank's. */
static void add_changes(struct writing *writing, uint64_t block, const unsigned char *is,
                        const unsigned char *was, size_t size)
{
    for (size_t at = 0; at < size;) {
        size_t page = size - at < PAGE_BYTES ? size - at : PAGE_BYTES;
        if (at % PAGE_BYTES == 0 && memcmp(is + at, was + at, page) == 0) {
            at += page;
            continue;
        }
        size_t from = at;
        while (at < size && is[at] != was[at])
            at++;
        const struct change change = {block, from, at - from};
        if (change.length) {
            add_bytes(writing, &change, sizeof change);
            add_bytes(writing, is + from, change.length);
        }
        while (at < size && is[at] == was[at] && (at % PAGE_BYTES != 0 || at == from))
            at++;
    }
}

void *merge_changes(const struct merge_base *base, size_t *size)
{
    struct writing writing = {0};
    size_t count;
    const struct shared_block *blocks = shared_blocks(&count);
    const struct change head = {0, all_bytes(), 0};
    add_bytes(&writing, &head, sizeof head);
    for (size_t i = 0; i < count && i < base->count; i++)
        add_changes(&writing, i, blocks[i].memory, base->copies[i], blocks[i].size_bytes);
    *size = writing.size;
    return writing.bytes;
}

int merge_apply(const void *changes, size_t size, struct bench_error *err)
{
    const char *at = changes, *end = at + size;
    struct change change;
    size_t count;
    const struct shared_block *blocks = shared_blocks(&count);
    memcpy(&change, at, sizeof change);
    if (change.at != all_bytes())
        return bench_error_set(err, -EPROTO, "set-up has made other shared memory than on rank 0");
    for (at += sizeof change; at + sizeof change <= end; at += change.length) {
        memcpy(&change, at, sizeof change);
        at += sizeof change;
        memcpy((char *)blocks[change.block].memory + change.at, at, change.length);
    }
    return 0;
}

int merge_into_first(const struct merge_base *base, struct ranks *ranks, struct bench_error *err)
{
    size_t size, *sizes = mem_zero(ranks->who.ranks, sizeof *sizes);
    void *changes = merge_changes(base, &size), *all = NULL;
    int rc = 0;
    ranks->engine->gather(ranks->state, changes, size, &all, sizes);
    const char *at = all;
    for (uint32_t r = 0; all && rc == 0 && r < ranks->who.ranks; at += sizes[r++]) {
        struct bench_error why = {0};
        char name[128];
        if (r > 0 && merge_apply(at, sizes[r], &why) < 0)
            rc = bench_error_set(err, why.code, "%s: %.800s", ranks_name(ranks, r, name, sizeof name),
                                 why.message);
    }
    free(all);
    free(changes);
    free(sizes);
    return rc;
}
