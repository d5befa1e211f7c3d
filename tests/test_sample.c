/* What is said of medians and ratios, where it is plain what that must be. How often it is right is
 * test_coverage's matter. */
#include "stats/sample.h"

#include "stats/autocorrelation.h"
#include "stats/distributions.h"
#include "stats/order_statistics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define assert_near(is, expected, error) assert_true(fabs((is) - (expected)) <= (error))

static struct interval interval_of(const double *values, const size_t *sizes, size_t launches,
                                   double level, double *median)
{
    const struct sample sample = {.values = values, .launch_sizes = sizes, .launches = launches};
    struct interval interval;

    *median = sample_median(&sample, level, &interval);
    return interval;
}

static struct sample_ratio ratio_of(const double *from, const size_t *from_sizes, size_t from_launches,
                                    const double *to, const size_t *to_sizes, size_t to_launches)
{
    const struct sample a = {.values = from, .launch_sizes = from_sizes, .launches = from_launches},
                        b = {.values = to, .launch_sizes = to_sizes, .launches = to_launches};
    struct sample_ratio ratio;

    ratio = sample_ratio(&a, &b, 0.95);
    return ratio;
}

static const double ten[] = {1.07, 1.01, 1.10, 1.04, 1.02, 1.06, 1.03, 1.09, 1.05, 1.08};
static const size_t of_ten[] = {10}, of_five[] = {5}, of_six[] = {6}, twos[] = {2, 2, 2, 2, 2};

static void five_values_are_too_few(void **state)
{
    double median;

    (void)state;
    assert_false(interval_known(interval_of(ten, of_five, 1, 0.95, &median)));
    assert_near(median, 1.04, 1e-12);
    assert_true(interval_known(interval_of(ten, of_six, 1, 0.95, &median)));
}

static void one_launch_has_an_interval_by_order(void **state)
{
    const double ascending[] = {1.01, 1.02, 1.03, 1.04, 1.05, 1.06, 1.07, 1.08, 1.09, 1.10};
    struct interval expected = order_interval(ascending, 10, 0.05), interval;
    double median;

    (void)state;
    interval = interval_of(ten, of_ten, 1, 0.95, &median);
    assert_near(median, 1.055, 1e-12);
    assert_near(interval.low, expected.low, 2e-5); /* found in the logarithms */
    assert_near(interval.high, expected.high, 2e-5);
}

static void higher_levels_have_wider_intervals(void **state)
{
    struct interval before = {2, 0}, interval;
    double median;

    (void)state;
    for (double beyond = 0.99; beyond > 1e-9; beyond *= 0.7) {
        interval = interval_of(ten, of_ten, 1, 1 - beyond, &median);
        assert_true(interval.low <= before.low && interval.high >= before.high);
        before = interval;
    }
    assert_true(before.low < 1.01 && before.high > 1.10);
}

/* mean(log(m)) and t.test(log(m))$conf.int of the launches' medians m */
static void few_launches_have_students_interval(void **state)
{
    const double values[] = {1, 3, 4, 4, 2, 2, 5, 1};
    const size_t sizes[] = {2, 2, 3, 1}; /* medians 2, 4, 2, 1 */
    double median, mean = log(2), error = sqrt(2 * log(2) * log(2) / 3 / 4);
    struct interval interval = interval_of(values, sizes, 4, 0.95, &median);

    (void)state;
    assert_near(median, 2.5, 1e-12);
    assert_near(interval.low, exp(mean - student_quantile(0.975, 3) * error), 1e-12);
    assert_near(interval.high, exp(mean + student_quantile(0.975, 3) * error), 1e-12);
}

static void the_median_is_always_in_its_interval(void **state)
{
    const double values[] = {1, 1, 1, 1, 1, 1, 1, 9, 9.001}; /* two short launches agree, elsewhere */
    const size_t sizes[] = {7, 1, 1}, two_sizes[] = {1, 1};
    const double equal[] = {3, 3};
    struct interval interval;
    double median;

    (void)state;
    for (double level = 0.01; level < 1; level += 0.01) {
        interval = interval_of(values, sizes, 3, level, &median);
        assert_true(interval_has(interval, median));
    }
    interval = interval_of(equal, two_sizes, 2, 0.95, &median);
    assert_true(interval_has(interval, median));
}

static void alike_neighbours_widen_the_interval(void **state)
{
    double mixed[60], drifting[60], median;
    const size_t sizes[] = {60};
    struct interval a, b;

    (void)state;
    for (size_t i = 0; i < 60; i++) {
        drifting[i] = 1 + 0.001 * (double)i;
        mixed[i] = 1 + 0.001 * (double)(i * 37 % 60);
    }
    a = interval_of(mixed, sizes, 1, 0.95, &median);
    b = interval_of(drifting, sizes, 1, 0.95, &median);
    assert_true(b.high - b.low > 2 * (a.high - a.low));
    assert_near(autocorrelation_inefficiency(mixed, 60), 1, 0.5);
    assert_true(autocorrelation_inefficiency(drifting, 60) > 10);
}

static void a_long_series_is_judged_like_its_batches(void **state)
{
    static double blocks[50000]; /* 100 values of one level, then of another */
    uint32_t bits = 1;

    (void)state;
    for (size_t i = 0; i < 50000; i++) {
        if (i % 100 == 0)
            bits = bits * 1664525 + 1013904223;
        blocks[i] = 1 + (double)(bits >> 31) + 1e-6 * (double)(i % 7);
    }
    double inefficiency = autocorrelation_inefficiency(blocks, 50000);
    assert_true(inefficiency > 60 && inefficiency < 160);
}

