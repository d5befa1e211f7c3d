/* The workload `python`: functions that a user may have written, good ones and those with mistakes. */
#include "tests/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PYTHON "/usr/bin/python3"

/* One file with `code`, its function f called with 0 to 9, by threads unless `options` say otherwise. */
static struct program *measure(struct sandbox *box, const char *code, const char *options)
{
    if (program_run(box, PYTHON " -c ''")->status != 0)
        skip();
    sandbox_write(box, "mine.py", code, strlen(code));
    return program_run(box,
                       "bench -q -w python -s function=mine.py:f -s items=0-9 -s cpython.program=" PYTHON
                       " -r 1 --warmup 0 --timeout 60 --format csv -x threading -j 2 %s",
                       options);
}

static void expect_refusal(struct sandbox *box, const char *code, const char *options,
                           const char *sentence)
{
    struct program *program = measure(box, code, options);
    assert_int_equal(program->status, 2);
    if (!strstr(program->err, sentence))
        fail_msg("'%s' lacks '%s'", program->err, sentence);
}

static void expect_failure(struct sandbox *box, const char *code, const char *sentence)
{
    struct program *program = measure(box, code, "");
    assert_int_equal(program->status, 3);
    if (!strstr(program->out, sentence))
        fail_msg("'%s' lacks '%s'", program->out, sentence);
}

static void plain_functions_coroutines_and_generators_run_under_every_local_executor(void **state)
{
    static const char *const codes[] = {
        "def f(n):\n    return n * n\n",
        "async def f(n):\n    return n * n\n",
        "def f(n):\n    yield n\n    yield n\n",
        "async def f(n):\n    yield n\n",
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct program *program = measure(*state, codes[i], "-x cpython.all -i 3");
        struct rows rows = rows_of(*state, program->out);
        assert_true(rows_with(&rows, "status", "ok") >= 8);
        assert_int_equal(rows_with(&rows, "status", "ok") + rows_with(&rows, "status", "unsupported"),
                         rows.count);
    }
}

static void arguments_by_name_are_json_with_commas(void **state)
{
    assert_int_equal(
        measure(*state, "def f(n, a, b):\n    return n + a + b\n", "-s 'args={\"a\":1,\"b\":2}'")
            ->status,
        0);
}

static void what_init_returns_is_the_second_argument(void **state)
{
    const char *code = "def start():\n    return 7\ndef f(n, state):\n    assert state == 7\n";
    assert_int_equal(measure(*state, code, "-s init=mine.py:start")->status, 0);
}

static void a_coroutine_may_begin_with_one_of_its_own_loop(void **state)
{
    const char *code = "import asyncio\nasync def start():\n    return asyncio.get_running_loop()\n"
                       "async def f(n, loop):\n    assert loop is asyncio.get_running_loop()\n";
    struct program *program = measure(*state, code, "-x serial,asyncio -i 4 -s init=mine.py:start");
    assert_int_equal(program->status, 0);
}

static void items_come_from_numbers_a_file_or_a_function(void **state)
{
    static const struct {
        const char *items, *tasks;
    } all[] = {{"5-7", "3"}, {"lines.txt", "2"}, {"mine.py:some", "4"}};
    sandbox_write(*state, "lines.txt", "one\n\ntwo\n", 9);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char options[60];
        snprintf(options, sizeof options, "-s items=%s", all[i].items);
        struct program *program = measure(
            *state, "def some():\n    yield from range(4)\ndef f(item):\n    return item\n", options);
        struct rows rows = rows_of(*state, program->out);
        assert_string_equal(rows_field(&rows, 0, "tasks"), all[i].tasks);
    }
}

static void the_serial_pass_is_made_once_for_all_launches_and_executors(void **state)
{
    const char *code = "def f(n):\n    open('calls', 'a').write('x')\n";
    struct program *program =
        measure(*state, code, "-x threading,multiprocessing --launches 2 -s single_pass=yes");
    assert_int_equal(program->status, 0);
    assert_int_equal(strlen(sandbox_read(*state, "calls")), 10 + 2 * 2 * (10 + 10));
}

static void what_cannot_be_pickled_is_told_before_it_would_be_sent(void **state)
{
    struct program *program = measure(*state, "f = lambda n: n\n", "-x threading,multiprocessing");
    struct rows rows = rows_of(*state, program->out);
    size_t row = rows_find(&rows, 0, "executor", "multiprocessing");
    assert_string_equal(rows_field(&rows, row, "status"), "unsupported");
    assert_non_null(strstr(rows_field(&rows, row, "error"), "mine.py, line 1"));
    assert_int_equal(rows_with(&rows, "status", "ok"), 2);
    expect_failure(*state, "def f(n):\n    return lambda: n\n", "mine.py, line 1");
}

static void a_check_of_ones_own_is_called_with_item_and_answer(void **state)
{
    const char *code = "def right(n, answer):\n    return answer == n\n"
                       "def f(n):\n    return n + (n == 4)\n";
    struct program *program = measure(*state, code, "-s check=mine.py:right");
    assert_int_equal(program->status, 3);
    assert_non_null(strstr(program->out, "item 4 (4): "));
    assert_non_null(strstr(program->out, "says that 5 is wrong"));
}

