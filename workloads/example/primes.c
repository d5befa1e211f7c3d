/*
 * primes: count primes by trial division, a block of numbers a task. Later blocks take longer, so it
 * shows what --schedule is for.
 */
#include <bench/workload.h>

#include <errno.h>
#include <stdlib.h>

struct primes_params {
    int64_t limit, block;
};

static const struct bench_param params[] = {
    BENCH_COUNT(struct primes_params, limit, "1M", 10, 1e8, NULL, "count the primes below this"),
    BENCH_COUNT(struct primes_params, block, "10k", 1, 1e8, NULL, "numbers in a task"),
    BENCH_PARAM_END,
};

struct primes {
    uint64_t limit, block;
    bool composite[]; /* from a sieve: what check() goes by */
};

static int primes_setup(void **shared, const void *given, struct bench_plan *plan,
                        struct bench_error *err)
{
    const struct primes_params *wanted = given;
    uint64_t limit = (uint64_t)wanted->limit, block = (uint64_t)wanted->block;
    struct primes *primes = calloc(1, sizeof *primes + limit * sizeof *primes->composite);
    if (!primes)
        return bench_error_set(err, -ENOMEM, "limit=%llu: out of memory", (unsigned long long)limit);
    primes->limit = limit;
    primes->block = block;
    primes->composite[0] = primes->composite[1] = true;
    for (uint64_t n = 2; n * n < limit; n++) {
        for (uint64_t multiple = n * n; multiple < limit; multiple += n)
            primes->composite[multiple] = true;
    }
    plan->tasks = (limit + block - 1) / block;
    plan->work = (double)limit;
    plan->work_unit = "number";
    *shared = primes;
    return 0;
}

static bool is_prime(uint64_t n)
{
    for (uint64_t divisor = 2; divisor * divisor <= n; divisor++) {
        if (n % divisor == 0)
            return false;
    }
    return n >= 2;
}

/* The numbers of tasks first..end-1. */
static void numbers_of(const struct primes *primes, uint64_t first, uint64_t end, uint64_t *from,
                       uint64_t *to)
{
    *from = first * primes->block;
    *to = end * primes->block < primes->limit ? end * primes->block : primes->limit;
}

static int primes_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    uint64_t from, to, found = 0;
    numbers_of(lane->shared, first, end, &from, &to);
    for (uint64_t n = from; n < to; n++)
        found += is_prime(n);
    lane->local =
        (void *)found; /* the lane's own word; for more, lane_init allocates and lane_fini frees */
    return 0;
}

static int primes_check(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct primes *primes = lane->shared;
    uint64_t from, to, right = 0, found = (uint64_t)lane->local;
    numbers_of(primes, first, end, &from, &to);
    for (uint64_t n = from; n < to; n++)
        right += !primes->composite[n];
    if (found == right)
        return 0;
    return bench_fail(lane, -EPROTO, "%llu primes found from %llu to %llu, there are %llu",
                      (unsigned long long)found, (unsigned long long)from, (unsigned long long)to - 1,
                      (unsigned long long)right);
}

const struct bench_workload BENCH_WORKLOAD(primes) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "primes",
    .summary = "CPU-bound: count primes by trial division; later tasks take longer",
    .params = params,
    .params_size = sizeof(struct primes_params),
    .setup = primes_setup,
    .run = primes_run,
    .check = primes_check,
    .teardown = free,
};
