/* From rows in any order to cases, launches and runs. */
#include "results/case_sample.h"

#include "stats/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Texts of literals: not for record_free. */
static struct record row_of(const char *session, int64_t launch, enum phase phase, int64_t run,
                            double wall_s)
{
    struct record row;
    record_init(&row);
    row.session = (char *)session;
    row.workload = (char *)"spin";
    row.executor = (char *)"omp";
    row.launch = launch;
    row.phase = phase;
    row.run = run;
    row.status = STATUS_OK;
    row.wall_s = wall_s;
    row.grain = 1;
    row.tasks = 8;
    return row;
}

static void begin(struct cases *cases)
{
    cases_init(cases, IDENTITY_ALL);
    cases_ask(cases, COLUMN_wall_s);
    cases_ask(cases, COLUMN_startup_s);
    cases_ask(cases, COLUMN_tasks);
}

/* Rows of a file in which a spreadsheet has sorted by the number of the run. */
static void launches_are_found_wherever_their_rows_stand(void **state)
{
    struct cases cases;
    struct case_sample sample;
    (void)state;
    begin(&cases);
    for (int64_t run = 1; run <= 3; run++) {
        for (int64_t launch = 2; launch >= 1; launch--) {
            struct record row =
                row_of("s", launch, PHASE_MEASURE, run, 100.0 * (double)launch + (double)run);
            cases_add(&cases, &row);
        }
    }
    cases_finish(&cases);
    assert_int_equal(cases.size, 1);
    assert_int_equal(cases.list[0].launches_size, 2);
    case_sample_make(&sample, &cases, &cases.list[0], COLUMN_wall_s, NAN);
    assert_int_equal(sample.launch_sizes[0], 3);
    for (size_t i = 0; i < 6; i++)
        assert_float_equal(sample.values[i], 100.0 * (double)(i / 3 + 1) + (double)(i % 3 + 1), 0);
    case_sample_free(&sample);
    assert_int_equal(cases.repeated, 0);
    cases_free(&cases);
}

static void launches_of_two_sessions_are_four(void **state)
{
    struct cases cases;
    (void)state;
    begin(&cases);
    for (int i = 0; i < 4; i++) {
        struct record row = row_of(i % 2 ? "s1" : "s2", i / 2 + 1, PHASE_MEASURE, 1, 1);
        cases_add(&cases, &row);
    }
    cases_finish(&cases);
    assert_int_equal(cases.list[0].launches_size, 4);
    assert_string_equal(cases.list[0].launches[0].session, "s1");
    assert_int_equal(cases.sessions.size, 2);
    cases_free(&cases);
}

static void start_up_is_of_each_launchs_first_run(void **state)
{
    struct cases cases;
    struct case_sample sample;
    (void)state;
    begin(&cases);
    for (int64_t launch = 1; launch <= 3; launch++) {
        struct record first = row_of("s", launch, PHASE_VERIFY, 1, NAN);
        struct record second = row_of("s", launch, PHASE_MEASURE, 1, 1);
        first.startup_s = 0.5;
        second.startup_s = 0.001;
        cases_add(&cases, &second);
        cases_add(&cases, &first);
    }
    cases_finish(&cases);
    case_sample_make(&sample, &cases, &cases.list[0], COLUMN_startup_s, NAN);
    assert_int_equal(sample.size, 3);
    assert_float_equal(sample.values[2], 0.5, 0);
    case_sample_free(&sample);
    cases_free(&cases);
}

static void passes_are_the_rows_own_or_follow_from_tasks(void **state)
{
    struct cases cases;
    (void)state;
    begin(&cases);
    cases_ask(&cases, COLUMN_passes);
    struct record verify = row_of("s", 1, PHASE_VERIFY, 1, NAN);
    struct record two = row_of("s", 1, PHASE_MEASURE, 1, 1), three = row_of("s", 1, PHASE_MEASURE, 2, 1);
    two.tasks = 16;
    three.tasks = RECORD_NO_COUNT;
    three.passes = 3;
    cases_add(&cases, &two);
    cases_add(&cases, &three);
    cases_add(&cases, &verify);
    cases_finish(&cases);
    assert_float_equal(cases.list[0].pass_tasks, 8, 0);
    assert_float_equal(cases_passes(&cases, &cases.list[0], 1, 8), 2, 0);
    assert_float_equal(cases_passes(&cases, &cases.list[0], 2, 8), 3, 0);
    cases_free(&cases);
}

