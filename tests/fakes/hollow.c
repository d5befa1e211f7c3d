/* hollow: a workload without its run(). */
#include <bench/workload.h>

static int hollow_setup(void **shared, const void *params, struct bench_plan *plan,
                        struct bench_error *err)
{
    (void)shared;
    (void)params;
    (void)err;
    plan->tasks = 1;
    return 0;
}

const struct bench_workload BENCH_WORKLOAD(hollow) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "hollow",
    .summary = "has nothing to run",
    .setup = hollow_setup,
};
