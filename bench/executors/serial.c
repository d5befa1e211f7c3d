/* One worker, the runner's main thread: the baseline that every speed-up is against. */
#include <bench/executor.h>

static int serial_run(struct bench_team *team, void *state, struct bench_error *err)
{
    (void)state;
    (void)err;
    bench_enter(team, 0);
    bench_work(bench_team_lane(team, 0, 0));
    bench_leave(team, 0);
    return 0;
}

static void serial_close(struct bench_team *team, void *state)
{
    (void)state;
    bench_retire(team, 0);
}

const struct bench_executor BENCH_EXECUTOR(serial) = {
    .abi = BENCH_EXECUTOR_ABI,
    .name = "serial",
    .summary = "one worker, no concurrency: the baseline",
    .offers = BENCH_OFFERS_ONE_ADDRESS_SPACE,
    .flags = BENCH_ONE_WORKER,
    .run = serial_run,
    .close = serial_close,
};
