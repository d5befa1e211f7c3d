/* Work of a given length, and where its chain must end. */
#include "workloads/common/cpu_work.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void a_rate_fixes_the_steps(void **state)
{
    (void)state;
    assert_int_equal(cpu_work_make(1000, 500).steps, 500);
    assert_int_equal(cpu_work_make(2000000, 0.5).steps, 1000);
    assert_int_equal(cpu_work_make(1000000000000, 1e6).steps, 1000000000000000);
}

static void the_shortest_work_is_one_step(void **state)
{
    (void)state;
    assert_int_equal(cpu_work_make(1, 1).steps, 1);
}

static void no_work_is_no_steps(void **state)
{
    (void)state;
    assert_int_equal(cpu_work_make(0, 0).steps, 0);
    assert_int_equal(cpu_work_make(0, 1e6).steps, 0);
}

static void without_a_rate_it_is_measured(void **state)
{
    (void)state;
    assert_true(cpu_work_make(1000000, 0).steps > 1);
}

static void tasks_end_where_they_are_expected(void **state)
{
    (void)state;
    for (uint64_t length_ns = 0; length_ns < 50; length_ns++) {
        struct cpu_work work = cpu_work_make(length_ns, 1000);
        uint64_t chain = 0;
        for (uint64_t task = 5; task < 25; task++) {
            chain = cpu_work_do(&work, chain, task);
            assert_int_equal(chain, cpu_work_expect(&work, 5, task + 1));
        }
    }
}

static void other_tasks_end_elsewhere(void **state)
{
    (void)state;
    struct cpu_work work = cpu_work_make(1000, 100);
    assert_int_not_equal(cpu_work_expect(&work, 0, 10), cpu_work_expect(&work, 0, 11));
    assert_int_not_equal(cpu_work_expect(&work, 0, 10), cpu_work_expect(&work, 1, 10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rate_fixes_the_steps),
        cmocka_unit_test(the_shortest_work_is_one_step),
        cmocka_unit_test(no_work_is_no_steps),
        cmocka_unit_test(without_a_rate_it_is_measured),
        cmocka_unit_test(tasks_end_where_they_are_expected),
        cmocka_unit_test(other_tasks_end_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
