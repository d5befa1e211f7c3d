/*
 * Files of modules as the user's program meets them: those that misbehave when they are opened cost a
 * message, and what was learned of the others is kept.
 */
#include "tests/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define LISTED "bench list --plugin " FAKE("constructor") " constructed"

static struct program *assert_refused(struct sandbox *box, const char *command, const char *words)
{
    struct program *bench = program_run(box, "%s", command);
    if (bench->status != 2 || !strstr(bench->err, words))
        fail_msg("%s: exit status %d, '%s' does not say '%s'", command, bench->status, bench->err,
                 words);
    return bench;
}

static void a_constructor_that_misbehaves_is_told_with_its_file(void **state)
{
    struct sandbox *box = *state;
    static const char *const how[][2] = {
        {"FAKE_CONSTRUCTOR=exit", "it called exit()"},
        {"FAKE_CONSTRUCTOR=_exit", "ended with exit status 0"},
        {"FAKE_CONSTRUCTOR=crash", "(its constructors): it crashed (SIGSEGV)"},
    };
    for (size_t i = 0; i < sizeof how / sizeof *how; i++) {
        box->variables[0] = how[i][0];
        struct program *bench = assert_refused(box, LISTED, how[i][1]);
        assert_non_null(strstr(bench->err, "constructor.so: "));
    }
    assert_int_equal(sandbox_processes(box), 0);
}

static void a_constructor_that_hangs_is_ended_after_the_time_limit(void **state)
{
    struct sandbox *box = *state;
    box->variables[0] = "FAKE_CONSTRUCTOR=hang";
    box->variables[1] = "XDG_CACHE_HOME=/dev/null";
    assert_refused(box, "bench -n --timeout 1 -w constructed --plugin " FAKE("constructor"),
                   "no answer within 1 s");
    assert_int_equal(sandbox_processes_left(box), 0);
}

static void a_table_without_its_end_is_told_with_its_file(void **state)
{
    assert_refused(*state, "bench -n -w endless --plugin " FAKE("endless"), "endless.so: ");
}

static void a_file_that_was_cut_short_is_told(void **state)
{
    assert_refused(*state, "head -c 3000 " FAKE("faulty") " >cut.so; bench -n -w spin --plugin ./cut.so",
                   "cut.so");
}

static void files_in_the_path_that_are_none_are_passed_over(void **state)
{
    struct sandbox *box = *state;
    char path[300];
    snprintf(path, sizeof path, "BENCH_PLUGIN_PATH=%s", box->folder);
    box->variables[0] = path;
    box->variables[1] = "FAKE_CONSTRUCTOR=crash";
    box->variables[2] = "XDG_CACHE_HOME=/dev/null";
    sandbox_write(box, "text.so", "no ELF", 6);
    program_run(box, "cp " FAKE("constructor") " bad.so; cp " FAKE("faulty") " good.so");
    struct program *bench = program_run(box, "bench -n -w faulty -x serial");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->err, "warning: BENCH_PLUGIN_PATH: skipped: "));
    assert_non_null(strstr(bench->err, "text.so"));
    assert_non_null(strstr(bench->err, "bad.so"));
    assert_null(strstr(bench->err, "good.so"));
}

static void a_folder_that_everybody_may_write_to_is_warned_of(void **state)
{
    struct sandbox *box = *state;
    program_run(box,
                "mkdir open mine && chmod 0777 open && chmod 0755 mine && cp " FAKE("faulty") " open");
    struct program *bench = program_run(box, "BENCH_PLUGIN_PATH=$PWD/open bench -n -w faulty -x serial");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->err, "everybody may write to it"));
    bench = program_run(box, "mv open/* mine; BENCH_PLUGIN_PATH=mine bench -n -w faulty -x serial");
    assert_non_null(strstr(bench->err, "it depends on the folder that bench is called from"));
    bench = program_run(box, "BENCH_PLUGIN_PATH=$PWD/mine bench -n -w faulty -x serial");
    assert_string_equal(bench->err, "");
}

/* ---- what is kept ---- */

/* A cache of the test's own. Opened for its table, the plug-in crashes from now on. */
static void keep_and_crash(struct sandbox *box)
{
    static char cache[300];
    snprintf(cache, sizeof cache, "XDG_CACHE_HOME=%s", box->folder);
    box->variables[0] = cache;
    program_run(box, "cp " FAKE("constructor") " a.so");
    assert_int_equal(program_run(box, "bench -n -w constructed --plugin ./a.so")->status, 0);
    box->variables[1] = "FAKE_CONSTRUCTOR=crash";
}

static void a_table_that_is_known_is_not_asked_for_again(void **state)
{
    keep_and_crash(*state);
    assert_int_equal(program_run(*state, "bench -n -w constructed --plugin ./a.so")->status, 0);
}

static void a_file_that_has_changed_is_asked_again(void **state)
{
    keep_and_crash(*state);
    program_run(*state, "touch -d '2001-01-01' a.so");
    assert_refused(*state, "bench -n -w constructed --plugin ./a.so", "it crashed");
}

