/* sharing: a workload whose workers must see each other's plain memory. */
#include <bench/workload.h>

#include <errno.h>
#include <stdlib.h>

static int sharing_setup(void **shared, const void *params, struct bench_plan *plan,
                         struct bench_error *err)
{
    (void)params;
    *shared = calloc(1, 1);
    plan->tasks = 4;
    plan->work = 4;
    plan->work_unit = "task";
    return *shared ? 0 : bench_error_set(err, -ENOMEM, "out of memory");
}

static int sharing_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    (void)lane;
    (void)first;
    (void)end;
    return 0;
}

const struct bench_workload BENCH_WORKLOAD(sharing) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "sharing",
    .summary = "needs one address space",
    .needs = BENCH_NEEDS_ONE_ADDRESS_SPACE,
    .setup = sharing_setup,
    .run = sharing_run,
    .teardown = free,
};