static void the_same_row_again_is_seen(void **state)
{
    struct cases cases;
    (void)state;
    begin(&cases);
    for (int i = 0; i < 4; i++) {
        struct record row = row_of("s", 1, PHASE_MEASURE, 1, 1);
        cases_add(&cases, &row);
        row.run = RECORD_NO_COUNT; /* of which nobody knows */
        cases_add(&cases, &row);
    }
    cases_finish(&cases);
    assert_int_equal(cases.repeated, 3);
    assert_int_equal(cases.list[0].size, 8);
    cases_free(&cases);
}

static void assert_same(const struct cases *a, const struct cases *b)
{
    assert_int_equal(a->size, b->size);
    for (size_t i = 0; i < a->size; i++) {
        const struct case_runs *x = &a->list[i], *y = &b->list[i];
        assert_true(identity_equal(x->identity, y->identity, IDENTITY_ALL | IDENTITY_EXACT));
        assert_int_equal(x->size, y->size);
        assert_int_equal(x->launches_size, y->launches_size);
        assert_int_equal(x->failed, y->failed);
        assert_true(same_text(x->failure.error, y->failure.error));
        assert_true(same_text(x->identity->time_utc, y->identity->time_utc));
        for (size_t run = 0; run < x->size; run++) {
            assert_float_equal(cases_value(a, x, run, COLUMN_startup_s),
                               cases_value(b, y, run, COLUMN_startup_s), 0);
            assert_int_equal(x->runs[run].launch, y->runs[run].launch);
        }
    }
}

/* With launches that failed before they knew their grain, of cases that differ in nothing else. */
static void shuffled_rows_make_the_same_cases(void **state)
{
    enum { ROWS = 400 };
    struct record rows[ROWS];
    char times[ROWS][16], errors[ROWS][16];
    struct random_source random = {7};
    struct cases ordered, shuffled;
    size_t order[ROWS];
    (void)state;
    begin(&ordered);
    for (int i = 0; i < ROWS; i++) {
        rows[i] = row_of(i < ROWS / 2 ? "s1" : "s2", i / 100, PHASE_MEASURE, i % 25, 1);
        rows[i].startup_s = i;
        rows[i].grain = i % 100 < 50 ? 4 : 16;
        snprintf(times[i], sizeof times[i], "2026-%03d", i);
        rows[i].time_utc = times[i];
        if (i % 50 == 49) {
            snprintf(errors[i], sizeof errors[i], "%d", i);
            rows[i].status = STATUS_CRASHED;
            rows[i].error = errors[i];
            rows[i].grain = RECORD_NO_COUNT;
        }
        order[i] = (size_t)i;
        cases_add(&ordered, &rows[i]);
    }
    cases_finish(&ordered);
    assert_int_equal(ordered.size, 2);
    for (int round = 0; round < 20; round++) {
        begin(&shuffled);
        random_shuffle(&random, order, ROWS);
        for (int i = 0; i < ROWS; i++)
            cases_add(&shuffled, &rows[order[i]]);
        cases_finish(&shuffled);
        assert_same(&ordered, &shuffled);
        cases_free(&shuffled);
    }
    cases_free(&ordered);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(launches_are_found_wherever_their_rows_stand),
        cmocka_unit_test(launches_of_two_sessions_are_four),
        cmocka_unit_test(start_up_is_of_each_launchs_first_run),
        cmocka_unit_test(passes_are_the_rows_own_or_follow_from_tasks),
        cmocka_unit_test(the_same_row_again_is_seen),
        cmocka_unit_test(shuffled_rows_make_the_same_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
