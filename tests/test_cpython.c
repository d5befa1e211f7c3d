/*
 * The runner of CPython's runtimes, from outside. All its workloads are run under all its executors, as
 * far as the interpreter has them: a new one is tested here without a line being added.
 */
#include "tests/program.h"
#include "workloads/common/vary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PYTHON "/usr/bin/python3"

static const struct less_work less[] = {
    {"cpython.matmul", " -s cpython.matmul.n=40"},
    {"cpython.fileread", " -s cpython.fileread.size=2MiB"},
    {"cpython.http", " -s cpython.http.requests=20 -s cpython.http.delay=1ms"},
    {"cpython.exec", " -s cpython.exec.tasks=4"},
    {"cpython.counter", " -s cpython.counter.tasks=20 -s cpython.counter.updates=10"},
    {"cpython.mixed", " -s cpython.mixed.tasks=20"},
    {"cpython.payload", " -s cpython.payload.tasks=20 -s cpython.payload.size=100"},
    {"cpython.sleep", " -s cpython.sleep.tasks=20"},
    {0},
};

/* All there are, also those that are only used when they are named. */
static const char *all_executors(struct sandbox *box, char *names, size_t size)
{
    static const char kind[] = "executor/cpython.";
    size_t length = 0;
    names[0] = '\0';
    const char *at = program_run(box, "bench list --names")->out;
    for (; (at = strstr(at, kind)) && length < size; at += strlen(kind)) {
        const char *name = at + strlen(kind);
        length += (size_t)snprintf(names + length, size - length, "%scpython.%.*s", length ? "," : "",
                                   (int)strcspn(name, "\n"), name);
    }
    return names;
}

/* All cells with these options; what this interpreter cannot do is told, and counts as nothing. */
static struct rows run_matrix(struct sandbox *box, const char *executors, const char *options)
{
    char settings[600] = "";
    if (program_run(box, PYTHON " -c ''")->status != 0)
        skip();
    settings_of_less_work(box, less, settings, sizeof settings);
    struct program *program = program_run(box,
                                          "bench -w cpython.all -x %s -s cpython.program=" PYTHON
                                          " -r 1 --warmup 0 --timeout 60 --format csv %s %s",
                                          executors, options, settings);
    struct rows rows = rows_of(box, program->out);
    size_t not_here = rows_with(&rows, "status", "unsupported");
    for (size_t row = 0; row < rows.count; row++) {
        const char *status = rows_field(&rows, row, "status");
        if (strcmp(status, "ok") != 0 && strcmp(status, "unsupported") != 0)
            fail_msg("%s under %s: %s: %s", rows_field(&rows, row, "workload"),
                     rows_field(&rows, row, "executor"), status, rows_field(&rows, row, "error"));
    }
    assert_int_equal(rows_with(&rows, "phase", "measure") * 2, rows.count - not_here);
    assert_true(rows.count - not_here >= 4);
    return rows;
}

static void every_workload_runs_verified_under_every_executor(void **state)
{
    char all[400];
    run_matrix(*state, all_executors(*state, all, sizeof all), "-j 2");
}

static void schedules_grains_and_lanes_do_the_work_too(void **state)
{
    run_matrix(*state, "cpython.all", "-j 3 -i 7 --schedule static --grain 3");
    run_matrix(*state, "cpython.all", "-j 2 -i 5 --schedule guided");
}

static void measured_rows_have_what_is_measured(void **state)
{
    static const char *const columns[] = {
        "wall_s", "cpu_s",     "work_per_s",    "imbalance", "peak_rss_bytes", "pss_bytes",
        "cpus",   "startup_s", "ctx_voluntary", "grain",     "latency_p50_s",  "faults_minor"};
    struct rows rows = run_matrix(*state, "cpython.all", "-j 2");
    for (size_t row = 0; row < rows.count; row++) {
        if (strcmp(rows_field(&rows, row, "phase"), "measure") != 0 ||
            strcmp(rows_field(&rows, row, "status"), "ok") != 0)
            continue;
        assert_non_null(strstr(rows_field(&rows, row, "runtime"), "CPython 3."));
        for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
            if (!rows_field(&rows, row, columns[i])[0])
                fail_msg("%s under %s has no %s", rows_field(&rows, row, "workload"),
                         rows_field(&rows, row, "executor"), columns[i]);
        }
    }
}

