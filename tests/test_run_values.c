/* Values of runs, column by column. */
#include "results/run_values.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { RUNS = 100 };

/* Column 0 is the same in all runs, 1 is never known, 2 differs from run 50 on, 3 in each. */
static void fill(struct run_values *values)
{
    *values = (struct run_values){.width = 4};
    for (int i = 0; i < RUNS; i++)
        run_values_add(values, (double[]){7, NAN, i < 50 ? 1 : 2, i});
}

static void a_column_that_never_differs_keeps_one_number(void **state)
{
    (void)state;
    struct run_values values;
    fill(&values);
    assert_null(values.columns[0].list);
    assert_null(values.columns[1].list);
    assert_non_null(values.columns[2].list);
    assert_true(run_values_get(&values, RUNS - 1, 0) == 7);
    assert_true(isnan(run_values_get(&values, RUNS - 1, 1)));
    run_values_free(&values);
}

static void what_was_the_same_until_now_stays_what_it_was(void **state)
{
    (void)state;
    struct run_values values;
    fill(&values);
    for (size_t i = 0; i < RUNS; i++) {
        assert_true(run_values_get(&values, i, 2) == (i < 50 ? 1 : 2));
        assert_true(run_values_get(&values, i, 3) == (double)i);
    }
    run_values_free(&values);
}

static void appended_runs_come_behind_the_others(void **state)
{
    (void)state;
    struct run_values values, more = {.width = 4};
    fill(&values);
    run_values_add(&more, (double[]){8, NAN, 3, -1});
    run_values_append(&values, &more);
    assert_int_equal(values.size, RUNS + 1);
    assert_true(run_values_get(&values, 0, 0) == 7);
    assert_true(run_values_get(&values, RUNS, 0) == 8);
    assert_true(run_values_get(&values, RUNS, 3) == -1);
    run_values_free(&more);
    run_values_free(&values);
}

static void reordered_runs_keep_their_values_together(void **state)
{
    (void)state;
    struct run_values values;
    size_t order[RUNS];
    fill(&values);
    for (size_t i = 0; i < RUNS; i++)
        order[i] = RUNS - 1 - i;
    run_values_reorder(&values, order);
    assert_true(run_values_get(&values, 0, 3) == RUNS - 1);
    assert_true(run_values_get(&values, 0, 2) == 2);
    assert_true(run_values_get(&values, RUNS - 1, 2) == 1);
    assert_true(run_values_get(&values, 3, 0) == 7);
    run_values_free(&values);
}

static void runs_with_the_same_values_are_equal_unknown_ones_too(void **state)
{
    (void)state;
    struct run_values values = {.width = 2};
    run_values_add(&values, (double[]){1, NAN});
    run_values_add(&values, (double[]){1, NAN});
    run_values_add(&values, (double[]){2, NAN});
    assert_int_equal(run_values_compare(&values, 0, 1), 0);
    assert_true(run_values_compare(&values, 0, 2) != 0);
    run_values_free(&values);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_column_that_never_differs_keeps_one_number),
        cmocka_unit_test(what_was_the_same_until_now_stays_what_it_was),
        cmocka_unit_test(appended_runs_come_behind_the_others),
        cmocka_unit_test(reordered_runs_keep_their_values_together),
        cmocka_unit_test(runs_with_the_same_values_are_equal_unknown_ones_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
