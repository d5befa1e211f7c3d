/* Two sets of rows and what is said of them: matching, normalising, verdicts. */
#include "cli/commands.h"
#include "cli/comparison_output.h"
#include "results/judge.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { OLD, NEW, RUNS = 10, LAUNCHES = 6 };

struct fixture {
    struct side sides[2];
    struct comparison comparison;
    double drift; /* of the runs' times, so that no two are equal */
};

static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    *state = fixture;
    if (fixture == NULL)
        return -1;
    fixture->comparison = (struct comparison){.metric = &metrics[0],
                                              .old_name = "old.csv",
                                              .new_name = "new.csv",
                                              .threshold = 0.02,
                                              .confidence = 0.95};
    side_init(&fixture->sides[OLD], &metrics[0], "old.csv");
    side_init(&fixture->sides[NEW], &metrics[0], "new.csv");
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;

    comparison_free(&fixture->comparison);
    side_free(&fixture->sides[OLD]);
    side_free(&fixture->sides[NEW]);
    free(fixture);
    return 0;
}

/* Its texts are literals: not for record_free. */
static struct record row_of(const char *executor, int64_t workers, const char *phase, double wall_s)
{
    struct record row;

    record_init(&row);
    row.session = (char *)"s1";
    row.machine = (char *)"Xeon, 2 cores, Linux 6.1";
    row.workload = (char *)"spin";
    row.params = (char *)"work=1us";
    row.executor = (char *)executor;
    row.workers = workers;
    row.inflight = 1;
    row.grain = 1;
    row.launch = row.run = 1;
    row.phase = phase_find(phase);
    row.status = STATUS_OK;
    row.tasks = 100;
    row.wall_s = wall_s;
    return row;
}

static void add(struct fixture *fixture, int side, const struct record *row)
{
    cases_add(&fixture->sides[side].cases, row);
}

/* Six launches of ten runs about wall_s, 0.3 % to either side. `like` says what they are. */
static void add_runs(struct fixture *fixture, int side, struct record like, double wall_s)
{
    for (int64_t launch = 1; launch <= LAUNCHES; launch++) {
        like.launch = launch;
        for (int64_t run = 1; run <= RUNS; run++) {
            like.run = run;
            fixture->drift = fmod(fixture->drift + 0.618034, 1);
            like.wall_s = wall_s * (0.997 + 0.006 * fixture->drift);
            add(fixture, side, &like);
        }
    }
}

static void add_case(struct fixture *fixture, int side, const char *executor, double wall_s)
{
    struct record verify = row_of(executor, 1, "verify", NAN);

    add(fixture, side, &verify);
    add_runs(fixture, side, row_of(executor, 1, "measure", NAN), wall_s);
}

static const struct compared_case *compare(struct fixture *fixture)
{
    cases_finish(&fixture->sides[OLD].cases);
    cases_finish(&fixture->sides[NEW].cases);
    comparison_make(&fixture->comparison, &fixture->sides[OLD], &fixture->sides[NEW]);
    return fixture->comparison.cases;
}

static int exit_status_of(const struct fixture *fixture, bool strict)
{
    return comparison_exit_status(&fixture->comparison, strict);
}

static void same_times_are_the_same(void **state)
{
    struct fixture *fixture = *state;
    const struct compared_case *one;

    add_case(fixture, OLD, "serial", 0.01);
    add_case(fixture, NEW, "serial", 0.01);
    one = compare(fixture);
    assert_int_equal(fixture->comparison.size, 1);
    assert_int_equal(one->verdict, VERDICT_SAME);
    assert_null(one->why);
    assert_int_equal(one->old_runs, LAUNCHES * RUNS);
    assert_int_equal(one->new_launches, LAUNCHES);
    assert_true(one->interval.low < one->ratio && one->ratio < one->interval.high);
    assert_true(one->detectable > 0.02 && one->detectable < 0.05);
    assert_int_equal(exit_status_of(fixture, true), EXIT_OK);
    assert_int_equal(fixture->comparison.notes_size, 1); /* the same session */
}

/* As add_case on both sides, B slower by 4 %, with a launch each so many seconds; in reverse order, as
 * rows may come. */
