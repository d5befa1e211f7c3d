/* What a workload or executor that misbehaves costs: its own launch, and nothing else. */
#include "program.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FAULTY "bench --format csv --plugin " FAKE("faulty") " -w faulty --warmup 0 -r 1"
#define CARELESS                         \
    "bench --format csv --plugin " FAKE( \
        "careless") " -x careless -w spin -s tasks=8 -s steps_per_us=1 --warmup 0 -r 1"

static size_t count_executors(const char *list)
{
    size_t count = 1;
    for (; *list; list++)
        count += *list == ',';
    return count;
}

/* Its own row with this status and reason; nothing of it alive. */
static void assert_row(struct program *bench, const char *executor, const char *status,
                       const char *reason)
{
    struct rows rows = rows_of(bench->box, bench->out);
    for (size_t row = 0; row < rows.count; row++) {
        bool here = strcmp(rows_field(&rows, row, "workload"), "faulty") == 0 &&
                    strcmp(rows_field(&rows, row, "executor"), executor) == 0;
        if (!here || strcmp(rows_field(&rows, row, "status"), "ok") == 0)
            continue;
        if (strcmp(rows_field(&rows, row, "status"), status) != 0 ||
            !strstr(rows_field(&rows, row, "error"), reason))
            fail_msg("%s\nunder %s: '%s', '%s'; not '%s', '%s'", bench->command, executor,
                     rows_field(&rows, row, "status"), rows_field(&rows, row, "error"), status, reason);
        return;
    }
    fail_msg("%s\nunder %s: no row has a status but ok:\n%s", bench->command, executor, bench->out);
}

/*
 * A matrix of faulty and spin under all executors: each faulty cell gets its row, each cell of spin its
 * two good ones, the exit status is 3, and nothing is left alive.
 */
static void assert_costs_itself_alone(struct sandbox *box, const char *settings, const char *status,
                                      const char *reason)
{
    const char *all = getenv(EXECUTORS);
    struct program *bench =
        program_run(box,
                    "bench --format csv --plugin " FAKE(
                        "faulty") " -w faulty,spin -x %s -j 2 -s spin.tasks=8 "
                                  "-s steps_per_us=1 -s faulty.tasks=8 --warmup 0 -r 1 %s",
                    all, settings);
    assert_int_equal(bench->status, 3);
    struct rows rows = rows_of(box, bench->out);
    size_t spins = 0;
    for (size_t row = 0; row < rows.count; row++)
        spins += strcmp(rows_field(&rows, row, "workload"), "spin") == 0 &&
                 strcmp(rows_field(&rows, row, "status"), "ok") == 0;
    assert_int_equal(spins, 2 * count_executors(all));
    for (char *rest = strdupa(all), *executor; (executor = strsep(&rest, ","));)
        assert_row(bench, executor, status, reason);
    assert_int_equal(sandbox_processes_left(box), 0);
}

/* ---- failing hooks ---- */

static void failing_hook_is_a_failed_row_with_its_reason(void **state)
{
    static const char *const hooks[] = {"setup", "prepare", "lane_init", "run", "check", "finish"};
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
        char reason[64];
        struct program *bench = program_run(*state, FAULTY " -x serial -s how=fail -s at=%s", hooks[i]);
        assert_int_equal(bench->status, 3);
        snprintf(reason, sizeof reason, "%s failed: as it was told to", hooks[i]);
        assert_row(bench, "serial", "failed", reason);
        assert_non_null(strstr(bench->err, reason));
    }
}

static void hook_that_fails_without_a_reason_is_a_failed_row_all_the_same(void **state)
{
    static const char *const hooks[] = {"setup", "prepare", "lane_init", "run", "check", "finish"};
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
        struct program *bench = program_run(*state, FAULTY " -x serial -s how=mute -s at=%s", hooks[i]);
        assert_int_equal(bench->status, 3);
        struct rows rows = rows_of(*state, bench->out);
        if (strcmp(rows_field(&rows, 0, "status"), "failed") != 0 || !rows_field(&rows, 0, "error")[0])
            fail_msg("%s: '%s', '%s'", hooks[i], rows_field(&rows, 0, "status"),
                     rows_field(&rows, 0, "error"));
    }
}

static void refused_parameters_run_nothing(void **state)
{
    struct program *bench = program_run(
        *state, "bench --format csv --plugin " FAKE("faulty") " -w spin,faulty -x serial "
                                                              "-s how=fail -s at=validate -o r.csv");
    assert_int_equal(bench->status, 2);
    assert_string_equal(bench->err, "bench: faulty: validate failed: as it was told to\n");
    assert_string_equal(bench->out, "");
    assert_false(sandbox_has(*state, "r.csv"));
}

