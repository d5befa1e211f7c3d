/* Change points: what is found, what is not, and that it is found again. */
#include "stats/change_points.h"

#include "stats/benjamini_hochberg.h"
#include "stats/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LENGTH = 200 };

/* Nearly normal noise of deviation 1: twelve uniform numbers. */
static double noise(struct random_source *source)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += random_uniform(source);
    return sum;
}

struct made {
    double values[LENGTH];
    size_t sessions[LENGTH];
    struct change_series series;
};

static void make(struct made *made, uint64_t seed, size_t size, size_t step_at, double step)
{
    struct random_source source = {seed};
    for (size_t i = 0; i < size; i++) {
        made->values[i] = noise(&source) + (i >= step_at ? step : 0);
        made->sessions[i] = i;
    }
    made->series = (struct change_series){made->values, made->sessions, size};
}

static void a_step_is_found_where_it_is(void **state)
{
    (void)state;
    struct made made;
    struct change_points points;
    make(&made, 1, LENGTH, 120, 5);
    change_points_find(&points, &made.series, 1);
    assert_int_equal(points.size, 1);
    assert_in_range(points.list[0].at, 119, 121);
    assert_in_range(points.list[0].found, 122, 126);
    assert_true(points.list[0].step > 0);
    assert_false(points.list[0].is_weak);
    change_points_free(&points);
}

static void a_step_down_is_found_as_well(void **state)
{
    (void)state;
    struct made made;
    struct change_points points;
    make(&made, 22, LENGTH, 120, -5);
    change_points_find(&points, &made.series, 1);
    assert_int_equal(points.size, 1);
    assert_true(points.list[0].step < 0);
    change_points_free(&points);
}

static void a_segment_has_five_sessions_at_least(void **state)
{
    (void)state;
    struct made made;
    struct change_points points;
    for (size_t after = 1; after <= CHANGE_SEGMENT; after++) {
        make(&made, 3, 100 + after, 100, 8);
        change_points_find(&points, &made.series, 1);
        for (size_t i = 0; i < points.size; i++) {
            size_t behind = 100 + after - points.list[i].at;
            assert_true(points.list[i].is_weak ? behind < CHANGE_SEGMENT : behind >= CHANGE_SEGMENT);
        }
        assert_true(after < 3 || points.size > 0);
        change_points_free(&points);
    }
}

static void what_came_later_does_not_change_when_it_was_found(void **state)
{
    (void)state;
    struct made made;
    struct change_points points;
    size_t found = 0;
    make(&made, 4, LENGTH, 90, 6);
    for (size_t size = 100; size <= LENGTH; size += 20) {
        made.series.size = size;
        change_points_find(&points, &made.series, 1);
        assert_int_equal(points.size, 1);
        if (size == 100)
            found = points.list[0].found;
        assert_int_equal(points.list[0].found, found);
        change_points_free(&points);
    }
}

static void a_spike_is_no_step(void **state)
{
    (void)state;
    struct made made;
    struct change_points points;
    make(&made, 5, LENGTH, LENGTH, 0);
    made.values[100] += 50;
    made.values[103] += 50;
    change_points_find(&points, &made.series, 1);
    assert_int_equal(points.size, 0);
    change_points_free(&points);
}

static void spikes_do_not_hide_a_step(void **state)
{
    (void)state;
    struct made made;
    struct change_points points;
    make(&made, 16, LENGTH, 120, 5);
    made.values[80] += 50;
    made.values[101] += 50;
    change_points_find(&points, &made.series, 1);
    assert_int_equal(points.size, 1);
    assert_in_range(points.list[0].at, 119, 121);
    change_points_free(&points);
}

static void two_steps_are_two_points(void **state)
{
    (void)state;
    struct made made;
    struct change_points points;
    make(&made, 7, LENGTH, 80, 5);
    for (size_t i = 140; i < LENGTH; i++)
        made.values[i] -= 8;
    change_points_find(&points, &made.series, 1);
    assert_int_equal(points.size, 2);
    assert_in_range(points.list[0].at, 79, 81);
    assert_in_range(points.list[1].at, 139, 141);
    change_points_free(&points);
}

