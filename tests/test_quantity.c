/* Numbers with units: what people write, and what must not pass for a number. */
#include "base/quantity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static uint64_t size_of(const char *text)
{
    uint64_t value = 0;
    assert_true(quantity_size(text, &value));
    return value;
}

static uint64_t duration_of(const char *text)
{
    uint64_t value = 0;
    assert_true(quantity_duration(text, &value));
    return value;
}

static void sizes_have_binary_and_decimal_units(void **state)
{
    (void)state;
    assert_int_equal(size_of("4096"), 4096);
    assert_int_equal(size_of("4KiB"), 4096);
    assert_int_equal(size_of("4K"), 4096);
    assert_int_equal(size_of("1M"), 1 << 20);
    assert_int_equal(size_of("4kB"), 4000);
    assert_int_equal(size_of("1.5KiB"), 1536);
}

static void durations_need_a_unit_unless_zero(void **state)
{
    (void)state;
    uint64_t value;
    assert_int_equal(duration_of("500us"), 500000);
    assert_int_equal(duration_of("10ms"), 10000000);
    assert_int_equal(duration_of("1.5s"), 1500000000);
    assert_int_equal(duration_of("0"), 0);
    assert_false(quantity_duration("10", &value));
}

static void seconds_may_stand_bare(void **state)
{
    (void)state;
    uint64_t value = 0;
    assert_true(quantity_seconds("2.5", &value));
    assert_int_equal(value, 2500000000);
    assert_true(quantity_seconds("20ms", &value));
    assert_int_equal(value, 20000000);
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",    " ",   "x",    "-1",     "+1",    "0x10", "1e99",
                                        "nan", "inf", "1 K",  "1KK",    "1.2.3", "1e",   "--1",
                                        ".",   "1,5", "4Kib", "1.2345", "1e400", " 1",   "1 "};
    uint64_t value = 77;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (quantity_count(wrong[i], &value))
            fail_msg("'%s' was taken for a count", wrong[i]);
        if (quantity_size(wrong[i], &value))
            fail_msg("'%s' was taken for a size", wrong[i]);
        if (quantity_duration(wrong[i], &value))
            fail_msg("'%s' was taken for a duration", wrong[i]);
    }
    assert_int_equal(value, 77);
}

static void reals_are_finite_and_whole_texts(void **state)
{
    (void)state;
    double value = 0;
    assert_true(quantity_real("-2.5", &value));
    assert_true(value == -2.5);
    assert_true(quantity_real("1e-3", &value));
    assert_false(quantity_real("nan", &value));
    assert_false(quantity_real("1e999", &value));
    assert_false(quantity_real("2.5x", &value));
    assert_true(value == 1e-3);
}

static void what_is_formatted_parses_back(void **state)
{
    (void)state;
    static const uint64_t values[] = {0,
                                      1,
                                      999,
                                      1000,
                                      1024,
                                      1536,
                                      4096,
                                      1000000,
                                      1500000,
                                      1 << 20,
                                      123456789,
                                      3600000000000,
                                      UINT64_C(1) << 40,
                                      (UINT64_C(1) << 53) - 1};
    char text[40];
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        assert_int_equal(size_of(quantity_format_size(text, sizeof text, values[i])), values[i]);
        assert_int_equal(duration_of(quantity_format_duration(text, sizeof text, values[i])), values[i]);
    }
    double back = 0;
    assert_true(quantity_real(quantity_format_real(text, sizeof text, 0.1), &back));
    assert_string_equal(text, "0.1");
}

static void round_values_are_formatted_as_people_write_them(void **state)
{
    (void)state;
    char text[40];
    assert_string_equal(quantity_format_size(text, sizeof text, 65536), "64KiB");
    assert_string_equal(quantity_format_size(text, sizeof text, 1000), "1000");
    assert_string_equal(quantity_format_duration(text, sizeof text, 10000000), "10ms");
}

static void sizes_are_shown_in_the_unit_that_fits(void **state)
{
    (void)state;
    char text[32];
    assert_string_equal(quantity_show_size(text, sizeof text, 64), "64 B");
    assert_string_equal(quantity_show_size(text, sizeof text, 0), "0 B");
    assert_string_equal(quantity_show_size(text, sizeof text, 1536), "1.5 KiB");
    assert_string_equal(quantity_show_size(text, sizeof text, 32 << 20), "32 MiB");
    assert_string_equal(quantity_show_size(text, sizeof text, 23.5 * 0x1p30), "23.5 GiB");
    assert_string_equal(quantity_show_size(text, sizeof text, 0x1p54), "16 PiB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_have_binary_and_decimal_units),
        cmocka_unit_test(durations_need_a_unit_unless_zero),
        cmocka_unit_test(seconds_may_stand_bare),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(reals_are_finite_and_whole_texts),
        cmocka_unit_test(what_is_formatted_parses_back),
        cmocka_unit_test(round_values_are_formatted_as_people_write_them),
        cmocka_unit_test(sizes_are_shown_in_the_unit_that_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
