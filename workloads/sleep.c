/*
 * sleep: wait until a moment, again and again. Shows what it costs to be woken: how late (reported as
 * the latency) and how many waits one worker can have open at once. So that there can be very many, a
 * lane has no memory but its own word, and needs little stack.
 *
 * Each sleep that ends before its deadline fails its run at once, as the moment of waking is taken
 * anyway. check() sees to it that there were as many sleeps as asked for: together they have taken as
 * long.
 */
#include <bench/workload.h>

#include "common/vary.h"

#include <errno.h>
#include <stdlib.h>

/* What run() and check() have on the stack: a few registers, and the frames of bench_fail(). */
enum { STACK_BYTES = 384 };

struct sleep_params {
    uint64_t duration;
    int64_t tasks;
    int vary;
};

static const char *const vary_words[] = {VARY_WORDS};

static const struct bench_param params_table[] = {
    BENCH_DURATION(struct sleep_params, duration, "1ms", 0, 3.6e12, "how long a task sleeps"),
    BENCH_COUNT(struct sleep_params, tasks, "100", 1, 1e12, NULL, "sleeps in a run"),
    BENCH_CHOICE(struct sleep_params, vary, "none", vary_words, VARY_HELP, BENCH_ADDED),
    BENCH_PARAM_END,
};

struct sleep {
    uint64_t duration_ns;
    enum vary vary;
    uint64_t seed; /* of their lengths */
};

static uint64_t duration_of(const struct sleep *sleep, uint64_t task)
{
    return sleep->vary == VARY_NONE
               ? sleep->duration_ns
               : (uint64_t)((double)sleep->duration_ns * vary_factor(sleep->seed, task));
}

static int sleep_setup(void **shared, const void *params, struct bench_plan *plan,
                       struct bench_error *err)
{
    const struct sleep_params *given = params;
    struct sleep *sleep = malloc(sizeof *sleep);
    if (!sleep)
        return bench_error_set(err, -ENOMEM, "out of memory");

    *sleep = (struct sleep){
        .duration_ns = given->duration, .vary = (enum vary)given->vary, .seed = plan->seed};
    *shared = sleep;
    plan->tasks = (uint64_t)given->tasks;
    plan->grain = 1;
    plan->work = (double)given->tasks;
    plan->work_unit = "task";
    plan->stack_bytes = sleep->vary == VARY_NONE ? STACK_BYTES : VARY_STACK_BYTES;
    return 0;
}

/* One clock read a task: the moment of waking is also the moment from which the next one sleeps. */
static int sleep_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct sleep *sleep = lane->shared;
    uint64_t now_ns = bench_now();

    lane->local = (void *)(uintptr_t)now_ns; /* when the range began, for check() */
    for (uint64_t task = first; task < end; task++) {
        uint64_t deadline_ns = now_ns + duration_of(sleep, task);
        int rc = bench_sleep_until(lane, deadline_ns);
        if (rc < 0)
            return bench_fail(lane, rc, "the sleep failed");
        now_ns = bench_now();
        if (now_ns < deadline_ns)
            return bench_fail(lane, -EPROTO, "a sleep ended %llu ns before its deadline",
                              (unsigned long long)(deadline_ns - now_ns));
        bench_latency(lane, now_ns - deadline_ns);
    }
    return 0;
}

static int sleep_check(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct sleep *sleep = lane->shared;
    uint64_t took_ns = bench_now() - (uint64_t)(uintptr_t)lane->local;
    uint64_t least_ns = 0;
    for (uint64_t task = first; task < end; task++)
        least_ns += duration_of(sleep, task);

    if (took_ns < least_ns)
        return bench_fail(lane, -EPROTO, "%llu sleeps took %llu ns, less than the %llu ns they should",
                          (unsigned long long)(end - first), (unsigned long long)took_ns,
                          (unsigned long long)least_ns);
    return 0;
}

const struct bench_workload BENCH_WORKLOAD(sleep) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "sleep",
    .summary = "I/O-bound: wait for a deadline; the latency is how late it woke",
    .params = params_table,
    .params_size = sizeof(struct sleep_params),
    .flags = BENCH_OWN_LATENCY | BENCH_ANY_TASK,
    .setup = sleep_setup,
    .run = sleep_run,
    .check = sleep_check,
    .teardown = free,
};