static void failing_run_costs_itself_alone_under_every_executor(void **state)
{
    assert_costs_itself_alone(*state, "-s how=fail -s at=run", "failed",
                              "run failed: as it was told to");
}

static void wrong_answer_costs_itself_alone_under_every_executor(void **state)
{
    assert_costs_itself_alone(*state, "-s how=fail -s at=check -s text='a wrong answer'", "failed",
                              "a wrong answer");
}

static void lane_that_cannot_be_made_costs_itself_alone_under_every_executor(void **state)
{
    assert_costs_itself_alone(*state, "-s how=fail -s at=lane_init", "failed", "lane_init failed");
}

static void what_is_unsupported_is_said_so_and_is_no_failure(void **state)
{
    struct program *bench = program_run(
        *state,
        "bench --format csv --plugin " FAKE("faulty") " -w spin,faulty -x serial -s how=unsupported "
                                                      "-s at=setup -r 1 --warmup 0");
    assert_row(bench, "serial", "unsupported", "setup failed");
    assert_int_equal(bench->status, 0);
}

static void no_tasks_is_a_failed_row(void **state)
{
    struct program *bench = program_run(*state, FAULTY " -x serial -s tasks=0");
    assert_int_equal(bench->status, 3);
    assert_row(bench, "serial", "failed", "no tasks");
}

static void what_an_open_that_failed_did_not_tell_is_empty(void **state)
{
    struct program *bench = program_run(*state, FAULTY " -x serial -s how=fail -s at=setup");
    struct rows rows = rows_of(*state, bench->out);
    assert_string_equal(rows_field(&rows, 0, "grain"), "");
    assert_string_equal(rows_field(&rows, 0, "wall_s"), "");
}

static void good_runs_before_a_failure_are_rows(void **state)
{
    struct program *bench = program_run(*state, FAULTY " -x serial -r 5 -s how=fail -s run=4");
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(rows.count, 4);
    assert_int_equal(rows_with(&rows, "status", "ok"), 3);
    assert_string_equal(rows_field(&rows, 3, "run"), "3");
}

static void reasons_keep_their_odd_characters(void **state)
{
    struct program *bench = program_run(*state, FAULTY " -x serial -s how=fail -s 'text=\"a\"\\, b; c'");
    assert_row(bench, "serial", "failed", "\"a\", b; c");
}

static void reasons_are_one_line_on_stderr_whatever_is_in_them(void **state)
{
    struct program *bench = program_run(*state, FAULTY " -x serial -s how=fail -s 'text=a\033[2Jb'");
    assert_null(strchr(bench->err, '\033'));
}

static void notes_are_said_once(void **state)
{
    struct program *bench =
        program_run(*state, FAULTY " -x serial --launches 3 -s how=note -s at=setup -s text=hark");
    assert_int_equal(bench->status, 0);
    const char *first = strstr(bench->err, "hark");
    assert_non_null(first);
    assert_null(strstr(first + 1, "hark"));
}

static void quiet_says_no_notes(void **state)
{
    struct program *bench =
        program_run(*state, FAULTY " -x serial -q -s how=note -s at=setup -s text=hark");
    assert_string_equal(bench->err, "");
}

/* ---- ends of all kinds ---- */

static void crash_costs_itself_alone_under_every_executor(void **state)
{
    assert_costs_itself_alone(*state, "-s how=segv", "crashed", "");
}

static void abort_costs_itself_alone_under_every_executor(void **state)
{
    assert_costs_itself_alone(*state, "-s how=abort", "crashed", "Abort");
}

static void exit_costs_itself_alone_under_every_executor(void **state)
{
    assert_costs_itself_alone(*state, "-s how=exit", "crashed", "ended with exit status 0");
    assert_costs_itself_alone(*state, "-s how=_exit", "crashed", "ended with exit status 0");
}

static void kill_for_want_of_memory_costs_itself_alone_under_every_executor(void **state)
{
    assert_costs_itself_alone(*state, "-s how=kill", "crashed", "signal 9");
}

static void crash_in_any_hook_is_a_crashed_row(void **state)
{
    static const char *const hooks[] = {"setup", "prepare", "lane_init", "run", "check", "finish"};
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
        struct program *bench = program_run(*state, FAULTY " -x serial -s how=kill -s at=%s", hooks[i]);
        assert_int_equal(bench->status, 3);
        assert_row(bench, "serial", "crashed", "signal 9");
    }
}

