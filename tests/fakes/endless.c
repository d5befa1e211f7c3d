/* endless: a workload whose table of parameters lacks its end. */
#include <bench/workload.h>

struct endless_params {
    int64_t tasks;
};

static const struct {
    struct bench_param params[1];
    uintptr_t after[16];
} table = {{BENCH_COUNT(struct endless_params, tasks, "1", 1, 10, NULL, "tasks")}, {8, 8, 8, 8}};

static int endless_setup(void **shared, const void *params, struct bench_plan *plan,
                         struct bench_error *err)
{
    (void)shared;
    (void)params;
    (void)err;
    plan->tasks = 1;
    return 0;
}

static int endless_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    (void)lane;
    (void)first;
    (void)end;
    return 0;
}

const struct bench_workload BENCH_WORKLOAD(endless) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "endless",
    .summary = "has a table without an end",
    .params = table.params,
    .params_size = sizeof(struct endless_params),
    .setup = endless_setup,
    .run = endless_run,
};
