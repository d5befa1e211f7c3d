/* When a launch has measured enough, told the time by the test. */
#include "control/stopping_rule.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct stopping_limits precise = {
    .min_runs = 10, .max_runs = 1000, .time_ns = 5000000000, .precision = 0.01};

/* `runs` runs, each `late` times as long as the one before the last: 1, 1 + late, 1, 1 + late, ... */
static void add_runs(struct stopping_meter *meter, size_t runs, double late)
{
    for (size_t i = 0; i < runs; i++)
        stopping_add(meter, i % 2 ? 1 + late : 1);
}

static void runs_that_are_asked_for_are_made_however_long_they_take(void **state)
{
    const struct stopping_limits limits = {.runs = 3};
    struct stopping_meter meter = {.limits = &limits};
    (void)state;
    add_runs(&meter, 2, 0);
    assert_int_equal(stopping_ask(&meter, 1e9), STOPPING_NOT_YET);
    add_runs(&meter, 1, 0);
    assert_int_equal(stopping_ask(&meter, 0), STOPPING_RUNS);
    stopping_free(&meter);
}

static void least_runs_come_before_precision_and_time(void **state)
{
    struct stopping_meter meter = {.limits = &precise};
    (void)state;
    add_runs(&meter, 9, 0);
    assert_int_equal(stopping_ask(&meter, 100), STOPPING_NOT_YET);
    add_runs(&meter, 1, 0);
    assert_int_equal(stopping_ask(&meter, 1), STOPPING_PRECISION);
    stopping_free(&meter);
}

static void time_counts_all_that_has_passed_with_precision_or_without(void **state)
{
    const struct stopping_limits alone = {
        .min_runs = 2, .usual_runs = 3, .max_runs = 1000, .time_ns = 5000000000};
    const struct stopping_limits *const both[] = {&precise, &alone};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct stopping_meter meter = {.limits = both[i]};
        add_runs(&meter, 20, 0.5);
        assert_int_equal(stopping_ask(&meter, 4.9), STOPPING_NOT_YET);
        assert_int_equal(stopping_ask(&meter, 5), STOPPING_TIME);
        stopping_free(&meter);
    }
}

static void usual_runs_give_way_to_time_but_not_the_least(void **state)
{
    const struct stopping_limits limits = {
        .min_runs = 2, .usual_runs = 10, .max_runs = 1000, .time_ns = 5000000000, .precision = 0.5};
    struct stopping_meter meter = {.limits = &limits};
    (void)state;
    add_runs(&meter, 1, 0);
    assert_int_equal(stopping_ask(&meter, 100), STOPPING_NOT_YET);
    add_runs(&meter, 1, 0);
    assert_int_equal(stopping_ask(&meter, 4.9), STOPPING_NOT_YET);
    assert_int_equal(stopping_ask(&meter, 5), STOPPING_TIME);
    add_runs(&meter, 7, 0);
    assert_int_equal(stopping_ask(&meter, 4.9), STOPPING_NOT_YET);
    add_runs(&meter, 1, 0);
    assert_int_equal(stopping_ask(&meter, 4.9), STOPPING_PRECISION);
    stopping_free(&meter);
}

static void warmup_that_was_not_asked_for_gives_way_to_time(void **state)
{
    struct stopping_limits limits = {.warmup = 1,
                                     .warmup_may_go = true,
                                     .min_runs = 2,
                                     .usual_runs = 3,
                                     .max_runs = 1000,
                                     .time_ns = 5000000000};
    (void)state;
    assert_false(stopping_skips_warmup(&limits, 1.2)); /* verification, warm-up and two runs: 4.8 s */
    assert_true(stopping_skips_warmup(&limits, 1.3));
    limits.runs = 3;
    assert_false(stopping_skips_warmup(&limits, 1.3));
    limits.runs = 0;
    limits.warmup_may_go = false;
    assert_false(stopping_skips_warmup(&limits, 1.3));
}

static void most_runs_end_it(void **state)
{
    const struct stopping_limits limits = {
        .min_runs = 10, .max_runs = 12, .time_ns = UINT64_MAX, .precision = 0.01};
    struct stopping_meter meter = {.limits = &limits};
    (void)state;
    add_runs(&meter, 11, 0.5);
    assert_int_equal(stopping_ask(&meter, 1), STOPPING_NOT_YET);
    add_runs(&meter, 1, 0);
    assert_int_equal(stopping_ask(&meter, 1), STOPPING_MAX_RUNS);
    stopping_free(&meter);
}

