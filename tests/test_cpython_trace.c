/* Timelines of CPython's runtimes, as --trace writes them. */
#include "tests/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PYTHON "/usr/bin/python3"
#define CHOSEN " -s cpython.program=" PYTHON " -r 1 --warmup 0 -q --trace t.json >/dev/null; "
#define CHECK_EVENTS "python3 " SOURCE_FOLDER "/tests/trace_format.py t.json"

static void need_python(struct sandbox *box)
{
    if (program_run(box, PYTHON " -c ''")->status != 0)
        skip();
}

static void need_module(struct sandbox *box, const char *name)
{
    if (program_run(box, PYTHON " -c 'import %s'", name)->status != 0)
        skip();
}

static void every_range_and_each_wait_is_there_whoever_does_it(void **state)
{
    need_python(*state);
    struct program *program = program_run(
        *state,
        "bench -w cpython.sleep -s tasks=24 --grain 2 -x cpython.serial,threading,multiprocessing "
        "-s threading.pool=threads,executor -s multiprocessing.pool=pool,executor,none -j 2 "
        "-s multiprocessing.method=fork" CHOSEN CHECK_EVENTS);
    assert_int_equal(program->status, 0);
    assert_non_null(strstr(program->out, "ranges {1: 12, 2: 12, 3: 12, 4: 12, 5: 12, 6: 12}"));
    assert_non_null(strstr(program->out, "runs ['starting and opening', 'verify 1', 'measure 1']"));
    assert_non_null(strstr(program->out, "waits ['sleep']"));
}

static void parameters_that_are_empty_are_not_in_the_heading(void **state)
{
    need_python(*state);
    struct program *program =
        program_run(*state, "echo 'def f(n): return n' >f.py; bench -w python -s function=f.py:f "
                            "-s items=0-9 -x threading -j 1" CHOSEN "bench report --trace t.json");
    assert_int_equal(program->status, 0);
    assert_non_null(strstr(program->out, "python function=f.py:f items=0-9 check="));
    assert_null(strstr(program->out, "= "));
}

static void lanes_of_an_event_loop_have_tracks_of_their_own(void **state)
{
    need_python(*state);
    struct program *program = program_run(
        *state,
        "bench -w cpython.mixed -s tasks=24 -x asyncio -s asyncio.spawn=lane,task -j 2 -i 3" CHOSEN
            CHECK_EVENTS " && bench report --trace t.json");
    assert_int_equal(program->status, 0);
    assert_non_null(strstr(program->out, "ranges {1: 24, 2: 24}"));
    assert_non_null(strstr(program->out, "waits ['sleep']"));
    assert_non_null(strstr(program->out, "worker 1, lane 2 |"));
}

static void greenlets_are_seen_where_they_switch(void **state)
{
    need_python(*state);
    need_module(*state, "gevent");
    struct program *program = program_run(
        *state, "bench -w cpython.sleep -s tasks=24 -x gevent -s gevent.spawn=lane,task -j 1 -i 3" CHOSEN
                    CHECK_EVENTS);
    assert_int_equal(program->status, 0);
    assert_non_null(strstr(program->out, "ranges {1: 24, 2: 24}"));
    assert_non_null(strstr(program->out, "waits ['sleep']"));
}

static void what_a_loop_has_threads_do_is_seen_there(void **state)
{
    need_python(*state);
    struct program *program = program_run(
        *state, "bench -w cpython.fileread -s size=1MiB -x asyncio -j 1 -i 2" CHOSEN CHECK_EVENTS);
    assert_int_equal(program->status, 0);
    assert_non_null(strstr(program->out, "waits ['read']"));
}

static void sockets_are_waited_for_by_reading_and_writing(void **state)
{
    need_python(*state);
    struct program *program = program_run(
        *state,
        "bench -w cpython.http -s http.requests=12 -x threading,asyncio -j 2 -i 2" CHOSEN CHECK_EVENTS);
    assert_int_equal(program->status, 0);
    assert_non_null(strstr(program->out, "'read'"));
}

