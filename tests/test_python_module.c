/* The module `bench` for Python, as a script or a test suite uses it. */
#include "tests/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PYTHON                                                                                    \
    "BENCH_PROGRAM=\"$BUILD/bin/bench\" PYTHONPATH=\"$SOURCE/python\" PYTHONDONTWRITEBYTECODE=1 " \
    "/usr/bin/python3"

static struct program *run_script(struct sandbox *box, const char *script)
{
    if (program_run(box, "/usr/bin/python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))'")
            ->status != 0)
        skip();
    sandbox_write(box, "script.py", script, strlen(script));
    return program_run(box, PYTHON " script.py");
}

static void expect_output(struct sandbox *box, const char *script, const char *output)
{
    struct program *program = run_script(box, script);
    if (program->status != 0 || strcmp(program->out, output) != 0)
        fail_msg("status %d, '%s' on stdout, '%s' on stderr", program->status, program->out,
                 program->err);
}

#define ONCE "workers=2, options=['-r', '1', '--warmup', '0'])\n"
#define GUARDED "import bench\nif __name__ == '__main__':\n    rows = bench.run("

static void the_module_is_the_program(void **state)
{
    struct program *program = program_run(*state, PYTHON " -m bench --version");
    assert_int_equal(program->status, 0);
    assert_string_equal(program->out, program_run(*state, "bench --version")->out);
    assert_int_equal(program_run(*state, PYTHON " -m bench -w nothing")->status, 2);
}

static void a_row_is_a_case_with_numbers_and_runs(void **state)
{
    expect_output(*state,
                  "def f(n, a):\n    return n * a\n" GUARDED
                  "f, range(10), executors=['serial', 'threading'], args={'a': 3}, " ONCE
                  "    for row in rows:\n"
                  "        print(row['executor'], row['status'], row['tasks'], row['median_s'] > 0, "
                  "len(row['runs']))\n",
                  "serial ok 10 True 2\nthreading ok 10 True 2\n");
}

static void functions_within_functions_and_what_they_use_are_copied(void **state)
{
    expect_output(
        *state,
        "import math as maths\nimport bench\nfrom json import dumps\n"
        "scale = {'by': 2}\n"
        "def helper(n):\n    return maths.sqrt(n) * scale['by']\n"
        "def main():\n    base = 5\n"
        "    def f(item, state):\n        return dumps(helper(item['n'])) + str(base + state)\n"
        "    def start():\n        return 1\n"
        "    def right(item, answer):\n        return answer == '4.06'\n"
        "    rows = bench.run(f, [{'n': 4}] * 3, executors=['multiprocessing'], init=start, "
        "check=right, " ONCE "    print(rows[0]['status'], rows[0]['error'])\n"
        "if __name__ == '__main__':\n    main()\n",
        "ok None\n");
}

static void what_bench_refuses_is_an_exception_and_what_fails_is_a_row(void **state)
{
    expect_output(
        *state,
        "def f(a, b):\n    pass\ndef g(n):\n    return 1 // n\n" GUARDED
        "g, [1, 0], executors='serial', " ONCE
        "    print(rows[0]['status'], 'ZeroDivisionError' in rows[0]['error'])\n"
        "    try:\n        bench.run(f, range(3))\n"
        "    except bench.BenchError as error:\n        print('signature is (a, b)' in str(error))\n"
        "    try:\n        bench.run(lambda n: n, range(3))\n"
        "    except ValueError as error:\n        print('defined by def' in str(error))\n",
        "failed True\nTrue\nTrue\n");
}

static void a_script_without_a_guard_is_told_so_and_does_not_start_itself_for_ever(void **state)
{
    struct program *program =
        run_script(*state, "import bench\ndef f(n):\n    return n\nbench.run(f, range(3))\n");
    assert_int_equal(program->status, 1);
    assert_non_null(strstr(program->err, "call it under"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_module_is_the_program),
        TEST(a_row_is_a_case_with_numbers_and_runs),
        TEST(functions_within_functions_and_what_they_use_are_copied),
        TEST(what_bench_refuses_is_an_exception_and_what_fails_is_a_row),
        TEST(a_script_without_a_guard_is_told_so_and_does_not_start_itself_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
