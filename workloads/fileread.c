/*
 * fileread: read files in blocks, each block once a run, in order or at random, through the page cache
 * (warm or cold) or past it.
 *
 * What is read is checked against digests that were taken before: when the file was made, or, of the
 * user's own files, by ordinary reads in setup. As fio does, a lane reads all its blocks into one
 * buffer, so after a range only its last block is there to be digested whole; of the blocks before it
 * run() has folded the first and the last eight bytes into one number, in the order of reading. With
 * grain 1, the default, every block is digested whole.
 */
#include <bench/workload.h>

#include "common/block_mark.h"
#include "common/file_set.h"
#include "common/permutation.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long long ull;

enum order { ORDER_SEQUENTIAL, ORDER_RANDOM };
enum cache { CACHE_WARM, CACHE_COLD };

struct fileread_params {
    int order;
    uint64_t block;
    uint64_t size;
    const char *path;
    const char *dir;
    int cache;
    bool direct;
};

static const char *const order_words[] = {"sequential", "random", NULL};
static const char *const cache_words[] = {"warm", "cold", NULL};

static const struct bench_param params_table[] = {
    BENCH_CHOICE(struct fileread_params, order, "sequential", order_words,
                 "order in which blocks are read"),
    BENCH_SIZE(struct fileread_params, block, "64KiB", 1, 1 << 30, "bytes read at a time"),
    BENCH_SIZE(struct fileread_params, size, "64MiB", 1, 0x1p50,
               "size of the file that is made if path is not given"),
    BENCH_TEXT(struct fileread_params, path, "",
               "a file of yours, or a folder: all files in it, without subfolders"),
    BENCH_TEXT(struct fileread_params, dir, "",
               "folder for the temporary file; default: $TMPDIR or /var/tmp"),
    BENCH_CHOICE(
        struct fileread_params, cache, "warm", cache_words,
        "whether the file is in the page cache when a run starts (direct=yes bypasses the cache)"),
    BENCH_BOOL(struct fileread_params, direct, "no", "bypass the page cache (O_DIRECT)"),
    BENCH_PARAM_END,
};

struct fileread {
    const struct fileread_params *params;
    struct file_set set;
    bool random;
    struct permutation order;
    struct block_mark *marks; /* one a block */
    _Atomic uint8_t *seen;    /* shared: how often a block was checked in this run */
};

/* A lane's buffer, aligned for direct reads, and what it was last used for. */
struct reader {
    uint64_t fold; /* of the stamps of the range's blocks */
    _Alignas(4096) unsigned char data[];
};

static inline uint64_t block_of_task(const struct fileread *reading, uint64_t task)
{
    return reading->random ? permutation_at(&reading->order, task) : task;
}

/* Open or make what is to be read: a file that is made has no contents yet. */
static int open_set(const struct fileread_params *given, struct file_set *set, struct bench_error *err)
{
    int rc;
    if (*given->path)
        rc = file_set_open(set, given->path, given->block, err);
    else if (given->block > given->size)
        rc = bench_error_set(err, -EINVAL, "block=%llu: must be at most the size of the file (%llu)",
                             (ull)given->block, (ull)given->size);
    else
        rc = file_set_create(set, given->dir, given->size, given->block, err);
    if (rc < 0)
        return rc;

    if (given->direct) {
        rc = file_set_check_alignment(set, err);
        if (rc < 0)
            file_set_close(set);
    }
    return rc;
}

static int fileread_validate(const void *params, struct bench_error *err)
{
    struct file_set set;
    int rc = open_set(params, &set, err);
    if (rc == 0)
        file_set_close(&set);
    return rc;
}

/* Our own file to the disk: what is dirty can neither be dropped from the cache nor read past it, and
 * being written in the background it would disturb the runs. From now on nothing may change it. */
static int settle(struct file_set *set, struct bench_error *err)
{
    const struct file *file = &set->files[0];
    if (fsync(file->fd) < 0)
        return bench_error_set(err, -errno, "%s: fsync: %s", file->name, strerror(errno));
    return file_set_remember(set, err);
}

