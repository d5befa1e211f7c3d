/* old_abi: a workload of the contract before this one; all but the first field may lie elsewhere. */
#include <bench/workload.h>

const struct bench_workload BENCH_WORKLOAD(old_abi) = {
    .abi = BENCH_WORKLOAD_ABI - 1,
    .name = (const char *)8,
};
