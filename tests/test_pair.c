/* A case of a paired comparison: what A and B have in common, and what the pairs say. */
#include "results/pair.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { A, B };

static void make_sides(struct record sides[2])
{
    record_init(&sides[A]);
    record_set_text(&sides[A], COLUMN_workload, "spin");
    record_set_text(&sides[A], COLUMN_params, "tasks=100 work=1000 steps_per_us=300");
    sides[A].workers = 2;
    sides[A].inflight = 1;
    record_copy(&sides[B], &sides[A]);
}

static void only_what_both_have_is_in_common(void **state)
{
    (void)state;
    struct record sides[2], common;
    make_sides(sides);
    record_set_text(&sides[A], COLUMN_executor, "pthread");
    record_set_text(&sides[B], COLUMN_executor, "omp");
    record_set_text(&sides[B], COLUMN_params, "work=1000 tasks=10 steps_per_us=300");
    sides[B].workers = 4;
    pair_describe(&common, &sides[A], &sides[B]);
    assert_string_equal(common.workload, "spin");
    assert_string_equal(common.params, "work=1000 steps_per_us=300");
    assert_null(common.executor);
    assert_int_equal(common.workers, RECORD_NO_COUNT);
    assert_int_equal(common.inflight, 1);
    record_free(&common);
    record_free(&sides[A]);
    record_free(&sides[B]);
}

static void nothing_in_common_is_no_parameter(void **state)
{
    (void)state;
    struct record sides[2], common;
    make_sides(sides);
    record_set_text(&sides[B], COLUMN_params, NULL);
    pair_describe(&common, &sides[A], &sides[B]);
    assert_null(common.params);
    record_free(&common);
    record_free(&sides[A]);
    record_free(&sides[B]);
}

static enum verdict judged(enum paired_state state, int direction, const char *metric)
{
    struct compared_case one = {0};
    struct paired paired = {.state = state, .direction = direction};
    pair_judge(&one, &paired, (double[]){1, 2}, 10, metric_find(metric));
    return one.verdict;
}

static void more_time_is_worse_and_more_work_a_second_is_better(void **state)
{
    (void)state;
    assert_int_equal(judged(PAIRED_DIFFERENT, 1, "wall"), VERDICT_WORSE);
    assert_int_equal(judged(PAIRED_DIFFERENT, -1, "wall"), VERDICT_BETTER);
    assert_int_equal(judged(PAIRED_DIFFERENT, 1, "rate"), VERDICT_BETTER);
    assert_int_equal(judged(PAIRED_SAME, 0, "wall"), VERDICT_SAME);
    assert_int_equal(judged(PAIRED_NOT_CONFIRMED, 1, "wall"), VERDICT_INCONCLUSIVE);
}

static void without_pairs_both_medians_are_told_as_they_are(void **state)
{
    (void)state;
    struct compared_case one = {0};
    struct paired paired = {.state = PAIRED_LOOKING};
    pair_judge(&one, &paired, (double[]){1, 2}, 10, &metrics[0]);
    assert_true(isnan(one.ratio));
    assert_true(one.old_value == 1 && one.new_value == 2);
    assert_int_equal(one.verdict, VERDICT_INCONCLUSIVE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_both_have_is_in_common),
        cmocka_unit_test(nothing_in_common_is_no_parameter),
        cmocka_unit_test(more_time_is_worse_and_more_work_a_second_is_better),
        cmocka_unit_test(without_pairs_both_medians_are_told_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