static void threads_under_a_global_lock_are_seen_to_wait_for_it(void **state)
{
    need_python(*state);
    struct program *program =
        program_run(*state, "bench -w cpython.spin -s work=2ms -s tasks=40 -x threading -j 2" CHOSEN
                            "bench report --trace t.json");
    assert_int_equal(program->status, 0);
    const char *first = strstr(program->out, "worker 0 |"), *second = strstr(program->out, "worker 1 |");
    assert_non_null(first);
    assert_non_null(second);
    assert_true(memchr(first, 'x', 60) || memchr(second, 'x', 60));
}

static void arrivals_at_lanes_and_pools_have_their_numbers(void **state)
{
    need_python(*state);
    struct program *program = program_run(
        *state,
        "bench -w cpython.sleep -s duration=5ms -s tasks=7 -x threading,multiprocessing,asyncio "
        "-j 1 --rate 100 --arrivals fixed -t 0.3" CHOSEN CHECK_EVENTS " && grep -c 'range 29\"' t.json");
    assert_non_null(strstr(program->out, "ranges {1: 30, 2: 30, 3: 30}"));
    assert_non_null(strstr(program->out, "\n3\n"));
}

static void short_ranges_are_there_as_often_as_they_are_timed_and_that_is_said(void **state)
{
    need_python(*state);
    struct program *program = program_run(
        *state, "bench -w cpython.counter -s updates=1 -s tasks=20000 -x threading -j 1" CHOSEN
                "grep -o '\"timed_one_in\":[0-9]*' t.json; bench report --trace t.json");
    const char *every = strstr(program->out, "\"timed_one_in\":");
    assert_non_null(every);
    /* On a machine that is busy enough they are not short. */
    assert_int_equal(atoi(every + strlen("\"timed_one_in\":")) > 1,
                     strstr(program->out, "ranges are so short that one in") != NULL);
}

static void more_than_there_is_room_for_is_thinned_and_that_is_said(void **state)
{
    need_python(*state);
    struct program *program = program_run(
        *state, "bench -w cpython.sleep -s duration=0 -s tasks=20000 -x threading,multiprocessing -j 2 "
                "--grain 1 --trace-size 200kB" CHOSEN
                "echo size $(wc -c <t.json) && bench report --trace t.json; " CHECK_EVENTS);
    const char *size = strstr(program->out, "size ");
    assert_non_null(size);
    assert_true(atol(size + 5) > 20000 && atol(size + 5) <= 200000);
    assert_non_null(strstr(program->out, "too many ranges to keep all: one in"));
    assert_non_null(strstr(program->out, "ranges {"));
}

static void a_file_that_cannot_be_written_is_a_note(void **state)
{
    need_python(*state);
    struct program *program =
        program_run(*state, "printf '%%s\\n' "
                            "'{\"op\":\"open\",\"workload\":\"sleep\",\"executor\":\"serial\",\"trace\":"
                            "\"no/such/folder\"}' "
                            "'{\"op\":\"run\",\"trace_bytes\":10000}' | " PYTHON " " SOURCE_FOLDER
                            "/runners/cpython");
    assert_non_null(
        strstr(program->out, "the trace could not be written to no/such/folder: No such file"));
    assert_null(strstr(program->out, "\"ok\": false"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_range_and_each_wait_is_there_whoever_does_it),
        TEST(parameters_that_are_empty_are_not_in_the_heading),
        TEST(lanes_of_an_event_loop_have_tracks_of_their_own),
        TEST(greenlets_are_seen_where_they_switch),
        TEST(what_a_loop_has_threads_do_is_seen_there),
        TEST(sockets_are_waited_for_by_reading_and_writing),
        TEST(threads_under_a_global_lock_are_seen_to_wait_for_it),
        TEST(arrivals_at_lanes_and_pools_have_their_numbers),
        TEST(short_ranges_are_there_as_often_as_they_are_timed_and_that_is_said),
        TEST(more_than_there_is_room_for_is_thinned_and_that_is_said),
        TEST(a_file_that_cannot_be_written_is_a_note),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
