/*
 * filewrite: write a file in blocks, each block once a run, in order or at random, into the page cache,
 * with each block forced to the disk (fdatasync), or past the page cache (O_DIRECT; what then is in the
 * disk's own cache may still be lost). Most file systems let one writer at a time into a file through
 * the page cache: there, more workers are hardly faster.
 *
 * The file has no name, its space is reserved in setup, and the verification run writes it for the first
 * time: what is measured is overwriting. Before each run what is left of the one before goes to the
 * disk.
 *
 * A lane fills its buffer once. run() only labels it, at both ends, with the number of the block and
 * that of the run. In a verification run each block is read back by the lane right after it was written,
 * and all of them once more at the end, by ordinary reads: none has been missed, misplaced or
 * overwritten.
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
enum sync { SYNC_NONE, SYNC_FDATASYNC, SYNC_DIRECT };
static const char *const order_words[] = {"sequential", "random", NULL};
static const char *const sync_words[] = {"none", "fdatasync", "direct", NULL};

struct filewrite_params {
    int order;
    uint64_t block;
    uint64_t size;
    int sync;
    const char *dir;
};

static const struct bench_param params_table[] = {
    BENCH_CHOICE(struct filewrite_params, order, "sequential", order_words,
                 "order in which blocks are written"),
    BENCH_SIZE(struct filewrite_params, block, "64KiB", 1, 1 << 30, "bytes written at a time"),
    BENCH_SIZE(struct filewrite_params, size, "16MiB", 1, 0x1p50, "size of the file"),
    BENCH_CHOICE(struct filewrite_params, sync, "none", sync_words,
                 "none: blocks reach the disk when the kernel decides; fdatasync: each at once; direct: "
                 "each at once, bypassing the page cache (O_DIRECT)"),
    BENCH_TEXT(struct filewrite_params, dir, "",
               "folder for the temporary file; default: $TMPDIR or /var/tmp"),
    BENCH_PARAM_END,
};

/* In memory that workers share. */
struct run_state {
    uint64_t run;         /* its number */
    _Atomic bool checked; /* is it a verification run? */
};

struct filewrite {
    struct file_set set; /* one file */
    int fd;
    enum sync sync;
    bool random;
    struct permutation order;
    uint64_t seed;
    struct run_state *state;
};

static inline uint64_t block_of_task(const struct filewrite *writing, uint64_t task)
{
    return writing->random ? permutation_at(&writing->order, task) : task;
}

static inline uint64_t offset_of(const struct filewrite *writing, uint64_t block)
{
    return block * writing->set.block_bytes;
}

/* The file's last block may be shorter: the beginning of a whole one. */
static inline size_t bytes_of(const struct filewrite *writing, uint64_t block)
{
    return file_block_bytes(&writing->set, writing->set.files, offset_of(writing, block));
}

static int make_file(const struct filewrite_params *given, struct file_set *set, struct bench_error *err)
{
    if (given->block > given->size)
        return bench_error_set(err, -EINVAL, "block=%llu: must be at most the size of the file (%llu)",
                               (ull)given->block, (ull)given->size);
    if (given->sync == SYNC_DIRECT && given->size % given->block)
        return bench_error_set(err, -EINVAL,
                               "size=%llu: with sync=direct it must be a multiple of block (%llu)",
                               (ull)given->size, (ull)given->block);
    int rc = file_set_create(set, given->dir, given->size, given->block, err);
    if (rc == 0 && given->sync == SYNC_DIRECT) {
        rc = file_set_check_alignment(set, err);
        if (rc < 0)
            file_set_close(set);
    }
    return rc;
}

static int filewrite_validate(const void *params, struct bench_error *err)
{
    struct file_set set;
    int rc = make_file(params, &set, err);
    if (rc == 0)
        file_set_close(&set);
    return rc;
}

/* A buffer for a block, aligned for direct writes, with what all blocks hold but for their labels. */
static unsigned char *make_buffer(const struct filewrite *writing)
{
    uint64_t state = writing->seed;
    void *data = NULL;
    if (posix_memalign(&data, 4096, writing->set.block_bytes + sizeof state))
        return NULL;
    block_fill(data, writing->set.block_bytes, &state);
    return data;
}

