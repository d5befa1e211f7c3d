/* How long a case is measured, as a user sees it: what stops it, how long a run is, in which order. */
#include "program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SPIN "bench --format csv -w spin -x serial -s tasks=10 -s steps_per_us=1 --warmup 0"

static struct program *run_with(struct sandbox *box, const char *on_run, const char *options)
{
    sandbox_write_runner(box, "runner.sh", on_run);
    return program_run(box, "bench -w spin -x serial --launcher 'sh runner.sh' %s", options);
}

/* What they say, they have really taken, and more: what cannot be is not believed. */
#define ALWAYS "sleep 0.008; say '{\"ok\":true,\"tasks\":7,\"wall_s\":0.0078125}'"
#define NOW_THIS_NOW_THAT \
    "sleep 0.02; say \"{\\\"ok\\\":true,\\\"tasks\\\":7,\\\"wall_s\\\":0.0$((1 + n % 2))}\""

/* ---- what stops it ---- */

static void precise_median_stops_it_after_the_least_runs(void **state)
{
    struct program *bench = run_with(*state, ALWAYS, "-v --summary s.csv");
    assert_int_equal(bench->status, 0);
    struct rows rows = rows_of(*state, sandbox_read(*state, "s.csv"));
    assert_string_equal(rows_field(&rows, 0, "stopped_by"), "precision");
    assert_string_equal(rows_field(&rows, 0, "n"), "10");
    assert_true(atof(rows_field(&rows, 0, "precision")) < 1e-9);
    assert_string_equal(rows_field(&rows, 0, "median_low_s"), "0.0078125");
    assert_string_equal(rows_field(&rows, 0, "cv"), "0");
    assert_string_equal(rows_field(&rows, 0, "outliers"), "0");
    assert_non_null(strstr(bench->err, ", 10 runs, stopped by precision; median +- 0.0 %"));
    assert_null(strstr(bench->err, "warning: precision"));
}

static void time_stops_what_does_not_get_precise_and_that_is_said(void **state)
{
    struct program *bench = run_with(*state, NOW_THIS_NOW_THAT,
                                     "-t 1us --precision 5 --min-runs 5 --format json --launches 2");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "\"stopped_by\": \"time\""));
    assert_non_null(strstr(bench->out, "\"n\": 10,")); /* the least runs of both launches come first */
    assert_non_null(
        strstr(bench->err, "bench: warning: precision: the median is not known within 5.0 %, but"));
    assert_non_null(strstr(bench->err, "--precision"));
}

static void most_runs_stop_it_too(void **state)
{
    struct program *bench = run_with(*state, NOW_THIS_NOW_THAT, "--max-runs 12 --summary s.csv");
    struct rows rows = rows_of(*state, sandbox_read(*state, "s.csv"));
    assert_string_equal(rows_field(&rows, 0, "stopped_by"), "max-runs");
    assert_string_equal(rows_field(&rows, 0, "n"), "12");
    assert_non_null(strstr(bench->err, "a larger --max-runs"));
}

static void fixed_runs_are_kept_and_said(void **state)
{
    run_with(*state, ALWAYS, "-r 11 --summary r.csv");
    struct rows rows = rows_of(*state, sandbox_read(*state, "r.csv"));
    assert_string_equal(rows_field(&rows, 0, "stopped_by"), "runs");
    assert_string_equal(rows_field(&rows, 0, "n"), "11");
}

static void case_that_time_cut_short_is_complete_for_resume(void **state)
{
    static const char command[] = "bench -w sleep -x serial -s duration=50ms -s tasks=1 -t 1ms -o r.csv";
    program_run(*state, "%s", command);
    struct program *bench = program_run(*state, "%s --resume", command);
    assert_non_null(strstr(bench->err, "r.csv holds 1 of 1 cases complete"));
    bench = program_run(*state, "sed -i '$d' r.csv; %s --resume", command);
    assert_null(strstr(bench->err, "complete"));
}

/* -t is a promise about the whole case: a verification and two runs are the least that there can be. */
static void long_runs_get_two_and_no_warmup_where_time_is_short(void **state)
{
    static const char *const limits[] = {"-t 1ms", "-t 1ms --precision 1"};
    for (size_t i = 0; i < 2; i++) {
        program_run(
            *state,
            "bench -w sleep -x serial -s duration=250ms -s tasks=1 %s -q -o t%zu.csv --summary s%zu.csv",
            limits[i], i, i);
        char name[8];
        snprintf(name, sizeof name, "t%zu.csv", i);
        struct rows rows = rows_of(*state, sandbox_read(*state, name));
        assert_int_equal(rows_with(&rows, "phase", "measure"), 2);
        assert_int_equal(rows_with(&rows, "phase", "warmup"), 0);
        snprintf(name, sizeof name, "s%zu.csv", i);
        rows = rows_of(*state, sandbox_read(*state, name));
        assert_string_equal(rows_field(&rows, 0, "stopped_by"), "time");
    }
}

static void warmup_that_was_asked_for_is_made_however_short_time_is(void **state)
{
    struct program *bench = program_run(
        *state,
        "bench --format csv -w sleep -x serial -s duration=100ms -s tasks=1 -t 1ms --warmup 1 -q");
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(rows_with(&rows, "phase", "warmup"), 1);
}

/* ---- how long a run is ---- */

/* Launches that each found out how fast they are would not do the same work. */
static void what_a_microsecond_holds_is_measured_once_and_stands_in_all_rows(void **state)
{
    struct program *bench = program_run(
        *state, "bench --format csv -w spin -x serial,pthread,process --launches 3 -r 1 -s tasks=9 -q");
    struct rows rows = rows_of(*state, bench->out);
    const char *counters = rows_field(&rows, 0, "counters");
    assert_int_equal(strncmp(counters, "steps_per_us=", 13), 0);
    assert_int_equal(rows.count, 27);
    assert_int_equal(rows_with(&rows, "counters", counters), 27);
}

