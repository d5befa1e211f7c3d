/* A workload that waits by itself, as a library would: not through its lane. */
#include "idle.h"

static int sleeper_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    static const struct timespec nap = {.tv_nsec = 10000000};
    nanosleep(&nap, NULL);
    return idle_run(lane, first, end);
}

const struct bench_workload BENCH_WORKLOAD(sleeper) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "sleeper",
    .summary = "10 ms of nanosleep(2)",
    .setup = idle_setup,
    .run = sleeper_run,
};
