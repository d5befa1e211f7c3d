/* Timelines: written by a run, read back, drawn. */
#include "results/timeline.h"
#include "tests/program.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Is it of the published format, and what is in it? */
#define CHECK_EVENTS "python3 " SOURCE_FOLDER "/tests/trace_format.py t.json"

static void every_range_of_a_run_and_each_wait_is_there(void **state)
{
    struct program *program = program_run(
        *state, "bench -w sleep -s tasks=20 -s duration=1ms -x pthread,process,uring -j 2 -i 2 -r 2 "
                "--warmup 0 --trace t.json && " CHECK_EVENTS);
    assert_int_equal(program->status, 0);
    assert_non_null(strstr(program->out, "ranges {1: 20, 2: 20, 3: 20}"));
    assert_non_null(
        strstr(program->out, "runs ['starting and opening', 'verify 1', 'measure 1', 'measure 2']"));
    assert_non_null(strstr(program->out, "waits ['sleep']"));
}

static void a_global_lock_shows_who_waited_for_it(void **state)
{
    struct program *program =
        program_run(*state, "bench -w spin -s work=1ms -x gil -j 2 -r 1 --trace t.json && " CHECK_EVENTS
                            " && bench report --trace t.json");
    assert_int_equal(program->status, 0);
    assert_non_null(strstr(program->out, "waits ['global lock']"));
    assert_non_null(strstr(program->out, "'handed over'"));
    assert_non_null(strstr(program->out, "x"));
    assert_non_null(strstr(program->out, "worker 1 |"));
}

static void who_took_ranges_of_another_is_there(void **state)
{
    struct program *program = program_run(
        *state, "bench -w sleep -s vary=exponential -s duration=2ms -s tasks=60 -x pthread -j 4 -r 1 "
                "--trace t.json && " CHECK_EVENTS);
    assert_int_equal(program->status, 0);
    assert_non_null(strstr(program->out, "'steal'"));
}

/* It is moved from outside, to and fro, as long as it runs. */
static void a_worker_that_comes_to_another_cpu_is_told(void **state)
{
    if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
        skip();
    struct program *program = program_run(
        *state,
        "taskset -c 0 true && taskset -c 1 true || exit 77\n"
        "bench -w spin -s work=2ms -s tasks=300 -x pthread -j 1 --pin none -r 1 --trace t.json & "
        "bench=$!\n"
        "while kill -0 $bench 2>/dev/null; do\n"
        "    cpu=$((1 - cpu))\n"
        "    for runner in $(pgrep -P $bench); do taskset -a -p -c $cpu $runner; done\n"
        "    sleep 0.02\n"
        "done >/dev/null 2>&1\n"
        "wait $bench && " CHECK_EVENTS);
    if (program->status == 77)
        skip();
    assert_int_equal(program->status, 0);
    assert_non_null(strstr(program->out, "'moved'"));
}

static void too_many_ranges_are_thinned_and_that_is_said(void **state)
{
    struct program *program = program_run(
        *state,
        "bench -w spin -s work=2us -s tasks=100000 -x pthread -j 2 -r 1 --warmup 0 --trace t.json "
        "--trace-size 200kB && echo size $(wc -c < t.json) && bench report --trace t.json");
    assert_int_equal(program->status, 0);
    const char *size = strstr(program->out, "size ");
    assert_non_null(size);
    assert_true(atol(size + 5) > 20000 && atol(size + 5) <= 200000);
    assert_non_null(strstr(program->out, "too many ranges to keep all: one in"));
}

static void short_ranges_are_there_as_often_as_they_are_timed_and_that_is_said(void **state)
{
    struct program *program = program_run(
        *state,
        "bench -w spin -s work=0 -s tasks=300000 -x pthread -j 2 -r 1 --trace t.json && "
        "grep -o '\"ranges\":[0-9]*.*\"timed_one_in\":[0-9]*' t.json && bench report --trace t.json");
    assert_int_equal(program->status, 0);
    assert_non_null(strstr(program->out, "\"ranges\":300000,"));
    const char *every = strstr(program->out, "\"timed_one_in\":");
    assert_non_null(every);
    assert_true(atoi(every + strlen("\"timed_one_in\":")) > 1);
    assert_non_null(strstr(program->out, "ranges are so short that one in"));
}

static void arrivals_are_traced_too(void **state)
{
    struct program *program = program_run(
        *state, "bench -w sleep -s duration=5ms -x pthread -j 1 --rate 100 --arrivals fixed -t 0.4 -r 1 "
                "--trace t.json -q; " CHECK_EVENTS);
    assert_non_null(strstr(program->out, "ranges {1: 20}"));
}