static void runner_without_passes_is_not_asked_for_more(void **state)
{
    struct program *bench = run_with(*state,
                                     "printf '%s\\\\n' \"$line\" >>asked; sleep 0.001; say "
                                     "'{\"ok\":true,\"tasks\":7,\"wall_s\":0.0001}'",
                                     "--max-runs 3 -q");
    assert_int_equal(bench->status, 0);
    const char *asked = sandbox_read(*state, "asked"), *more = strstr(asked, "\"passes\":20}");
    assert_non_null(more); /* 2 ms */
    assert_null(strstr(more + 1, "\"passes\":2"));
    assert_non_null(strstr(more, "\"passes\":1}"));
}

static void runs_that_are_too_short_get_several_passes(void **state)
{
    static const char command[] =
        "bench --format csv -w spin -x serial -s work=1us -s tasks=10 -s steps_per_us=1 --launches 2 "
        "--precision 50 --max-runs 4 --warmup 0 --summary s.csv";
    struct program *bench = program_run(*state, "%s", command);
    assert_int_equal(bench->status, 0);
    struct rows rows = rows_of(*state, bench->out);
    const char *tasks = NULL; /* the same in all measured runs, and a multiple */
    for (size_t i = 0; i < rows.count; i++) {
        const char *own = rows_field(&rows, i, "tasks");
        if (strcmp(rows_field(&rows, i, "phase"), "verify") == 0)
            assert_string_equal(own, "10");
        if (strcmp(rows_field(&rows, i, "phase"), "measure") != 0)
            continue;
        tasks = tasks ? tasks : own;
        assert_string_equal(own, tasks);
        assert_true(atoi(own) > 10 && atoi(own) % 10 == 0);
    }
    assert_non_null(tasks);
    rows = rows_of(*state, sandbox_read(*state, "s.csv"));
    assert_string_equal(rows_field(&rows, 0, "tasks"), "10"); /* what is told is of one pass */
    assert_string_equal(rows_field(&rows, 0, "launches"), "2");
}

static void work_that_is_not_the_same_twice_is_done_once_a_run(void **state)
{
    struct program *bench =
        program_run(*state, "bench --format csv -w filewrite,fileread -x serial -s size=4KiB "
                            "-s block=4KiB -s cache=cold --precision 50 --max-runs 3 -q");
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(rows_with(&rows, "tasks", "1"), rows.count);
}

/* ---- in which order, and what is said at the end ---- */

static void rounds_are_shuffled_from_the_seed_and_told_in_order(void **state)
{
    static const char command[] =
        "bench --format csv -w spin -x serial -s steps_per_us=1 -s tasks=1,2,3,4,5,6,7 --warmup 0 -r 1 "
        "-q --launches 4 --summary %s --seed %d";
    char *orders[3];
    static const int seeds[] = {1, 1, 2};
    for (size_t i = 0; i < 3; i++) {
        char summary[16], order[200] = "";
        snprintf(summary, sizeof summary, "s%zu.csv", i);
        struct program *bench = program_run(*state, command, summary, seeds[i]);
        struct rows rows = rows_of(*state, bench->out);
        for (size_t row = 0; row < rows.count; row++)
            strcat(order, strcmp(rows_field(&rows, row, "phase"), "verify") == 0
                              ? rows_field(&rows, row, "tasks")
                              : "");
        orders[i] = strdup(order);
        assert_int_equal(strlen(order), 4 * 7);
        assert_int_not_equal(strncmp(order, order + 7, 7), 0);
        rows = rows_of(*state, sandbox_read(*state, summary));
        for (size_t row = 0; row < 7; row++)
            assert_int_equal(atoi(rows_field(&rows, row, "tasks")), (int)row + 1);
        assert_int_equal(atoi(rows_field(&rows, 0, "seed")), seeds[i]);
    }
    assert_string_equal(orders[0], orders[1]);
    assert_string_not_equal(orders[0], orders[2]);
    for (size_t i = 0; i < 3; i++)
        free(orders[i]);
}

static void warnings_come_once_at_the_end_and_not_with_quiet(void **state)
{
    struct program *bench = program_run(*state, SPIN " -r 3 -x serial,pthread -j 1");
    const char *warning = strstr(bench->err, "bench: warning: short runs: of ");
    assert_non_null(warning);
    assert_non_null(strstr(warning, "; 2 cases)"));
    assert_null(strstr(warning + strlen("bench: warning: short runs"), "short runs"));
    bench = program_run(*state, SPIN " -r 3 -q");
    assert_string_equal(bench->err, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(precise_median_stops_it_after_the_least_runs),
        TEST(time_stops_what_does_not_get_precise_and_that_is_said),
        TEST(most_runs_stop_it_too),
        TEST(fixed_runs_are_kept_and_said),
        TEST(long_runs_get_two_and_no_warmup_where_time_is_short),
        TEST(what_a_microsecond_holds_is_measured_once_and_stands_in_all_rows),
        TEST(case_that_time_cut_short_is_complete_for_resume),
        TEST(warmup_that_was_asked_for_is_made_however_short_time_is),
        TEST(runner_without_passes_is_not_asked_for_more),
        TEST(runs_that_are_too_short_get_several_passes),
        TEST(work_that_is_not_the_same_twice_is_done_once_a_run),
        TEST(rounds_are_shuffled_from_the_seed_and_told_in_order),
        TEST(warnings_come_once_at_the_end_and_not_with_quiet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
