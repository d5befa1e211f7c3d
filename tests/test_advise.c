/* `bench advise` as users type it. Works whose class is beyond doubt; times are short, so that what is
 * recommended is not asserted where it could be close. */
#include "program.h"

#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SHORT "-t 3 -x serial,pthread"

static json_t *advice_of(struct sandbox *box, const char *options)
{
    struct program *program = program_run(box, "bench advise -q --format json %s", options);
    json_error_t error;
    json_t *advice = json_loads(program->out, 0, &error);
    if (!advice)
        fail_msg("%s: %s\n%s%s", options, error.text, program->out, program->err);
    return advice;
}

static const char *text_at(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* Where others have the CPUs it may say that it cannot tell; it must not say something else. */
static void assert_class(const json_t *advice, const char *class)
{
    if (strcmp(text_at(advice, "class"), "unknown") != 0)
        assert_string_equal(text_at(advice, "class"), class);
}

static void sleeping_is_io_bound(void **state)
{
    json_t *advice = advice_of(*state, "-w sleep -s tasks=16 " SHORT);
    assert_class(advice, "io");
    json_decref(advice);
}

static void computing_is_cpu_bound(void **state)
{
    json_t *advice = advice_of(*state, "-w spin " SHORT);
    assert_class(advice, "cpu");
    json_decref(advice);
}

static void threads_are_recommended_for_waiting(void **state)
{
    json_t *advice = advice_of(*state, "-w sleep -s tasks=32 " SHORT);
    const json_t *recommendation = json_object_get(advice, "recommendation");
    assert_string_equal(text_at(recommendation, "executor"), "pthread");
    assert_true(json_integer_value(json_object_get(recommendation, "workers")) > 4);
    json_decref(advice);
}

static void recommended_command_runs(void **state)
{
    json_t *advice = advice_of(*state, "-w sleep -s tasks=8 " SHORT);
    const char *command = text_at(json_object_get(advice, "recommendation"), "command");
    struct program *program = program_run(*state, "%s -r 2 -q", command);
    assert_int_equal(program->status, 0);
    json_decref(advice);
}

static void programs_are_accounted_for(void **state)
{
    json_t *advice = advice_of(*state, "-w exec -s command='sleep 0.05' " SHORT);
    assert_class(advice, "io");
    json_decref(advice);
}

/* What they lose of their caches would be taken for what bench's own worker loses. */
static void caches_of_programs_are_not_looked_at(void **state)
{
    program_run(*state, "bench advise -q -w exec -s command='seq 300000' " SHORT " -o runs.csv");
    struct rows rows = rows_of(*state, sandbox_read(*state, "runs.csv"));
    assert_true(rows_with(&rows, "lever", "cpu=50%") > 0);
    assert_int_equal(rows_with(&rows, "lever", "cache=on"), 0);
    assert_int_equal(rows_with(&rows, "lever", "memory=on"), 0);
}

static void users_own_numbers_are_kept_to(void **state)
{
    json_t *advice = advice_of(*state, "-w sleep -s tasks=32 " SHORT " -j 2,3");
    size_t i;
    json_t *way;
    json_array_foreach(json_object_get(advice, "tried"), i, way)
    {
        assert_in_range(json_integer_value(json_object_get(way, "workers")), 1, 3);
    }
    json_decref(advice);
}

static void every_run_is_kept_with_its_lever(void **state)
{
    program_run(*state, "bench advise -q -w sleep -s tasks=8 " SHORT " -o runs.csv");
    struct rows rows = rows_of(*state, sandbox_read(*state, "runs.csv"));
    assert_true(rows_with(&rows, "lever", "cpu=50%") > 0 && rows_with(&rows, "lever", "wait=50%") > 0 &&
                rows_with(&rows, "lever", "off") > 0 && rows_with(&rows, "lever", "") > 0);
}

static void work_that_fails_is_no_advice(void **state)
{
    struct program *program = program_run(
        *state, "bench advise -t 2 --plugin " FAKE("faulty") " -w faulty -s how=fail -x serial");
    assert_int_equal(program->status, 3);
    assert_non_null(strstr(program->out, "No recommendation: no way of running it"));
}

static void page_says_what_binds_and_what_to_type(void **state)
{
    struct program *program = program_run(*state, "bench advise -q -w sleep -s tasks=8 " SHORT);
    assert_true(program->status == 0 || program->status == 4);
    assert_non_null(strstr(program->out, "sleep is "));
    assert_non_null(strstr(program->out, "To run it: bench -w sleep -s tasks=8 -x "));
}

static void explanation_is_there_when_asked_for(void **state)
{
    struct program *program =
        program_run(*state, "bench advise -q --explain -w sleep -s tasks=8 " SHORT);
    assert_non_null(strstr(program->out, "How these figures were obtained"));
}

static void function_of_python_is_told_how_to_be_written(void **state)
{
    static const char source[] =
        "import time\ndef fetch(item):\n    time.sleep(0.002)\n    return item\n";
    sandbox_write(*state, "scrape.py", source, strlen(source));
    struct program *program = program_run(
        *state, "bench advise -q -t 3 -w python -s function=scrape.py:fetch -s items=0-15 -x "
                "cpython.serial,cpython.threading -s cpython.program=/usr/bin/python3");
    assert_non_null(strstr(program->out, "from scrape import fetch"));
}

static void dry_run_measures_nothing(void **state)
{
    struct program *program =
        program_run(*state, "bench advise -n -w sleep -x serial,pthread -o runs.csv");
    assert_int_equal(program->status, 0);
    assert_non_null(
        strstr(program->out, "would turn levers on sleep with one lane, then race serial, pthread"));
    assert_false(sandbox_has(*state, "runs.csv"));
}

static void two_workloads_are_refused(void **state)
{
    struct program *program = program_run(*state, "bench advise -w sleep,spin");
    assert_int_equal(program->status, 2);
    assert_non_null(strstr(program->err, "advise takes one workload at a time"));
}

static void a_sweep_is_refused(void **state)
{
    struct program *program = program_run(*state, "bench advise -w sleep -s duration=1ms,2ms");
    assert_int_equal(program->status, 2);
    assert_non_null(strstr(program->err, "not a sweep"));
}

static void interrupted_it_ends_at_once(void **state)
{
    struct program *program =
        program_start(*state, TERMINAL_NONE, "exec bench advise -w sleep -t 60 -v");
    program_run(*state, "sleep 1"); /* it is in the midst of it then, wherever that is */
    kill(program->pid, SIGINT);
    program_finish(program);
    assert_int_equal(program->status, 130);
    assert_int_equal(sandbox_processes_left(*state), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, sandbox_setup, sandbox_teardown)
    const struct CMUnitTest tests[] = {
        TEST(sleeping_is_io_bound),
        TEST(computing_is_cpu_bound),
        TEST(threads_are_recommended_for_waiting),
        TEST(recommended_command_runs),
        TEST(programs_are_accounted_for),
        TEST(caches_of_programs_are_not_looked_at),
        TEST(users_own_numbers_are_kept_to),
        TEST(every_run_is_kept_with_its_lever),
        TEST(work_that_fails_is_no_advice),
        TEST(page_says_what_binds_and_what_to_type),
        TEST(explanation_is_there_when_asked_for),
        TEST(function_of_python_is_told_how_to_be_written),
        TEST(dry_run_measures_nothing),
        TEST(two_workloads_are_refused),
        TEST(a_sweep_is_refused),
        TEST(interrupted_it_ends_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
