/* Ranks and signs where it is plain what they must say; test_statistics has R's answers. */
#include "stats/rank.h"

#include "stats/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define assert_near(is, expected, error) assert_true(fabs((is) - (expected)) <= (error))

static struct rank_shift shift_of(const double *a, size_t a_size, const double *b, size_t b_size)
{
    struct rank_shift shift;

    shift = rank_shift(a, a_size, b, b_size, 0.95);
    return shift;
}

static void equal_values_are_not_shifted(void **state)
{
    const double a[] = {2, 2, 2}, b[] = {2, 2};
    struct rank_shift shift = shift_of(a, 3, b, 2);

    (void)state;
    assert_near(shift.p, 1, 0);
    assert_near(shift.shift, 0, 0);
    assert_near(shift.pairs_above, 3, 0);
    assert_true(interval_has(shift.interval, 0));
}

static void an_empty_side_tells_nothing(void **state)
{
    const double a[] = {1, 2, 3};
    struct rank_shift shift = shift_of(a, 3, NULL, 0);

    (void)state;
    assert_true(isnan(shift.p) && isnan(shift.shift) && !interval_known(shift.interval));
}

static void sides_can_be_exchanged(void **state)
{
    const double a[] = {5, 1, 8, 3.5, 2}, b[] = {4, 9, 7, 6};
    struct rank_shift there = shift_of(a, 5, b, 4), back = shift_of(b, 4, a, 5);

    (void)state;
    assert_near(there.pairs_above, 20 - back.pairs_above, 0);
    assert_near(there.p, back.p, 1e-15);
    assert_near(there.shift, -back.shift, 1e-15);
    assert_near(there.interval.low, -back.interval.high, 0);
    assert_near(there.interval.high, -back.interval.low, 0);
}

/* 400 million pairs: neither memory nor time is for each of them. */
static void large_samples_are_no_trouble(void **state)
{
    static double a[20000], b[20000];
    struct random_source source = {1};
    struct rank_shift shift;

    (void)state;
    for (size_t i = 0; i < 20000; i++) {
        a[i] = random_uniform(&source) + 0.1;
        b[i] = random_uniform(&source);
    }
    shift = shift_of(a, 20000, b, 20000);
    assert_false(shift.exact);
    assert_near(shift.shift, 0.1, 0.01);
    assert_true(interval_has(shift.interval, shift.shift));
    assert_true(shift.interval.high - shift.interval.low < 0.03);
    assert_true(shift.p < 1e-100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_values_are_not_shifted),
        cmocka_unit_test(an_empty_side_tells_nothing),
        cmocka_unit_test(sides_can_be_exchanged),
        cmocka_unit_test(large_samples_are_no_trouble),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
