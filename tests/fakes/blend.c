/*
 * blend: work whose mix is known because it is made up of parts: computing, holding a lock, a triad over
 * large arrays, a chase through pointers, a read past the page cache, a wait. scripts/advise-truth and
 * the tests of levers hold what bench says of it against that.
 */
#include <bench/random.h>
#include <bench/workload.h>

#include "common/cpu_work.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE = 64, DOUBLES = LINE / sizeof(double), READ_FILE = 64 << 20, DISK_BLOCK = 4096 };

struct blend_params {
    uint64_t compute, hold, wait, triad, read, set;
    int64_t chase, tasks;
    double steps_per_us;
};

static const struct bench_param params_table[] = {
    BENCH_DURATION(struct blend_params, compute, "0", 0, 1e12, "CPU time of a task"),
    BENCH_DURATION(struct blend_params, hold, "0", 0, 1e12,
                   "CPU time of a task in which it holds the lock"),
    BENCH_SIZE(struct blend_params, triad, "0", 0, 1e12, "bytes that a task's triad goes through"),
    BENCH_COUNT(struct blend_params, chase, "0", 0, 1e12, NULL, "steps of a task's chase"),
    BENCH_SIZE(struct blend_params, set, "48MiB", 4096, 1e12, "memory of the triad or the chase"),
    BENCH_SIZE(struct blend_params, read, "0", 0, 32 << 20,
               "bytes that a task reads past the page cache"),
    BENCH_DURATION(struct blend_params, wait, "0", 0, 3.6e12, "how long a task then waits"),
    BENCH_COUNT(struct blend_params, tasks, "100", 1, 1e9, NULL, "tasks in a run"),
    BENCH_REAL(struct blend_params, steps_per_us, "0", 0, 1e6, "steps/us", "as spin's; 0: measure it"),
    BENCH_PARAM_END,
};

/* A cache line of the chase: where to go, and when it is passed on the way round. */
struct node {
    _Alignas(LINE) uint32_t next;
    uint32_t rank;
};

struct blend {
    const struct blend_params *params;
    struct cpu_work compute, hold;
    struct bench_mutex *lock;
    struct node *nodes; /* one cycle through all */
    uint32_t *order;    /* by rank */
    uint32_t nodes_count;
    size_t doubles; /* of each of the triad's three arrays */
    int fd;
    uint64_t seed;
    char measured[48];
};

/* A lane's own. */
struct state {
    uint64_t chain, held_chain;
    uint32_t at;       /* of the chase, */
    uint32_t began_at; /* and where the range began */
    size_t from;       /* of the triad */
    double *a, *b, *c; /* of the triad */
    char *block;
    uint64_t random;
};

static void blend_teardown(void *shared)
{
    struct blend *blend = shared;
    if (blend->fd >= 0)
        close(blend->fd);
    bench_shared_free(blend->lock, sizeof *blend->lock);
    free(blend->nodes);
    free(blend->order);
    free(blend);
}

/* S. Sattolo, "An Algorithm to Generate a Random Cyclic Permutation", 1986. */
static int make_chase(struct blend *blend)
{
    uint32_t count = (uint32_t)(blend->params->set / LINE);
    uint64_t random = blend->seed;
    blend->nodes = aligned_alloc(LINE, count * sizeof *blend->nodes);
    blend->order = malloc(count * sizeof *blend->order);
    if (!blend->nodes || !blend->order)
        return -ENOMEM;
    blend->nodes_count = count;
    for (uint32_t i = 0; i < count; i++)
        blend->order[i] = i;
    for (uint32_t i = count - 1; i > 0; i--) {
        uint32_t j = (uint32_t)(bench_random_next(&random) % i), other = blend->order[j];
        blend->order[j] = blend->order[i];
        blend->order[i] = other;
    }
    for (uint32_t rank = 0; rank < count; rank++) {
        uint32_t node = blend->order[rank];
        blend->nodes[node] = (struct node){.next = blend->order[(rank + 1) % count], .rank = rank};
    }
    return 0;
}