/* Try whether writing gets anywhere: not every kernel tells beforehand what it will refuse. */
static int try_sync(struct filewrite *writing, struct bench_error *err)
{
    const struct file_set *set = &writing->set;
    const bool direct = writing->sync == SYNC_DIRECT;
    unsigned char *data = make_buffer(writing);
    if (!data)
        return bench_error_set(err, -ENOMEM, "block=%llu: out of memory", (ull)set->block_bytes);
    int rc = direct ? file_set_make_direct(&writing->set, err) : 0;
    int storage = rc == 0 ? file_set_try_write(set, data) : rc;
    free(data);
    if (rc == 0 && direct && storage == -EINVAL)
        rc = bench_error_set(err, -EINVAL,
                             "block=%llu: with sync=direct it must be a multiple of the disk's sector, "
                             "usually 512 or 4096 (%s)",
                             (ull)set->block_bytes, set->files->name);
    if (storage == 0)
        bench_error_note(
            err,
            "sync=%s: the kernel counts nothing as written to storage for %s: " FILE_SET_NO_STORAGE
            "; this is not the speed of a disk",
            sync_words[writing->sync], set->files->name);
    return rc;
}

static void filewrite_teardown(void *shared)
{
    struct filewrite *writing = shared;
    bench_shared_free(writing->state, sizeof *writing->state);
    file_set_close(&writing->set);
    free(writing);
}

static int filewrite_setup(void **shared, const void *params, struct bench_plan *plan,
                           struct bench_error *err)
{
    const struct filewrite_params *given = params;
    struct filewrite *writing = calloc(1, sizeof *writing);
    if (!writing)
        return bench_error_set(err, -ENOMEM, "out of memory");
    int rc = make_file(given, &writing->set, err);
    if (rc < 0) {
        free(writing);
        return rc;
    }
    const struct file_set *set = &writing->set;
    writing->fd = set->files->fd;
    writing->sync = (enum sync)given->sync;
    writing->random = given->order == ORDER_RANDOM;
    writing->order = permutation_make(set->blocks, plan->seed);
    writing->seed = plan->seed;
    writing->state = bench_shared_alloc(sizeof *writing->state);
    rc = writing->state ? file_set_reserve(&writing->set, err)
                        : bench_error_set(err, -ENOMEM, "out of memory");
    if (rc == 0 && writing->sync != SYNC_NONE)
        rc = try_sync(writing, err);
    if (rc < 0) {
        filewrite_teardown(writing);
        return rc;
    }

    *shared = writing;
    plan->tasks = set->blocks;
    plan->grain = 1;
    plan->work = (double)set->size_bytes;
    plan->work_unit = "byte";
    plan->lane_bytes = (uint32_t)set->block_bytes;
    plan->single_pass = writing->sync == SYNC_NONE; /* a second one would find its pages dirty already */
    return 0;
}

/* What is still to be written of the run before would disturb this one. */
static int filewrite_prepare(void *shared, struct bench_error *err)
{
    struct filewrite *writing = shared;
    writing->state->run++;
    atomic_store(&writing->state->checked, false);
    if (fdatasync(writing->fd) < 0)
        return bench_error_set(err, -errno, "%s: fdatasync: %s", writing->set.files->name,
                               strerror(errno));
    return 0;
}

static int filewrite_lane_init(struct bench_lane *lane)
{
    const struct filewrite *writing = lane->shared;
    lane->local = make_buffer(writing);
    return lane->local
               ? 0
               : bench_fail(lane, -ENOMEM, "block=%llu: out of memory", (ull)writing->set.block_bytes);
}

static __attribute__((cold, noinline)) int fail_write(struct bench_lane *lane, uint64_t block, int rc)
{
    const struct filewrite *writing = lane->shared;
    bool full = rc == -ENOSPC || rc == -EDQUOT || rc == -EFBIG;
    return bench_fail(lane, rc, "%s: writing at byte %llu: %s%s", writing->set.files->name,
                      (ull)offset_of(writing, block), strerror(-rc),
                      full ? "; use a smaller size, or another dir=" : "");
}

