/* impostor: a workload that has the name of a built-in one. */
#include <bench/workload.h>

static int impostor_setup(void **shared, const void *params, struct bench_plan *plan,
                          struct bench_error *err)
{
    (void)shared;
    (void)params;
    (void)err;
    plan->tasks = 1;
    return 0;
}

static int impostor_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    (void)lane;
    (void)first;
    (void)end;
    return 0;
}

const struct bench_workload BENCH_WORKLOAD(impostor) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "spin",
    .summary = "not the spin you know",
    .setup = impostor_setup,
    .run = impostor_run,
};