static const struct compared_case *compare_spread(struct fixture *fixture, int apart_s, double lost)
{
    for (int side = OLD; side <= NEW; side++) {
        for (int launch = LAUNCHES; launch > 0; launch--) {
            struct record row = row_of("serial", 1, "measure", NAN);
            char time_utc[32];
            snprintf(time_utc, sizeof time_utc, "2026-11-28T1%d:00:%02d.5Z", side, launch * apart_s);
            row.time_utc = time_utc;
            row.launch = launch;
            for (row.run = 1; row.run <= RUNS; row.run++) {
                fixture->drift = fmod(fixture->drift + 0.618034, 1);
                row.wall_s = (0.01 + 0.0004 * side) * (0.997 + 0.006 * fixture->drift);
                row.run_delay_s = lost * row.wall_s;
                add(fixture, side, &row);
            }
        }
    }
    return compare(fixture);
}

static bool has_note(const struct fixture *fixture, const char *words)
{
    bool is_noted = false;
    for (size_t i = 0; i < fixture->comparison.notes_size; i++)
        is_noted |= strstr(fixture->comparison.notes[i], words) != NULL;
    return is_noted;
}

static void launches_close_together_widen_the_interval_and_say_so(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(compare_spread(fixture, 0, 0)->verdict, VERDICT_INCONCLUSIVE);
    assert_true(has_note(fixture, "launches close together: those of 1 case began within 0 s"));
    assert_true(has_note(fixture, "6 launches spread over 25 s"));
}

static void where_others_took_the_cpus_close_launches_say_even_less(void **state)
{
    struct fixture *fixture = *state;
    const struct interval interval = compare_spread(fixture, 0, 0.3)->interval;
    assert_true(interval.low < 0.7 && interval.high > 1.4);
}

static void launches_that_are_spread_need_no_wider_interval(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(compare_spread(fixture, 5, 0.3)->verdict, VERDICT_WORSE);
    assert_false(has_note(fixture, "close together"));
}

static void memory_is_of_no_moment(void **state)
{
    (void)state;
    assert_true(metric_is_time(metric_find("wall")) && metric_is_time(metric_find("rate")));
    assert_false(metric_is_time(metric_find("pss")) || metric_is_time(metric_find("instructions")));
}

static void slower_is_a_regression(void **state)
{
    struct fixture *fixture = *state;
    const struct compared_case *one;

    add_case(fixture, OLD, "serial", 0.01);
    add_case(fixture, NEW, "serial", 0.0105);
    one = compare(fixture);
    assert_int_equal(one->verdict, VERDICT_WORSE);
    assert_string_equal(verdict_word(one->verdict, fixture->comparison.metric), "slower");
    assert_float_equal(one->ratio, 1.05, 0.005);
    assert_true(one->p < 0.01);
    assert_int_equal(exit_status_of(fixture, false), EXIT_REGRESSION);
}

static const char *note_of_slower(struct fixture *fixture, double old_cpu_s, double new_cpu_s)
{
    struct record row = row_of("serial", 1, "measure", NAN);

    row.sys_s = 0;
    row.cpu_s = old_cpu_s;
    add_runs(fixture, OLD, row, 0.01);
    row.cpu_s = new_cpu_s;
    add_runs(fixture, NEW, row, 0.02);
    assert_int_equal(compare(fixture)->verdict, VERDICT_WORSE);
    return fixture->comparison.cases[0].note;
}

static void slower_without_more_cpu_time_is_noted(void **state)
{
    assert_string_equal(
        note_of_slower(*state, 0.01, 0.0101),
        "its CPU time changed by only +1.0 %: the rest is waiting, or other programs on its CPUs");
}

static void slower_with_more_cpu_time_is_not_noted(void **state)
{
    assert_null(note_of_slower(*state, 0.01, 0.02));
}

static void faster_is_none(void **state)
{
    struct fixture *fixture = *state;

    add_case(fixture, OLD, "serial", 0.0105);
    add_case(fixture, NEW, "serial", 0.01);
    assert_int_equal(compare(fixture)->verdict, VERDICT_BETTER);
    assert_int_equal(exit_status_of(fixture, true), EXIT_OK);
}

