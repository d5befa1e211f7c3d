/* Lists of numbers on the command line. */
#include "plan/list.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void assert_list(const char *text, const uint32_t *numbers, size_t count)
{
    struct number_list list;
    struct bench_error err = {0};
    assert_int_equal(number_list_parse(&list, "--workers", text, 6, 100000, &err), 0);
    assert_int_equal(list.count, count);
    assert_memory_equal(list.numbers, numbers, count * sizeof *numbers);
    number_list_free(&list);
}

static void lists_ranges_and_max_are_numbers(void **state)
{
    (void)state;
    assert_list("4", (const uint32_t[]){4}, 1);
    assert_list("1,2,4", (const uint32_t[]){1, 2, 4}, 3);
    assert_list("2-5", (const uint32_t[]){2, 3, 4, 5}, 4);
    assert_list("1,max", (const uint32_t[]){1, 6}, 2);
    assert_list("5-max,10k", (const uint32_t[]){5, 6, 10000}, 3);
}

static void a_number_that_comes_twice_is_taken_once(void **state)
{
    (void)state;
    assert_list("1,2,1-3,max,6", (const uint32_t[]){1, 2, 3, 6}, 4);
}

static void what_is_no_list_is_refused_with_what_would_be_right(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",   "0", "-1",   "a",      "1,,2", "3-1",
                                        "1-", "-", "1e99", "100001", "1.5",  "max-1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct number_list list;
        struct bench_error err = {0};
        if (number_list_parse(&list, "--workers", wrong[i], 6, 100000, &err) != -EINVAL)
            fail_msg("'%s' was taken for a list", wrong[i]);
        assert_ptr_equal(strstr(err.message, "--workers: "), err.message);
        assert_non_null(strstr(err.message, "1 to 100000"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_ranges_and_max_are_numbers),
        cmocka_unit_test(a_number_that_comes_twice_is_taken_once),
        cmocka_unit_test(what_is_no_list_is_refused_with_what_would_be_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
