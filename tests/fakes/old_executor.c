/* old_executor: an executor of another version of the contract. */
#include <bench/executor.h>

const struct bench_executor BENCH_EXECUTOR(old_executor) = {
    .abi = BENCH_EXECUTOR_ABI + 98,
    .name = (const char *)8,
};