/* scripts/gate-history says how seldom; here, that it is not often. */
static void a_still_series_has_hardly_any(void **state)
{
    (void)state;
    size_t all = 0;
    for (uint64_t seed = 100; seed < 150; seed++) {
        struct made made;
        struct change_points points;
        make(&made, seed, LENGTH, LENGTH, 0);
        change_points_find(&points, &made.series, 1);
        for (size_t i = 0; i < points.size; i++)
            all += !points.list[i].is_weak;
        change_points_free(&points);
    }
    assert_in_range(all, 0, 20); /* of 10,000 sessions */
}

static void equal_values_have_none_and_do_not_divide_by_zero(void **state)
{
    (void)state;
    struct made made;
    struct change_points points;
    make(&made, 8, LENGTH, LENGTH, 0);
    for (size_t i = 0; i < LENGTH; i++)
        made.values[i] = 1;
    change_points_find(&points, &made.series, 1);
    assert_int_equal(points.size, 0);
    change_points_free(&points);
    for (size_t i = 100; i < LENGTH; i++)
        made.values[i] = 2;
    change_points_find(&points, &made.series, 1);
    assert_int_equal(points.size, 1);
    assert_int_equal(points.list[0].at, 100);
    change_points_free(&points);
}

static void short_and_empty_series_have_none(void **state)
{
    (void)state;
    struct made made;
    struct change_points points;
    for (size_t size = 0; size < 2 * CHANGE_SEGMENT; size++) {
        make(&made, 9, size, 3, 9);
        change_points_find(&points, &made.series, 1);
        for (size_t i = 0; i < points.size; i++)
            assert_true(points.list[i].is_weak);
        change_points_free(&points);
    }
    change_points_find(&points, NULL, 0);
    assert_int_equal(points.size, 0);
    change_points_free(&points);
}

/* Of many series one is held to a stricter level, which a small step does not reach; in all of them, it
 * does. */
static void series_of_a_session_are_tested_together(void **state)
{
    (void)state;
    enum { SERIES = 40 };
    static struct made made[SERIES];
    struct change_series series[SERIES];
    struct change_points points;
    size_t found[2] = {0};
    for (int all = 0; all < 2; all++) {
        for (size_t i = 0; i < SERIES; i++) {
            make(&made[i], 200 + i, 105, all || i == 0 ? 100 : LENGTH, 3);
            series[i] = made[i].series;
        }
        change_points_find(&points, series, SERIES);
        for (size_t i = 0; i < points.size; i++)
            found[all] += points.list[i].at >= 98 && !points.list[i].is_weak;
        change_points_free(&points);
    }
    assert_in_range(found[0], 0, 1);
    assert_in_range(found[1], SERIES * 3 / 4, SERIES);
}

/* R: p.adjust(c(0.01, 0.04, 0.03, NA, 0.005), "BH") */
static void p_values_are_adjusted_as_by_r(void **state)
{
    (void)state;
    double p[] = {0.01, 0.04, 0.03, NAN, 0.005}, adjusted[] = {0.02, 0.04, 0.04, NAN, 0.02};
    benjamini_hochberg_adjust(p, 5);
    for (size_t i = 0; i < 5; i++) {
        if (isnan(adjusted[i]))
            assert_true(isnan(p[i]));
        else
            assert_true(fabs(p[i] - adjusted[i]) < 1e-15);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_is_found_where_it_is),
        cmocka_unit_test(a_step_down_is_found_as_well),
        cmocka_unit_test(a_segment_has_five_sessions_at_least),
        cmocka_unit_test(what_came_later_does_not_change_when_it_was_found),
        cmocka_unit_test(a_spike_is_no_step),
        cmocka_unit_test(spikes_do_not_hide_a_step),
        cmocka_unit_test(two_steps_are_two_points),
        cmocka_unit_test(a_still_series_has_hardly_any),
        cmocka_unit_test(equal_values_have_none_and_do_not_divide_by_zero),
        cmocka_unit_test(short_and_empty_series_have_none),
        cmocka_unit_test(series_of_a_session_are_tested_together),
        cmocka_unit_test(p_values_are_adjusted_as_by_r),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
