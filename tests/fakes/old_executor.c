/* old_executor: an executor of the contract before this one. */
#include <bench/executor.h>

const struct bench_executor BENCH_EXECUTOR(old_executor) = {
    .abi = BENCH_EXECUTOR_ABI - 1,
    .name = (const char *)8,
};
