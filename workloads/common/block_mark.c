/* Filling blocks and taking their marks. See block_mark.h. */
#include "block_mark.h"

#include <bench/random.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <errno.h>
#include <unistd.h>

uint64_t block_digest(const unsigned char *data, size_t size_bytes)
{
    return XXH3_64bits(data, size_bytes);
}

/* Works in steps of eight bytes. */
void block_fill(unsigned char *data, size_t size_bytes, uint64_t *state)
{
    for (size_t at = 0; at < size_bytes; at += sizeof *state) {
        uint64_t bits = bench_random_next(state);
        memcpy(data + at, &bits, sizeof bits);
    }
}

static int write_whole(int fd, const unsigned char *data, size_t size_bytes, uint64_t offset)
{
    for (size_t done = 0; done < size_bytes;) {
        ssize_t n = pwrite(fd, data + done, size_bytes - done, (off_t)(offset + done));
        if (n < 0 && errno != EINTR)
            return -errno;
        done += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

static int read_whole(int fd, unsigned char *data, size_t size_bytes, uint64_t offset)
{
    for (size_t done = 0; done < size_bytes;) {
        ssize_t n = pread(fd, data + done, size_bytes - done, (off_t)(offset + done));
        if (n < 0 && errno != EINTR)
            return -errno;
        if (n == 0)
            return -ESTALE; /* shorter than when it was opened */
        done += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

int block_marks_write(struct block_mark *marks, const struct file_set *set, uint64_t seed,
                      unsigned char *data, struct bench_error *err)
{
    for (uint64_t block = 0; block < set->blocks; block++) {
        const struct file *file = file_set_find(set, block);
        uint64_t offset = file_block_offset(set, file, block);
        size_t size_bytes = file_block_bytes(set, file, offset);

        block_fill(data, size_bytes, &seed);
        int rc = write_whole(file->fd, data, size_bytes, offset);
        if (rc < 0)
            return bench_error_set(err, rc, "%s: writing at byte %llu: %s", file->name,
                                   (unsigned long long)offset, strerror(-rc));
        marks[block].digest = block_digest(data, size_bytes);
        marks[block].stamp = block_stamp(data, size_bytes);
    }
    return 0;
}

int block_marks_read(struct block_mark *marks, const struct file_set *set, unsigned char *data,
                     struct bench_error *err)
{
    for (uint64_t block = 0; block < set->blocks; block++) {
        const struct file *file = file_set_find(set, block);
        uint64_t offset = file_block_offset(set, file, block);
        size_t size_bytes = file_block_bytes(set, file, offset);

        int rc = read_whole(file->fd, data, size_bytes, offset);
        if (rc < 0)
            return bench_error_set(err, rc, "%s: reading at byte %llu: %s", file->name,
                                   (unsigned long long)offset,
                                   rc == -ESTALE ? "the file has become shorter" : strerror(-rc));
        marks[block].digest = block_digest(data, size_bytes);
        marks[block].stamp = block_stamp(data, size_bytes);
    }
    return 0;
}