static void change_about_the_threshold_is_inconclusive(void **state)
{
    struct fixture *fixture = *state;
    const struct compared_case *one;

    add_case(fixture, OLD, "serial", 0.01);
    add_case(fixture, NEW, "serial", 0.0102);
    one = compare(fixture);
    assert_int_equal(one->verdict, VERDICT_INCONCLUSIVE);
    assert_non_null(strstr(one->why, "there is a change"));
    assert_int_equal(exit_status_of(fixture, false), EXIT_OK);
    assert_int_equal(exit_status_of(fixture, true), EXIT_INCONCLUSIVE);
}

static void few_runs_are_inconclusive(void **state)
{
    struct fixture *fixture = *state;
    struct record row = row_of("serial", 1, "measure", 0.01);
    const struct compared_case *one;

    add(fixture, OLD, &row);
    row.wall_s = 0.02;
    add(fixture, NEW, &row);
    one = compare(fixture);
    assert_int_equal(one->verdict, VERDICT_INCONCLUSIVE);
    assert_non_null(strstr(one->why, "too few runs"));
    assert_float_equal(one->ratio, 2, 1e-12);
    assert_true(isnan(one->p) && isnan(one->detectable) && isnan(one->interval.low));
}

static void verdict_follows_interval_and_direction(void **state)
{
    static const struct {
        struct interval ratio;
        enum verdict time;
    } all[] = {
        {{1.03, 1.05}, VERDICT_WORSE},        {{0.95, 0.97}, VERDICT_BETTER},
        {{0.99, 1.01}, VERDICT_SAME},         {{1.01, 1.019}, VERDICT_SAME},
        {{1.01, 1.05}, VERDICT_INCONCLUSIVE}, {{0.90, 1.10}, VERDICT_INCONCLUSIVE},
        {{0.95, 0.99}, VERDICT_INCONCLUSIVE}, {{NAN, NAN}, VERDICT_INCONCLUSIVE},
    };
    const struct metric *rate = metric_find("rate");

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        enum verdict opposite = all[i].time == VERDICT_WORSE    ? VERDICT_BETTER
                                : all[i].time == VERDICT_BETTER ? VERDICT_WORSE
                                                                : all[i].time;

        assert_int_equal(verdict_of(&all[i].ratio, 0.02, &metrics[0]), all[i].time);
        assert_int_equal(verdict_of(&all[i].ratio, 0.02, rate), opposite);
    }
}

/* Beyond the threshold, 2 %. */
static void more_cases_need_wider_intervals(void **state)
{
    struct fixture *fixture = *state;
    double alone;

    add_case(fixture, OLD, "serial", 0.01);
    add_case(fixture, NEW, "serial", 0.01);
    compare(fixture);
    alone = fixture->comparison.cases[0].detectable - 0.02;
    comparison_free(&fixture->comparison);
    side_free(&fixture->sides[OLD]);
    side_free(&fixture->sides[NEW]);
    side_init(&fixture->sides[OLD], &metrics[0], "old.csv");
    side_init(&fixture->sides[NEW], &metrics[0], "new.csv");
    fixture->drift = 0;
    add_case(fixture, OLD, "serial", 0.01);
    add_case(fixture, NEW, "serial", 0.01);
    for (int64_t workers = 2; workers < 20; workers++) {
        add_runs(fixture, OLD, row_of("omp", workers, "measure", NAN), 0.01);
        add_runs(fixture, NEW, row_of("omp", workers, "measure", NAN), 0.01);
    }
    compare(fixture);
    assert_int_equal(fixture->comparison.size, 19);
    assert_true(fixture->comparison.cases[0].detectable - 0.02 > 1.2 * alone);
}

static void label_session_side_and_machine_do_not_make_a_case(void **state)
{
    struct fixture *fixture = *state;
    struct record row = row_of("serial", 1, "measure", NAN);

    add_runs(fixture, OLD, row, 0.01);
    row.label = (char *)"mine";
    row.session = (char *)"s2";
    row.side = (char *)"b";
    row.machine = (char *)"another";
    add_runs(fixture, NEW, row, 0.01);
    compare(fixture);
    assert_int_equal(fixture->comparison.size, 1);
    assert_int_equal(fixture->comparison.only_old_size + fixture->comparison.only_new_size, 0);
}

