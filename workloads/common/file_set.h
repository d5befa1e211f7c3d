/*
 * A set of open files to be read or written in blocks: the user's own, or one that is made for the
 * purpose and has no name. Everything here happens outside the timed part, but for file_set_find().
 */
#ifndef WORKLOADS_COMMON_FILE_SET_H
#define WORKLOADS_COMMON_FILE_SET_H

#include <bench/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct file {
    char *name; /* owned; of the file that is made, words that say where it is */
    int fd;
    uint64_t size_bytes;
    uint64_t first_block; /* number of its first block in the set */
    struct timespec modified;
};

struct file_set {
    struct file *files;
    size_t count;
    uint64_t size_bytes; /* of all files together */
    uint64_t block_bytes;
    uint64_t blocks; /* of all files; a file's last may be shorter than block_bytes */
};

/*
 * Open what is at `path`: a regular file, or a directory, of which all regular files that are not
 * empty are taken, in the order of their names and without its subdirectories. Raises the limit on
 * open files where that is needed and allowed. On failure nothing is left open; the message begins
 * with "path=".
 */
int file_set_open(struct file_set *set, const char *path, uint64_t block_bytes, struct bench_error *err);

/*
 * Make a file of size_bytes in directory `dir` ("": $TMPDIR, else the first of /var/tmp, /tmp and .
 * that can be written) that disappears when it is closed, however the process ends. It has no
 * contents yet: file_set_reserve() and pwrite() make them.
 */
int file_set_create(struct file_set *set, const char *dir, uint64_t size_bytes, uint64_t block_bytes,
                    struct bench_error *err);

/* Take the disk space of the file that file_set_create() made. */
int file_set_reserve(struct file_set *set, struct bench_error *err);

void file_set_close(struct file_set *set);

/* Read and write past the page cache from now on. -ENOTSUP where the file system cannot. */
int file_set_make_direct(struct file_set *set, struct bench_error *err);

/* Are block_bytes a size that is accepted past the page cache? Needs no direct mode. */
int file_set_check_alignment(const struct file_set *set, struct bench_error *err);

/* Tell the kernel in which order blocks will be read, as it tunes its read-ahead by that. */
void file_set_advise(const struct file_set *set, bool random);

/* Take the files' times of modification again, as opening did; and: has any file been modified since?
 * Then -ESTALE. */
int file_set_remember(struct file_set *set, struct bench_error *err);
int file_set_check_unchanged(const struct file_set *set, struct bench_error *err);

/* Read all of it; and: let the page cache forget what it can. */
int file_set_load(const struct file_set *set, struct bench_error *err);
void file_set_drop(const struct file_set *set);

/* The share of the files' pages that is in the page cache, 0..1; negative where the kernel does not
 * tell (Linux shows it to those only who own the file or may write it). */
double file_set_cached(const struct file_set *set);

/*
 * Read or write the first block, from or to `data`, and see whether the kernel counts that as storage's
 * work. 1: it does, or it counts nothing at all; -errno: reading or writing failed; 0: it does not. The
 * file is then in memory (a tmpfs, even one below an overlay, whose own type tells nothing), or another
 * program or machine keeps it (FUSE, 9p), or there is a hole in it. A block that is to be read must not
 * be in the page cache, and one that is to be written must not be dirty already.
 */
int file_set_try_read(const struct file_set *set, void *data);
int file_set_try_write(const struct file_set *set, const void *data);
#define FILE_SET_NO_STORAGE \
    "it is in memory (tmpfs, also below an overlay), or kept by another program or machine"

/* The file that block number `block` is in. */
static inline const struct file *file_set_find(const struct file_set *set, uint64_t block)
{
    const struct file *file = set->files;
    for (size_t n = set->count; n > 1;) {
        size_t half = n / 2;
        if (file[half].first_block <= block)
            file += half;
        n -= half;
    }
    return file;
}

/* Where in its file a block begins, and how many bytes it has. */
static inline uint64_t file_block_offset(const struct file_set *set, const struct file *file,
                                         uint64_t block)
{
    return (block - file->first_block) * set->block_bytes;
}
static inline size_t file_block_bytes(const struct file_set *set, const struct file *file,
                                      uint64_t offset)
{
    uint64_t left = file->size_bytes - offset;
    return left < set->block_bytes ? left : set->block_bytes;
}

#endif