/* A runtime says only when it is asked which clock it has, and that it hands out tasks by itself. */
static void cases_of_a_runtime_are_known_again_by_resume_and_baseline(void **state)
{
    struct sandbox *box = *state;
    if (program_run(box, PYTHON " -c ''")->status != 0)
        skip();
#define SLEEP                                                                      \
    "bench -w cpython.sleep -x cpython.multiprocessing -s cpython.program=" PYTHON \
    " -s tasks=2 -s duration=1us -j 1 -r 1 "
    assert_int_equal(program_run(box, SLEEP "-q -o r.csv")->status, 0);
    struct program *again = program_run(box, SLEEP "-o r.csv --resume");
    assert_non_null(strstr(again->err, "holds 1 of 1 cases complete"));
    struct program *compared = program_run(box, SLEEP "--launches 1 --baseline r.csv");
    assert_int_not_equal(compared->status, 2); /* "no case is in both" */
    assert_non_null(strstr(compared->out, "multiprocessing"));
}

/* With this seed, four of them are more than twice as long as the mean: so long, at least, do both
 * runtimes sleep. */
static void tasks_that_vary_are_as_long_as_bench_makes_them(void **state)
{
    enum { SEED = 45, TASKS = 4 };
    double length_s = 0;
    for (uint64_t task = 0; task < TASKS; task++)
        length_s += 0.002 * vary_factor(SEED, task);
    assert_true(length_s > 2 * TASKS * 0.002);
    struct program *program =
        program_run(*state,
                    "bench -q -w sleep -x serial,cpython.serial -s cpython.program=" PYTHON
                    " -s vary=exponential -s duration=2ms -s tasks=4 --seed %d -r 1 --format csv",
                    SEED);
    struct rows rows = rows_of(*state, program->out);
    assert_int_equal(program->status, 0);
    assert_int_equal(rows_with(&rows, "phase", "measure"), 2);
    for (size_t row = 0; row < rows.count; row++)
        assert_true(strcmp(rows_field(&rows, row, "phase"), "measure") != 0 ||
                    atof(rows_field(&rows, row, "wall_s")) >= length_s);
}

static void payloads_come_back_whole_whatever_way_they_go(void **state)
{
    if (program_run(*state, PYTHON " -c ''")->status != 0)
        skip();
    struct program *program = program_run(
        *state, "bench -q -w cpython.payload -x cpython.serial,threading,multiprocessing,asyncio "
                "-s cpython.program=" PYTHON " -j 2 -i 2 -s by=reference,pipe,shared "
                "-s size=100001,1 -s tasks=11 --grain 4 -r 1 --warmup 0 --format csv");
    assert_int_equal(program->status, 0);
    struct rows rows = rows_of(*state, program->out);
    assert_int_equal(rows_with(&rows, "status", "ok"), 2 * 2 * 3 * 4);
}

static void a_program_that_is_no_interpreter_is_refused_before_anything_runs(void **state)
{
    struct program *program = program_run(
        *state, "bench -w cpython.sleep -x threading -s cpython.program=/bin/true," PYTHON " -o r.csv");
    assert_int_equal(program->status, 2);
    assert_non_null(strstr(program->err, "--set cpython.program=/bin/true: "));
    assert_non_null(strstr(program->err, "it must be the interpreter"));
    assert_string_equal(program->out, "");
    assert_int_not_equal(access(sandbox_path(*state, "r.csv"), F_OK), 0);
}

/* Its chunks are of all sizes here, and C is filled with what is no number before each run. */
static void a_product_of_dask_array_is_verified_as_the_others_are(void **state)
{
    struct sandbox *box = *state;
    if (program_run(box, PYTHON " -c 'import distributed, dask.array'")->status != 0)
        skip();
#define ARRAY                                                                         \
    "bench -q -w cpython.matmul -s kernel=array -s n=70 -s m=37 -s k=5 -s tile=16,64" \
    " -s cpython.program=" PYTHON " -j 2 -r 2 --warmup 0 --format csv "
    struct rows rows = rows_of(box, program_run(box, ARRAY "-x dask -s type=double,float -s "
                                                           "dask.scheduler=threads,processes,cluster")
                                        ->out);
    assert_int_equal(rows_with(&rows, "status", "ok"), 3 * 2 * 2 * 3);
    assert_int_equal(rows_with(&rows, "imbalance", ""), 3 * 2 * 2 * 3);
    struct program *others = program_run(box, ARRAY "-x threading,cpython.serial");
    assert_non_null(strstr(others->out, "which only Dask computes"));
    assert_null(strstr(others->out, ",ok,"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_workload_runs_verified_under_every_executor),
        TEST(schedules_grains_and_lanes_do_the_work_too),
        TEST(measured_rows_have_what_is_measured),
        TEST(a_program_that_is_no_interpreter_is_refused_before_anything_runs),
        TEST(a_product_of_dask_array_is_verified_as_the_others_are),
        TEST(tasks_that_vary_are_as_long_as_bench_makes_them),
        TEST(payloads_come_back_whole_whatever_way_they_go),
        TEST(cases_of_a_runtime_are_known_again_by_resume_and_baseline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