static void what_makes_a_case_makes_another(void **state)
{
    static const enum column columns[] = {COLUMN_workload, COLUMN_params,   COLUMN_executor,
                                          COLUMN_pin,      COLUMN_schedule, COLUMN_workers,
                                          COLUMN_inflight, COLUMN_grain};
    struct fixture *fixture = *state;
    struct record kept[sizeof columns / sizeof *columns];

    add_case(fixture, OLD, "serial", 0.01);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        struct record row = row_of("serial", 1, "measure", 0.01);

        record_copy(&kept[i], &row);
        if (column_type(columns[i]) == COLUMN_TEXT)
            record_set_text(&kept[i], columns[i], "other");
        else
            record_set_count(&kept[i], columns[i], 77);
        add(fixture, NEW, &kept[i]);
    }
    compare(fixture);
    assert_int_equal(fixture->comparison.size, 0);
    assert_int_equal(fixture->comparison.only_old_size, 1);
    assert_int_equal(fixture->comparison.only_new_size, sizeof columns / sizeof *columns);
    assert_int_equal(exit_status_of(fixture, false), EXIT_USAGE);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        record_free(&kept[i]);
}

static void unmatched_case_counts_when_strict(void **state)
{
    struct fixture *fixture = *state;

    add_case(fixture, OLD, "serial", 0.01);
    add_case(fixture, NEW, "serial", 0.01);
    add_case(fixture, NEW, "omp", 0.01);
    compare(fixture);
    assert_int_equal(fixture->comparison.only_new_size, 1);
    assert_string_equal(fixture->comparison.only_new[0].executor, "omp");
    assert_int_equal(exit_status_of(fixture, false), EXIT_OK);
    assert_int_equal(exit_status_of(fixture, true), EXIT_INCONCLUSIVE);
}

static void failed_launch_fails_its_case_even_without_a_grain(void **state)
{
    struct fixture *fixture = *state;
    struct record row = row_of("serial", 1, "verify", NAN);
    const struct compared_case *one;

    add_case(fixture, OLD, "serial", 0.01);
    add_case(fixture, NEW, "serial", 0.01);
    row.grain = RECORD_NO_COUNT;
    row.status = STATUS_CRASHED;
    row.error = (char *)"killed by signal 11";
    add(fixture, NEW, &row);
    one = compare(fixture);
    assert_int_equal(fixture->comparison.size, 1);
    assert_int_equal(one->verdict, VERDICT_FAILED);
    assert_string_equal(one->why, "new.csv: crashed: killed by signal 11");
    assert_true(isnan(one->ratio));
    assert_int_equal(exit_status_of(fixture, false), EXIT_CASE);
}

static void regression_is_told_before_a_failure(void **state)
{
    struct fixture *fixture = *state;
    struct record row = row_of("omp", 1, "measure", NAN);

    add_case(fixture, OLD, "serial", 0.01);
    add_case(fixture, NEW, "serial", 0.02);
    add_case(fixture, OLD, "omp", 0.01);
    row.status = STATUS_FAILED;
    add(fixture, NEW, &row);
    compare(fixture);
    assert_int_equal(comparison_count(&fixture->comparison, VERDICT_FAILED), 1);
    assert_int_equal(exit_status_of(fixture, true), EXIT_REGRESSION);
}

static void unsupported_on_both_sides_is_noted_and_no_failure(void **state)
{
    struct fixture *fixture = *state;
    struct record row = row_of("uring", 1, "verify", NAN);

    row.status = STATUS_UNSUPPORTED;
    row.error = (char *)"no io_uring here";
    add_case(fixture, OLD, "serial", 0.01);
    add_case(fixture, NEW, "serial", 0.01);
    add(fixture, OLD, &row);
    add(fixture, NEW, &row);
    compare(fixture);
    assert_int_equal(fixture->comparison.size, 1);
    assert_int_equal(exit_status_of(fixture, true), EXIT_OK);
    assert_string_equal(fixture->comparison.notes[0],
                        "not compared, because it is unsupported in both: spin uring: no io_uring here");
}