static void crash_at_the_end_is_a_row_and_keeps_the_good_ones(void **state)
{
    static const char *const hooks[] = {"lane_fini", "teardown"};
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
        struct program *bench = program_run(*state, FAULTY " -x serial -s how=kill -s at=%s", hooks[i]);
        assert_int_equal(bench->status, 3);
        struct rows rows = rows_of(*state, bench->out);
        assert_int_equal(rows_with(&rows, "status", "ok"), 2);
        assert_row(bench, "serial", "crashed", "signal 9");
    }
}

static void crash_while_parameters_are_checked_is_a_row(void **state)
{
    struct program *bench = program_run(*state, FAULTY " -x serial -s how=kill -s at=validate");
    assert_int_equal(bench->status, 3);
    assert_row(bench, "serial", "crashed", "signal 9");
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static void crash_of_one_worker_in_a_later_run_is_a_row(void **state)
{
    static const char *const starts[] = {"pool", "spawn"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        struct program *bench = program_run(
            *state, FAULTY " -x process -j 2 -r 5 -s process.start=%s -s how=kill -s run=4 -s task=7",
            starts[i]);
        struct rows rows = rows_of(*state, bench->out);
        assert_int_equal(rows_with(&rows, "status", "ok"), 3);
        assert_row(bench, "process", "crashed", "signal 9");
    }
}

static void worker_that_does_not_retire_well_is_a_crashed_row(void **state)
{
    static const char *const ways[][2] = {
        {"segv", ""},         {"abort", "signal 6"}, {"kill", "signal 9"},
        {"exit", "status 0"}, {"_exit", "status 0"},
    };
    static const char *const starts[] = {"pool", "spawn"};
    for (size_t i = 0; i < 2 * sizeof ways / sizeof *ways; i++) {
        struct program *bench =
            program_run(*state, FAULTY " -x process -j 3 -s process.start=%s -s at=lane_fini -s how=%s",
                        starts[i % 2], ways[i / 2][0]);
        assert_int_equal(bench->status, 3);
        assert_row(bench, "process", "crashed", "worker 0");
        assert_row(bench, "process", "crashed", ways[i / 2][1]);
        struct rows rows = rows_of(*state, bench->out);
        assert_int_equal(rows_with(&rows, "status", "ok"), i % 2 ? 0 : 2);
    }
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static void worker_that_dies_between_runs_is_a_crashed_row(void **state)
{
    static const char *const hooks[] = {"prepare", "finish"};
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
        struct program *bench = program_run(
            *state, FAULTY " -x process -j 3 -r 3 -s how=bereave -s run=3 -s at=%s", hooks[i]);
        assert_int_equal(bench->status, 3);
        assert_row(bench, "process", "crashed", "signal 9");
    }
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static void worker_that_dies_after_the_last_run_is_a_crashed_row_and_keeps_the_good_ones(void **state)
{
    struct program *bench =
        program_run(*state, FAULTY " -x process -j 3 -s how=bereave -s run=2 -s at=finish");
    assert_int_equal(bench->status, 3);
    assert_row(bench, "process", "crashed", "signal 9");
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(rows_with(&rows, "status", "ok"), 2);
}

static void crash_and_time_out_name_the_hooks_that_they_can_have_been_in(void **state)
{
    static const char *const hooks[] = {"setup",  "lane_init", "run",     "check",
                                        "finish", "lane_fini", "teardown"};
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
        struct program *bench = program_run(*state, FAULTY " -x serial -s how=segv -s at=%s", hooks[i]);
        assert_row(bench, "serial", "crashed", hooks[i]);
    }
    struct program *bench =
        program_run(*state, FAULTY " -x serial -s how=asleep -s at=setup --timeout 1");
    assert_row(bench, "serial", "timeout", "setup");
    bench = program_run(*state, FAULTY " -x process -j 2 -s how=segv -s at=check");
    assert_row(bench, "process", "crashed", "check");
}

static void worker_of_whose_end_nothing_is_told_is_a_crashed_row(void **state)
{
    struct program *bench =
        program_run(*state, FAULTY " -x process -j 3 -r 3 -s how=disown -s run=2 -s at=prepare");
    assert_int_equal(bench->status, 3);
    assert_row(bench, "process", "crashed", "ignores SIGCHLD");
}

static void ends_are_told_where_whoever_started_bench_ignores_sigchld(void **state)
{
    struct program *bench =
        program_run(*state, "trap '' CHLD; exec " FAULTY " -x serial -r 1 -s how=kill");
    assert_row(bench, "serial", "crashed", "signal 9");
    bench = program_run(*state, "trap '' CHLD; exec " FAULTY " -x process -j 2 -r 1 -s how=kill");
    assert_row(bench, "process", "crashed", "signal 9");
}

static void death_is_seen_where_there_are_no_descriptors_to_watch_with(void **state)
{
    struct program *bench = program_run(
        *state, "ulimit -n 30; " FAULTY " -x process -j 50 -r 2 -s tasks=50 -s how=kill -s run=2");
    assert_int_equal(bench->status, 3);
    assert_row(bench, "process", "crashed", "signal 9");
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(rows_with(&rows, "status", "ok"), 1);
    assert_true(strlen(rows_field(&rows, 0, "pss_bytes")) > 0);
}

static void worker_that_cannot_tell_that_it_has_finished_is_a_crashed_row(void **state)
{
    struct program *bench = program_run(*state, FAULTY " -x process -j 1 -s how=close --timeout 20");
    assert_int_equal(bench->status, 3);
    assert_row(bench, "process", "crashed", "worker 0");
}

static void thread_that_ends_itself_is_a_crashed_row(void **state)
{
    for (char *rest = strdupa(getenv(EXECUTORS)), *executor; (executor = strsep(&rest, ","));) {
        static const char *const hooks[] = {"lane_init", "run", "lane_fini"};
        for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
            struct program *bench =
                program_run(*state, FAULTY " -x %s -j 2 -s how=pthread_exit -s at=%s --timeout 20",
                            executor, hooks[i]);
            assert_int_equal(bench->status, 3);
            assert_row(bench, executor, "crashed", "ended");
        }
    }
    assert_int_equal(sandbox_processes_left(*state), 0);
}

