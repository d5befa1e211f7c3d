/* Load that arrives by itself, as a user asks for it. */
#include "tests/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_refused(void **state, const char *options, const char *why)
{
    struct program *program = program_run(*state, "bench -w sleep -x pthread %s", options);
    assert_int_equal(program->status, 2);
    if (!strstr(program->err, why))
        fail_msg("'%s' has no '%s'", program->err, why);
}

static void what_makes_no_sense_is_refused(void **state)
{
    assert_refused(state, "--rate 0", "--rate: '0' must be numbers over 0");
    assert_refused(state, "--rate fast", "--rate: 'fast' must be numbers");
    assert_refused(state, "--rate 10 --grain 2", "--grain: with --rate an arrival is one task");
    assert_refused(state, "--rate 10 --precision 1", "--rate: goes with --time and --runs");
    assert_refused(state, "--rate 10 --lever cpu=50%", "--rate and --lever exclude each other");
    assert_refused(state, "--arrivals fixed", "--arrivals: needs --rate");
    assert_refused(state, "--rate 10 --arrivals often", "must be poisson or fixed");
    assert_refused(state, "--rate 10 -x serial", "pthread -j 1");
    assert_refused(state, "--rate 1e9 -t 1000",
                   "--rate: 1e+09 a second for 167 s are 1.67e+11 arrivals");
}

static void a_rate_is_a_case_and_its_time_is_shared(void **state)
{
    struct program *program = program_run(
        *state,
        "bench -w sleep -s duration=50ms -x pthread -j 2 --rate 20,40 -t 1 -r 1 --arrivals fixed "
        "-o rows.csv --format csv --columns all");
    assert_true(program->status == 0 || strstr(program->err, "load generator's"));
    struct rows rows = rows_of(*state, program->out);
    assert_int_equal(rows_with(&rows, "rate_per_s", "20"), 3);
    assert_int_equal(rows_with(&rows, "rate_per_s", "40"), 3);
    assert_int_equal(rows_with(&rows, "arrivals", "fixed"), 6);
    for (size_t i = 0; i < rows.count; i++) {
        if (strcmp(rows_field(&rows, i, "phase"), "warmup") != 0)
            continue;
        bool slow = strcmp(rows_field(&rows, i, "rate_per_s"), "20") == 0;
        assert_string_equal(rows_field(&rows, i, "tasks"), slow ? "10" : "20"); /* in half a second */
        assert_true(atof(rows_field(&rows, i, "service_p50_s")) >= 0.0495);
        assert_non_null(strstr(rows_field(&rows, i, "counters"), "late_p99_s="));
    }
}

static void what_cannot_keep_up_is_marked(void **state)
{
    struct program *program =
        program_run(*state, "bench -w sleep -s duration=20ms -x pthread -j 1 --rate 200 -t 1 -r 1");
    assert_int_equal(program->status, 0);
    assert_non_null(strstr(program->out, ">: overloaded"));
    assert_non_null(strstr(program->err, "overloaded: the backlog grew until the end"));
    assert_non_null(strstr(program->err, "it takes 5 lanes or more, and there is 1"));
}

/* The last task of a run ends its own length after it came: that is no backlog. */
static void long_tasks_are_not_taken_for_a_backlog(void **state)
{
    struct program *program = program_run(*state, "bench -w sleep -s duration=100ms -x uring,pthread -j "
                                                  "8 -i 8 --rate 40 --arrivals fixed -t 1 -r 1");
    assert_null(strstr(program->out, "overloaded"));
}

static void what_cannot_be_done_twice_is_unsupported(void **state)
{
    struct program *program =
        program_run(*state, "bench -w exec -s command=true -s prepare=true -x pthread --rate 10 -t 0.1");
    assert_int_equal(program->status, 3);
    assert_non_null(strstr(program->out, "unsupported"));
    assert_non_null(strstr(program->err, "more than once"));
}

static void a_service_level_makes_sense_or_is_refused(void **state)
{
    assert_refused(state, "--slo 10ms", "--slo: '10ms' must be p50, p90, p99, p999 or max");
    assert_refused(state, "--slo p99=0", "--slo: 'p99=0' must be");
    assert_refused(state, "--slo p98=1ms", "--slo: 'p98=1ms' must be");
    assert_refused(state, "--slo p99=1ms --rate 5", "--rate and --slo exclude each other");
    assert_refused(state, "--slo p99=1ms -r 5", "--slo: chooses runs and launches itself");
    assert_refused(state, "--slo p99=1ms --format csv", "table, markdown or json with --slo");
}

/* Each sleep takes 20 ms: never within 1 ms; and one lane can do no more than 50 a second. */
static void the_load_within_a_service_level_is_found(void **state)
{
    struct program *program =
        program_run(*state, "bench -w sleep -s duration=20ms -s tasks=10 -x serial,pthread -j 1 "
                            "--slo p50=1ms -t 2 -o rows.csv");
    assert_non_null(strstr(program->out, "never"));
    assert_non_null(strstr(program->out, "p50 is above 1.00 ms even at"));
    assert_non_null(strstr(program->out, "unsupported: a serial"));
    struct program *json = program_run(
        *state,
        "bench -w sleep -s duration=20ms -s tasks=10 -x pthread -j 1 --slo p50=60ms -t 6 --format "
        "json | python3 -c 'import json, sys; load = json.load(sys.stdin)[\"loads\"][0]; "
        "print(load[\"verdict\"], len(load[\"looks\"]), load[\"rate_per_s\"] or 0)'");
    char verdict[16];
    int looks;
    double rate;
    assert_int_equal(sscanf(json->out, "%15s %d %lf", verdict, &looks, &rate), 3);
    assert_true(looks >= 3 && looks <= 11);
    assert_true(strcmp(verdict, "found") != 0 || (rate > 10 && rate < 60));
}

/* Results that were kept before there was such a parameter are of the same case. */
static void an_added_parameter_is_in_no_row_while_it_is_at_its_default(void **state)
{
    struct program *program = program_run(*state, "bench -w sleep -s tasks=2 -s vary=none,exponential "
                                                  "-x serial -r 1 --format csv --columns params");
    assert_non_null(strstr(program->out, "duration=1ms tasks=2\n"));
    assert_non_null(strstr(program->out, "duration=1ms tasks=2 vary=exponential\n"));
    assert_null(strstr(program->out, "vary=none"));
}

static void lengths_that_vary_are_the_same_everywhere(void **state)
{
    struct program *program = program_run(
        *state, "bench -w spin,sleep -s spin.work=20us -s sleep.duration=20us -s vary=exponential "
                "-s tasks=200 -x serial,pthread,process,uring -j 2 -r 1 --format csv --columns status");
    assert_int_equal(program->status, 0);
    struct rows rows = rows_of(*state, program->out);
    assert_int_equal(rows_with(&rows, "status", "ok"), rows.count);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_makes_no_sense_is_refused),
        TEST(a_rate_is_a_case_and_its_time_is_shared),
        TEST(what_cannot_keep_up_is_marked),
        TEST(long_tasks_are_not_taken_for_a_backlog),
        TEST(what_cannot_be_done_twice_is_unsupported),
        TEST(a_service_level_makes_sense_or_is_refused),
        TEST(the_load_within_a_service_level_is_found),
        TEST(an_added_parameter_is_in_no_row_while_it_is_at_its_default),
        TEST(lengths_that_vary_are_the_same_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