static void no_longer_supported_is_a_failure_and_newly_supported_is_none(void **state)
{
    struct fixture *fixture = *state;
    struct record row = row_of("uring", 1, "verify", NAN);

    row.status = STATUS_UNSUPPORTED;
    add_case(fixture, OLD, "uring", 0.01);
    add(fixture, NEW, &row);
    row = row_of("uv", 1, "verify", NAN);
    row.status = STATUS_UNSUPPORTED;
    add(fixture, OLD, &row);
    add_case(fixture, NEW, "uv", 0.01);
    compare(fixture);
    assert_int_equal(fixture->comparison.size, 1);
    assert_int_equal(fixture->comparison.cases[0].verdict, VERDICT_FAILED);
    assert_string_equal(fixture->comparison.cases[0].why, "new.csv: unsupported");
    assert_int_equal(fixture->comparison.only_new_size, 1);
    assert_string_equal(fixture->comparison.only_new[0].executor, "uv");
}

static void assert_value_fails(struct fixture *fixture, double value, const char *why)
{
    struct record row = row_of("serial", 1, "measure", value);

    row.launch = 3;
    row.run = 7;
    add_case(fixture, OLD, "serial", 0.01);
    add_case(fixture, NEW, "serial", 0.01);
    add(fixture, NEW, &row);
    assert_int_equal(compare(fixture)->verdict, VERDICT_FAILED);
    assert_string_equal(fixture->comparison.cases[0].why, why);
}

static void missing_value_is_a_failure(void **state)
{
    assert_value_fails(*state, NAN, "new.csv: no value of wall in launch 3, run 7");
}

static void zero_is_a_failure(void **state)
{
    assert_value_fails(*state, 0,
                       "new.csv: wall is 0 in launch 3, run 7; a ratio needs numbers above 0");
}

static void negative_value_is_a_failure(void **state)
{
    assert_value_fails(*state, -200,
                       "new.csv: wall is -200 in launch 3, run 7; a ratio needs numbers above 0");
}

static void case_without_measured_runs_is_a_failure(void **state)
{
    struct fixture *fixture = *state;
    struct record row = row_of("serial", 1, "warmup", 0.01);

    add_case(fixture, OLD, "serial", 0.01);
    add(fixture, NEW, &row);
    assert_int_equal(compare(fixture)->verdict, VERDICT_FAILED);
    assert_string_equal(fixture->comparison.cases[0].why, "new.csv: no measured run");
}

static void warm_up_runs_are_left_out(void **state)
{
    struct fixture *fixture = *state;

    add_case(fixture, OLD, "serial", 0.01);
    add_runs(fixture, NEW, row_of("serial", 1, "warmup", NAN), 0.5);
    add_case(fixture, NEW, "serial", 0.01);
    assert_int_equal(compare(fixture)->verdict, VERDICT_SAME);
}

static void times_are_of_one_pass(void **state)
{
    struct fixture *fixture = *state;
    struct record verify = row_of("serial", 1, "verify", NAN);
    struct record row = row_of("serial", 1, "measure", NAN);

    add(fixture, OLD, &verify);
    add(fixture, NEW, &verify);
    row.tasks = 300; /* three passes */
    add_runs(fixture, OLD, row, 0.03);
    row.tasks = 500;
    add_runs(fixture, NEW, row, 0.05);
    assert_int_equal(compare(fixture)->verdict, VERDICT_SAME);
    assert_float_equal(fixture->comparison.cases[0].old_value, 0.01, 1e-4);
    assert_float_equal(fixture->comparison.cases[0].new_value, 0.01, 1e-4);
    assert_null(fixture->comparison.cases[0].note);
}

