/* OpenMP, measured with its own worksharing: the loop and its schedule are the OpenMP runtime's. */
#include <bench/executor.h>

#include <errno.h>
#include <omp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_PASSIVE, WAIT_ACTIVE };
static const char *const wait_words[] = {"passive", "active", NULL};

struct omp_params {
    int wait;
};

static const struct bench_param params[] = {
    BENCH_CHOICE(struct omp_params, wait, "passive", wait_words,
                 "passive: idle threads sleep; active: they spin, which shows as CPU time"),
    BENCH_PARAM_END,
};

/* The runtime reads these when it is loaded, never again. Workers are pinned by the harness. */
static void omp_environment(const void *values,
                            void (*set)(void *context, const char *name, const char *value),
                            void *context)
{
    const struct omp_params *given = values;
    set(context, "OMP_WAIT_POLICY", wait_words[given->wait]);
    set(context, "OMP_PROC_BIND", "false");
    set(context, "OMP_DYNAMIC", "false");
}

static atomic_bool starting; /* threads that there may be too many of */

/* The runtime ends the program where it cannot have them, and says so on stderr alone. */
static void on_exit_while_starting(void)
{
    if (atomic_load(&starting))
        bench_abort(
            "OpenMP could not start its threads and has ended the runner: too many processes and "
            "threads for this user (ulimit -u), or too little memory for their stacks");
}

/* A run of the same program without that environment would measure something else than its name says. */
static int omp_open(struct bench_team *team, const void *values, void **state, struct bench_error *err)
{
    const struct omp_params *given = values;
    const char *policy = getenv("OMP_WAIT_POLICY");
    (void)team;
    (void)state;
    if (!policy || strcmp(policy, wait_words[given->wait]) != 0)
        return bench_error_set(err, -EINVAL,
                               "wait=%s: OMP_WAIT_POLICY must be '%s' before the runner loads OpenMP "
                               "(in the open message: \"env\":{\"OMP_WAIT_POLICY\":\"%s\"})",
                               wait_words[given->wait], wait_words[given->wait],
                               wait_words[given->wait]);
    if (atexit(on_exit_while_starting) != 0)
        return bench_error_set(err, -ENOMEM, "out of memory");
    return 0;
}

/*
 * The loop, of which each thread of the region does its part. A loop for each schedule, as one would
 * write it: with schedule(runtime) the runtime would look up which it is at every range.
 */
static void share_ranges(const struct bench_team *team, struct bench_lane *lane)
{
    uint64_t ranges = team->ranges;
    if (team->schedule == BENCH_DYNAMIC) {
#pragma omp for schedule(dynamic, 1) nowait
        for (uint64_t range = 0; range < ranges; range++)
            bench_range(lane, range);
    } else if (team->schedule == BENCH_GUIDED) {
#pragma omp for schedule(guided, 1) nowait
        for (uint64_t range = 0; range < ranges; range++)
            bench_range(lane, range);
    } else if (team->in_turn) {
#pragma omp for schedule(static, 1) nowait
        for (uint64_t range = 0; range < ranges; range++)
            bench_range(lane, range);
    } else {
#pragma omp for schedule(static) nowait
        for (uint64_t range = 0; range < ranges; range++)
            bench_range(lane, range);
    }
}

/* On a thread that ends although it is still a worker: the runtime would wait for it for ever. */
static void worker_left(void *index)
{
    char message[80];
    snprintf(message, sizeof message, "worker %u ended its own thread (pthread_exit)",
             (unsigned)(uintptr_t)index);
    bench_abort(message);
}

/* Runs in all threads of a parallel region. */
static void work(struct bench_team *team)
{
    uint32_t worker = (uint32_t)omp_get_thread_num();
    pthread_cleanup_push(worker_left, (void *)(uintptr_t)worker);
    bench_enter(team, worker);
    share_ranges(team, bench_team_lane(team, worker, 0));
    bench_leave(team, worker);
    pthread_cleanup_pop(0);
}

static void retire(struct bench_team *team)
{
    uint32_t worker = (uint32_t)omp_get_thread_num();
    pthread_cleanup_push(worker_left, (void *)(uintptr_t)worker);
    bench_retire(team, worker);
    pthread_cleanup_pop(0);
}

static int omp_run(struct bench_team *team, void *state, struct bench_error *err)
{
    (void)state;
    int got = 0;
    atomic_store(&starting, true);
#pragma omp parallel num_threads((int)team->workers) shared(got)
    {
#pragma omp single
        {
            got = omp_get_num_threads();
            atomic_store(&starting, false);
        }
        if (got == (int)team->workers)
            work(team);
    }
    if (got != (int)team->workers)
        return bench_error_set(err, -EAGAIN, "OpenMP started only %d of %u threads (OMP_THREAD_LIMIT?)",
                               got, team->workers);
    return 0;
}

static void omp_close(struct bench_team *team, void *state)
{
    (void)state;
#pragma omp parallel num_threads((int)team->workers)
    retire(team);
}

const struct bench_executor BENCH_EXECUTOR(omp) = {
    .abi = BENCH_EXECUTOR_ABI,
    .name = "omp",
    .summary = "OpenMP threads and OpenMP's own worksharing loop",
    .params = params,
    .params_size = sizeof(struct omp_params),
    .offers = BENCH_OFFERS_ONE_ADDRESS_SPACE,
    .environment = omp_environment,
    .open = omp_open,
    .run = omp_run,
    .close = omp_close,
};