static int write_block(struct bench_lane *lane, uint64_t block)
{
    const struct filewrite *writing = lane->shared;
    const unsigned char *data = lane->local;
    uint64_t offset = offset_of(writing, block);
    size_t size_bytes = bytes_of(writing, block);

    for (size_t done = 0; done < size_bytes;) {
        ssize_t put =
            bench_pwrite(lane, writing->fd, data + done, size_bytes - done, (off_t)(offset + done));
        if (put <= 0)
            return put < 0 ? (int)put : -EIO; /* nothing is written, and no reason given */
        done += (size_t)put;
    }
    return writing->sync == SYNC_FDATASYNC ? bench_fsync(lane, writing->fd, true) : 0;
}

static int filewrite_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct filewrite *writing = lane->shared;
    const uint64_t run = writing->state->run;

    for (uint64_t task = first; task < end; task++) {
        uint64_t block = block_of_task(writing, task);
        block_label(lane->local, writing->set.block_bytes, block, run);
        int rc = write_block(lane, block);
        if (rc < 0)
            return fail_write(lane, block, rc);
    }
    return 0;
}

/* The digest of what a block must hold in this run. `data`, from make_buffer(), is then wiped, for the
 * block to be read into. */
static uint64_t expect_block(const struct filewrite *writing, unsigned char *data, uint64_t block)
{
    size_t size_bytes = bytes_of(writing, block);
    block_label(data, writing->set.block_bytes, block, writing->state->run);
    uint64_t digest = block_digest(data, size_bytes);
    memset(data, 0, size_bytes);
    return digest;
}

static int filewrite_check(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct filewrite *writing = lane->shared;

    atomic_store_explicit(&writing->state->checked, true, memory_order_relaxed);
    for (uint64_t task = first; task < end; task++) {
        uint64_t block = block_of_task(writing, task), offset = offset_of(writing, block);
        size_t size_bytes = bytes_of(writing, block);
        uint64_t digest = expect_block(writing, lane->local, block);
        ssize_t got = bench_pread(lane, writing->fd, lane->local, size_bytes, (off_t)offset);
        if (got < 0)
            return bench_fail(lane, (int)got, "%s: reading back at byte %llu: %s",
                              writing->set.files->name, (ull)offset, strerror((int)-got));
        if (block_digest(lane->local, size_bytes) != digest)
            return bench_fail(lane, -EPROTO,
                              "%s: what is read back at byte %llu is not what was written",
                              writing->set.files->name, (ull)offset);
    }
    return 0;
}

/* In a verification run: does the whole file hold what this run should have written? */
static int filewrite_finish(void *shared, struct bench_error *err)
{
    const struct filewrite *writing = shared;
    const struct file_set *set = &writing->set;
    if (!atomic_load(&writing->state->checked))
        return 0;
    unsigned char *data = make_buffer(writing);
    if (!data)
        return bench_error_set(err, -ENOMEM, "block=%llu: out of memory", (ull)set->block_bytes);

    int rc = 0;
    for (uint64_t block = 0; block < set->blocks && rc == 0; block++) {
        size_t size_bytes = bytes_of(writing, block);
        uint64_t digest = expect_block(writing, data, block);
        if (pread(writing->fd, data, size_bytes, (off_t)offset_of(writing, block)) < 0)
            rc = bench_error_set(err, -errno, "%s: reading at byte %llu: %s", set->files->name,
                                 (ull)offset_of(writing, block), strerror(errno));
        else if (block_digest(data, size_bytes) != digest)
            rc = bench_error_set(err, -EPROTO, "%s: block %llu does not hold what this run wrote",
                                 set->files->name, (ull)block);
    }
    free(data);
    return rc;
}

static void filewrite_lane_fini(struct bench_lane *lane)
{
    free(lane->local);
}

const struct bench_workload BENCH_WORKLOAD(filewrite) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "filewrite",
    .summary = "I/O-bound if synced: write a file in blocks, to the page cache or to the disk",
    .params = params_table,
    .params_size = sizeof(struct filewrite_params),
    .flags = BENCH_WHOLE_PASSES,
    .needs = BENCH_NEEDS_SHARED_MEMORY, /* the file has no name by which runners could share it */
    .validate = filewrite_validate,
    .setup = filewrite_setup,
    .prepare = filewrite_prepare,
    .lane_init = filewrite_lane_init,
    .run = filewrite_run,
    .check = filewrite_check,
    .finish = filewrite_finish,
    .lane_fini = filewrite_lane_fini,
    .teardown = filewrite_teardown,
};
