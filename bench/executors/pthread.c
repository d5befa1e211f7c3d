/* POSIX threads, in a pool that lives across runs or made anew for each, which shows what making costs.
 */
#include <bench/executor.h>

#include "common/threads.h"

enum { START_POOL, START_SPAWN };
static const char *const start_words[] = {"pool", "spawn", NULL};

struct pthread_params {
    int start;
};

static const struct bench_param params[] = {
    BENCH_CHOICE(struct pthread_params, start, "pool", start_words,
                 "pool: threads live across runs; spawn: new ones for each run"),
    BENCH_PARAM_END,
};

static void pthread_work(void *context, uint32_t worker)
{
    bench_work(bench_team_lane(context, worker, 0));
}

static const struct threads_hooks hooks = {.work = pthread_work};

static int pthread_open(struct bench_team *team, const void *values, void **state,
                        struct bench_error *err)
{
    const struct pthread_params *given = values;
    struct threads *threads;
    int rc = threads_open(&threads, team, given->start == START_SPAWN, &hooks, team, err);
    if (rc == 0)
        *state = threads;
    return rc;
}

static int pthread_run(struct bench_team *team, void *state, struct bench_error *err)
{
    (void)team;
    return threads_run(state, err);
}

static void pthread_close(struct bench_team *team, void *state)
{
    (void)team;
    threads_close(state);
}

const struct bench_executor BENCH_EXECUTOR(pthread) = {
    .abi = BENCH_EXECUTOR_ABI,
    .name = "pthread",
    .summary = "POSIX threads, a pool or new ones for each run",
    .params = params,
    .params_size = sizeof(struct pthread_params),
    .offers = BENCH_OFFERS_ONE_ADDRESS_SPACE,
    .open = pthread_open,
    .run = pthread_run,
    .close = pthread_close,
};