static void a_trace_that_cannot_be_written_costs_only_itself(void **state)
{
    struct program *program = program_run(
        *state, "bench -w sleep -x pthread -r 1 --trace /dev/full -o rows.csv; echo status $?; "
                "grep -c ,measure, rows.csv");
    assert_non_null(strstr(program->out, "status 3\n1\n"));
    assert_non_null(strstr(program->err, "--trace: writing /dev/full: No space left on device"));
    assert_int_equal(program_run(*state, "bench -w sleep --trace no/such/folder")->status, 2);
    assert_int_equal(program_run(*state, "bench -w sleep --trace t --lever cpu=50%%")->status, 2);
}

static void what_is_no_trace_is_refused(void **state)
{
    struct program *program = program_run(
        *state, "echo '{\"a\":1}' > x; bench report --trace x; bench report --trace missing; : > empty; "
                "bench report --trace empty; bench report --trace x y.csv");
    assert_non_null(strstr(program->err, "x, line 1: not an event of a trace"));
    assert_non_null(strstr(program->err, "missing: No such file"));
    assert_non_null(strstr(program->err, "empty: there is no launch in it"));
    assert_non_null(strstr(program->err, "with results beside it (y.csv) the format must be html"));
}

static void waits_within_ranges_are_not_computing(void **state)
{
    (void)state;
    static char text[] =
        "[\n"
        "{\"ph\":\"i\",\"cat\":\"run\",\"name\":\"all\",\"pid\":1,\"tid\":0,\"ts\":100,\"args\":"
        "{\"ranges\":1,\"one_in\":1,\"released_us\":100}},\n"
        "{\"ph\":\"X\",\"cat\":\"range\",\"name\":\"range "
        "0\",\"pid\":1,\"tid\":1,\"ts\":100,\"dur\":80},\n"
        "{\"ph\":\"X\",\"cat\":\"wait\",\"name\":\"sleep\",\"pid\":1,\"tid\":1,\"ts\":120,\"dur\":40},\n"
        "{\"ph\":\"X\",\"cat\":\"wait\",\"name\":\"global "
        "lock\",\"pid\":1,\"tid\":1,\"ts\":150,\"dur\":10},\n"
        "]\n";
    FILE *in = fmemopen(text, sizeof text - 1, "r");
    struct timeline timeline;
    double shares[TIMELINE_STATES];
    assert_int_equal(timeline_read(&timeline, in, "test", NULL), 0);
    fclose(in);
    assert_int_equal(timeline.launches_size, 1);
    timeline_shares(&timeline.launches[0].tracks[0], 100, 200, shares);
    assert_true(fabs(shares[TIMELINE_COMPUTING] - 40) < 1e-9);
    assert_true(fabs(shares[TIMELINE_WAITING] - 30) < 1e-9);
    assert_true(fabs(shares[TIMELINE_LOCKED_OUT] - 10) < 1e-9);
    assert_true(fabs(shares[TIMELINE_NOTHING] - 20) < 1e-9);
    timeline_free(&timeline);
}

/* Times are rounded to nanoseconds: the sum of a beginning and a length may be one more than the next
 * beginning. */
static void a_range_that_follows_at_once_is_not_taken_for_a_part_of_the_one_before(void **state)
{
    (void)state;
    static char text[] = "[\n"
                         "{\"ph\":\"X\",\"cat\":\"range\",\"name\":\"range "
                         "0\",\"pid\":1,\"tid\":1,\"ts\":100,\"dur\":10.001},\n"
                         "{\"ph\":\"X\",\"cat\":\"range\",\"name\":\"range "
                         "1\",\"pid\":1,\"tid\":1,\"ts\":110,\"dur\":30},\n"
                         "]\n";
    FILE *in = fmemopen(text, sizeof text - 1, "r");
    struct timeline timeline;
    double shares[TIMELINE_STATES];
    assert_int_equal(timeline_read(&timeline, in, "test", NULL), 0);
    fclose(in);
    timeline_shares(&timeline.launches[0].tracks[0], 100, 140, shares);
    assert_true(fabs(shares[TIMELINE_COMPUTING] - 40) < 1e-6);
    timeline_free(&timeline);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_range_of_a_run_and_each_wait_is_there),
        TEST(a_global_lock_shows_who_waited_for_it),
        TEST(who_took_ranges_of_another_is_there),
        TEST(a_worker_that_comes_to_another_cpu_is_told),
        TEST(too_many_ranges_are_thinned_and_that_is_said),
        TEST(short_ranges_are_there_as_often_as_they_are_timed_and_that_is_said),
        TEST(arrivals_are_traced_too),
        TEST(a_trace_that_cannot_be_written_costs_only_itself),
        TEST(what_is_no_trace_is_refused),
        cmocka_unit_test(waits_within_ranges_are_not_computing),
        cmocka_unit_test(a_range_that_follows_at_once_is_not_taken_for_a_part_of_the_one_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
