/* Numbers as people read them. */
#include "report/units.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char text[UNITS_TEXT];

static void seconds_have_three_digits_and_a_unit(void **state)
{
    (void)state;
    assert_string_equal(units_seconds(text, 0.0123), "12.3 ms");
    assert_string_equal(units_seconds(text, 850e-6), "850 us");
    assert_string_equal(units_seconds(text, 1.5), "1.50 s");
    assert_string_equal(units_seconds(text, 42e-9), "42.0 ns");
    assert_string_equal(units_seconds(text, 1234), "1234 s");
    assert_string_equal(units_seconds(text, 0), "0 s");
}

static void rounding_carries_into_the_next_unit(void **state)
{
    (void)state;
    assert_string_equal(units_seconds(text, 999.7e-6), "1.00 ms");
    assert_string_equal(units_seconds(text, 9.996e-3), "10.0 ms");
    assert_string_equal(units_seconds(text, 99.96e-3), "100 ms");
}

static void rates_have_the_prefix_of_their_size(void **state)
{
    (void)state;
    assert_string_equal(units_rate(text, 85.3e6, "pixel"), "85.3 Mpixel/s");
    assert_string_equal(units_rate(text, 98.2e9, "flop"), "98.2 Gflop/s");
    assert_string_equal(units_rate(text, 9800, "task"), "9.80 ktask/s");
    assert_string_equal(units_rate(text, 0.5, "request"), "0.5 request/s");
}

static void few_are_counted_in_whole_words(void **state)
{
    (void)state;
    assert_string_equal(units_amount(text, 1, "process"), "1 process");
    assert_string_equal(units_amount(text, 8, "process"), "8 processes");
    assert_string_equal(units_amount(text, 8, "request"), "8 requests");
}

static void bytes_are_counted_in_powers_of_1024(void **state)
{
    (void)state;
    assert_string_equal(units_rate(text, 1.2 * 1024 * 1024 * 1024, "byte"), "1.20 GiB/s");
    assert_string_equal(units_amount(text, 1000, "byte"), "1000 B");
    assert_string_equal(units_amount(text, 1024, "byte"), "1.00 KiB");
}

static void ratios_and_percentages_are_short(void **state)
{
    (void)state;
    assert_string_equal(units_ratio(text, 0.9812), "0.98");
    assert_string_equal(units_ratio(text, 15.63), "15.6");
    assert_string_equal(units_percent(text, 0.0123), "1.2 %");
    assert_string_equal(units_percent(text, 0.99), "99 %");
}

static void times_have_half_a_narrow_interval_and_both_ends_of_a_wide_one(void **state)
{
    (void)state;
    assert_string_equal(units_times(text, 1.98, &(struct interval){1.94, 2.02}), "1.98 +- 0.04");
    assert_string_equal(units_times(text, 7.42, &(struct interval){1.03, 17.4}), "7.42 (1.03 .. 17.40)");
}

static void unknown_is_a_dash(void **state)
{
    (void)state;
    assert_string_equal(units_seconds(text, NAN), "-");
    assert_string_equal(units_rate(text, NAN, "byte"), "-");
    assert_string_equal(units_ratio(text, NAN), "-");
    assert_string_equal(units_percent(text, NAN), "-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds_have_three_digits_and_a_unit),
        cmocka_unit_test(rounding_carries_into_the_next_unit),
        cmocka_unit_test(rates_have_the_prefix_of_their_size),
        cmocka_unit_test(few_are_counted_in_whole_words),
        cmocka_unit_test(bytes_are_counted_in_powers_of_1024),
        cmocka_unit_test(ratios_and_percentages_are_short),
        cmocka_unit_test(times_have_half_a_narrow_interval_and_both_ends_of_a_wide_one),
        cmocka_unit_test(unknown_is_a_dash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