/*
 * As a user of whom nothing else runs, with room for bench, what keeps watch over it and the runner.
 * Where the build cannot be read by others, or there is no such user, it is not tried.
 */
static void threads_that_a_user_may_not_have_are_said_with_the_limit_to_raise(void **state)
{
    static const char as_nobody[] = "setpriv --reuid 65534 --regid 65534 --clear-groups";
    if (geteuid() != 0 || program_run(*state, "%s bench list", as_nobody)->status != 0)
        skip();
    for (char *rest = strdupa(getenv(EXECUTORS)), *executor; (executor = strsep(&rest, ","));) {
        if (strcmp(executor, "serial") == 0)
            continue;
        struct program *bench =
            program_run(*state, "%s prlimit --nproc=5 " FAULTY " -x %s -j 6", as_nobody, executor);
        bool ended = strcmp(executor, "omp") == 0 || strcmp(executor, "uv") == 0;
        assert_row(bench, executor, ended ? "crashed" : "failed", "ulimit -u");
    }
}

static void locked_memory_that_a_user_may_not_have_is_said_with_the_limit_to_raise(void **state)
{
    static const char as_nobody[] = "setpriv --reuid 65534 --regid 65534 --clear-groups";
    if (geteuid() != 0 || !executor_works("uring") ||
        program_run(*state, "%s bench list", as_nobody)->status != 0)
        skip();
    struct program *bench =
        program_run(*state, "%s prlimit --memlock=0 " FAULTY " -x uring -j 2", as_nobody);
    if (bench->status == 0)
        skip(); /* this kernel does not count rings */
    assert_row(bench, "uring", "unsupported", "ulimit -l");
}

static void every_launch_is_tried(void **state)
{
    struct program *bench = program_run(*state, FAULTY " -x serial --launches 3 -s how=kill");
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(rows_with(&rows, "status", "crashed"), 3);
}

static void use_of_all_memory_is_a_failed_row(void **state)
{
    struct program *bench = program_run(*state, FAULTY " -x serial -s how=memory");
    assert_int_equal(bench->status, 3);
    assert_row(bench, "serial", "failed", "run failed");
}

/* ---- hangs ---- */