static void precision_is_half_the_intervals_width_of_the_median(void **state)
{
    /* R: sort(x)[c(2, 9)] of ten values is an interval of more than 95 % (1 - 2 * pbinom(1, 10, 0.5)),
     * sort(x)[c(3, 8)] one of less. */
    static const double values[] = {10, 11, 12, 13, 14, 16, 17, 18, 19, 20};
    struct stopping_meter meter = {.limits = &precise};
    (void)state;
    for (size_t i = 0; i < 10; i++)
        stopping_add(&meter, values[i]);
    double precision = stopping_precision(&meter);
    assert_true(precision < (19 - 11) / 2.0 / 15 && precision > (18 - 12) / 2.0 / 15);
    stopping_free(&meter);
}

static void too_few_runs_and_runs_of_no_time_are_never_precise(void **state)
{
    static const struct stopping_limits few = {
        .min_runs = 1, .max_runs = 1000, .time_ns = 5000000000, .precision = 0.01};
    struct stopping_meter meter = {.limits = &few};
    (void)state;
    add_runs(&meter, 5, 0);
    assert_int_equal(stopping_ask(&meter, 1), STOPPING_NOT_YET);
    stopping_add(&meter, 0);
    add_runs(&meter, 20, 0);
    assert_int_equal(stopping_ask(&meter, 1), STOPPING_NOT_YET);
    double precision = stopping_precision(&meter);
    assert_true(isnan(precision));
    stopping_free(&meter);
}

/* It is looked at again after a tenth more runs, not after each. */
static void looking_is_spaced_out(void **state)
{
    const struct stopping_limits limits = {
        .min_runs = 10, .max_runs = 1000000, .time_ns = UINT64_MAX, .precision = 0.01};
    struct stopping_meter meter = {.limits = &limits};
    size_t looks = 0, next = 0;
    (void)state;
    for (size_t i = 0; i < 20000; i++) {
        add_runs(&meter, 1, 0);
        meter.walls_s.list[i] = i % 2 ? 1.5 : 1;
        assert_int_equal(stopping_ask(&meter, 1), STOPPING_NOT_YET);
        looks += meter.next_look != next;
        next = meter.next_look;
    }
    assert_in_range(looks, 20, 100);
    stopping_free(&meter);
}

static void last_look_is_taken_when_the_time_is_over(void **state)
{
    struct stopping_meter meter = {.limits = &precise};
    (void)state;
    add_runs(&meter, 100, 0.5);
    assert_int_equal(stopping_ask(&meter, 1), STOPPING_NOT_YET);
    for (size_t i = 0; i < 100; i++)
        meter.walls_s.list[i] = 1; /* it would not look again before 110 */
    assert_int_equal(stopping_ask(&meter, 1), STOPPING_NOT_YET);
    assert_int_equal(stopping_ask(&meter, 5), STOPPING_PRECISION);
    stopping_free(&meter);
}

static void expected_runs_are_what_fits_or_what_precision_needs(void **state)
{
    struct stopping_meter meter = {.limits = &precise};
    (void)state;
    assert_int_equal(stopping_expected(&meter, 0, 0), 10);
    add_runs(&meter, 20, 0);
    meter.precision = NAN;
    assert_int_equal(stopping_expected(&meter, 0, 1), 100);
    assert_int_equal(stopping_expected(&meter, 2, 3), 60);
    meter.precision = 0.02; /* twice what is asked for: four times the runs */
    assert_int_equal(stopping_expected(&meter, 0, 1), 80);
    meter.precision = 0.03;
    assert_int_equal(stopping_expected(&meter, 0, 1), 100);
    stopping_free(&meter);
}

static void passes_make_a_run_long_enough(void **state)
{
    (void)state;
    assert_int_equal(passes_next(1, 0.0005, 1000), 4);
    assert_int_equal(passes_next(3, 0.0007, 1000), 9);
    assert_int_equal(passes_next(1, 0.000001, 1000), 100); /* a hundred times as many at most */
    assert_int_equal(passes_next(100, 0, 1000), 1000);
    assert_int_equal(passes_next(5, 0.01, 1000), 5);
    assert_int_equal(passes_next(1, 0.000001, 0), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_that_are_asked_for_are_made_however_long_they_take),
        cmocka_unit_test(least_runs_come_before_precision_and_time),
        cmocka_unit_test(time_counts_all_that_has_passed_with_precision_or_without),
        cmocka_unit_test(usual_runs_give_way_to_time_but_not_the_least),
        cmocka_unit_test(warmup_that_was_not_asked_for_gives_way_to_time),
        cmocka_unit_test(most_runs_end_it),
        cmocka_unit_test(precision_is_half_the_intervals_width_of_the_median),
        cmocka_unit_test(too_few_runs_and_runs_of_no_time_are_never_precise),
        cmocka_unit_test(looking_is_spaced_out),
        cmocka_unit_test(last_look_is_taken_when_the_time_is_over),
        cmocka_unit_test(expected_runs_are_what_fits_or_what_precision_needs),
        cmocka_unit_test(passes_make_a_run_long_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
