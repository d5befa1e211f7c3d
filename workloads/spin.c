/*
 * spin: a given time of pure CPU work a task, touching no memory. With work=0 a task is nothing but a
 * call, so what a run takes is what handing out tasks costs; between the two lies the smallest task
 * that an executor still runs efficiently.
 *
 * A task is a fixed number of instructions, not a watched clock: a task that is interrupted is late.
 * How many fit in a nanosecond is measured once, in setup; rate= sets it by hand, so that two runners
 * do the same work.
 */
#include <bench/workload.h>

#include "kernels/lcg.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

struct spin_params {
    uint64_t work;
    int64_t tasks;
    double rate;
};

static const struct bench_param params_table[] = {
    BENCH_DURATION(struct spin_params, work, "1us", 0, 1e12, "CPU time of a task"),
    BENCH_COUNT(struct spin_params, tasks, "0", 0, 1e12, NULL,
                "tasks in a run; 0: as many as make about 2 ms of work"),
    BENCH_REAL(struct spin_params, rate, "0", 0, 1e6, "steps/us",
               "multiply-adds that fill a microsecond (about MHz / 4); 0: measure it"),
    BENCH_PARAM_END,
};

struct spin {
    uint64_t steps;  /* of a task */
    struct lcg jump; /* the same steps at once, for check() */
};

/*
 * Steps in a nanosecond, from the fastest of several tries: an interruption can only make one slower,
 * and a processor that has been idle needs some of them to get up to speed. About 1 ms in all; up to
 * 20 ms where the machine is so disturbed that the fastest has not been met three times within 1 %.
 */
static double steps_per_ns(void)
{
    enum { tries = 16, tries_max = 300, agreeing = 3, steps = 50000 };
    uint64_t best_ns = UINT64_MAX;
    uint64_t state = 0;
    int met = 0;

    for (int try = 0; try < tries_max && (try < tries || met < agreeing); try++) {
        uint64_t began_ns = bench_now();
        state = lcg_chain(state, steps);
        uint64_t took_ns = bench_now() - began_ns;
        if (took_ns < best_ns - best_ns / 100)
            met = 0;
        if (took_ns < best_ns)
            best_ns = took_ns;
        met += took_ns <= best_ns + best_ns / 100;
    }
    return (double)steps / (double)(best_ns ? best_ns : 1);
}

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
    struct spin *spin = calloc(1, sizeof *spin);
    if (!spin)
        return bench_error_set(err, -ENOMEM, "out of memory");

    if (given->work) {
        double per_ns = given->rate > 0 ? given->rate / 1000 : steps_per_ns();
        spin->steps = (uint64_t)fmax(1, round((double)given->work * per_ns));
    }
    spin->jump = lcg_jump(spin->steps);

    *shared = spin;
    plan->tasks = given->tasks ? (uint64_t)given->tasks : default_tasks(given->work);
    plan->grain = 1;
    plan->work = (double)plan->tasks;
    plan->work_unit = "task";
    return 0;
}

/* The chain goes on from task to task, so that two tasks cannot overlap in the processor's pipeline.
 * Its end is kept in the lane's own word: all the memory there is. */
static int spin_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const uint64_t steps = ((const struct spin *)lane->shared)->steps;
    uint64_t state = 0;

    for (uint64_t task = first; task < end; task++)
        state = lcg_chain(state ^ task, steps);
    lane->local = (void *)(uintptr_t)state;
    return 0;
}

/* That each task was done once is the harness's to check. */
static int spin_check(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct spin *spin = lane->shared;
    uint64_t state = 0;

    for (uint64_t task = first; task < end; task++)
        state = (state ^ task) * spin->jump.multiplier + spin->jump.increment;
    if (lane->local != (void *)(uintptr_t)state)
        return bench_fail(lane, -EPROTO, "tasks %llu to %llu: the chain ended in the wrong state",
                          (unsigned long long)first, (unsigned long long)end - 1);
    return 0;
}

const struct bench_workload BENCH_WORKLOAD(spin) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "spin",
    .summary = "pure CPU work of a given length; work=0 shows what handing out tasks costs",
    .params = params_table,
    .params_size = sizeof(struct spin_params),
    .setup = spin_setup,
    .run = spin_run,
    .check = spin_check,
    .teardown = free,
};