static void pass_of_a_side_without_verification_is_that_of_the_other(void **state)
{
    struct fixture *fixture = *state;
    struct record verify = row_of("serial", 1, "verify", NAN);
    struct record row = row_of("serial", 1, "measure", NAN);

    add(fixture, OLD, &verify);
    row.tasks = 300;
    add_runs(fixture, OLD, row, 0.03);
    row.tasks = 500;
    add_runs(fixture, NEW, row, 0.05);
    assert_int_equal(compare(fixture)->verdict, VERDICT_SAME);
    assert_float_equal(fixture->comparison.cases[0].new_value, 0.01, 1e-4);
}

static void other_work_in_a_pass_is_noted(void **state)
{
    struct fixture *fixture = *state;
    struct record verify = row_of("serial", 1, "verify", NAN);
    struct record row = row_of("serial", 1, "measure", NAN);

    add_case(fixture, OLD, "serial", 0.01);
    verify.tasks = row.tasks = 200;
    add(fixture, NEW, &verify);
    add_runs(fixture, NEW, row, 0.02);
    assert_int_equal(compare(fixture)->verdict, VERDICT_WORSE);
    assert_string_equal(fixture->comparison.cases[0].note,
                        "a pass has 100 tasks on one side and 200 on the other: not the same work");
}

/* Launches alternate between two speeds: their many runs do not make it certain which is which. */
static void launches_are_clusters(void **state)
{
    struct fixture *fixture = *state;
    struct record row = row_of("serial", 1, "measure", NAN);

    for (int side = OLD; side <= NEW; side++) {
        for (row.launch = 1; row.launch <= 4; row.launch++) {
            for (row.run = 1; row.run <= 100; row.run++) {
                double speed = row.launch % 2 == side ? 0.0100 : side == OLD ? 0.0108 : 0.0109;

                fixture->drift = fmod(fixture->drift + 0.618034, 1);
                row.wall_s = speed * (0.999 + 0.002 * fixture->drift);
                add(fixture, side, &row);
            }
        }
    }
    assert_int_equal(compare(fixture)->verdict, VERDICT_INCONCLUSIVE);
    assert_int_equal(fixture->comparison.cases[0].old_launches, 4);
}

static void another_unit_of_work_is_another_case(void **state)
{
    struct fixture *fixture = *state;
    struct record row = row_of("serial", 1, "measure", NAN);
    row.work_unit = (char *)"task";
    add_runs(fixture, OLD, row, 0.01);
    row.work_unit = (char *)"pixel";
    add_runs(fixture, NEW, row, 0.01);
    compare(fixture);
    assert_int_equal(fixture->comparison.size, 0);
    assert_int_equal(fixture->comparison.only_old_size, 1);
    assert_int_equal(fixture->comparison.only_new_size, 1);
}

static void a_parameter_that_one_side_has_never_heard_of_parts_no_case(void **state)
{
    struct fixture *fixture = *state;
    struct record row = row_of("serial", 1, "measure", NAN);
    add_runs(fixture, OLD, row, 0.01);
    row.params = (char *)"work=1us tile=0";
    add_runs(fixture, NEW, row, 0.01);
    assert_int_equal(compare(fixture)->verdict, VERDICT_SAME);
    assert_string_equal(fixture->comparison.notes[0],
                        "only new.csv has tile=0 (of spin, serial): matched with the case without it");
}

static void a_parameter_of_which_there_are_two_values_parts_them(void **state)
{
    struct fixture *fixture = *state;
    struct record row = row_of("serial", 1, "measure", NAN);
    add_runs(fixture, OLD, row, 0.01);
    for (int i = 0; i < 2; i++) {
        row.params = (char *)(i ? "work=1us tile=0" : "work=1us tile=8");
        add_runs(fixture, NEW, row, 0.01);
    }
    compare(fixture);
    assert_int_equal(fixture->comparison.size, 0);
    assert_int_equal(fixture->comparison.only_new_size, 2);
}

static void the_same_row_again_is_noted(void **state)
{
    struct fixture *fixture = *state;
    struct record row = row_of("serial", 1, "measure", 0.01);
    add(fixture, OLD, &row);
    add(fixture, OLD, &row);
    add(fixture, NEW, &row);
    compare(fixture);
    bool is_noted = false;
    for (size_t i = 0; i < fixture->comparison.notes_size; i++)
        is_noted = is_noted || strstr(fixture->comparison.notes[i], "old.csv: 1 row is present more");
    assert_true(is_noted);
}

