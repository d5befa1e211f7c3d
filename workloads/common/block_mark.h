/*
 * What is known of the blocks of a file set, so that what is read or written can be checked: a digest of
 * all of a block, and what is cheap enough for while time is measured: a stamp of its ends, and a label
 * on them.
 */
#ifndef WORKLOADS_COMMON_BLOCK_MARK_H
#define WORKLOADS_COMMON_BLOCK_MARK_H

#include "file_set.h"

#include <bench/error.h>

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct block_mark {
    uint64_t digest, stamp;
};

/* XXH3, 64 bits. */
uint64_t block_digest(const unsigned char *data, size_t size_bytes);

/* The first and the last eight bytes of a block as one number. */
static inline uint64_t block_stamp(const unsigned char *data, size_t size_bytes)
{
    uint64_t head = 0, tail = 0;
    if (size_bytes >= sizeof head) {
        memcpy(&head, data, sizeof head);
        memcpy(&tail, data + size_bytes - sizeof tail, sizeof tail);
        return head * 0xd6e8feb86659fd93u + tail; /* shorter than 16 bytes, the two overlap */
    }
    while (size_bytes--)
        head = head << 8 | data[size_bytes];
    return head;
}

/* Stamps of several blocks as one number. The factor is odd: none is lost, and their order counts. */
static inline uint64_t block_fold(uint64_t fold, uint64_t stamp)
{
    return fold * 0x9e3779b97f4a7c15u + stamp;
}

/*
 * Data that no file system or disk can compress. Goes on from *state, which is a seed at first; `data`
 * is room for size_bytes rounded up to eight.
 */
void block_fill(unsigned char *data, size_t size_bytes, uint64_t *state);

/* Write on both ends of a block which one it is, and in which run: as much of it as there is room for.
 */
static inline void block_label(unsigned char *data, size_t size_bytes, uint64_t block, uint64_t run)
{
    const uint64_t label[2] = {block, run};
    size_t label_bytes = size_bytes < sizeof label ? size_bytes : sizeof label;
    memcpy(data, label, label_bytes);
    memcpy(data + size_bytes - label_bytes, label, label_bytes);
}

/*
 * Take the marks of all blocks of a set: of a file that is written meanwhile with seeded data that
 * cannot be compressed, or of files as they are. `marks` has one element a block; `data` is room for a
 * block and eight bytes. Messages begin with the file's name.
 */
int block_marks_write(struct block_mark *marks, const struct file_set *set, uint64_t seed,
                      unsigned char *data, struct bench_error *err);
int block_marks_read(struct block_mark *marks, const struct file_set *set, unsigned char *data,
                     struct bench_error *err);

#endif