/* Go direct, and try it: not every kernel tells beforehand what it will refuse. */
static int go_direct(struct fileread *reading, unsigned char *data, struct bench_error *err)
{
    struct file_set *set = &reading->set;
    file_set_drop(set);
    int rc = file_set_make_direct(set, err);
    if (rc < 0)
        return rc;
    int storage = file_set_try_read(set, data);
    if (storage == -EINVAL)
        return bench_error_set(err, -EINVAL,
                               "block=%llu: with direct=yes it must be a multiple of the disk's sector, "
                               "usually 512 or 4096 (%s)",
                               (ull)set->block_bytes, set->files[0].name);
    if (storage == 0)
        bench_error_note(
            err,
            "direct=yes: the kernel counts nothing as read from storage for %s: " FILE_SET_NO_STORAGE
            "; this is not the speed of a disk",
            set->files[0].name);
    else if (reading->params->cache == CACHE_COLD)
        bench_error_note(err, "cache=cold: no effect, because direct=yes bypasses the page cache");
    return 0;
}

static void fileread_teardown(void *shared)
{
    struct fileread *reading = shared;
    bench_shared_free((void *)reading->seen, reading->set.blocks);
    free(reading->marks);
    file_set_close(&reading->set);
    free(reading);
}

static int fileread_setup(void **shared, const void *params, struct bench_plan *plan,
                          struct bench_error *err)
{
    const struct fileread_params *given = params;
    const bool own = !*given->path;
    struct fileread *reading = calloc(1, sizeof *reading);
    if (!reading)
        return bench_error_set(err, -ENOMEM, "out of memory");
    reading->params = given;

    int rc = open_set(given, &reading->set, err);
    if (rc < 0) {
        free(reading);
        return rc;
    }
    const struct file_set *set = &reading->set;
    reading->random = given->order == ORDER_RANDOM;
    reading->order = permutation_make(set->blocks, plan->seed);
    reading->marks = calloc(set->blocks, sizeof *reading->marks);
    reading->seen = bench_shared_alloc(set->blocks);

    void *data = NULL;
    if (!reading->marks || !reading->seen || posix_memalign(&data, 4096, given->block + 8)) {
        rc = bench_error_set(err, -ENOMEM, "block=%llu: out of memory for %llu blocks",
                             (ull)given->block, (ull)set->blocks);
        goto fail_reading;
    }
    if (own)
        rc = file_set_reserve(&reading->set, err);
    if (rc == 0)
        rc = own ? block_marks_write(reading->marks, set, plan->seed, data, err)
                 : block_marks_read(reading->marks, set, data, err);
    if (rc == 0 && own)
        rc = settle(&reading->set, err);
    file_set_advise(set, reading->random);
    if (rc == 0 && given->direct)
        rc = go_direct(reading, data, err);
    free(data);
    if (rc < 0)
        goto fail_reading;

    *shared = reading;
    plan->tasks = set->blocks;
    plan->grain = 1;
    plan->work = (double)set->size_bytes;
    plan->work_unit = "byte";
    plan->lane_bytes = (uint32_t)(sizeof(struct reader) + given->block);
    plan->single_pass = given->cache == CACHE_COLD && !given->direct; /* a second one would be warm */
    return 0;

fail_reading:
    fileread_teardown(reading);
    return rc;
}

/* Bring the page cache into the requested state; report a state that was not reached. */
static int fileread_prepare(void *shared, struct bench_error *err)
{
    struct fileread *reading = shared;
    const struct file_set *set = &reading->set;

    memset((void *)reading->seen, 0, set->blocks);
    int rc = file_set_check_unchanged(set, err);
    if (rc < 0 || reading->params->direct)
        return rc;

    if (reading->params->cache == CACHE_COLD) {
        file_set_drop(set);
        double cached = file_set_cached(set);
        if (cached < 0)
            bench_error_note(err, "cache=cold: the kernel does not show whether the cache was dropped "
                                  "for files that you may not write; these numbers may be partly warm");
        else if (cached >= 0.005)
            bench_error_note(err,
                             "cache=cold: %.0f %% of the file was still cached (another program keeps "
                             "it there, or its file system is in memory); these numbers are partly warm",
                             cached * 100);
        return 0;
    }
    if (file_set_cached(set) < 1) {
        rc = file_set_load(set, err);
        double cached = file_set_cached(set);
        if (rc == 0 && cached >= 0 && cached < 0.995)
            bench_error_note(err,
                             "cache=warm: only %.0f %% of the file stayed in the page cache; these "
                             "numbers are partly cold",
                             cached * 100);
    }
    return rc;
}

