/* --histograms: all latencies of runs, kept beside the rows, and told of one case. */
#include "tests/program.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SLEEP "bench -q -w sleep -s duration=1ms -s tasks=40 --warmup 0 "
#define HGRM "bench report r.csv --histograms h.json --format hgrm "

/* Of a distribution on stdout: how many latencies it is of. */
static long total_of(const struct program *program)
{
    const char *at = strstr(program->out, "Total count    = ");
    return at ? atol(at + strlen("Total count    = ")) : -1;
}

static void a_distribution_is_of_all_launches_together(void **state)
{
    struct program *program = program_run(
        *state, SLEEP "-x pthread -r 3 --launches 2 -o r.csv --histograms h.json >/dev/null; " HGRM);
    assert_int_equal(program->status, 0);
    assert_int_equal(total_of(program), 240);
    assert_non_null(strstr(program->out, "       Value     Percentile TotalCount 1/(1-Percentile)\n\n"));
    assert_non_null(strstr(program->out, " 1.000000000000        240\n#[Mean    = "));
}

static void it_says_what_the_row_of_a_run_says(void **state)
{
    struct program *program = program_run(
        *state,
        SLEEP "-x pthread -r 1 -o r.csv --histograms h.json >/dev/null; " HGRM ">d.hgrm\n"
              "python3 - <<'END'\n"
              "import csv\n"
              "row = [row for row in csv.DictReader(open('r.csv')) if row['phase'] == 'measure'][0]\n"
              "lines = [line.split() for line in open('d.hgrm') if line[0] == ' ']\n"
              "half = [line for line in lines if line[1] == '0.500000000000'][0]\n"
              "print(abs(float(half[0]) / float(row['latency_p50_s']) / 1e3 - 1) < 1e-3,\n"
              "      abs(float(lines[-1][0]) / float(row['latency_max_s']) / 1e3 - 1) < 1e-3)\n"
              "END\n");
    assert_string_equal(program->out, "True True\n");
}

static void of_several_cases_one_is_named(void **state)
{
    struct program *program =
        program_run(*state, SLEEP
                    "-x pthread,uring -j 1,2 -i 2 -r 1 -o r.csv --histograms h.json >/dev/null; " HGRM);
    assert_int_equal(program->status, 2);
    assert_non_null(strstr(program->err, "--case: 4 cases have histograms; one must be named: 'sleep "
                                         "executor=pthread workers=1', "));
    program = program_run(*state, HGRM "--case 'executor=uring 2'");
    assert_int_equal(program->status, 2); /* in flight, too */
    program = program_run(*state, HGRM "--case 'uring workers=2'");
    assert_int_equal(program->status, 0);
    assert_int_equal(total_of(program), 40);
    program = program_run(*state, HGRM "--case 'omp'");
    assert_int_equal(program->status, 2);
    assert_non_null(strstr(program->err, "no case has all of 'omp'"));
}

static void open_loops_and_python_have_them_too(void **state)
{
    struct program *program = program_run(
        *state,
        "bench -q -w sleep -s duration=5ms -x pthread,cpython.threading -j 2 --rate 100 -t 0.4 -r 1 "
        "--warmup 0 --arrivals fixed -o r.csv --histograms h.json >/dev/null; "
        "python3 -c 'import json\n"
        "for line in open(\"h.json\"):\n"
        "    one = json.loads(line)\n"
        "    print(one[\"executor\"], one[\"rate_per_s\"], sum(one[\"latency_counts\"][1::2]))'");
    assert_non_null(strstr(program->out, "pthread 100.0 40\n"));
    assert_non_null(strstr(program->out, "threading 100.0 40\n"));
}

static void looks_of_a_service_level_have_them(void **state)
{
    struct program *program = program_run(
        *state, "bench -q -w sleep -s duration=5ms -x pthread -j 2 --slo p50=200ms -t 1 -o r.csv "
                "--histograms h.json >/dev/null; grep -c rate_per_s h.json");
    assert_true(atol(program->out) >= 1);
}

