/* The histogram: its error bound, over all values there are, and what it tells. */
#include "measure/histogram.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static double relative_error(uint64_t value)
{
    static struct histogram histogram;

    histogram_clear(&histogram);
    histogram_add(&histogram, value);
    return fabs(histogram_max(&histogram) - (double)value) / (double)value;
}

static void bucket_error_is_at_most_one_percent(void **state)
{
    (void)state;
    for (uint32_t bit = 7; bit < 64; bit++) {
        for (uint64_t step = 0; step < 64; step++) {
            uint64_t low = (UINT64_C(1) << bit) + step * (UINT64_C(1) << bit) / 64;

            assert_true(relative_error(low) <= 0.01);
            assert_true(relative_error(low - 1) <= 0.01);
        }
    }
    assert_true(relative_error(UINT64_MAX) <= 0.01);
}

static void small_values_are_exact(void **state)
{
    (void)state;
    for (uint64_t value = 1; value < 128; value++)
        assert_true(relative_error(value) == 0);
}

static void buckets_ascend_without_a_gap_to_the_last(void **state)
{
    uint32_t last = histogram_bucket(0);

    (void)state;
    assert_int_equal(last, 0);
    for (uint64_t value = 1; value < 1 << 16; value++) {
        uint32_t bucket = histogram_bucket(value);

        assert_true(bucket == last || bucket == last + 1);
        last = bucket;
    }
    assert_int_equal(histogram_bucket(UINT64_MAX), HISTOGRAM_BUCKETS - 1);
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void one_that_was_cleared_is_as_good_as_new(void **state)
{
    static struct histogram histogram, untouched;
    (void)state;
    for (int shift = 0; shift < 64; shift++)
        histogram_add(&histogram, UINT64_C(1) << shift);
    histogram_clear(&histogram);
    assert_memory_equal(&histogram, &untouched, sizeof histogram);
}

static void quantiles_are_those_of_the_sorted_values(void **state)
{
    enum { N = 10000 };
    static const double qs[] = {0, 0.001, 0.5, 0.9, 0.99, 0.999, 1};
    static struct histogram histogram;
    static uint64_t values[N];
    uint64_t random = 1;

    (void)state;
    for (size_t i = 0; i < N; i++) { /* over many powers of two */
        random = random * UINT64_C(6364136223846793005) + 1;
        values[i] = (random >> 20) >> (random % 40);
        histogram_add(&histogram, values[i]);
    }
    qsort(values, N, sizeof(values[0]), compare);
    for (size_t i = 0; i < sizeof(qs) / sizeof(qs[0]); i++) {
        double rank = ceil(qs[i] * N);
        double exact = (double)values[rank < 1 ? 0 : (size_t)rank - 1];

        assert_true(fabs(histogram_quantile(&histogram, qs[i]) - exact) <= 0.01 * exact);
    }
}

static void merged_is_as_if_added_to_one(void **state)
{
    static struct histogram a, b, both;

    (void)state;
    for (uint64_t value = 1; value < 100000; value += 7) {
        histogram_add(value % 2 ? &a : &b, value * value);
        histogram_add(&both, value * value);
    }
    histogram_merge(&a, &b);
    assert_memory_equal(&a, &both, sizeof(a));
}

static void count_is_how_many_were_added(void **state)
{
    static struct histogram histogram;

    (void)state;
    for (uint64_t value = 0; value < 1234; value++)
        histogram_add(&histogram, value << value % 50);
    assert_int_equal(histogram_count(&histogram), 1234);
}

static void nothing_added_is_not_zero_but_unknown(void **state)
{
    static struct histogram histogram;

    (void)state;
    assert_true(isnan(histogram_max(&histogram)));
    assert_true(isnan(histogram_quantile(&histogram, 0.5)));
}

static void fits_in_32_kib(void **state)
{
    (void)state;
    assert_true(sizeof(struct histogram) <= 32768);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bucket_error_is_at_most_one_percent),
        cmocka_unit_test(small_values_are_exact),
        cmocka_unit_test(buckets_ascend_without_a_gap_to_the_last),
        cmocka_unit_test(one_that_was_cleared_is_as_good_as_new),
        cmocka_unit_test(quantiles_are_those_of_the_sorted_values),
        cmocka_unit_test(merged_is_as_if_added_to_one),
        cmocka_unit_test(count_is_how_many_were_added),
        cmocka_unit_test(nothing_added_is_not_zero_but_unknown),
        cmocka_unit_test(fits_in_32_kib),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