/* Each block of the disk begins with its number. */
static int make_file(struct blend *blend, struct bench_plan *plan, struct bench_error *err)
{
    static const size_t piece = 1 << 20;
    char path[512];
    const char *folder = bench_scratch(plan, err);
    if (!folder)
        return err->code;
    snprintf(path, sizeof path, "%s/blend", folder);
    int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    char *bytes = calloc(1, piece);
    int rc = fd < 0 || !bytes ? -errno : 0;
    for (uint64_t at = 0; rc == 0 && at < READ_FILE; at += piece) {
        for (uint64_t block = 0; block < piece; block += DISK_BLOCK) {
            uint64_t number = (at + block) / DISK_BLOCK;
            memcpy(bytes + block, &number, sizeof number);
        }
        rc = pwrite(fd, bytes, piece, (off_t)at) == (ssize_t)piece ? 0 : -EIO;
    }
    rc = rc == 0 && fsync(fd) < 0 ? -errno : rc;
    free(bytes);
    if (fd >= 0)
        close(fd);
    blend->fd = rc == 0 ? open(path, O_RDONLY | O_DIRECT | O_CLOEXEC) : -1;
    rc = rc == 0 && blend->fd < 0 ? -errno : rc;
    return rc == 0 ? 0 : bench_error_set(err, rc, "%s: %s", path, strerror(-rc));
}

static int blend_setup(void **shared, const void *params, struct bench_plan *plan,
                       struct bench_error *err)
{
    const struct blend_params *given = params;
    struct blend *blend = calloc(1, sizeof *blend);
    if (!blend)
        return bench_error_set(err, -ENOMEM, "out of memory");
    blend->params = given;
    blend->fd = -1;
    blend->seed = plan->seed;
    blend->lock = bench_shared_alloc(sizeof *blend->lock);
    blend->compute = cpu_work_make(given->compute, given->steps_per_us);
    double per_us =
        given->steps_per_us > 0 ? given->steps_per_us : fmax(blend->compute.measured_per_us, 0);
    blend->hold = cpu_work_make(given->hold, per_us);
    blend->doubles = given->set / 3 / sizeof(double) / DOUBLES * DOUBLES;
    plan->measured = cpu_work_tell(given->compute ? &blend->compute : &blend->hold, blend->measured,
                                   sizeof blend->measured);
    plan->tasks = (uint64_t)given->tasks;
    plan->grain = 1;
    int rc = blend->lock ? 0 : -ENOMEM;
    if (rc == 0 && given->chase)
        rc = make_chase(blend);
    if (rc < 0)
        bench_error_set(err, rc, "out of memory");
    if (rc == 0 && given->read)
        rc = make_file(blend, plan, err);
    if (rc < 0)
        blend_teardown(blend);
    else
        *shared = blend;
    return rc;
}

static int blend_lane_init(struct bench_lane *lane)
{
    const struct blend *blend = lane->shared;
    const struct blend_params *params = blend->params;
    size_t doubles = params->triad ? blend->doubles : 0;
    struct state *state = calloc(1, sizeof *state);
    if (!state)
        return bench_fail(lane, -ENOMEM, "out of memory");
    lane->local = state;
    state->random = blend->seed + lane->index;
    state->at = blend->nodes ? (uint32_t)(bench_random_next(&state->random) % blend->nodes_count) : 0;
    state->a = doubles ? aligned_alloc(LINE, 3 * doubles * sizeof *state->a) : NULL;
    state->block = params->read ? aligned_alloc(DISK_BLOCK, params->read) : NULL;
    if ((doubles && !state->a) || (params->read && !state->block))
        return bench_fail(lane, -ENOMEM, "out of memory");
    state->b = state->a + doubles;
    state->c = state->b + doubles;
    for (size_t i = 0; i < doubles; i++) {
        state->a[i] = 0;
        state->b[i] = (double)(i % 1000);
        state->c[i] = 1;
    }
    return 0;
}

static void blend_lane_fini(struct bench_lane *lane)
{
    struct state *state = lane->local;
    if (state) {
        free(state->a);
        free(state->block);
    }
    free(state);
}

/* ---- the parts ---- */

static void do_triad(const struct blend *blend, struct state *state)
{
    size_t left = blend->params->triad / (3 * sizeof(double));
    while (left > 0) {
        size_t piece = blend->doubles - state->from < left ? blend->doubles - state->from : left;
        double *a = state->a + state->from;
        const double *b = state->b + state->from, *c = state->c + state->from;
        for (size_t i = 0; i < piece; i++)
            a[i] = b[i] + 3 * c[i];
        __asm__ volatile("" ::: "memory");
        left -= piece;
        state->from = state->from + piece == blend->doubles ? 0 : state->from + piece;
    }
}