/* Else each start would take as long again. */
static void one_that_hung_is_not_waited_for_again_before_it_changes_or_is_given_longer(void **state)
{
    struct sandbox *box = *state;
    static char cache[300], path[300];
    snprintf(cache, sizeof cache, "XDG_CACHE_HOME=%s", box->folder);
    snprintf(path, sizeof path, "BENCH_PLUGIN_PATH=%s/path", box->folder);
    box->variables[0] = cache;
    box->variables[1] = path;
    box->variables[2] = "FAKE_CONSTRUCTOR=hang";
    program_run(box, "mkdir path; cp " FAKE("constructor") " path/a.so");
    struct program *bench = program_run(box, "bench -n -w spin -x serial --timeout 1");
    assert_non_null(strstr(bench->err, "no answer within 1 s"));
    bench = program_run(box, "bench -n -w spin -x serial --timeout 1");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->err, "at an earlier start nothing had come from it after 1 s"));
    assert_non_null(strstr(bench->err, "bench list"));
    bench = program_run(box, "bench -n -w spin -x serial --timeout 1.5");
    assert_non_null(strstr(bench->err, "no answer within 1.5 s"));
    box->variables[2] = "FAKE_CONSTRUCTOR=";
    program_run(box, "touch -d '2001-01-01' path/a.so");
    bench = program_run(box, "bench -n -w constructed -x serial --timeout 1");
    assert_int_equal(bench->status, 0);
}

static void list_believes_nothing_that_is_kept(void **state)
{
    keep_and_crash(*state);
    assert_refused(*state, "bench list --plugin ./a.so", "it crashed");
}

static void a_damaged_cache_is_passed_over_and_replaced(void **state)
{
    struct sandbox *box = *state;
    keep_and_crash(box);
    program_run(box, "for f in bench/modules-*; do printf '{\"key\":' >$f; done");
    assert_refused(box, "bench -n -w constructed --plugin ./a.so", "it crashed");
    box->variables[1] = NULL;
    assert_int_equal(program_run(box, "bench -n -w constructed --plugin ./a.so")->status, 0);
    box->variables[1] = "FAKE_CONSTRUCTOR=crash";
    assert_int_equal(program_run(box, "bench -n -w constructed --plugin ./a.so")->status, 0);
}

static void nowhere_to_keep_it_is_no_failure(void **state)
{
    struct sandbox *box = *state;
    box->variables[0] = "XDG_CACHE_HOME=/dev/null";
    struct program *bench = program_run(box, "bench -n -w spin -x all");
    assert_int_equal(bench->status, 0);
    assert_string_equal(bench->err, "");
}

/* ---- the controller stays as it was ---- */

/* Workers that share a CPU because a library was loaded into the controller. */
static void variables_of_openmp_confine_no_worker(void **state)
{
    struct sandbox *box = *state;
    char *end, *cpus = program_run(box, "nproc")->out ? strdup(program_run(box, "nproc")->out) : NULL;
    long count = cpus ? strtol(cpus, &end, 10) : 1;
    free(cpus);
    if (count < 2)
        skip(); /* two workers share the one CPU there is */
    box->variables[0] = "OMP_PROC_BIND=true";
    box->variables[1] = "OMP_PLACES=threads";
    box->variables[2] = "GOMP_CPU_AFFINITY=0";
    struct program *program = program_run(
        box,
        "bench -q -w all -x $EXECUTORS -j 2 -r 1 --warmup 0 --format csv -s matmul.n=64 -s "
        "fileread.size=1MiB -s filewrite.size=1MiB -s spin.tasks=100 -s sleep.tasks=4 -s "
        "mixed.tasks=4 -s counter.tasks=10 -s exec.tasks=2%s%s",
        strstr(program_run(box, "bench list --names")->out, "workload/blur")
            ? " -s blur.width=64 -s blur.height=64"
            : "",
        strstr(program_run(box, "bench list --names")->out, "workload/http") ? " -s http.requests=4"
                                                                             : "");
    if (program->status != 0)
        fail_msg("exit status %d: %s", program->status, program->err);
    struct rows rows = rows_of(box, program->out);
    for (size_t row = 0; row < rows.count; row++) {
        const char *on = rows_field(&rows, row, "cpus"), *blank = strchr(on, ' ');
        if (strcmp(rows_field(&rows, row, "workers"), "2") != 0)
            continue;
        if (!blank || (strlen(blank + 1) == (size_t)(blank - on) &&
                       strncmp(on, blank + 1, (size_t)(blank - on)) == 0))
            fail_msg("%s under %s: two workers on CPUs '%s'", rows_field(&rows, row, "workload"),
                     rows_field(&rows, row, "executor"), on);
    }
}

/* ---- plans ---- */

static void a_plan_of_too_many_cases_is_refused_at_once(void **state)
{
    assert_refused(*state,
                   "bench -n -w sleep -x $EXECUTORS,serial -j 1-4096 -s duration=$(seq -s, -f %gms "
                   "1 400)",
                   "more than 1000000 cases");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_constructor_that_misbehaves_is_told_with_its_file),
        TEST(a_constructor_that_hangs_is_ended_after_the_time_limit),
        TEST(a_table_without_its_end_is_told_with_its_file),
        TEST(a_file_that_was_cut_short_is_told),
        TEST(files_in_the_path_that_are_none_are_passed_over),
        TEST(a_folder_that_everybody_may_write_to_is_warned_of),
        TEST(a_table_that_is_known_is_not_asked_for_again),
        TEST(a_file_that_has_changed_is_asked_again),
        TEST(one_that_hung_is_not_waited_for_again_before_it_changes_or_is_given_longer),
        TEST(list_believes_nothing_that_is_kept),
        TEST(a_damaged_cache_is_passed_over_and_replaced),
        TEST(nowhere_to_keep_it_is_no_failure),
        TEST(variables_of_openmp_confine_no_worker),
        TEST(a_plan_of_too_many_cases_is_refused_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