static void hang_is_ended_by_the_timeout_under_every_executor(void **state)
{
    const char *all = getenv(EXECUTORS);
    struct program *bench = program_run(*state, FAULTY " -x %s -j 2 -s how=busy --timeout 1", all);
    assert_int_equal(bench->status, 3);
    for (char *rest = strdupa(all), *executor; (executor = strsep(&rest, ","));)
        assert_row(bench, executor, "timeout", "1 s (--timeout)");
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static void hang_costs_itself_alone(void **state)
{
    struct program *bench = program_run(
        *state, "bench --format csv --plugin " FAKE(
                    "faulty") " -w faulty,spin -x serial -s how=asleep "
                              "-s spin.tasks=8 -s steps_per_us=1 --warmup 0 -r 1 --timeout 3");
    assert_int_equal(bench->status, 3);
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(rows_with(&rows, "status", "timeout"), 1);
    assert_int_equal(rows_with(&rows, "status", "ok"), 2);
}

static void sleeper_is_ended_by_the_timeout(void **state)
{
    static const char *const hooks[] = {"setup", "lane_init", "finish"};
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
        struct program *bench =
            program_run(*state, FAULTY " -x serial -s how=asleep -s at=%s --timeout 0.7", hooks[i]);
        assert_int_equal(bench->status, 3);
        assert_row(bench, "serial", "timeout", "0.7 s");
    }
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static void hang_after_the_last_run_is_a_note_and_no_failure(void **state)
{
    static const char *const hooks[] = {"lane_fini", "teardown"};
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
        struct program *bench = program_run(
            *state, FAULTY " -x serial,process -s how=asleep -s at=%s --timeout 0.7", hooks[i]);
        assert_int_equal(bench->status, 0);
        assert_non_null(strstr(bench->err, "everything was measured, but the runner did not exit"));
        struct rows rows = rows_of(*state, bench->out);
        assert_int_equal(rows.count, 4);
        assert_int_equal(rows_with(&rows, "status", "ok"), 4);
    }
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static void hang_while_parameters_are_checked_is_ended_by_the_timeout(void **state)
{
    struct program *bench =
        program_run(*state, FAULTY " -x serial -s how=asleep -s at=validate --timeout 0.7");
    assert_int_equal(bench->status, 3);
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static void one_worker_that_hangs_is_ended_with_the_others(void **state)
{
    struct program *bench =
        program_run(*state, FAULTY " -x pthread,process -j 3 -s how=asleep -s task=7 --timeout 1");
    assert_row(bench, "pthread", "timeout", "1 s");
    assert_row(bench, "process", "timeout", "1 s");
    assert_int_equal(sandbox_processes_left(*state), 0);
}

/* ---- what is left behind ---- */

static void process_that_left_its_session_is_ended_with_the_launch(void **state)
{
    struct program *bench = program_run(*state, FAULTY " -x serial,process -s how=daemon");
    assert_int_equal(bench->status, 0);
    assert_int_equal(sandbox_processes(*state), 0); /* when bench has ended, not some time later */
}

/* Often: the process between the two has just begun to end when it is looked at. */
static void process_that_left_its_session_is_ended_after_a_crash(void **state)
{
    for (int i = 0; i < 25; i++) {
        struct program *bench = program_run(*state, FAULTY " -x serial -s how=daemon_crash");
        assert_int_equal(bench->status, 3);
        assert_int_equal(sandbox_processes(*state), 0);
    }
}

static void crash_of_a_worker_is_seen_though_its_child_lives_on(void **state)
{
    struct program *bench =
        program_run(*state, FAULTY " -x process -j 2 -s how=daemon_crash --timeout 5");
    assert_row(bench, "process", "crashed", "worker");
    assert_int_equal(sandbox_processes(*state), 0);
}

static void process_that_left_in_a_large_environment_is_ended(void **state)
{
    struct sandbox *box = *state;
    char variable[100000] = "PADDING=";
    memset(variable + 8, 'x', sizeof variable - 9);
    box->variables[0] = variable;
    struct program *bench = program_run(box, FAULTY " -x serial -s how=daemon");
    assert_int_equal(bench->status, 0);
    assert_int_equal(sandbox_processes(box), 0);
}

/* ---- printing and reading ---- */

static void printing_does_not_reach_stdout(void **state)
{
    struct program *bench =
        program_run(*state, FAULTY " -x %s -j 2 -s how=print -s lines=20000", getenv(EXECUTORS));
    assert_int_equal(bench->status, 0);
    assert_null(strstr(bench->out, "faulty says"));
    assert_null(strstr(bench->out, "faulty writes"));
    assert_non_null(strstr(bench->err, "faulty says 19999 on stdout"));
}

static void printed_replies_are_not_believed(void **state)
{
    struct program *bench = program_run(*state, FAULTY " -x serial -s how=print");
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(rows.count, 2);
    assert_int_equal(rows_with(&rows, "wall_s", "12345"), 0);
}

static void printing_in_setup_does_not_reach_stdout(void **state)
{
    struct program *bench = program_run(*state, FAULTY " -x serial -s how=print -s at=setup");
    assert_int_equal(bench->status, 0);
    assert_null(strstr(bench->out, "faulty says"));
}

static void stdin_of_a_workload_is_empty(void **state)
{
    struct program *bench =
        program_run(*state, "echo hello | " FAULTY " -x %s -j 2 -s how=stdin", getenv(EXECUTORS));
    assert_int_equal(bench->status, 0);
}

/* ---- executors ---- */

static void careful_executor_is_well(void **state)
{
    assert_int_equal(program_run(*state, CARELESS)->status, 0);
}

static void executor_that_does_not_do_every_range_once_fails(void **state)
{
    static const char *const ways[] = {"skip", "twice", "swap"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct program *bench = program_run(*state, CARELESS " -s how=%s", ways[i]);
        assert_int_equal(bench->status, 3);
        struct rows rows = rows_of(*state, bench->out);
        assert_string_equal(rows_field(&rows, 0, "status"), "failed");
        assert_non_null(strstr(rows_field(&rows, 0, "error"), "careless"));
    }
}

static void executor_whose_workers_come_and_go_as_they_like_fails(void **state)
{
    static const char *const ways[][2] = {
        {"stay", "worker 0 left the run 0 times"},
        {"again", "worker 0 left the run 2 times"},
        {"early", "worker 0 did 8 of its ranges before bench_enter or after bench_leave"},
        {"late", "worker 0 did 1 of its ranges before bench_enter or after bench_leave"},
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct program *bench = program_run(*state, CARELESS " -s how=%s", ways[i][0]);
        assert_int_equal(bench->status, 3);
        struct rows rows = rows_of(*state, bench->out);
        assert_string_equal(rows_field(&rows, 0, "status"), "failed");
        if (!strstr(rows_field(&rows, 0, "error"), ways[i][1]))
            fail_msg("%s: %s", ways[i][0], rows_field(&rows, 0, "error"));
    }
}

static void worker_that_is_moved_is_noted_and_its_place_is_where_it_was(void **state)
{
    cpu_set_t cpus;
    sched_getaffinity(0, sizeof cpus, &cpus);
    if (CPU_COUNT(&cpus) < 2)
        skip(); /* there is nowhere to move it to */
    struct program *bench =
        program_run(*state, FAULTY " -x pthread,process -j 2 -s at=lane_init -s how=move --format csv");
    assert_int_equal(bench->status, 0);
    struct rows rows = rows_of(*state, bench->out);
    for (size_t row = 0; row < rows.count; row++) {
        const char *both = rows_field(&rows, row, "cpus"), *second = strchr(both, ' ');
        assert_non_null(second);
        assert_string_equal(second + 1, strndupa(both, (size_t)(second - both)));
    }
    assert_non_null(strstr(bench->err, "was moved: put on CPU"));
}

static void pinned_worker_that_changed_cpus_and_came_back_is_noted(void **state)
{
    cpu_set_t cpus;
    sched_getaffinity(0, sizeof cpus, &cpus);
    if (CPU_COUNT(&cpus) < 2 || access("/proc/self/sched", R_OK) != 0)
        skip(); /* it cannot, or the kernel does not tell */
    struct program *bench =
        program_run(*state, FAULTY " -x pthread,process,serial -j 1 -s at=run -s how=wander -s run=2");
    assert_int_equal(bench->status, 0);
    struct rows rows = rows_of(*state, bench->out);
    for (size_t row = 0; row < rows.count; row++) {
        bool timed = strcmp(rows_field(&rows, row, "phase"), "measure") == 0;
        assert_int_equal(atoi(rows_field(&rows, row, "migrations")) > 0, timed);
        assert_int_equal(strstr(rows_field(&rows, row, "notes"), "changed CPUs") != NULL, timed);
    }
    assert_non_null(strstr(bench->err, "worker 0 changed CPUs during a run although pinned to CPU "));
}

static void clock_that_falls_over_a_launch_is_told_of_work_that_computes(void **state)
{
    struct sandbox *box = *state;
    if (access(BINARY_FOLDER "/tests/fake_clock.so", R_OK) < 0)
        skip(); /* a sanitizer wants to be the first library */
    box->variables[0] = "LD_PRELOAD=" BINARY_FOLDER "/tests/fake_clock.so";
    struct program *computes = program_run(box, "bench -w spin -x serial -r 3 --warmup 0");
    assert_int_equal(computes->status, 0);
    assert_non_null(strstr(computes->err, "the CPUs' clock fell from 4 to 3 GHz"));
    struct program *waits =
        program_run(box, "bench -w sleep -x serial -s duration=20ms -s tasks=1 -r 3 --warmup 0");
    assert_int_equal(waits->status, 0);
    assert_null(strstr(waits->err, "clock fell"));
}

static void a_lanes_note_is_told_once(void **state)
{
    struct program *bench =
        program_run(*state, FAULTY " -x $EXECUTORS -j 2 -i 4 -s at=lane_init -s how=note");
    assert_int_equal(bench->status, 0);
    const char *said = strstr(bench->err, "lane_init: as it was told to");
    assert_non_null(said);
    assert_null(strstr(said + 1, "; lane_init: as"));
}

/* ---- what setup plans ---- */

#define PLANNER "bench --plugin " FAKE("planner") " -w planner -x serial --warmup 0 -r 1 --format csv"

static void plans_that_cannot_be_are_refused_at_setup(void **state)
{
    static const char *const plans[][2] = {
        {"work=nan", "work=nan"},
        {"work=inf", "work=inf"},
        {"work=-5", "work=-5"},
        {"work=8", "work=8 without a work_unit"},
        {"stack=1TiB", "stack_bytes=1099511627776; it must be at most 1073741824"},
    };
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        struct program *bench = program_run(*state, PLANNER " -s %s", plans[i][0]);
        assert_int_equal(bench->status, 3);
        struct rows rows = rows_of(*state, bench->out);
        if (!strstr(rows_field(&rows, 0, "error"), plans[i][1]))
            fail_msg("%s: %s", plans[i][0], rows_field(&rows, 0, "error"));
    }
}

static void work_that_is_not_planned_is_the_number_of_tasks(void **state)
{
    struct program *bench = program_run(*state, PLANNER " -s work=0");
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(bench->status, 0);
    assert_string_equal(rows_field(&rows, 0, "work"), "4");
    assert_string_equal(rows_field(&rows, 0, "work_unit"), "task");
}

static void a_scratch_folder_is_gone_with_the_launch(void **state)
{
    struct program *bench = program_run(*state, PLANNER " -s scratch=yes");
    assert_int_equal(bench->status, 0);
    const char *path = strstr(bench->err, "scratch=");
    assert_non_null(path);
    path += strlen("scratch=");
    assert_int_not_equal(access(strndupa(path, strcspn(path, " ;\n")), F_OK), 0);
}

static void executor_that_schedules_by_itself_says_so(void **state)
{
    struct program *bench = program_run(*state, CARELESS " --schedule static --format csv");
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(bench->status, 0);
    assert_int_equal(rows_with(&rows, "schedule", "own"), rows.count);
}

static void workers_without_memory_in_common_are_unsupported(void **state)
{
    struct program *bench =
        program_run(*state, "bench --plugin " FAKE("careless") " --plugin " FAKE(
                                "planner") " -w planner -x careless -r 1 --format csv");
    struct rows rows = rows_of(*state, bench->out);
    assert_string_equal(rows_field(&rows, 0, "status"), "unsupported");
    assert_non_null(strstr(rows_field(&rows, 0, "error"), "memory that all workers share"));
}

static void executor_that_cannot_make_workers_fails_with_its_reason(void **state)
{
    static const char *const ways[] = {"open", "run", "mute", "absent"};
    static const char *const reasons[] = {"no workers to be had", "no workers to be had today",
                                          "careless", "never entered"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct program *bench = program_run(*state, CARELESS " -s how=%s", ways[i]);
        assert_int_equal(bench->status, 3);
        struct rows rows = rows_of(*state, bench->out);
        assert_string_equal(rows_field(&rows, 0, "status"), "failed");
        if (!strstr(rows_field(&rows, 0, "error"), reasons[i]))
            fail_msg("%s: %s", ways[i], rows_field(&rows, 0, "error"));
    }
}

static void needs_that_are_not_offered_are_unsupported(void **state)
{
    struct program *bench = program_run(
        *state,
        "bench --format csv --plugin " FAKE("sharing") " -w sharing -x pthread,process -j 2 -r 1");
    assert_int_equal(bench->status, 0);
    struct rows rows = rows_of(*state, bench->out);
    size_t row = rows_find(&rows, 0, "executor", "process");
    assert_string_equal(rows_field(&rows, row, "status"), "unsupported");
    assert_non_null(strstr(rows_field(&rows, row, "error"), "share their memory"));
    assert_string_equal(rows_field(&rows, rows_find(&rows, 0, "executor", "pthread"), "status"), "ok");
}

static void nothing_but_unsupported_is_no_success(void **state)
{
    struct program *bench = program_run(
        *state, "bench --format csv --plugin " FAKE("sharing") " -w sharing -x process -r 1");
    assert_int_equal(bench->status, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(failing_hook_is_a_failed_row_with_its_reason),
        TEST(hook_that_fails_without_a_reason_is_a_failed_row_all_the_same),
        TEST(refused_parameters_run_nothing),
        TEST(failing_run_costs_itself_alone_under_every_executor),
        TEST(wrong_answer_costs_itself_alone_under_every_executor),
        TEST(lane_that_cannot_be_made_costs_itself_alone_under_every_executor),
        TEST(what_is_unsupported_is_said_so_and_is_no_failure),
        TEST(no_tasks_is_a_failed_row),
        TEST(what_an_open_that_failed_did_not_tell_is_empty),
        TEST(good_runs_before_a_failure_are_rows),
        TEST(reasons_keep_their_odd_characters),
        TEST(reasons_are_one_line_on_stderr_whatever_is_in_them),
        TEST(notes_are_said_once),
        TEST(quiet_says_no_notes),
        TEST(crash_costs_itself_alone_under_every_executor),
        TEST(abort_costs_itself_alone_under_every_executor),
        TEST(exit_costs_itself_alone_under_every_executor),
        TEST(kill_for_want_of_memory_costs_itself_alone_under_every_executor),
        TEST(crash_in_any_hook_is_a_crashed_row),
        TEST(crash_at_the_end_is_a_row_and_keeps_the_good_ones),
        TEST(crash_while_parameters_are_checked_is_a_row),
        TEST(crash_of_one_worker_in_a_later_run_is_a_row),
        TEST(worker_that_does_not_retire_well_is_a_crashed_row),
        TEST(worker_that_dies_between_runs_is_a_crashed_row),
        TEST(worker_that_dies_after_the_last_run_is_a_crashed_row_and_keeps_the_good_ones),
        TEST(crash_and_time_out_name_the_hooks_that_they_can_have_been_in),
        TEST(worker_of_whose_end_nothing_is_told_is_a_crashed_row),
        TEST(ends_are_told_where_whoever_started_bench_ignores_sigchld),
        TEST(death_is_seen_where_there_are_no_descriptors_to_watch_with),
        TEST(worker_that_cannot_tell_that_it_has_finished_is_a_crashed_row),
        TEST(thread_that_ends_itself_is_a_crashed_row),
        TEST(threads_that_a_user_may_not_have_are_said_with_the_limit_to_raise),
        TEST(locked_memory_that_a_user_may_not_have_is_said_with_the_limit_to_raise),
        TEST(every_launch_is_tried),
        TEST(use_of_all_memory_is_a_failed_row),
        TEST(hang_is_ended_by_the_timeout_under_every_executor),
        TEST(hang_costs_itself_alone),
        TEST(sleeper_is_ended_by_the_timeout),
        TEST(hang_after_the_last_run_is_a_note_and_no_failure),
        TEST(hang_while_parameters_are_checked_is_ended_by_the_timeout),
        TEST(one_worker_that_hangs_is_ended_with_the_others),
        TEST(process_that_left_its_session_is_ended_with_the_launch),
        TEST(process_that_left_its_session_is_ended_after_a_crash),
        TEST(crash_of_a_worker_is_seen_though_its_child_lives_on),
        TEST(process_that_left_in_a_large_environment_is_ended),
        TEST(printing_does_not_reach_stdout),
        TEST(printed_replies_are_not_believed),
        TEST(printing_in_setup_does_not_reach_stdout),
        TEST(stdin_of_a_workload_is_empty),
        TEST(careful_executor_is_well),
        TEST(executor_that_does_not_do_every_range_once_fails),
        TEST(executor_whose_workers_come_and_go_as_they_like_fails),
        TEST(worker_that_is_moved_is_noted_and_its_place_is_where_it_was),
        TEST(pinned_worker_that_changed_cpus_and_came_back_is_noted),
        TEST(clock_that_falls_over_a_launch_is_told_of_work_that_computes),
        TEST(a_lanes_note_is_told_once),
        TEST(plans_that_cannot_be_are_refused_at_setup),
        TEST(work_that_is_not_planned_is_the_number_of_tasks),
        TEST(a_scratch_folder_is_gone_with_the_launch),
        TEST(executor_that_schedules_by_itself_says_so),
        TEST(workers_without_memory_in_common_are_unsupported),
        TEST(executor_that_cannot_make_workers_fails_with_its_reason),
        TEST(needs_that_are_not_offered_are_unsupported),
        TEST(nothing_but_unsupported_is_no_success),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
