/* endless: a workload whose table of parameters lacks its end. */
#include "idle.h"

struct endless_params {
    int64_t tasks;
};

static const struct {
    struct bench_param params[1];
    uintptr_t after[16];
} table = {{BENCH_COUNT(struct endless_params, tasks, "1", 1, 10, NULL, "tasks")}, {8, 8, 8, 8}};

const struct bench_workload BENCH_WORKLOAD(endless) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "endless",
    .summary = "has a table without an end",
    .params = table.params,
    .params_size = sizeof(struct endless_params),
    .setup = idle_setup,
    .run = idle_run,
};
