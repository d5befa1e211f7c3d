/* hollow: a workload without its run(). */
#include "idle.h"

const struct bench_workload BENCH_WORKLOAD(hollow) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "hollow",
    .summary = "has nothing to run",
    .setup = idle_setup,
};
