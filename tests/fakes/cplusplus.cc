/* cplusplus: a workload in C++17, with each kind of parameter: the headers are as good there as in C. */
#include <bench/random.h>
#include <bench/workload.h>

#include <cerrno>
#include <new>

namespace
{

struct values {
    int64_t tasks;
    uint64_t block, pause;
    double sigma;
    bool direct;
    int order;
    const char *path;
};

const char *const orders[] = {"sequential", "random", nullptr};

const bench_param params[] = {
    BENCH_COUNT(values, tasks, "100", 1, 65536, nullptr, "how many tasks", "count"),
    BENCH_SIZE(values, block, "4KiB", 1, 1 << 30, "a size"),
    BENCH_DURATION(values, pause, "1ms", 0, 1e9, "a time"),
    BENCH_REAL(values, sigma, "2.5", 0.1, 100, "pixel", "a number"),
    BENCH_BOOL(values, direct, "no", "yes or no"),
    BENCH_CHOICE(values, order, "sequential", orders, "a choice"),
    BENCH_TEXT(values, path, "", "a text"),
    BENCH_PARAM_END,
};

struct work {
    uint64_t seed;
};

int set_up(void **shared, const void *given, bench_plan *plan, bench_error *err)
{
    work *made = new (std::nothrow) work{plan->seed};
    if (!made)
        return bench_error_set(err, -ENOMEM, "out of memory");
    *shared = made;
    plan->tasks = static_cast<uint64_t>(static_cast<const values *>(given)->tasks);
    return 0;
}

uint64_t answer(const bench_lane *lane, uint64_t first)
{
    return bench_random_at(static_cast<const work *>(lane->shared)->seed, first);
}

int run(bench_lane *lane, uint64_t first, uint64_t)
{
    lane->local = reinterpret_cast<void *>(answer(lane, first));
    return bench_sleep_until(lane, bench_now());
}

int check(bench_lane *lane, uint64_t first, uint64_t)
{
    if (lane->local == reinterpret_cast<void *>(answer(lane, first)))
        return 0;
    return bench_fail(lane, -EPROTO, "the wrong answer");
}

void tear_down(void *shared)
{
    delete static_cast<work *>(shared);
}

} // namespace

const bench_workload BENCH_WORKLOAD(cplusplus) = {
    BENCH_WORKLOAD_ABI,
    "cplusplus",
    "as C++ sees the contract",
    params,
    sizeof(values),
    0,
    0,
    nullptr,
    set_up,
    nullptr,
    nullptr,
    run,
    check,
    nullptr,
    nullptr,
    tear_down,
};
