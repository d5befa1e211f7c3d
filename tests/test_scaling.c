/* Laws of scaling: what they are at their ends, and what a sweep has to be for them. Their fit is held
 * against R's in test_statistics.c, their intervals in test_law_coverage.c. */
#include "stats/scaling.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { POINTS = 8, LAUNCHES = 3 };

struct sweep {
    double logs[POINTS][LAUNCHES];
    struct scaling_point points[POINTS];
};

/* Launches are `spread` below, at and above what the law says. */
static void make(struct sweep *sweep, const struct usl *law, double spread)
{
    for (int i = 0; i < POINTS; i++) {
        for (int j = 0; j < LAUNCHES; j++)
            sweep->logs[i][j] = log(usl_throughput(law, i + 1)) + spread * (j - 1);
        sweep->points[i] = (struct scaling_point){i + 1, sweep->logs[i], LAUNCHES};
    }
}

static void known_law_is_found_again(void **state)
{
    const struct usl law = {250, 0.05, 0.004};
    struct sweep sweep;
    struct scaling_law found;
    (void)state;
    make(&sweep, &law, 0.01);
    assert_true(scaling_law_of(sweep.points, POINTS, 0.95, 200, 1, &found));
    assert_float_equal(found.law.lambda, 250, 1e-6);
    assert_float_equal(found.law.sigma, 0.05, 1e-9);
    assert_float_equal(found.law.kappa, 0.004, 1e-9);
    assert_float_equal(found.peak.value, sqrt(0.95 / 0.004), 1e-5);
    assert_float_equal(found.spread, 0.01, 1e-9);
    assert_true(found.misfit_p > 0.99);
    assert_true(interval_has(found.sigma.interval, 0.05) && found.sigma.interval.high < 0.1);
    assert_true(interval_has(found.twice.interval, usl_throughput(&law, 16) / 250));
}

static void the_band_has_the_law_in_it_and_is_widest_beyond_what_was_measured(void **state)
{
    const struct usl law = {250, 0.05, 0.004};
    struct sweep sweep;
    struct scaling_law found;
    (void)state;
    make(&sweep, &law, 0.01);
    assert_true(scaling_law_of(sweep.points, POINTS, 0.95, 200, 1, &found));
    assert_float_equal(found.band_n[0], 1, 1e-9);
    assert_float_equal(found.band_n[SCALING_BAND - 1], 2 * POINTS, 1e-9);
    double widest = 0;
    for (int i = 0; i < SCALING_BAND; i++) {
        const struct interval *ends = &found.band[i].interval;
        assert_true(i == 0 || found.band_n[i] > found.band_n[i - 1]);
        assert_true(interval_has(*ends, usl_throughput(&law, found.band_n[i]) / 250));
        widest = fmax(widest, ends->high / ends->low);
    }
    assert_float_equal(found.band[0].interval.high, 1, 1e-9);
    assert_float_equal(found.twice.interval.high / found.twice.interval.low, widest, 1e-9);
}

static void law_without_coherency_is_amdahls_and_has_no_peak(void **state)
{
    const struct usl law = {1, 0.25, 0};
    (void)state;
    assert_float_equal(usl_throughput(&law, 4), 1 / (0.25 + 0.75 / 4), 1e-12);
    assert_true(isinf(usl_peak(&law)));
}

static void all_serial_work_is_best_with_one(void **state)
{
    const struct usl law = {1, 1.2, 0.1}, steep = {1, 0.1, 2};
    (void)state;
    assert_float_equal(usl_peak(&law), 1, 0);
    assert_float_equal(usl_peak(&steep), 1, 0);
}

static void karp_and_flatts_share_is_that_of_amdahls_law(void **state)
{
    const struct usl law = {1, 0.03, 0};
    (void)state;
    for (int n = 2; n < 100; n++)
        assert_float_equal(karp_flatt(usl_throughput(&law, n), n), 0.03, 1e-12);
    assert_true(isnan(karp_flatt(1, 1)));
}

static void more_than_linear_speedups_do_not_leave_the_bounds(void **state)
{
    struct sweep sweep;
    struct scaling_law found;
    (void)state;
    make(&sweep, &(struct usl){1, -0.02, 0}, 0.002);
    assert_true(scaling_law_of(sweep.points, POINTS, 0.95, 200, 1, &found));
    assert_float_equal(found.law.sigma, 0, 0);
    assert_float_equal(found.law.kappa, 0, 0);
    assert_true(found.sigma.interval.low >= 0 && found.kappa.interval.low >= 0);
    assert_true(found.misfit_p < 1e-6);
}

/* As of two cores: twice as fast with two workers, and no faster with more. */
static void sweep_with_a_kink_is_no_law(void **state)
{
    struct sweep sweep;
    struct scaling_law found;
    (void)state;
    make(&sweep, &(struct usl){1, 0, 0}, 0.01);
    for (int i = 2; i < POINTS; i++) {
        for (int j = 0; j < LAUNCHES; j++)
            sweep.logs[i][j] = log(2) + 0.01 * (j - 1);
    }
    assert_true(scaling_law_of(sweep.points, POINTS, 0.95, 200, 1, &found));
    assert_true(found.misfit_p < 1e-6);
    assert_true(found.worst > 0.05);
}

static void single_launches_have_no_intervals(void **state)
{
    struct sweep sweep;
    struct scaling_law found;
    (void)state;
    make(&sweep, &(struct usl){1, 0.05, 0.004}, 0.01);
    for (int i = 0; i < POINTS; i++)
        sweep.points[i].launches = 1;
    assert_false(scaling_law_of(sweep.points, POINTS, 0.95, 200, 1, &found));
}

static void order_of_points_does_not_matter(void **state)
{
    struct sweep sweep;
    struct usl one, other;
    (void)state;
    make(&sweep, &(struct usl){1, 0.05, 0.004}, 0.01);
    sweep.logs[3][1] += 0.02;
    assert_true(scaling_fit(sweep.points, POINTS, true, &one));
    struct scaling_point first = sweep.points[0];
    sweep.points[0] = sweep.points[5];
    sweep.points[5] = first;
    assert_true(scaling_fit(sweep.points, POINTS, true, &other));
    assert_float_equal(one.sigma, other.sigma, 1e-9);
    assert_float_equal(one.kappa, other.kappa, 1e-9);
}

static void fewer_points_than_parameters_are_no_law(void **state)
{
    struct sweep sweep;
    struct usl law;
    (void)state;
    make(&sweep, &(struct usl){1, 0.05, 0.004}, 0.01);
    assert_false(scaling_fit(sweep.points, 0, true, &law));
    assert_false(scaling_fit(sweep.points, 1, false, &law));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_law_is_found_again),
        cmocka_unit_test(the_band_has_the_law_in_it_and_is_widest_beyond_what_was_measured),
        cmocka_unit_test(law_without_coherency_is_amdahls_and_has_no_peak),
        cmocka_unit_test(all_serial_work_is_best_with_one),
        cmocka_unit_test(karp_and_flatts_share_is_that_of_amdahls_law),
        cmocka_unit_test(more_than_linear_speedups_do_not_leave_the_bounds),
        cmocka_unit_test(sweep_with_a_kink_is_no_law),
        cmocka_unit_test(single_launches_have_no_intervals),
        cmocka_unit_test(order_of_points_does_not_matter),
        cmocka_unit_test(fewer_points_than_parameters_are_no_law),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