static void a_torn_last_line_is_left_out_and_removed(void **state)
{
    struct program *program =
        program_run(*state, SLEEP "-x pthread -r 2 -o r.csv --histograms h.json >/dev/null; "
                                  "truncate -s -5 h.json; " HGRM);
    assert_int_equal(program->status, 0);
    assert_int_equal(total_of(program), 40);
    assert_non_null(strstr(program->err, "h.json: its last line is cut off and is left out"));
    assert_non_null(strstr(program->err, "of 2 measured runs 1 have no histogram in h.json"));
    program =
        program_run(*state, SLEEP "-x pthread -r 1 -o r.csv --histograms h.json >/dev/null; " HGRM);
    assert_non_null(strstr(program->err, "h.json: its last line was cut off and has been removed"));
    assert_int_equal(total_of(program), 80);
}

static void a_file_of_something_else_is_named_with_its_line(void **state)
{
    struct program *program = program_run(*state, SLEEP "-x pthread -r 1 -o r.csv >/dev/null; "
                                                        "echo '[' >h.json; " HGRM);
    assert_int_equal(program->status, 2);
    assert_non_null(strstr(program->err, "--histograms: h.json, line 1: not the latencies of a run"));
}

static void a_full_disk_costs_only_the_file_itself(void **state)
{
    struct program *program =
        program_run(*state, SLEEP "-x pthread -r 2 -o r.csv --histograms /dev/full; echo status $?; "
                                  "grep -c ,measure, r.csv");
    assert_non_null(strstr(program->out, "status 3\n2\n"));
    assert_non_null(strstr(program->err, "--histograms: writing /dev/full: No space left on device"));
}

static void a_runner_that_tells_no_latencies_is_said(void **state)
{
    struct program *program = program_run(
        *state, "bench -q -w spin -x serial -r 2 --warmup 0 -o r.csv --histograms h.json --launcher "
                "'python3 " SOURCE_FOLDER "/tests/runner.py' >/dev/null; " HGRM);
    assert_int_equal(program->status, 2);
    assert_non_null(strstr(program->err, "h.json: 2 runs are not in it: the runner does not tell "));
    assert_non_null(strstr(program->err, "--histograms: h.json has none of these runs"));
}

static void cases_that_are_resumed_have_no_run_twice(void **state)
{
    struct program *program = program_run(
        *state,
        SLEEP "-x pthread -j 1 -r 2 -o r.csv --histograms h.json >/dev/null; " SLEEP
              "-x pthread -j 1,2 -r 2 -o r.csv --histograms h.json --resume >/dev/null; "
              "grep -c . h.json; cat h.json >>h.json.2; cat h.json >>h.json.2; mv h.json.2 h.json; " HGRM
              "--case workers=1");
    assert_int_equal(program->status, 0);
    assert_int_equal(atol(program->out), 4);
    assert_int_equal(total_of(program), 80);
}

static void what_is_no_such_file_is_refused_before_anything_runs(void **state)
{
    struct program *program =
        program_run(*state, "echo hello >notes.txt; " SLEEP
                            "-x pthread -o r.csv --histograms notes.txt; echo status $?; "
                            "cat notes.txt; ls r.csv");
    assert_non_null(strstr(program->out, "status 2\nhello\n"));
    assert_null(strstr(program->out, "r.csv"));
    assert_non_null(strstr(program->err, "notes.txt is not a file that bench --histograms has written"));
    assert_int_equal(program_run(*state, SLEEP "--histograms no/such/folder")->status, 2);
    assert_int_equal(program_run(*state, SLEEP "--histograms h --no-latency")->status, 2);
    assert_int_equal(program_run(*state, SLEEP "--format hgrm")->status, 2);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_distribution_is_of_all_launches_together),
        TEST(it_says_what_the_row_of_a_run_says),
        TEST(of_several_cases_one_is_named),
        TEST(open_loops_and_python_have_them_too),
        TEST(looks_of_a_service_level_have_them),
        TEST(a_torn_last_line_is_left_out_and_removed),
        TEST(a_file_of_something_else_is_named_with_its_line),
        TEST(a_full_disk_costs_only_the_file_itself),
        TEST(a_runner_that_tells_no_latencies_is_said),
        TEST(cases_that_are_resumed_have_no_run_twice),
        TEST(what_is_no_such_file_is_refused_before_anything_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
