/* The numbers of a sample, against R's: summary(x), quantile(x, type = 7), sd(x), mad(x, constant = 1).
 */
#include "stats/summary.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define assert_near(is, expected, error) assert_true(fabs((is) - (expected)) <= (error))

static struct summary of(const double *values, size_t n)
{
    struct summary summary;

    summary = summary_of(values, n);
    return summary;
}

static const double sample[] = {8, 1, 4, 2, 16, 32};

static void quantiles_interpolate_as_type_7(void **state)
{
    struct summary summary = of(sample, 6);

    (void)state;
    assert_near(summary.median, 6, 1e-12);
    assert_near(summary.q1, 2.5, 1e-12);
    assert_near(summary.q3, 14, 1e-12);
}

static void ends_are_the_extremes(void **state)
{
    struct summary summary = of(sample, 6);

    (void)state;
    assert_near(summary.min, 1, 0);
    assert_near(summary.max, 32, 0);
}

static void mean_and_deviation_are_of_a_sample(void **state)
{
    struct summary summary = of(sample, 6);

    (void)state;
    assert_near(summary.mean, 10.5, 1e-12);
    assert_near(summary.stddev, 11.861703081766969, 1e-12);
}

static void deviation_survives_a_large_offset(void **state)
{
    const double values[] = {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16};

    (void)state;
    assert_near(of(values, 4).stddev, sqrt(30), 1e-9);
}

static void mad_is_the_median_distance(void **state)
{
    (void)state;
    assert_near(of(sample, 6).mad, 4.5, 1e-12);
}

static void spread_is_the_interquartile_range_over_the_median(void **state)
{
    (void)state;
    assert_near(of(sample, 6).spread, 11.5 / 6, 1e-12);
}

static void variation_is_the_deviation_over_the_mean(void **state)
{
    (void)state;
    assert_near(of(sample, 6).cv, 11.861703081766969 / 10.5, 1e-12);
}

static void outliers_are_far_by_the_mad(void **state)
{
    const double far = 3.5 * SUMMARY_MAD_SCALE;
    const double values[] = {10 - 1.01 * far, 9, 9, 10, 10, 11, 11, 10 + 0.99 * far};

    (void)state;
    assert_near(of(values, 8).mad, 1, 1e-12);
    assert_int_equal(of(values, 8).outliers, 1);
    struct summary summary = of(values, 8);
    size_t outliers = 0;
    for (size_t i = 0; i < 8; i++)
        outliers += summary_is_outlier(&summary, values[i]);
    assert_int_equal(outliers, 1);
}

static void without_a_scale_nothing_is_an_outlier(void **state)
{
    const double values[] = {5, 5, 5, 5, 9};

    (void)state;
    assert_int_equal(of(values, 5).outliers, 0);
    assert_int_equal(of(values, 1).outliers, 0);
}

static void unmeasured_values_are_left_out(void **state)
{
    const double values[] = {NAN, 3, NAN, 1, 2};
    struct summary summary = of(values, 5);

    (void)state;
    assert_int_equal(summary.n, 3);
    assert_near(summary.median, 2, 0);
}

static void one_value_has_no_spread(void **state)
{
    struct summary summary = of(sample, 1);

    (void)state;
    assert_near(summary.median, 8, 0);
    assert_true(isnan(summary.spread) && isnan(summary.stddev) && isnan(summary.cv));
}

static void nothing_has_no_numbers(void **state)
{
    struct summary summary = of(NULL, 0);

    (void)state;
    assert_int_equal(summary.n, 0);
    assert_true(isnan(summary.median) && isnan(summary.min) && isnan(summary.mean));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_interpolate_as_type_7),
        cmocka_unit_test(ends_are_the_extremes),
        cmocka_unit_test(mean_and_deviation_are_of_a_sample),
        cmocka_unit_test(deviation_survives_a_large_offset),
        cmocka_unit_test(mad_is_the_median_distance),
        cmocka_unit_test(spread_is_the_interquartile_range_over_the_median),
        cmocka_unit_test(variation_is_the_deviation_over_the_mean),
        cmocka_unit_test(outliers_are_far_by_the_mad),
        cmocka_unit_test(without_a_scale_nothing_is_an_outlier),
        cmocka_unit_test(unmeasured_values_are_left_out),
        cmocka_unit_test(one_value_has_no_spread),
        cmocka_unit_test(nothing_has_no_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