static void the_same_sample_has_the_ratio_one(void **state)
{
    struct sample_ratio ratio = ratio_of(ten, twos, 5, ten, twos, 5);

    (void)state;
    assert_near(ratio.ratio, 1, 0);
    assert_near(ratio.p, 1, 0);
    assert_true(interval_has(ratio.interval, 1));
}

static void ratios_turn_around_with_the_sides(void **state)
{
    const double slower[] = {1.12, 1.06, 1.15, 1.09, 1.07, 1.11, 1.08, 1.14, 1.10, 1.13};
    struct sample_ratio there = ratio_of(ten, twos, 5, slower, of_ten, 1);
    struct sample_ratio back = ratio_of(slower, of_ten, 1, ten, twos, 5);

    (void)state;
    assert_near(there.ratio * back.ratio, 1, 1e-12);
    assert_near(there.interval.low * back.interval.high, 1, 1e-12);
    assert_near(there.interval.high * back.interval.low, 1, 1e-12);
    assert_near(there.p / back.p, 1, 1e-4);
    assert_near(there.detectable, back.detectable, 1e-12);
}

/* t.test(0.03 + c(-0.03, -0.01, 0, 0.01, 0.03), c(-0.01, 0, 0.01)): their means are their medians. */
static void the_ratio_of_few_launches_is_welchs(void **state)
{
    const double from[] = {exp(-0.01), 1, exp(0.01)};
    const double to[] = {1, exp(0.02), exp(0.03), exp(0.04), exp(0.06)};
    const size_t ones[] = {1, 1, 1, 1, 1};
    struct sample_ratio ratio = ratio_of(from, ones, 3, to, ones, 5);

    (void)state;
    assert_near(ratio.ratio, exp(0.03), 1e-12);
    assert_near(ratio.p, 0.0419359553060797, 1e-6);
    assert_near(ratio.interval.low, 1.0015312501482643, 1e-10);
    assert_near(ratio.interval.high, 1.0602130950863171, 1e-10);
    assert_near(ratio.detectable, 0.0461939248928818, 1e-10);
}

static void p_and_interval_never_contradict_each_other(void **state)
{
    double moved[10];

    (void)state;
    for (double factor = 0.8; factor < 1.25; factor += 0.001) {
        struct sample_ratio ratio;

        for (size_t i = 0; i < 10; i++)
            moved[i] = ten[9 - i] * factor;
        ratio = ratio_of(ten, twos, 5, moved, of_ten, 1);
        assert_true(interval_has(ratio.interval, 1) == (ratio.p >= 0.05));
    }
}

/* Two launches of one program: by their runs alone they are surely different, by 3 %. */
static void a_single_launch_may_have_been_lucky(void **state)
{
    double a[40], b[40];
    const size_t one_launch[] = {40}, four_launches[] = {10, 10, 10, 10};

    (void)state;
    for (size_t i = 0; i < 40; i++) {
        a[i] = 1 + 0.0001 * (double)(i * 17 % 40);
        b[i] = a[i] * 1.03;
    }
    assert_true(ratio_of(a, one_launch, 1, b, one_launch, 1).p > 0.05);
    assert_true(ratio_of(a, one_launch, 1, b, one_launch, 1).detectable > 0.05);
    assert_true(ratio_of(a, four_launches, 4, b, four_launches, 4).p < 0.001);
    assert_true(ratio_of(a, four_launches, 4, b, four_launches, 4).detectable < 0.01);
}

static void too_small_a_side_has_a_ratio_alone(void **state)
{
    struct sample_ratio ratio = ratio_of(ten, of_ten, 1, ten, of_five, 1);

    (void)state;
    assert_near(ratio.ratio, 1.04 / 1.055, 1e-12);
    assert_true(isnan(ratio.p) && isnan(ratio.detectable) && !interval_known(ratio.interval));
}

static void counts_that_never_change_differ_for_sure(void **state)
{
    const double from[] = {7, 7, 7}, to[] = {8, 8, 8};
    const size_t ones[] = {1, 1, 1};
    struct sample_ratio ratio = ratio_of(from, ones, 3, to, ones, 3);

    (void)state;
    assert_true(ratio.p < 1e-9);
    assert_near(ratio.interval.low, 8.0 / 7, 1e-12);
    assert_near(ratio.detectable, 0, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_values_are_too_few),
        cmocka_unit_test(one_launch_has_an_interval_by_order),
        cmocka_unit_test(higher_levels_have_wider_intervals),
        cmocka_unit_test(few_launches_have_students_interval),
        cmocka_unit_test(the_median_is_always_in_its_interval),
        cmocka_unit_test(alike_neighbours_widen_the_interval),
        cmocka_unit_test(a_long_series_is_judged_like_its_batches),
        cmocka_unit_test(the_same_sample_has_the_ratio_one),
        cmocka_unit_test(ratios_turn_around_with_the_sides),
        cmocka_unit_test(the_ratio_of_few_launches_is_welchs),
        cmocka_unit_test(p_and_interval_never_contradict_each_other),
        cmocka_unit_test(a_single_launch_may_have_been_lucky),
        cmocka_unit_test(too_small_a_side_has_a_ratio_alone),
        cmocka_unit_test(counts_that_never_change_differ_for_sure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
