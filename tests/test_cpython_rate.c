/* Load that arrives by itself, under the runner of CPython's runtimes, as a user asks for it. */
#include "tests/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PYTHON "/usr/bin/python3"

static void need_python(struct sandbox *box)
{
    if (program_run(box, PYTHON " -c ''")->status != 0)
        skip();
}

/* A busy machine may have made tasks late, which is told; all else is an error. */
static void assert_done_or_late(const struct rows *rows, size_t row)
{
    if (strcmp(rows_field(rows, row, "status"), "ok") != 0 &&
        !strstr(rows_field(rows, row, "error"), "load generator's"))
        fail_msg("%s: %s", rows_field(rows, row, "executor"), rows_field(rows, row, "error"));
}

/* Tasks that were done, and those that were never begun. */
static int arrived(const struct rows *rows, size_t row)
{
    const char *dropped = strstr(rows_field(rows, row, "counters"), "dropped=");
    return atoi(rows_field(rows, row, "tasks")) + (dropped ? atoi(dropped + strlen("dropped=")) : 0);
}

static void so_many_tasks_come_as_the_rate_says(void **state)
{
    need_python(*state);
    struct program *program = program_run(
        *state, "bench -q -w sleep -s duration=50ms -s tasks=7 -x threading,asyncio,gevent -j 2 -i 3 "
                "-s cpython.program=" PYTHON " --rate 40 -t 1 -r 1 --arrivals fixed --warmup 0 "
                "--schedule static --format csv --columns all");
    struct rows rows = rows_of(*state, program->out);
    size_t measured = 0;
    for (size_t row = 0; row < rows.count; row++) {
        if (strcmp(rows_field(&rows, row, "phase"), "measure") != 0)
            continue;
        measured++;
        assert_done_or_late(&rows, row);
        assert_int_equal(arrived(&rows, row), 40);
        double service_s = atof(rows_field(&rows, row, "service_p50_s"));
        assert_true(service_s >= 0.0495);
        assert_true(atof(rows_field(&rows, row, "latency_p50_s")) >= service_s * 0.98);
        assert_true(atof(rows_field(&rows, row, "wall_s")) >= 0.0495);
        assert_non_null(strstr(rows_field(&rows, row, "counters"), "late_p50_s="));
        assert_non_null(strstr(rows_field(&rows, row, "counters"), "late_p99_s="));
    }
    assert_true(measured >= 2);
}

static void to_pools_tasks_are_submitted_when_they_are_due(void **state)
{
    need_python(*state);
    struct program *program = program_run(
        *state, "bench -q -w sleep -s duration=20ms -s tasks=7 -x threading,multiprocessing -j 2 "
                "-s threading.pool=executor -s multiprocessing.pool=pool,executor --rate 40 -t 1 -r 1 "
                "-s cpython.program=" PYTHON " --warmup 0 --format csv --columns all");
    struct rows rows = rows_of(*state, program->out);
    assert_int_equal(rows_with(&rows, "phase", "measure"), 3);
    for (size_t row = 0; row < rows.count; row++) {
        if (strcmp(rows_field(&rows, row, "phase"), "measure") != 0)
            continue;
        assert_done_or_late(&rows, row);
        assert_int_equal(arrived(&rows, row), 40);
        assert_true(atof(rows_field(&rows, row, "latency_p50_s")) >= 0.0198);
        assert_non_null(strstr(rows_field(&rows, row, "counters"), "late_p99_s="));
    }
}

static void more_than_lanes_can_do_is_overload_and_in_the_end_dropped(void **state)
{
    need_python(*state);
    struct program *program =
        program_run(*state, "bench -w sleep -s duration=20ms -x threading,asyncio -j 1 --rate 200 -t 1 "
                            "-s cpython.program=" PYTHON " -r 1 -o rows.csv --format csv --columns all");
    assert_int_equal(program->status, 0);
    assert_non_null(strstr(program->err, "overloaded: the backlog grew until the end"));
    assert_non_null(strstr(program->err, "lanes or more, and there is 1"));
    struct rows rows = rows_of(*state, program->out);
    for (size_t row = 0; row < rows.count; row++) {
        if (strcmp(rows_field(&rows, row, "phase"), "measure") != 0)
            continue;
        assert_non_null(strstr(rows_field(&rows, row, "counters"), "dropped="));
        assert_int_equal(arrived(&rows, row), 100); /* half of the time is for warming up */
    }
}

