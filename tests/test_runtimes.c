/* Runtimes of which a manifest is all that bench knows: tests/toy_runner.py is one. */
#include "tests/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Its manifest is in the sandbox's own folder. */
static struct sandbox *with_toy(void **state)
{
    static const char manifest[] =
        "{\"name\":\"toy\",\"summary\":\"a runtime for tests\",\"placement\":\"runner\","
        "\"command\":[\"{program}\",\"" SOURCE_FOLDER "/tests/toy_runner.py\",\"{level}\"],"
        "\"params\":[{\"name\":\"program\",\"type\":\"text\",\"default\":\"python3\",\"help\":\"which\"}"
        ","
        "{\"name\":\"level\",\"type\":\"count\",\"default\":\"1\",\"min\":1,\"max\":9,\"help\":\"of "
        "it\"}]}";
    static char path[300], cache[300];
    struct sandbox *box = *state;
    snprintf(path, sizeof path, "BENCH_RUNNER_PATH=%s", box->folder);
    snprintf(cache, sizeof cache, "XDG_CACHE_HOME=%s", box->folder);
    box->variables[0] = path;
    box->variables[1] = cache;
    sandbox_write(box, "toy.json", manifest, sizeof manifest - 1);
    if (program_run(box, "python3 -c ''")->status != 0)
        skip(); /* there is no Python here */
    return box;
}

static struct rows measure(struct sandbox *box, const char *options)
{
    struct program *bench = program_run(box, "bench -r 1 --warmup 0 -j 2 --format csv %s", options);
    if (bench->status != 0)
        fail_msg("%s: exit status %d: %s", options, bench->status, bench->err);
    return rows_of(box, bench->out);
}

static void assert_refused(struct sandbox *box, const char *options, const char *words)
{
    struct program *bench = program_run(box, "bench -n %s", options);
    if (bench->status != 2 || !strstr(bench->err, words))
        fail_msg("%s: exit status %d, '%s' does not say '%s'", options, bench->status, bench->err,
                 words);
}

static void it_is_told_the_cpus_of_its_workers_where_its_manifest_says_so(void **state)
{
    struct sandbox *box = with_toy(state);
    struct rows rows = measure(box, "-w nap -x loop --pin 0");
    assert_string_equal(rows_field(&rows, 1, "cpus"), "");
    char *manifest = sandbox_read(box, "toy.json"), *word = strstr(manifest, "\"runner\"");
    char changed[1024];
    snprintf(changed, sizeof changed, "%.*s\"controller\"%s", (int)(word - manifest), manifest,
             word + strlen("\"runner\""));
    sandbox_write(box, "toy.json", changed, strlen(changed));
    rows = measure(box, "-w nap -x loop --pin 0");
    assert_string_equal(rows_field(&rows, 1, "cpus"), "0");
}

static void its_modules_are_measured_like_any_other(void **state)
{
    struct rows rows = measure(with_toy(state), "-w nap -x loop -s pause=2ms");
    assert_int_equal(rows.count, 2);
    assert_string_equal(rows_field(&rows, 1, "status"), "ok");
    assert_string_equal(rows_field(&rows, 1, "runtime"), "Toy 1");
    assert_string_equal(rows_field(&rows, 1, "executor"), "loop");
    assert_string_equal(rows_field(&rows, 1, "params"), "pause=2ms kind=plain");
    assert_string_equal(rows_field(&rows, 1, "executor_params"), "toy.program=python3 toy.level=1");
}

static void beside_its_own_workload_bare_names_are_its_own(void **state)
{
    struct sandbox *box = with_toy(state);
    struct rows rows = measure(box, "-w nap -x serial");
    assert_string_equal(rows_field(&rows, 1, "runtime"), "Toy 1");
    rows = measure(box, "-w sleep -x serial -s sleep.tasks=2");
    assert_null(strstr(rows_field(&rows, 1, "runtime"), "Toy"));
    rows = measure(box, "-w sleep -x toy.serial");
    assert_string_equal(rows_field(&rows, 1, "runtime"), "Toy 1");
}

static void one_table_has_both_runtimes(void **state)
{
    struct rows rows = measure(with_toy(state), "-w sleep -x serial,loop -s duration=2ms");
    assert_int_equal(rows.count, 4);
    assert_int_equal(rows_with(&rows, "status", "ok"), 4);
    assert_int_equal(rows_with(&rows, "runtime", "Toy 1"), 2);
}

static void by_default_its_executors_are_those_that_need_not_be_named(void **state)
{
    struct sandbox *box = with_toy(state);
    struct rows rows = measure(box, "-w nap");
    assert_int_equal(rows.count, 4);
    assert_int_equal(rows_with(&rows, "executor", "broker"), 0);
    rows = measure(box, "-w nap -x broker");
    assert_int_equal(rows_with(&rows, "executor", "broker"), 2);
}

static void all_of_a_runtime_leaves_out_what_has_to_be_told_something(void **state)
{
    struct sandbox *box = with_toy(state);
    struct rows rows = measure(box, "-w toy.all -x toy.all");
    assert_int_equal(rows.count, 8);
    assert_int_equal(rows_with(&rows, "workload", "greet"), 0);
    assert_refused(box, "-w greet", "greet: word must be given (--set word=...): what to say");
    rows = measure(box, "-w greet -x loop -s word=hello");
    assert_string_equal(rows_field(&rows, 0, "params"), "word=hello");
}