/* Six launches of ten runs with so many switches of context each, now and then one more. */
static void add_switches(struct fixture *fixture, int side, int64_t switches, bool varies)
{
    struct record row = row_of("serial", 1, "measure", 0.01);
    for (row.launch = 1; row.launch <= LAUNCHES; row.launch++) {
        for (row.run = 1; row.run <= RUNS; row.run++) {
            row.ctx_voluntary = switches + (varies && row.run % 3 == 0);
            add(fixture, side, &row);
        }
    }
}

static const struct compared_case *compare_switches(struct fixture *fixture, int64_t old, int64_t new,
                                                    bool varies)
{
    const struct metric *metric = metric_find("ctx_voluntary");
    fixture->comparison.metric = metric;
    for (int side = OLD; side <= NEW; side++) {
        const char *name = fixture->sides[side].name;
        side_free(&fixture->sides[side]);
        side_init(&fixture->sides[side], metric, name);
        add_switches(fixture, side, side == OLD ? old : new, varies);
    }
    return compare(fixture);
}

static void counts_that_are_0_everywhere_are_the_same(void **state)
{
    const struct compared_case *one = compare_switches(*state, 0, 0, false);
    assert_int_equal(one->verdict, VERDICT_SAME);
    assert_float_equal(one->old_value, 0, 0);
    assert_float_equal(one->ratio, 1, 0);
    assert_null(one->note);
}

static void counts_that_are_0_at_times_are_compared(void **state)
{
    const struct compared_case *one = compare_switches(*state, 0, 0, true);
    assert_int_equal(one->verdict, VERDICT_SAME);
    assert_non_null(strstr(one->note, "some runs have 0 of it"));
}

static void more_than_0_is_more(void **state)
{
    const struct compared_case *one = compare_switches(*state, 0, 3, true);
    assert_int_equal(one->verdict, VERDICT_WORSE);
    assert_float_equal(one->old_value, 0, 0);
    assert_float_equal(one->new_value, 3, 0);
    assert_float_equal(one->ratio, 4, 1e-9);
}

static void metric_is_found_by_its_name_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < metrics_size; i++)
        assert_ptr_equal(metric_find(metrics[i].name), &metrics[i]);
    assert_string_equal(metrics[0].name, "wall");
    assert_null(metric_find("wal"));
    assert_null(metric_find(""));
}

static void other_machines_are_refused_unless_asked_for(void **state)
{
    struct fixture *fixture = *state;
    struct record row = row_of("serial", 1, "measure", 0.01);
    struct bench_error err = {0};

    add(fixture, OLD, &row);
    row.machine = (char *)"Xeon, 4 cores, Linux 6.1";
    add(fixture, NEW, &row);
    assert_int_equal(sides_check(&fixture->sides[OLD], &fixture->sides[NEW], false, &err), -EINVAL);
    assert_string_equal(err.message, "the machines differ: old.csv: 2 cores; new.csv: 4 cores; "
                                     "--across-machines compares them anyway");
    assert_int_equal(sides_check(&fixture->sides[OLD], &fixture->sides[NEW], true, NULL), 0);
    compare(fixture);
    assert_string_equal(fixture->comparison.notes[0],
                        "the machines differ: old.csv: 2 cores; new.csv: 4 cores");
}

static void two_sides_in_one_file_are_refused(void **state)
{
    struct fixture *fixture = *state;
    struct record row = row_of("serial", 1, "measure", 0.01);
    struct bench_error err = {0};

    row.side = (char *)"A";
    add(fixture, OLD, &row);
    row.side = (char *)"B";
    add(fixture, OLD, &row);
    assert_int_equal(sides_check(&fixture->sides[OLD], &fixture->sides[NEW], true, &err), -EINVAL);
    assert_non_null(strstr(err.message, "old.csv: has two sides, 'A' and 'B'"));
}

