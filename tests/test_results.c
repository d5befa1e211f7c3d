/* From records to cases: which belong together, and what is said of one pass over the tasks. */
#include "results/results.h"
#include "results/speedup.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* Texts of literals: not for record_free. */
static struct record run_of(const char *executor, const char *phase, int64_t tasks, double wall_s)
{
    struct record run;

    record_init(&run);
    run.workload = (char *)"spin";
    run.params = (char *)"work=1us";
    run.executor = (char *)executor;
    run.phase = phase_find(phase);
    run.status = STATUS_OK;
    run.work_unit = (char *)"task";
    run.workers = run.inflight = run.launch = 1;
    run.tasks = tasks;
    run.work = (double)tasks;
    run.wall_s = wall_s;
    run.ctx_voluntary = 10;
    run.ctx_involuntary = 2;
    return run;
}

static struct results of(const struct record *records, size_t size)
{
    struct results results;

    results_of(&results, records, size);
    return results;
}

static void runs_of_several_passes_are_told_as_one(void **state)
{
    const struct record records[] = {run_of("omp", "verify", 8, NAN), run_of("omp", "measure", 32, 4),
                                     run_of("omp", "measure", 32, 6), run_of("omp", "measure", 16, 3)};
    struct results results = of(records, 4);
    const struct case_result *result = results.cases;

    (void)state;
    assert_float_equal(result->tasks, 8, 0);
    assert_float_equal(result->work, 8, 0);
    assert_float_equal(result->wall_s.median, 1.5, 1e-12);
    assert_float_equal(result->wall_s.min, 1, 1e-12);
    assert_float_equal(result->ctx_switches, 3, 1e-12);
    assert_float_equal(result_passes(result, 1), 4, 0);
    results_free(&results);
}

static void without_a_verification_run_a_run_is_one_pass(void **state)
{
    const struct record records[] = {run_of("omp", "measure", 32, 4), run_of("omp", "measure", 32, 6)};
    struct results results = of(records, 2);

    (void)state;
    assert_float_equal(results.cases[0].tasks, 32, 0);
    assert_float_equal(results.cases[0].wall_s.median, 5, 1e-12);
    assert_float_equal(results.cases[0].ctx_switches, 12, 1e-12);
    results_free(&results);
}

static void passes_are_known_wherever_the_verification_run_stands(void **state)
{
    const struct record records[] = {run_of("omp", "measure", 32, 4), run_of("omp", "verify", 8, NAN)};
    struct results results = of(records, 2);

    (void)state;
    assert_float_equal(results.cases[0].tasks, 8, 0);
    assert_float_equal(results.cases[0].wall_s.median, 1, 1e-12);
    results_free(&results);
}

static void speedup_is_of_one_pass_each(void **state)
{
    const struct record records[] = {run_of("serial", "verify", 8, NAN),
                                     run_of("serial", "measure", 8, 4), run_of("omp", "verify", 8, NAN),
                                     run_of("omp", "measure", 32, 8)};
    struct results results = of(records, 4);

    (void)state;
    assert_float_equal(results.cases[1].speedup, 2, 1e-12);
    results_free(&results);
}

static void cases_in_turns_keep_their_runs_in_order(void **state)
{
    enum { RUNS = 1000, CASES = 4 };
    static const char *const executors[CASES] = {"serial", "omp", "uv", "gil"};
    struct record *records = calloc(RUNS, sizeof(*records));
    struct results results;

    (void)state;
    assert_non_null(records);
    for (size_t i = 0; i < RUNS; i++)
        records[i] = run_of(executors[i % CASES], "measure", 1, (double)i + 1);
    results = of(records, RUNS);
    assert_int_equal(results.size, CASES);
    for (size_t i = 0; i < RUNS; i++)
        assert_float_equal(result_value(&results.cases[i % CASES], i / CASES, COLUMN_wall_s),
                           records[i].wall_s, 0);
    results_free(&results);
    free(records);
}

static void first_launches_of_two_sessions_are_two_launches(void **state)
{
    struct record records[] = {run_of("omp", "measure", 1, 1), run_of("omp", "measure", 1, 1),
                               run_of("omp", "measure", 1, 1)};
    struct results results;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        records[i].session = (char *)(i < 2 ? "one" : "two");
    records[0].startup_s = 1;
    records[1].startup_s = 100;
    records[2].startup_s = 3;
    results = of(records, 3);
    assert_int_equal(results.size, 1);
    assert_float_equal(results.cases[0].startup_s, 2, 1e-12);
    results_free(&results);
}

static void without_a_serial_case_the_first_is_the_reference(void **state)
{
    struct record records[] = {run_of("omp", "measure", 1, 4), run_of("uv", "measure", 1, 2)};
    (void)state;
    records[1].workers = 4;
    struct results results = of(records, 2);
    assert_string_equal(results.cases[1].reference, "first");
    assert_float_equal(results.cases[1].speedup, 2, 1e-12);
    assert_float_equal(results.cases[1].efficiency, 0.5, 1e-12);
    results_free(&results);
}

