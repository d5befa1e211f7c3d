/*
 * The contract, over the whole matrix: every workload under every executor, as far as this build has
 * them. A new module is tested here without a line being added.
 */
#include "tests/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static size_t workload_count(struct sandbox *box)
{
    static const char kind[] = "workload/";
    size_t count = 0;
    const char *line = program_run(box, "bench list --names | grep -v '/.*[.]'")->out;
    for (; (line = strstr(line, kind)); line++)
        count++;
    assert_true(count > 0);
    return count;
}

static size_t executor_count(void)
{
    size_t count = 1;
    for (const char *at = getenv(EXECUTORS); *at; at++)
        count += *at == ',';
    return count;
}

/* All cells with these options: every row ok, a verification and a measured run in each launch. */
static struct rows run_matrix(struct sandbox *box, const char *options)
{
    char settings[512] = "";
    settings_of_less_work(box, own_less_work, settings, sizeof settings);
    struct program *program = program_run(
        box, "bench -w all -x $EXECUTORS -r 1 --warmup 0 --format csv %s %s", options, settings);
    if (program->status != 0)
        fail_msg("exit status %d: %s", program->status, program->err);
    struct rows rows = rows_of(box, program->out);
    assert_int_equal(rows_with(&rows, "status", "ok"), rows.count);
    assert_int_equal(rows_with(&rows, "phase", "verify") * 2, rows.count);
    return rows;
}

static void every_workload_runs_verified_under_every_executor(void **state)
{
    struct sandbox *box = *state;
    size_t workloads = workload_count(box), executors = executor_count();
    struct rows rows = run_matrix(box, "-j 2");
    assert_int_equal(rows.count, workloads * executors * 2);
}

static void lanes_in_flight_do_the_work_too(void **state)
{
    static const char *const schedules[] = {"dynamic", "static", "guided"};
    for (size_t i = 0; i < sizeof schedules / sizeof *schedules; i++) {
        char options[64];
        snprintf(options, sizeof options, "-j 2 -i 40 --schedule %s", schedules[i]);
        run_matrix(*state, options);
    }
}

/* Arrivals may be begun late on a busy machine, which is the row's failure, not the pair's. */
static void every_pair_does_tasks_that_arrive_by_themselves(void **state)
{
    struct sandbox *box = *state;
    char settings[512] = "";
    settings_of_less_work(box, own_less_work, settings, sizeof settings);
    struct program *program = program_run(
        box,
        "bench -w all -x $EXECUTORS -j 2 -i 3 --rate 400 -t 0.1 -r 1 --warmup 1 --format csv "
        "--columns all -q %s",
        settings);
    struct rows rows = rows_of(box, program->out);
    for (size_t i = 0; i < rows.count; i++) {
        const char *status = rows_field(&rows, i, "status"), *error = rows_field(&rows, i, "error");
        bool is_serial = strcmp(rows_field(&rows, i, "executor"), "serial") == 0;
        if (strcmp(status, "ok") == 0)
            assert_false(is_serial);
        else if (!is_serial && !strstr(error, "load generator's") && !strstr(error, "more than once"))
            fail_msg("%s under %s: %s: %s", rows_field(&rows, i, "workload"),
                     rows_field(&rows, i, "executor"), status, error);
    }
    size_t warmups = rows_with(&rows, "phase", "warmup");
    assert_true(warmups > 0);
    assert_int_equal(rows_with(&rows, "phase", "measure"), warmups);
}

static void every_pair_does_the_same_tasks(void **state)
{
    struct sandbox *box = *state;
    struct rows rows = run_matrix(box, "-j 1 --schedule static");
    for (size_t row = 0; row < rows.count; row++) {
        size_t first = rows_find(&rows, 0, "workload", rows_field(&rows, row, "workload"));
        assert_string_equal(rows_field(&rows, row, "tasks"), rows_field(&rows, first, "tasks"));
        assert_string_equal(rows_field(&rows, row, "work"), rows_field(&rows, first, "work"));
    }
}

static void more_workers_than_cpus_do_the_work_too(void **state)
{
    run_matrix(*state, "-j 5 --schedule guided --grain 3");
}

static void far_more_workers_than_cpus_find_the_end(void **state)
{
    struct program *program = program_run(
        *state, "bench -w spin -x $EXECUTORS -j 200 -r 3 --warmup 0 --format csv -s steps_per_us=100");
    struct rows rows = rows_of(*state, program->out);
    assert_int_equal(program->status, 0);
    assert_int_equal(rows_with(&rows, "status", "ok"), rows.count);
}

static void ranges_dealt_in_turn_do_the_work_too(void **state)
{
    run_matrix(*state, "-j 3 --schedule static --grain 2 --pin none");
}

/* Runtimes that are not bench's own, each with all that it has: they are in the list as RUNTIME.NAME. */
static void every_runtime_runs_all_it_has_verified(void **state)
{
    struct sandbox *box = *state;
    char *list = strdup(program_run(box, "bench list --names | grep -v '/.*[.]'")->out), *rest = list,
         *line;
    char done[1024] = ",";
    while ((line = strsep(&rest, "\n"))) {
        char runtime[80], mark[84];
        if (sscanf(line, "workload/%79[^.\n].", runtime) != 1 || !strchr(line, '.'))
            continue;
        snprintf(mark, sizeof mark, ",%s,", runtime);
        if (strstr(done, mark))
            continue;
        strncat(done, mark + 1, sizeof done - 1 - strlen(done));
        struct program *program = program_run(
            box, "bench -w %s.all -x %s.all -j 2 -r 1 --warmup 0 --format csv", runtime, runtime);
        if (program->status != 0)
            fail_msg("%s: exit status %d: %s", runtime, program->status, program->err);
        struct rows rows = rows_of(box, program->out);
        assert_int_equal(rows_with(&rows, "status", "ok") + rows_with(&rows, "status", "unsupported"),
                         rows.count);
    }
    free(list);
}

static void measured_rows_have_all_that_is_measured(void **state)
{
    static const char *const columns[] = {"wall_s",         "user_s",    "sys_s",         "work_per_s",
                                          "latency_p50_s",  "imbalance", "ctx_voluntary", "faults_minor",
                                          "peak_rss_bytes", "pss_bytes", "cpus",          "startup_s",
                                          "machine",        "session",   "time_utc",      "grain"};
    struct rows rows = run_matrix(*state, "-j 2");
    for (size_t row = 0; row < rows.count; row++) {
        if (strcmp(rows_field(&rows, row, "phase"), "measure") != 0)
            continue;
        for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
            if (!rows_field(&rows, row, columns[i])[0])
                fail_msg("%s under %s has no %s", rows_field(&rows, row, "workload"),
                         rows_field(&rows, row, "executor"), columns[i]);
        }
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_workload_runs_verified_under_every_executor),
        TEST(lanes_in_flight_do_the_work_too),
        TEST(every_pair_does_tasks_that_arrive_by_themselves),
        TEST(every_pair_does_the_same_tasks),
        TEST(more_workers_than_cpus_do_the_work_too),
        TEST(far_more_workers_than_cpus_find_the_end),
        TEST(ranges_dealt_in_turn_do_the_work_too),
        TEST(every_runtime_runs_all_it_has_verified),
        TEST(measured_rows_have_all_that_is_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