static void what_is_taken_together_is_noted(void **state)
{
    struct fixture *fixture = *state;
    struct record row = row_of("serial", 1, "measure", 0.01);

    row.label = (char *)"a";
    add(fixture, OLD, &row);
    row.label = (char *)"b";
    row.session = (char *)"s2";
    add(fixture, OLD, &row);
    row.session = (char *)"s3";
    add(fixture, NEW, &row);
    compare(fixture);
    assert_int_equal(fixture->comparison.notes_size, 4);
    assert_non_null(strstr(fixture->comparison.notes[0], "old.csv: 2 labels ('a', 'b')"));
    assert_non_null(strstr(fixture->comparison.notes[1], "old.csv: 2 sessions"));
    assert_non_null(strstr(fixture->comparison.notes[2], "only one launch"));
    assert_non_null(strstr(fixture->comparison.notes[3], "as few as 1 run"));
}

static void a_note_is_there_once(void **state)
{
    struct fixture *fixture = *state;

    comparison_note(&fixture->comparison, "%d\n", 1);
    comparison_note(&fixture->comparison, "1\n");
    assert_int_equal(fixture->comparison.notes_size, 1);
    assert_string_equal(fixture->comparison.notes[0], "1?");
}

#define COMPARISON_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        COMPARISON_TEST(same_times_are_the_same),
        COMPARISON_TEST(launches_close_together_widen_the_interval_and_say_so),
        COMPARISON_TEST(where_others_took_the_cpus_close_launches_say_even_less),
        COMPARISON_TEST(launches_that_are_spread_need_no_wider_interval),
        COMPARISON_TEST(memory_is_of_no_moment),
        COMPARISON_TEST(slower_is_a_regression),
        COMPARISON_TEST(slower_without_more_cpu_time_is_noted),
        COMPARISON_TEST(slower_with_more_cpu_time_is_not_noted),
        COMPARISON_TEST(faster_is_none),
        COMPARISON_TEST(change_about_the_threshold_is_inconclusive),
        COMPARISON_TEST(few_runs_are_inconclusive),
        COMPARISON_TEST(verdict_follows_interval_and_direction),
        COMPARISON_TEST(more_cases_need_wider_intervals),
        COMPARISON_TEST(label_session_side_and_machine_do_not_make_a_case),
        COMPARISON_TEST(what_makes_a_case_makes_another),
        COMPARISON_TEST(unmatched_case_counts_when_strict),
        COMPARISON_TEST(failed_launch_fails_its_case_even_without_a_grain),
        COMPARISON_TEST(regression_is_told_before_a_failure),
        COMPARISON_TEST(unsupported_on_both_sides_is_noted_and_no_failure),
        COMPARISON_TEST(no_longer_supported_is_a_failure_and_newly_supported_is_none),
        COMPARISON_TEST(missing_value_is_a_failure),
        COMPARISON_TEST(zero_is_a_failure),
        COMPARISON_TEST(negative_value_is_a_failure),
        COMPARISON_TEST(case_without_measured_runs_is_a_failure),
        COMPARISON_TEST(warm_up_runs_are_left_out),
        COMPARISON_TEST(times_are_of_one_pass),
        COMPARISON_TEST(pass_of_a_side_without_verification_is_that_of_the_other),
        COMPARISON_TEST(other_work_in_a_pass_is_noted),
        COMPARISON_TEST(launches_are_clusters),
        COMPARISON_TEST(another_unit_of_work_is_another_case),
        COMPARISON_TEST(a_parameter_that_one_side_has_never_heard_of_parts_no_case),
        COMPARISON_TEST(a_parameter_of_which_there_are_two_values_parts_them),
        COMPARISON_TEST(the_same_row_again_is_noted),
        COMPARISON_TEST(counts_that_are_0_everywhere_are_the_same),
        COMPARISON_TEST(counts_that_are_0_at_times_are_compared),
        COMPARISON_TEST(more_than_0_is_more),
        COMPARISON_TEST(metric_is_found_by_its_name_alone),
        COMPARISON_TEST(other_machines_are_refused_unless_asked_for),
        COMPARISON_TEST(two_sides_in_one_file_are_refused),
        COMPARISON_TEST(what_is_taken_together_is_noted),
        COMPARISON_TEST(a_note_is_there_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