static void a_function_that_forks_goes_on_once(void **state)
{
    const char *code = "import os, sys\ndef f(n):\n    if os.fork() == 0 and n % 2:\n"
                       "        sys.exit(1)\n    return n\n";
    assert_int_equal(measure(*state, code, "-x serial,threading,multiprocessing")->status, 0);
}

/* 192.0.2.0/24 is nobody's: TEST-NET-1. */
#define CONNECTS(address)                                                                     \
    "import socket\ndef f(n):\n    with socket.socket() as s:\n        s.settimeout(0.001)\n" \
    "        try:\n            s.connect(('" address                                          \
    "', 9))\n        except OSError:\n            pass\n"

static void connections_to_other_machines_are_limited(void **state)
{
    struct program *program = measure(*state, CONNECTS("192.0.2.1"), "--max-requests 5");
    assert_int_equal(program->status, 3);
    assert_non_null(strstr(program->out, "item 5 (5): TooManyRequests"));
    assert_non_null(strstr(program->err, "5 connections at most (--max-requests)"));
    assert_int_equal(measure(*state, CONNECTS("127.0.0.1"), "--max-requests 0")->status, 0);
}

static void measuring_ends_where_its_share_of_requests_does(void **state)
{
    struct program *program =
        measure(*state, CONNECTS("192.0.2.1"), "-x serial,threading -r 9 --max-requests 100");
    struct rows rows = rows_of(*state, program->out);
    assert_int_equal(program->status, 0);
    assert_int_equal(rows_with(&rows, "phase", "verify"), 2);
    /* 10 each: the serial pass, and the verified runs */
    assert_int_equal(rows_with(&rows, "phase", "measure"), 10 - 1 - 2);
}

static void mistakes_are_told_before_anything_runs(void **state)
{
    expect_refusal(*state, "def f(n):\n    return n +\n", "", "line 2: invalid syntax: return n +");
    expect_refusal(*state, "def g(n):\n    return n\n", "", "has no function f; it has g");
    expect_refusal(*state, "def f(a, b):\n    return a\n", "", "its signature is (a, b)");
    expect_refusal(*state, "import not_there\ndef f(n):\n    return n\n", "",
                   "line 1: import not_there), by /usr/bin/python3: install it there");
    expect_refusal(*state, "def start(a):\n    return a\ndef f(n):\n    return n\n",
                   "-s init=mine.py:start",
                   "its signature is (a), and it is called without an argument");
    expect_refusal(*state, "import sys\nsys.exit(1)\n", "", "SystemExit: 1");
    expect_refusal(*state, "def f(n):\n    return n\n", "-s function=gone.py:f", "there is no file");
    expect_refusal(*state, "def f(n):\n    return n\n", "-s function=mine:f", "did you mean mine.py?");
    expect_refusal(*state, "def f(n):\n    return n\n", "-s items=gone.txt", "there is no such file");
    expect_refusal(*state, "def f(n):\n    return n\n", "-s 'args={1'", "args={1");
}

static void an_exception_fails_the_case_with_its_line_unless_allowed(void **state)
{
    const char *code = "def f(n):\n    return 1 // (n - 3)\n";
    expect_failure(*state, code, "ZeroDivisionError");
    struct program *program = measure(*state, code, "-s allow=0.1");
    assert_int_equal(program->status, 0);
    assert_non_null(strstr(program->out, "1 ZeroDivisionError (mine.py, line 2: return 1 // (n - 3))"));
}

static void answers_that_differ_from_a_serial_pass_fail(void **state)
{
    expect_failure(*state,
                   "import threading\ndef f(n):\n"
                   "    return threading.current_thread() is threading.main_thread()\n",
                   "another than that of a serial pass");
}

static void a_function_that_does_not_agree_with_itself_is_told_in_notes(void **state)
{
    struct program *program =
        measure(*state, "import random\ndef f(n):\n    return random.random()\n", "");
    assert_int_equal(program->status, 0);
    assert_non_null(strstr(program->out, "does not agree with itself"));
}

static void a_function_that_ends_its_process_costs_its_case_alone(void **state)
{
    expect_failure(*state, "import sys\ndef f(n):\n    print(n)\n    sys.exit(3)\n", "SystemExit");
    expect_failure(*state, "import os\ndef f(n):\n    os._exit(3)\n", "exited with status 3");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(plain_functions_coroutines_and_generators_run_under_every_local_executor),
        TEST(arguments_by_name_are_json_with_commas),
        TEST(what_init_returns_is_the_second_argument),
        TEST(a_coroutine_may_begin_with_one_of_its_own_loop),
        TEST(items_come_from_numbers_a_file_or_a_function),
        TEST(the_serial_pass_is_made_once_for_all_launches_and_executors),
        TEST(what_cannot_be_pickled_is_told_before_it_would_be_sent),
        TEST(a_check_of_ones_own_is_called_with_item_and_answer),
        TEST(a_function_that_forks_goes_on_once),
        TEST(connections_to_other_machines_are_limited),
        TEST(measuring_ends_where_its_share_of_requests_does),
        TEST(mistakes_are_told_before_anything_runs),
        TEST(an_exception_fails_the_case_with_its_line_unless_allowed),
        TEST(answers_that_differ_from_a_serial_pass_fail),
        TEST(a_function_that_does_not_agree_with_itself_is_told_in_notes),
        TEST(a_function_that_ends_its_process_costs_its_case_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