static void a_parameter_of_the_runner_may_be_swept(void **state)
{
    struct rows rows = measure(with_toy(state), "-w nap -x loop -s toy.level=1,2");
    assert_int_equal(rows.count, 4);
    assert_int_equal(rows_with(&rows, "runtime", "Toy 2"), 2);
    assert_int_equal(rows_with(&rows, "executor_params", "toy.program=python3 toy.level=2"), 2);
}

static void what_a_runtime_cannot_do_is_unsupported_beside_what_can_be_done(void **state)
{
    struct sandbox *box = with_toy(state);
    struct rows rows = measure(box, "-w nap -x loop,pthread");
    assert_int_equal(rows_with(&rows, "status", "unsupported"), 1);
    size_t row = rows_find(&rows, 0, "status", "unsupported");
    assert_non_null(strstr(rows_field(&rows, row, "error"),
                           "workload 'nap' is one of toy, and executor 'pthread' one of bench's own"));
    assert_refused(box, "-w nap -x pthread", "which has no workload of that name");
    rows = measure(box, "-w sleep -x serial,loop -s tasks=2");
    row = rows_find(&rows, 0, "status", "unsupported");
    assert_non_null(strstr(rows_field(&rows, row, "error"), "sleep of toy: no parameter 'tasks'"));
}

static void what_is_missing_is_asked_each_time(void **state)
{
    struct sandbox *box = with_toy(state);
    measure(box, "-w nap -x loop");
    box->variables[2] = "TOY_LACKS=1";
    struct rows rows = measure(box, "-w nap -x loop,serial");
    size_t row = rows_find(&rows, 0, "status", "unsupported");
    assert_string_equal(rows_field(&rows, row, "executor"), "loop");
    assert_string_equal(rows_field(&rows, row, "error"),
                        "toy-loop is not installed (apt install toy-loop)");
    rows = measure(box, "-w toy.all -x toy.loop,toy.serial");
    assert_int_equal(rows_with(&rows, "status", "unsupported"), 2);
    struct program *bench = program_run(box, "bench list");
    assert_non_null(strstr(bench->out, "unsupported: toy-loop is not installed"));
    assert_non_null(strstr(bench->out, "Toy 1"));
}

static void one_that_hangs_can_be_interrupted_before_anything_is_measured(void **state)
{
    struct sandbox *box = with_toy(state);
    measure(box, "-w nap -x loop");
    box->variables[2] = "TOY_HANGS=1";
    struct program *bench =
        program_run(box, "timeout --preserve-status -s INT 1 bench -r 1 -w nap -x loop");
    assert_int_equal(bench->status, 130);
    assert_int_equal(sandbox_processes_left(box), 0);
    bench = program_run(box, "bench -r 1 --timeout 1 -w nap -x loop");
    assert_non_null(strstr(bench->err, "asked for its modules; no answer within 1 s"));
}

static void list_shows_a_runtimes_own_parameters(void **state)
{
    struct sandbox *box = with_toy(state);
    struct program *bench = program_run(box, "bench list toy toy.greet");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "program=python3"));
    assert_non_null(strstr(bench->out, "word=(required)"));
}

static void completion_offers_them_with_their_runtime(void **state)
{
    struct sandbox *box = with_toy(state);
    assert_non_null(strstr(program_run(box, "bench --complete -x toy.b")->out, "toy.broker"));
}

static void names_that_no_runtime_has_are_refused(void **state)
{
    struct sandbox *box = with_toy(state);
    assert_refused(box, "-w toi.nap", "no runtime 'toi'; there is 'toy'");
    assert_refused(box, "-w toy.snooze", "toy has no workload 'snooze'");
    assert_refused(box, "-w slep", "did you mean 'sleep'?");
}

static void a_manifest_that_is_none_is_passed_over(void **state)
{
    struct sandbox *box = with_toy(state);
    sandbox_write(box, "a.json", "{", 1);
    sandbox_write(box, "b.json", "{\"name\":\"b\",\"summary\":\"c\"}", 26);
    struct program *bench = program_run(box, "bench -n -w nap -x loop");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->err, "a.json: not the manifest"));
    assert_non_null(strstr(bench->err, "b.json: \"command\" must be a list"));
}

static void a_runner_that_cannot_be_started_is_told(void **state)
{
    struct sandbox *box = with_toy(state);
    struct program *bench =
        program_run(box, "bench -r 1 -w nap -x loop,serial -s toy.program=nosuchpython");
    assert_int_equal(bench->status, 2); /* it was asked for */
    assert_non_null(strstr(bench->err, "--set toy.program=nosuchpython: "));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(its_modules_are_measured_like_any_other),
        TEST(it_is_told_the_cpus_of_its_workers_where_its_manifest_says_so),
        TEST(beside_its_own_workload_bare_names_are_its_own),
        TEST(one_table_has_both_runtimes),
        TEST(by_default_its_executors_are_those_that_need_not_be_named),
        TEST(all_of_a_runtime_leaves_out_what_has_to_be_told_something),
        TEST(a_parameter_of_the_runner_may_be_swept),
        TEST(what_a_runtime_cannot_do_is_unsupported_beside_what_can_be_done),
        TEST(what_is_missing_is_asked_each_time),
        TEST(one_that_hangs_can_be_interrupted_before_anything_is_measured),
        TEST(list_shows_a_runtimes_own_parameters),
        TEST(completion_offers_them_with_their_runtime),
        TEST(names_that_no_runtime_has_are_refused),
        TEST(a_manifest_that_is_none_is_passed_over),
        TEST(a_runner_that_cannot_be_started_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
