/*
 * mixed: compute for a given time, then wait for a given time: the dial between work that needs a core
 * and work that does not. With wait=0 it is spin, with compute=0 it is sleep; between them lies how many
 * tasks a core can have under way at once, and which executor gets there with how many lanes. A task's
 * latency is how long it took in all: compute + wait, and what it waited for a core.
 *
 * The computing is spin's and is checked as spin's is. A wait that ends before its deadline fails its
 * run at once: one more clock read a task, where there is a wait.
 */
#include <bench/workload.h>

#include "common/cpu_work.h"

#include <errno.h>
#include <stdlib.h>

/* What run() and check() have on the stack: a few registers, and the frames of bench_fail(). */
enum { STACK_BYTES = 384 };

struct mixed_params {
    uint64_t compute, wait;
    int64_t tasks;
    double steps_per_us;
};

static const struct bench_param params_table[] = {
    BENCH_DURATION(struct mixed_params, compute, "100us", 0, 1e12, "CPU time of a task"),
    BENCH_DURATION(struct mixed_params, wait, "1ms", 0, 3.6e12,
                   "how long a task then waits; 0: not at all"),
    BENCH_COUNT(struct mixed_params, tasks, "100", 1, 1e12, NULL, "tasks in a run"),
    BENCH_REAL(struct mixed_params, steps_per_us, "0", 0, 1e6, "steps/us",
               "multiply-adds per microsecond (about MHz / 4); 0: measure it", "rate"),
    BENCH_PARAM_END,
};

struct mixed {
    struct cpu_work work; /* of a task */
    uint64_t wait_ns;
    char measured[48]; /* "steps_per_us=..." */
};

static int mixed_setup(void **shared, const void *params, struct bench_plan *plan,
                       struct bench_error *err)
{
    const struct mixed_params *given = params;
    struct mixed *mixed = malloc(sizeof *mixed);
    if (!mixed)
        return bench_error_set(err, -ENOMEM, "out of memory");

    mixed->work = cpu_work_make(given->compute, given->steps_per_us);
    mixed->wait_ns = given->wait;
    plan->measured = cpu_work_tell(&mixed->work, mixed->measured, sizeof mixed->measured);
    *shared = mixed;
    plan->tasks = (uint64_t)given->tasks;
    plan->grain = 1;
    plan->work = (double)given->tasks;
    plan->work_unit = "task";
    plan->stack_bytes = STACK_BYTES;
    return 0;
}

static int wait_for(struct bench_lane *lane, uint64_t wait_ns)
{
    uint64_t deadline_ns = bench_now() + wait_ns;
    int rc = bench_sleep_until(lane, deadline_ns);
    if (rc < 0)
        return bench_fail(lane, rc, "the wait failed");
    uint64_t now_ns = bench_now();
    if (now_ns < deadline_ns)
        return bench_fail(lane, -EPROTO, "a wait ended %llu ns before its deadline",
                          (unsigned long long)(deadline_ns - now_ns));
    return 0;
}

/* The chain's end is kept in the lane's own word. */
static int mixed_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct mixed *mixed = lane->shared;
    uint64_t state = 0;

    for (uint64_t task = first; task < end; task++) {
        state = cpu_work_do(&mixed->work, state, task);
        int rc = mixed->wait_ns ? wait_for(lane, mixed->wait_ns) : 0;
        if (rc < 0)
            return rc;
    }
    lane->local = (void *)(uintptr_t)state;
    return 0;
}

static int mixed_check(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct mixed *mixed = lane->shared;
    return cpu_work_check(lane, &mixed->work, first, end);
}

const struct bench_workload BENCH_WORKLOAD(mixed) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "mixed",
    .summary = "CPU-bound to I/O-bound, as you set it: compute, then wait",
    .params = params_table,
    .params_size = sizeof(struct mixed_params),
    .setup = mixed_setup,
    .run = mixed_run,
    .check = mixed_check,
    .teardown = free,
};
