// The loop of bare_loop.c under Google Benchmark.
#include <benchmark/benchmark.h>

#ifndef LOOPS
#define LOOPS 2000000
#endif

static void loop(benchmark::State &state)
{
    for (auto _ : state) {
        volatile unsigned long chain = 1;
        for (long i = 0; i < LOOPS; i++)
            chain = chain * 6364136223846793005UL + 1;
    }
}
BENCHMARK(loop)->Unit(benchmark::kMicrosecond);
BENCHMARK_MAIN();