static int fileread_lane_init(struct bench_lane *lane)
{
    const struct fileread *reading = lane->shared;
    size_t size_bytes = sizeof(struct reader) + reading->set.block_bytes;
    void *reader = NULL;
    if (posix_memalign(&reader, _Alignof(struct reader), size_bytes))
        return bench_fail(lane, -ENOMEM, "block=%llu: out of memory", (ull)reading->set.block_bytes);
    lane->local = memset(reader, 0, size_bytes);
    return 0;
}

static __attribute__((cold, noinline)) int fail_read(struct bench_lane *lane, const struct file *file,
                                                     uint64_t offset, size_t wanted, ssize_t got)
{
    if (got < 0)
        return bench_fail(lane, (int)got, "%s: reading at byte %llu: %s", file->name, (ull)offset,
                          strerror((int)-got));
    return bench_fail(lane, -ESTALE, "%s: %zd bytes at byte %llu instead of %zu: the file has changed",
                      file->name, got, (ull)offset, wanted);
}

static int fileread_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct fileread *reading = lane->shared;
    const struct file_set *set = &reading->set;
    struct reader *reader = lane->local;
    uint64_t fold = 0;

    for (uint64_t task = first; task < end; task++) {
        uint64_t block = block_of_task(reading, task);
        const struct file *file = file_set_find(set, block);
        uint64_t offset = file_block_offset(set, file, block);
        size_t wanted = file_block_bytes(set, file, offset);

        /* a whole block also at the end of the file: direct reads want it so */
        ssize_t got = bench_pread(lane, file->fd, reader->data, set->block_bytes, (off_t)offset);
        if (got != (ssize_t)wanted)
            return fail_read(lane, file, offset, wanted, got);
        fold = block_fold(fold, block_stamp(reader->data, wanted));
    }
    reader->fold = fold;
    return 0;
}

static int fileread_check(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct fileread *reading = lane->shared;
    const struct file_set *set = &reading->set;
    const struct reader *reader = lane->local;
    uint64_t fold = 0, block = 0;

    for (uint64_t task = first; task < end; task++) {
        block = block_of_task(reading, task);
        fold = block_fold(fold, reading->marks[block].stamp);
        atomic_fetch_add_explicit(&reading->seen[block], 1, memory_order_relaxed);
    }
    const struct file *file = file_set_find(set, block);
    uint64_t offset = file_block_offset(set, file, block);
    size_t size_bytes = file_block_bytes(set, file, offset);
    if (fold != reader->fold || block_digest(reader->data, size_bytes) != reading->marks[block].digest)
        return bench_fail(lane, -EPROTO,
                          "%s: what was read up to byte %llu is not what the file held "
                          "at the start",
                          file->name, (ull)(offset + size_bytes));
    return 0;
}

/* Nothing has changed, and in a verification run all blocks were read equally often. */
static int fileread_finish(void *shared, struct bench_error *err)
{
    const struct fileread *reading = shared;
    for (uint64_t block = 1; block < reading->set.blocks; block++)
        if (reading->seen[block] != reading->seen[0])
            return bench_error_set(err, -EPROTO, "block %llu was read %u times, block 0 %u times",
                                   (ull)block, reading->seen[block], reading->seen[0]);
    return file_set_check_unchanged(&reading->set, err);
}

static void fileread_lane_fini(struct bench_lane *lane)
{
    free(lane->local);
}

const struct bench_workload BENCH_WORKLOAD(fileread) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "fileread",
    .summary = "I/O-bound, or memory-bound if cached: read files in blocks, in order or at random",
    .params = params_table,
    .params_size = sizeof(struct fileread_params),
    .flags = BENCH_WHOLE_PASSES,
    .validate = fileread_validate,
    .setup = fileread_setup,
    .prepare = fileread_prepare,
    .lane_init = fileread_lane_init,
    .run = fileread_run,
    .check = fileread_check,
    .finish = fileread_finish,
    .lane_fini = fileread_lane_fini,
    .teardown = fileread_teardown,
};
