/* empty: a shared object that is no plug-in. */
#include <bench/workload.h>

BENCH_API int empty_answer(void);

int empty_answer(void)
{
    return 42;
}