static void a_runtime_is_held_against_its_own_serial(void **state)
{
    struct record records[] = {
        run_of("serial", "measure", 1, 1),     run_of("serial", "measure", 1, 50),
        run_of("threading", "measure", 1, 25), run_of("omp", "measure", 1, 0.5),
        run_of("serial", "measure", 1, 40),    run_of("threading", "measure", 1, 10)};
    static const char *const runtimes[] = {"bench 0.2", "CPython 3.11.2",  "CPython 3.11.2",
                                           "bench 0.2", "CPython 3.14.0t", "CPython 3.14.0t"};
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        records[i].runtime = (char *)runtimes[i];
        records[i].executor_params = (char *)runtimes[i]; /* the program, which tells both cases apart */
    }
    struct results results = of(records, 6);
    assert_float_equal(results.cases[2].speedup, 2, 1e-12);
    assert_float_equal(results.cases[3].speedup, 2, 1e-12);
    assert_float_equal(results.cases[5].speedup, 4, 1e-12);
    assert_float_equal(results.cases[2].over_own, 1.0 / 25, 1e-12);
    assert_true(isnan(results.cases[3].over_own));
    results_free(&results);
}

static void ranks_are_held_against_the_serial_of_the_work_that_they_do(void **state)
{
    struct record records[] = {run_of("serial", "measure", 1, 8), run_of("mpi", "measure", 1, 10),
                               run_of("mpi", "measure", 1, 5)};
    (void)state;
    records[1].runtime = records[2].runtime = (char *)"Open MPI 4.1.4";
    records[2].workers = 2;
    struct results results = of(records, 3);
    assert_float_equal(results.cases[1].speedup, 0.8, 1e-12);
    assert_float_equal(results.cases[2].speedup, 1.6, 1e-12);
    assert_true(isnan(results.cases[2].over_own)); /* it is the same */
    results_free(&results);
}

static void more_than_all_of_a_worker_is_marked(void **state)
{
    const struct record records[] = {run_of("serial", "measure", 1, 4), run_of("omp", "measure", 1, 1),
                                     run_of("uv", "measure", 1, 3.9)};
    (void)state;
    struct results results = of(records, 3);
    assert_false(result_is_too_efficient(&results.cases[0]));
    assert_true(result_is_too_efficient(&results.cases[1]));
    assert_false(result_is_too_efficient(&results.cases[2]));
    results_free(&results);
}

static void rate_and_median_are_of_one_statistic(void **state)
{
    struct record records[] = {run_of("omp", "measure", 8, 1), run_of("omp", "measure", 8, 3)};
    (void)state;
    for (int i = 0; i < 2; i++)
        records[i].work_per_s = 8 / records[i].wall_s;
    struct results results = of(records, 2);
    assert_float_equal(results.cases[0].work_per_s, 4, 1e-12);
    results_free(&results);
}

static void a_time_below_0_is_a_failure(void **state)
{
    const struct record records[] = {run_of("omp", "measure", 8, -1)};
    (void)state;
    struct results results = of(records, 1);
    assert_string_equal(results.cases[0].status, "failed");
    results_free(&results);
}

static void an_executors_parameters_do_not_change_the_work(void **state)
{
    struct record records[] = {run_of("serial", "measure", 1, 4), run_of("omp", "measure", 1, 2),
                               run_of("omp", "measure", 1, 2)};
    struct results results;

    (void)state;
    records[1].executor_params = (char *)"wait=active";
    records[2].params = (char *)"work=2us";
    results = of(records, 3);
    assert_true(result_same_work(&results.cases[0], &results.cases[1]));
    assert_false(result_same_work(&results.cases[0], &results.cases[2]));
    assert_float_equal(results.cases[1].speedup, 2, 1e-12);
    assert_ptr_equal(results.cases[2].reference_run, results.cases[2].identity);
    results_free(&results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_of_several_passes_are_told_as_one),
        cmocka_unit_test(without_a_verification_run_a_run_is_one_pass),
        cmocka_unit_test(passes_are_known_wherever_the_verification_run_stands),
        cmocka_unit_test(speedup_is_of_one_pass_each),
        cmocka_unit_test(cases_in_turns_keep_their_runs_in_order),
        cmocka_unit_test(first_launches_of_two_sessions_are_two_launches),
        cmocka_unit_test(without_a_serial_case_the_first_is_the_reference),
        cmocka_unit_test(a_runtime_is_held_against_its_own_serial),
        cmocka_unit_test(ranks_are_held_against_the_serial_of_the_work_that_they_do),
        cmocka_unit_test(more_than_all_of_a_worker_is_marked),
        cmocka_unit_test(rate_and_median_are_of_one_statistic),
        cmocka_unit_test(a_time_below_0_is_a_failure),
        cmocka_unit_test(an_executors_parameters_do_not_change_the_work),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
