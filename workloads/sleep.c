/*
 * sleep: wait until a moment, again and again. Shows what it costs to be woken: how late (reported as
 * the latency) and how many waits one worker can have open at once.
 */
#include <bench/workload.h>

#include <errno.h>
#include <stdlib.h>

struct sleep_params {
    uint64_t duration;
    int64_t tasks;
};

static const struct bench_param params_table[] = {
    BENCH_DURATION(struct sleep_params, duration, "1ms", 0, 3.6e12, "how long a task sleeps"),
    BENCH_COUNT(struct sleep_params, tasks, "100", 1, 1e12, NULL, "sleeps in a run"),
    BENCH_PARAM_END,
};

/* What the lane's last range saw, for check(). */
struct sleeper {
    uint64_t began_ns;
    int64_t earliest_ns; /* the least overshoot of the range: negative is a sleep that ended early */
};

static int sleep_setup(void **shared, const void *params, struct bench_plan *plan,
                       struct bench_error *err)
{
    const struct sleep_params *given = params;
    uint64_t *duration_ns = malloc(sizeof *duration_ns);
    if (!duration_ns)
        return bench_error_set(err, -ENOMEM, "out of memory");

    *duration_ns = given->duration;
    *shared = duration_ns;
    plan->tasks = (uint64_t)given->tasks;
    plan->grain = 1;
    plan->work = (double)given->tasks;
    plan->work_unit = "task";
    return 0;
}

static int sleep_lane_init(struct bench_lane *lane)
{
    /* as large as the cache lines that processors fetch in pairs, so that no two lanes share one */
    lane->local = aligned_alloc(128, 128);
    return lane->local ? 0 : bench_fail(lane, -ENOMEM, "out of memory");
}

/* One clock read a task: the moment of waking is also the moment from which the next one sleeps. */
static int sleep_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const uint64_t duration_ns = *(const uint64_t *)lane->shared;
    struct sleeper *sleeper = lane->local;
    uint64_t now_ns = bench_now();

    sleeper->began_ns = now_ns;
    sleeper->earliest_ns = INT64_MAX;
    for (uint64_t task = first; task < end; task++) {
        uint64_t deadline_ns = now_ns + duration_ns;
        int rc = bench_sleep_until(lane, deadline_ns);
        if (rc < 0)
            return bench_fail(lane, rc, "the sleep failed");
        now_ns = bench_now();

        int64_t overshoot_ns = (int64_t)(now_ns - deadline_ns);
        if (overshoot_ns < sleeper->earliest_ns)
            sleeper->earliest_ns = overshoot_ns;
        bench_latency(lane, overshoot_ns > 0 ? (uint64_t)overshoot_ns : 0);
    }
    return 0;
}

static int sleep_check(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const uint64_t duration_ns = *(const uint64_t *)lane->shared;
    const struct sleeper *sleeper = lane->local;
    uint64_t took_ns = bench_now() - sleeper->began_ns;
    uint64_t least_ns = (end - first) * duration_ns;

    if (sleeper->earliest_ns < 0)
        return bench_fail(lane, -EPROTO, "a sleep ended %lld ns before its deadline",
                          -(long long)sleeper->earliest_ns);
    if (took_ns < least_ns)
        return bench_fail(lane, -EPROTO, "%llu sleeps took %llu ns, less than the %llu ns asked for",
                          (unsigned long long)(end - first), (unsigned long long)took_ns,
                          (unsigned long long)least_ns);
    return 0;
}

static void sleep_lane_fini(struct bench_lane *lane)
{
    free(lane->local);
}

static void sleep_teardown(void *shared)
{
    free(shared);
}

const struct bench_workload BENCH_WORKLOAD(sleep) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "sleep",
    .summary = "wait for a deadline; the latency is how late it woke",
    .params = params_table,
    .params_size = sizeof(struct sleep_params),
    .flags = BENCH_OWN_LATENCY,
    .setup = sleep_setup,
    .lane_init = sleep_lane_init,
    .run = sleep_run,
    .check = sleep_check,
    .lane_fini = sleep_lane_fini,
    .teardown = sleep_teardown,
};