static void do_chase(const struct blend *blend, struct state *state)
{
    uint32_t at = state->at;
    for (int64_t i = 0; i < blend->params->chase; i++)
        at = blend->nodes[at].next;
    state->at = at;
}

static int do_read(struct bench_lane *lane, const struct blend *blend, struct state *state)
{
    uint64_t size = blend->params->read, blocks = (READ_FILE - size) / DISK_BLOCK + 1;
    uint64_t number = bench_random_next(&state->random) % blocks, found;
    ssize_t got = bench_pread(lane, blend->fd, state->block, size, (off_t)(number * DISK_BLOCK));
    if (got != (ssize_t)size)
        return bench_fail(lane, got < 0 ? (int)got : -EIO, "%zd bytes read instead of %llu", got,
                          (unsigned long long)size);
    memcpy(&found, state->block, sizeof found);
    return found == number ? 0
                           : bench_fail(lane, -EPROTO, "block %llu instead of %llu",
                                        (unsigned long long)found, (unsigned long long)number);
}

static int do_hold(struct bench_lane *lane, const struct blend *blend, struct state *state,
                   uint64_t task)
{
    int rc = bench_lock(lane, blend->lock);
    if (rc < 0)
        return rc;
    state->held_chain = cpu_work_do(&blend->hold, state->held_chain, task);
    bench_unlock(lane, blend->lock);
    return 0;
}

static int do_task(struct bench_lane *lane, const struct blend *blend, struct state *state,
                   uint64_t task)
{
    const struct blend_params *params = blend->params;
    int rc = params->read ? do_read(lane, blend, state) : 0;
    if (rc == 0 && params->compute)
        state->chain = cpu_work_do(&blend->compute, state->chain, task);
    if (rc == 0 && params->hold)
        rc = do_hold(lane, blend, state, task);
    if (rc == 0 && params->triad)
        do_triad(blend, state);
    if (rc == 0 && params->chase)
        do_chase(blend, state);
    if (rc == 0 && params->wait)
        rc = bench_sleep_until(lane, bench_now() + params->wait);
    return rc;
}

static int blend_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct blend *blend = lane->shared;
    struct state *state = lane->local;
    int rc = 0;
    state->chain = state->held_chain = 0;
    state->began_at = state->at;
    for (uint64_t task = first; task < end && rc == 0; task++)
        rc = do_task(lane, blend, state, task);
    return rc;
}

/* Where a chase of so many tasks ends, told from the order of the cycle. */
static uint32_t expected_node(const struct blend *blend, const struct state *state, uint64_t tasks)
{
    uint64_t steps = tasks * (uint64_t)blend->params->chase;
    return blend->order[(blend->nodes[state->began_at].rank + steps) % blend->nodes_count];
}

static int blend_check(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct blend *blend = lane->shared;
    const struct state *state = lane->local;
    if (blend->params->compute && state->chain != cpu_work_expect(&blend->compute, first, end))
        return bench_fail(lane, -EPROTO, "the chain ended in the wrong state");
    if (blend->params->hold && state->held_chain != cpu_work_expect(&blend->hold, first, end))
        return bench_fail(lane, -EPROTO, "the chain under the lock ended in the wrong state");
    if (blend->nodes && state->at != expected_node(blend, state, end - first))
        return bench_fail(lane, -EPROTO, "the chase has ended at the wrong place");
    for (size_t i = 0; state->a && i < state->from; i++) {
        if (state->a[i] != state->b[i] + 3)
            return bench_fail(lane, -EPROTO, "element %zu of the triad is %g", i, state->a[i]);
    }
    return 0;
}

const struct bench_workload BENCH_WORKLOAD(blend) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "blend",
    .summary = "made up of parts: computing, a lock, memory, a disk, waiting",
    .params = params_table,
    .params_size = sizeof(struct blend_params),
    .needs = BENCH_NEEDS_SHARED_MEMORY,
    .setup = blend_setup,
    .lane_init = blend_lane_init,
    .run = blend_run,
    .check = blend_check,
    .lane_fini = blend_lane_fini,
    .teardown = blend_teardown,
};
