/* impostor: a workload that has the name of a built-in one. */
#include "idle.h"

const struct bench_workload BENCH_WORKLOAD(impostor) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "spin",
    .summary = "not the spin you know",
    .setup = idle_setup,
    .run = idle_run,
};
