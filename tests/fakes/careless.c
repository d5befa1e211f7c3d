/* careless: an executor that does not do what the contract asks of executors. */
#include <bench/executor.h>

#include <errno.h>

enum way { NOTHING, SKIP, TWICE, SWAP, ABSENT, NO_OPEN, NO_RUN, MUTE, STAY, EARLY, LATE, AGAIN };
static const char *const way_words[] = {"nothing", "skip", "twice", "swap", "absent", "open", "run",
                                        "mute",    "stay", "early", "late", "again",  NULL};

struct careless_params {
    int how;
};

static const struct bench_param params_table[] = {
    BENCH_CHOICE(
        struct careless_params, how, "nothing", way_words,
        "skip: leaves a range out; twice: does one twice; swap: both; absent: no worker enters; "
        "open, run: workers cannot be made; mute: and nothing is said; stay: never leaves; early: "
        "leaves "
        "before its ranges; late: enters after the first; again: leaves twice"),
    BENCH_PARAM_END,
};

static int careless_open(struct bench_team *team, const void *params, void **state,
                         struct bench_error *err)
{
    const struct careless_params *given = params;
    (void)team;
    *state = (void *)given;
    return given->how == NO_OPEN ? bench_error_set(err, -EAGAIN, "no workers to be had") : 0;
}

static int careless_run(struct bench_team *team, void *state, struct bench_error *err)
{
    const struct careless_params *given = state;
    if (given->how == NO_RUN)
        return bench_error_set(err, -EAGAIN, "no workers to be had today");
    if (given->how == MUTE)
        return -EAGAIN;
    if (given->how == ABSENT)
        return 0;
    struct bench_lane *lane = bench_team_lane(team, 0, 0);
    uint64_t range = 0;
    if (given->how == LATE)
        bench_range(lane, range++);
    bench_enter(team, 0);
    if (given->how == EARLY)
        bench_leave(team, 0);
    for (; range < team->ranges; range++) {
        bool chosen = range == 1;
        if (chosen && given->how == SKIP)
            continue;
        bench_range(lane, chosen && given->how == SWAP ? 0 : range);
        if (chosen && given->how == TWICE)
            bench_range(lane, range);
    }
    for (int times = given->how == STAY || given->how == EARLY ? 0
                     : given->how == AGAIN                     ? 2
                                                               : 1;
         times; times--)
        bench_leave(team, 0);
    return 0;
}

static void careless_close(struct bench_team *team, void *state)
{
    (void)state;
    bench_retire(team, 0);
}

const struct bench_executor BENCH_EXECUTOR(careless) = {
    .abi = BENCH_EXECUTOR_ABI,
    .name = "careless",
    .summary = "loses ranges, or does them twice",
    .params = params_table,
    .params_size = sizeof(struct careless_params),
    .flags = BENCH_ONE_WORKER | BENCH_OWN_SCHEDULE,
    .open = careless_open,
    .run = careless_run,
    .close = careless_close,
};
