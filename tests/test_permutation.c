/* The seeded permutation behind fileread's order=random. */
#include "workloads/common/permutation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static bool every_number_comes_once(uint64_t n, uint64_t seed)
{
    struct permutation p = permutation_make(n, seed);
    unsigned char *seen = calloc(n, 1);
    assert_non_null(seen);
    bool once = true;
    for (uint64_t i = 0; i < n && once; i++) {
        uint64_t x = permutation_at(&p, i);
        once = x < n && !seen[x];
        if (once)
            seen[x] = 1;
    }
    free(seen);
    return once;
}

static void every_number_comes_exactly_once(void **state)
{
    (void)state;
    for (uint64_t n = 1; n < 300; n++)
        assert_true(every_number_comes_once(n, n * 7));
    assert_true(every_number_comes_once(65536, 1));
    assert_true(every_number_comes_once(65537, 1));
    assert_true(every_number_comes_once(1000003, 2));
}

static void the_same_seed_gives_the_same_order(void **state)
{
    (void)state;
    struct permutation a = permutation_make(1000, 42), b = permutation_make(1000, 42);
    for (uint64_t i = 0; i < 1000; i++)
        assert_int_equal(permutation_at(&a, i), permutation_at(&b, i));
}

static void another_seed_gives_another_order(void **state)
{
    (void)state;
    struct permutation a = permutation_make(1000, 42), b = permutation_make(1000, 43);
    int same = 0;
    for (uint64_t i = 0; i < 1000; i++)
        same += permutation_at(&a, i) == permutation_at(&b, i);
    assert_in_range(same, 0, 20); /* by chance about one */
}

/* Read-ahead must not find a pattern: neighbours are as far apart as strangers, n / 3 on average, and
 * no distance comes back often. */
static void run_order_go_to_unrelated_places(void **state)
{
    (void)state;
    const uint64_t n = 100000;
    struct permutation p = permutation_make(n, 42);
    unsigned char *distances = calloc(2 * n, 1);
    assert_non_null(distances);
    uint64_t sum = 0, most = 0;
    for (uint64_t i = 1; i < n; i++) {
        uint64_t a = permutation_at(&p, i - 1), b = permutation_at(&p, i);
        sum += a < b ? b - a : a - b;
        unsigned char times = ++distances[n + b - a];
        most = times > most ? times : most;
    }
    free(distances);
    assert_in_range(sum / (n - 1), n * 30 / 100, n * 37 / 100);
    assert_in_range(most, 1, 20);
}

/* 64-bit arithmetic throughout: the largest file has more blocks than fit in 32 bits. */
static void large_numbers_stay_in_range(void **state)
{
    (void)state;
    const uint64_t n = (1ull << 40) + 1;
    struct permutation p = permutation_make(n, 42);
    uint64_t largest = 0;
    for (uint64_t i = n - 1000; i < n; i++) {
        uint64_t x = permutation_at(&p, i);
        assert_true(x < n);
        largest = x > largest ? x : largest;
    }
    assert_true(largest > 1ull << 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_comes_exactly_once),
        cmocka_unit_test(the_same_seed_gives_the_same_order),
        cmocka_unit_test(another_seed_gives_another_order),
        cmocka_unit_test(run_order_go_to_unrelated_places),
        cmocka_unit_test(large_numbers_stay_in_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
