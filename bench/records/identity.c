/* Which records are of one case. */
#include "records/identity.h"

#include "records/text_pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_grain(int64_t a, int64_t b)
{
    return a == b || a == RECORD_NO_COUNT || b == RECORD_NO_COUNT;
}

bool identity_equal(const struct record *a, const struct record *b, unsigned parts)
{
    return a->workers == b->workers && a->inflight == b->inflight && same_grain(a->grain, b->grain) &&
           same_text(a->workload, b->workload) && same_text(a->params, b->params) &&
           same_text(a->executor, b->executor) && same_text(a->pin, b->pin) &&
           same_text(a->schedule, b->schedule) &&
           (!(parts & IDENTITY_LABEL) || same_text(a->label, b->label)) &&
           (!(parts & IDENTITY_MACHINE) || same_text(a->machine, b->machine)) &&
           (!(parts & IDENTITY_SIDE) || same_text(a->side, b->side));
}

static uint64_t mix(uint64_t hash, uint64_t next)
{
    hash = (hash ^ next) * 0x9e3779b97f4a7c15u; /* 2^64 / the golden ratio: Knuth, TAOCP 3, 6.4 */
    return hash ^ hash >> 32;
}

static uint64_t mix_text(uint64_t hash, const char *text)
{
    return mix(hash, text != NULL ? text_pool_hash(text, strlen(text)) : 0);
}

uint64_t identity_hash(const struct record *record, unsigned parts)
{
    uint64_t hash = mix((uint64_t)record->workers, (uint64_t)record->inflight);

    hash = mix_text(hash, record->workload);
    hash = mix_text(hash, record->params);
    hash = mix_text(hash, record->executor);
    hash = mix_text(hash, record->pin);
    hash = mix_text(hash, record->schedule);
    if (parts & IDENTITY_LABEL)
        hash = mix_text(hash, record->label);
    if (parts & IDENTITY_MACHINE)
        hash = mix_text(hash, record->machine);
    if (parts & IDENTITY_SIDE)
        hash = mix_text(hash, record->side);
    return hash;
}

static size_t find(const struct identity_index *index, const struct record *record, uint64_t hash)
{
    size_t next = index->capacity > 0 ? index->buckets[hash & (index->capacity - 1)] : 0;

    while (next > 0) {
        const struct identity_entry *entry = &index->entries[next - 1];

        if (entry->hash == hash && identity_equal(entry->record, record, index->parts))
            return next - 1;
        next = entry->older;
    }
    return IDENTITY_NONE;
}

size_t identity_index_find(const struct identity_index *index, const struct record *record)
{
    return find(index, record, identity_hash(record, index->parts));
}

static void enter(struct identity_index *index, size_t number)
{
    struct identity_entry *entry = &index->entries[number];
    size_t *bucket = &index->buckets[entry->hash & (index->capacity - 1)];

    entry->older = *bucket;
    *bucket = number + 1;
}

static int grow(struct identity_index *index)
{
    size_t capacity = index->capacity > 0 ? 2 * index->capacity : 64;
    struct identity_entry *entries = reallocarray(index->entries, capacity, sizeof(*entries));
    size_t *buckets;

    if (entries == NULL)
        return -ENOMEM;
    index->entries = entries;
    buckets = calloc(capacity, sizeof(*buckets));
    if (buckets == NULL)
        return -ENOMEM;
    free(index->buckets);
    index->buckets = buckets;
    index->capacity = capacity;
    for (size_t i = 0; i < index->size; i++)
        enter(index, i);
    return 0;
}

int identity_index_add(struct identity_index *index, const struct record *record, size_t *number)
{
    struct identity_entry *last = index->size > 0 ? &index->entries[index->last] : NULL;
    uint64_t hash;

    /* Runs of a case follow each other. A choice of grains is the hash's, which knows the newest. */
    if (last != NULL && last->record->grain == record->grain &&
        identity_equal(last->record, record, index->parts)) {
        *number = index->last;
        return 0;
    }
    hash = identity_hash(record, index->parts);
    *number = find(index, record, hash);
    if (*number == IDENTITY_NONE) {
        if (index->size == index->capacity && grow(index) != 0)
            return -ENOMEM;
        *number = index->size++;
        index->entries[*number] = (struct identity_entry){.record = record, .hash = hash};
        enter(index, *number);
    }
    if (index->entries[*number].record->grain == RECORD_NO_COUNT)
        index->entries[*number].record = record;
    index->last = *number;
    return 0;
}

void identity_index_free(struct identity_index *index)
{
    free(index->entries);
    free(index->buckets);
    *index = (struct identity_index){.parts = index->parts};
}