/* Its last pass ends in the middle: what is wrong with the whole of C then is nobody's fault. */
static void a_pass_may_end_in_the_middle(void **state)
{
    need_python(*state);
    if (program_run(*state, PYTHON " -c 'import numpy'")->status != 0)
        skip();
    struct program *program = program_run(
        *state, "bench -q -w cpython.matmul -s n=64 -s tile=16 -x threading,asyncio -j 2 --rate 50 "
                "-t 0.1 -s cpython.program=" PYTHON " -r 1 --warmup 0 --format csv --columns all");
    struct rows rows = rows_of(*state, program->out);
    assert_int_equal(rows_with(&rows, "phase", "measure"), 2);
    for (size_t row = 0; row < rows.count; row++)
        assert_done_or_late(&rows, row);
}

static void a_task_that_fails_ends_the_run_at_once(void **state)
{
    need_python(*state);
    static const char code[] = "calls = 0\n"
                               "def work(item):\n"
                               "    global calls\n"
                               "    calls += 1\n"
                               "    if calls > 2:\n"
                               "        raise ValueError('enough')\n";
    sandbox_write(*state, "work.py", code, strlen(code));
    struct program *program = program_run(
        *state, "bench -w python -s function=work.py:work -s items=0-0 -s check=none -x "
                "threading,gevent,multiprocessing "
                "-j 2 -i 2 --rate 1 -t 1000 --timeout 30 -s cpython.program=" PYTHON " -r 1 --warmup 0");
    assert_non_null(strstr(program->err, "ValueError: enough"));
    assert_null(strstr(program->err, "--timeout"));
}

static void a_worker_that_dies_is_told_at_once(void **state)
{
    need_python(*state);
    static const char code[] = "import os\n"
                               "calls = 0\n"
                               "def work(item):\n"
                               "    global calls\n"
                               "    calls += 1\n"
                               "    if calls > 2:\n"
                               "        os.kill(os.getpid(), 9)\n";
    sandbox_write(*state, "work.py", code, strlen(code));
    struct program *program = program_run(
        *state, "bench -w python -s function=work.py:work -s items=0-0 -s check=none -x "
                "multiprocessing,asyncio -s multiprocessing.pool=pool,executor -j 2 --rate 5 -t 100 "
                "--timeout 40 -s cpython.program=" PYTHON " -r 1 --warmup 0 --format csv");
    struct rows rows = rows_of(*state, program->out);
    assert_int_equal(rows_with(&rows, "status", "crashed"), 3);
    assert_non_null(strstr(program->err, "killed by signal 9"));
}

static void who_cannot_wait_for_arrivals_says_so(void **state)
{
    need_python(*state);
    struct program *program =
        program_run(*state, "bench -w cpython.sleep -x cpython.multiprocessing,cpython.asyncio "
                            "-s asyncio.spawn=task -s multiprocessing.pool=none --rate 10 -t 0.1 "
                            "-s cpython.program=" PYTHON);
    assert_int_equal(program->status, 3);
    assert_non_null(strstr(program->err, "pool=none has no workers before a task is due"));
    assert_non_null(strstr(program->err, "spawn=task makes no lanes that wait"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(so_many_tasks_come_as_the_rate_says),
        TEST(to_pools_tasks_are_submitted_when_they_are_due),
        TEST(a_worker_that_dies_is_told_at_once),
        TEST(more_than_lanes_can_do_is_overload_and_in_the_end_dropped),
        TEST(a_pass_may_end_in_the_middle),
        TEST(a_task_that_fails_ends_the_run_at_once),
        TEST(who_cannot_wait_for_arrivals_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
