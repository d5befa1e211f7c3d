/*
 * spin: a given time of pure CPU work a task, touching no memory. With work=0 a task is nothing but a
 * call, so what a run takes is what handing out tasks costs; between the two lies the smallest task
 * that an executor still runs efficiently. With yield=yes the worker's other lanes go first after each
 * task: work=0 then shows what switching from lane to lane costs.
 *
 * A task is a fixed number of instructions, not a watched clock: a task that is interrupted is late.
 * How many fit in a nanosecond is measured once, in setup; steps_per_us= sets it by hand, so that two
 * runners do the same work.
 */
#include <bench/workload.h>

#include "common/cpu_work.h"
#include "common/vary.h"

#include <errno.h>
#include <stdlib.h>

/* What run() and check() have on the stack: a few registers, and the frames of bench_fail(). */
enum { STACK_BYTES = 384 };

struct spin_params {
    uint64_t work;
    int64_t tasks;
    double steps_per_us;
    bool yield;
    int vary;
};

static const char *const vary_words[] = {VARY_WORDS};

static const struct bench_param params_table[] = {
    BENCH_DURATION(struct spin_params, work, "1us", 0, 1e12, "CPU time of a task"),
    BENCH_COUNT(struct spin_params, tasks, "0", 0, 1e12, NULL,
                "tasks in a run; 0: enough for about 2 ms of work"),
    BENCH_REAL(struct spin_params, steps_per_us, "0", 0, 1e6, "steps/us",
               "multiply-adds per microsecond (about MHz / 4); 0: measure it", "rate"),
    BENCH_BOOL(struct spin_params, yield, "no", "yield to the worker's other lanes after each task"),
    BENCH_CHOICE(struct spin_params, vary, "none", vary_words, VARY_HELP, BENCH_ADDED),
    BENCH_PARAM_END,
};

struct spin {
    struct cpu_work work; /* of a task */
    bool yield;
    enum vary vary;
    uint64_t seed;     /* of their lengths */
    char measured[48]; /* "steps_per_us=..." */
};

/* About 2 ms of work; a task of no work is taken for 20 ns, what it costs to hand one out. */
static uint64_t default_tasks(uint64_t work_ns)
{
    const uint64_t run_ns = 2000000, least_ns = 20, least_tasks = 64;
    uint64_t tasks = run_ns / (work_ns > least_ns ? work_ns : least_ns);
    return tasks > least_tasks ? tasks : least_tasks;
}

static int spin_setup(void **shared, const void *params, struct bench_plan *plan,
                      struct bench_error *err)
{
    const struct spin_params *given = params;
    struct spin *spin = malloc(sizeof *spin);
    if (!spin)
        return bench_error_set(err, -ENOMEM, "out of memory");

    spin->work = cpu_work_make(given->work, given->steps_per_us);
    spin->yield = given->yield;
    spin->vary = (enum vary)given->vary;
    spin->seed = plan->seed;
    plan->measured = cpu_work_tell(&spin->work, spin->measured, sizeof spin->measured);
    *shared = spin;
    plan->tasks = given->tasks ? (uint64_t)given->tasks : default_tasks(given->work);
    plan->grain = 1;
    plan->work = (double)plan->tasks;
    plan->work_unit = "task";
    plan->stack_bytes = spin->vary == VARY_NONE ? STACK_BYTES : VARY_STACK_BYTES;
    return 0;
}

static uint64_t steps_of(const struct spin *spin, uint64_t task)
{
    return (uint64_t)((double)spin->work.steps * vary_factor(spin->seed, task) + 0.5);
}

/* A loop of its own: the other is not to ask after each task whether it should. */
static __attribute__((noinline)) int run_yielding(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct spin *spin = lane->shared;
    uint64_t state = 0;

    for (uint64_t task = first; task < end; task++) {
        state = cpu_work_do(&spin->work, state, task);
        bench_yield(lane);
    }
    lane->local = (void *)(uintptr_t)state;
    return 0;
}

static __attribute__((noinline)) int run_varying(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct spin *spin = lane->shared;
    uint64_t state = 0;

    for (uint64_t task = first; task < end; task++) {
        state = lcg_chain(state ^ task, steps_of(spin, task));
        if (spin->yield)
            bench_yield(lane);
    }
    lane->local = (void *)(uintptr_t)state;
    return 0;
}

/* The chain's end is kept in the lane's own word. */
static int spin_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct spin *spin = lane->shared;
    uint64_t state = 0;

    if (spin->vary != VARY_NONE)
        return run_varying(lane, first, end);
    if (spin->yield)
        return run_yielding(lane, first, end);
    for (uint64_t task = first; task < end; task++)
        state = cpu_work_do(&spin->work, state, task);
    lane->local = (void *)(uintptr_t)state;
    return 0;
}

static int spin_check(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct spin *spin = lane->shared;
    if (spin->vary == VARY_NONE)
        return cpu_work_check(lane, &spin->work, first, end);
    uint64_t state = 0;
    for (uint64_t task = first; task < end; task++) {
        struct lcg jump = lcg_jump(steps_of(spin, task));
        state = (state ^ task) * jump.multiplier + jump.increment;
    }
    if (lane->local != (void *)(uintptr_t)state)
        return bench_fail(lane, -EPROTO, "tasks %llu to %llu: the chain ended in the wrong state",
                          (unsigned long long)first, (unsigned long long)end - 1);
    return 0;
}

const struct bench_workload BENCH_WORKLOAD(spin) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "spin",
    .summary = "CPU-bound: compute for a given time; work=0 shows what handing out tasks costs",
    .params = params_table,
    .params_size = sizeof(struct spin_params),
    .flags = BENCH_ANY_TASK,
    .setup = spin_setup,
    .run = spin_run,
    .check = spin_check,
    .teardown = free,
};
