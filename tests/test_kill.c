/* Ends from outside: Ctrl-C, kill, kill -9, of the controller, the runner or a worker, at any moment. */
#include "program.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Three good runs, then one that hangs. exec: so that the process we know is bench. */
#define FAULTY "exec bench --plugin " FAKE("faulty") " -w faulty --warmup 0 -o r.csv"
#define HANGS_AT_4 " -r 9 -s run=4"

struct executor_case {
    const char *name, *how;
};

static const struct executor_case hangs[] = {
    {"serial", "asleep"}, {"pthread", "asleep"}, {"process", "asleep"}, {"omp", "asleep"},
    {"serial", "busy"},   {"pthread", "busy"},   {"process", "busy"},   {"omp", "busy"},
};

enum { HANGS = sizeof hangs / sizeof *hangs };

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#endif

/* The thread sanitizer holds signals back until a system call, so there a busy runner cannot be told. */
static bool can_be_told(const struct executor_case *one)
{
#ifdef __SANITIZE_THREAD__
    return strcmp(one->how, "busy") != 0;
#else
    return one->how[0];
#endif
}

/* Is the header there, and three rows? */
static bool three_rows_written(void *context)
{
    const char *text = sandbox_read(context, "r.csv");
    size_t lines = 0;
    for (; text && *text; text++)
        lines += *text == '\n';
    return lines >= 4;
}

static bool runner_exists(void *context)
{
    /* bench, what keeps watch over its end, and the runner */
    return sandbox_processes(context) >= 3;
}

static struct program *start_hang(struct sandbox *box, const struct executor_case *one)
{
    remove(sandbox_path(box, "r.csv"));
    struct program *bench = program_start(box, TERMINAL_NONE, FAULTY HANGS_AT_4 " -x %s -j 2 -s how=%s",
                                          one->name, one->how);
    if (!wait_until(three_rows_written, box))
        fail_msg("%s: no three rows were written", bench->command);
    return bench;
}

static void assert_three_whole_rows(struct sandbox *box)
{
    struct rows rows = rows_of(box, sandbox_read(box, "r.csv"));
    assert_int_equal(rows.count, 3);
    assert_int_equal(rows_with(&rows, "status", "ok"), 3);
}

/* ---- signals to the controller that it can see ---- */

static void assert_interrupted(struct sandbox *box, int signal_number)
{
    for (size_t i = 0; i < HANGS; i++) {
        if (!executor_works(hangs[i].name))
            continue;
        struct program *bench = start_hang(box, &hangs[i]);
        kill(bench->pid, signal_number);
        program_finish(bench);
        assert_int_equal(sandbox_processes(box), 0);
        if (bench->status != 128 + signal_number)
            fail_msg("%s: exit status %d: %s", bench->command, bench->status, bench->err);
        assert_three_whole_rows(box);
    }
}

static void interrupt_ends_with_130_and_keeps_finished_rows(void **state)
{
    assert_interrupted(*state, SIGINT);
}

static void termination_ends_with_143_and_keeps_finished_rows(void **state)
{
    assert_interrupted(*state, SIGTERM);
}

static void hangup_ends_with_129(void **state)
{
    struct program *bench = start_hang(*state, &hangs[0]);
    kill(bench->pid, SIGHUP);
    program_finish(bench);
    assert_int_equal(bench->status, 129);
}

static void interrupt_is_said_on_stderr(void **state)
{
    struct program *bench = start_hang(*state, &hangs[0]);
    kill(bench->pid, SIGINT);
    program_finish(bench);
    assert_non_null(strstr(bench->err, "interrupted"));
}

static void interrupt_typed_on_a_terminal_shows_what_was_finished(void **state)
{
    struct program *bench = program_start(*state, TERMINAL_IN | TERMINAL_OUT | TERMINAL_ERR,
                                          FAULTY HANGS_AT_4 " -x serial -s how=asleep");
    assert_true(wait_until(three_rows_written, *state));
    program_say(bench, "\003");
    program_expect(bench, "interrupted");
    program_finish(bench);
    assert_int_equal(bench->status, 130);
    assert_non_null(strstr(bench->out, "median"));
    assert_int_equal(sandbox_processes(*state), 0);
}

static void interrupt_in_any_hook_leaves_nothing(void **state)
{
    static const char *const hooks[] = {"validate", "setup",     "lane_init",
                                        "finish",   "lane_fini", "teardown"};
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
        struct program *bench = program_start(*state, TERMINAL_NONE,
                                              FAULTY " -r 1 -x serial -s how=asleep -s at=%s", hooks[i]);
        assert_true(wait_until(runner_exists, *state));
        kill(bench->pid, SIGINT);
        program_finish(bench);
        if (bench->status != 130)
            fail_msg("%s: exit status %d: %s", hooks[i], bench->status, bench->err);
        assert_int_equal(sandbox_processes(*state), 0);
    }
}

static void hangup_that_was_ignored_stays_ignored(void **state)
{
    struct program *bench = program_start(*state, TERMINAL_NONE,
                                          "trap '' HUP; exec bench -w sleep -x serial -s tasks=50 "
                                          "-r 5 --warmup 0 -o r.csv");
    assert_true(wait_until(three_rows_written, *state));
    kill(bench->pid, SIGHUP);
    program_finish(bench);
    assert_int_equal(bench->status, 0);
}

static void interrupt_before_the_second_of_two_cases_runs_no_more(void **state)
{
    struct program *bench =
        program_start(*state, TERMINAL_NONE, FAULTY HANGS_AT_4 " -x serial,pthread -s how=asleep");
    assert_true(wait_until(three_rows_written, *state));
    kill(bench->pid, SIGINT);
    program_finish(bench);
    struct rows rows = rows_of(*state, sandbox_read(*state, "r.csv"));
    assert_int_equal(rows_with(&rows, "executor", "pthread"), 0);
}

static bool messages_are_shown(void *context)
{
    const char *messages = sandbox_read(context, "messages");
    return messages && strstr(messages, "\"op\":\"run\"");
}

static void dry_run_with_very_much_to_show_can_be_ended(void **state)
{
    struct program *bench = program_start(
        *state, TERMINAL_NONE,
        "ulimit -f 500000; exec bench -n -v -w spin -x serial --warmup 1000000000 >messages");
    assert_true(wait_until(messages_are_shown, *state));
    kill(bench->pid, SIGTERM);
    program_finish(bench);
    assert_int_equal(bench->status, 128 + SIGTERM);
}

/* Has nothing been written for half a second? A pipe that nobody reads takes 64 KiB. */
static bool has_come_to_rest(void *context)
{
    const char *before = sandbox_read(context, "r.csv");
    if (!before || strlen(before) < 32768)
        return false;
    poll(NULL, 0, 500);
    return strlen(sandbox_read(context, "r.csv")) == strlen(before);
}

static void termination_does_not_wait_for_a_reader_that_does_not_read(void **state)
{
    assert_int_equal(mkfifo(sandbox_path(*state, "pipe"), 0600), 0);
    int fd = open(sandbox_path(*state, "pipe"), O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    struct program *bench = program_start(*state, TERMINAL_NONE,
                                          "exec bench --format csv -w spin -x serial -s tasks=1 -s "
                                          "steps_per_us=1 -r 100000 -o r.csv >pipe");
    assert_true(wait_until(has_come_to_rest, *state));
    kill(bench->pid, SIGTERM);
    program_finish(bench);
    close(fd);
    assert_int_equal(bench->status, 128 + SIGTERM);
}

static void a_shells_child_without_an_environment_neither_holds_bench_up_nor_is_killed(void **state)
{
    struct program *shell =
        program_run(*state, "sh -c 'env -i sleep 30 & echo $! >other; exec bench -w spin -x serial -s "
                            "tasks=1 -s steps_per_us=1 -r 1 -q' && kill $(cat other)");
    assert_int_equal(shell->status, 0); /* kill has found it alive */
}

static bool has_started(void *context)
{
    return sandbox_has(context, "started");
}

/* ---- kill -9 of the controller ---- */

static void kill_of_the_controller_ends_runner_and_workers(void **state)
{
    for (size_t i = 0; i < HANGS; i++) {
        if (!executor_works(hangs[i].name) || !can_be_told(&hangs[i]))
            continue;
        struct program *bench = start_hang(*state, &hangs[i]);
        kill(bench->pid, SIGKILL);
        program_finish(bench);
        if (sandbox_processes_left(*state) != 0)
            fail_msg("%s: something lives on", bench->command);
    }
}

static void kill_of_the_controller_leaves_whole_rows(void **state)
{
    struct program *bench = start_hang(*state, &hangs[0]);
    kill(bench->pid, SIGKILL);
    program_finish(bench);
    assert_int_equal(bench->status, 128 + SIGKILL);
    assert_three_whole_rows(*state);
}

static void kill_of_the_controller_in_any_hook_ends_the_runner(void **state)
{
    static const char *const hooks[] = {"validate", "setup", "lane_init", "check", "finish", "teardown"};
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
        struct program *bench = program_start(*state, TERMINAL_NONE,
                                              FAULTY " -r 1 -x serial -s how=asleep -s at=%s", hooks[i]);
        assert_true(wait_until(runner_exists, *state));
        kill(bench->pid, SIGKILL);
        program_finish(bench);
        if (sandbox_processes_left(*state) != 0)
            fail_msg("%s: the runner lives on", hooks[i]);
    }
}

static void kill_of_the_controller_between_runs_ends_the_runner(void **state)
{
    static const char *const executors[] = {"serial", "pthread", "process"};
    for (size_t i = 0; i < sizeof executors / sizeof *executors; i++) {
        remove(sandbox_path(*state, "r.csv"));
        struct program *bench =
            program_start(*state, TERMINAL_NONE,
                          "exec bench -w spin -x %s -j 2 -s tasks=5 -s steps_per_us=1 "
                          "-r 1000000 -o r.csv >out.csv",
                          executors[i]);
        assert_true(wait_until(three_rows_written, *state));
        kill(bench->pid, SIGKILL);
        program_finish(bench);
        assert_int_equal(sandbox_processes_left(*state), 0);
        const char *text = sandbox_read(*state, "r.csv");
        assert_int_equal(text[strlen(text) - 1], '\n');
    }
}

static void kill_of_the_controller_ends_what_a_launcher_has_started(void **state)
{
    static const char script[] = "\"$@\"\nexit 0\n"; /* not exec: the runner is its child */
    sandbox_write(*state, "launcher.sh", script, sizeof script - 1);
    struct program *bench = program_start(
        *state, TERMINAL_NONE, FAULTY HANGS_AT_4 " -x serial -s how=asleep --launcher 'sh launcher.sh'");
    assert_true(wait_until(three_rows_written, *state));
    kill(bench->pid, SIGKILL);
    program_finish(bench);
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static void kill_of_the_controller_ends_what_has_left_the_runners_group(void **state)
{
    struct program *bench =
        program_start(*state, TERMINAL_NONE,
                      "exec bench -w exec -x serial -o r.csv -r 100000 --warmup 0 -s tasks=2 -s "
                      "command='sh -c \"setsid sleep 1000 & sleep 0.01\"' >/dev/null");
    assert_true(wait_until(three_rows_written, *state));
    kill(bench->pid, SIGKILL);
    program_finish(bench);
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static void
kill_of_the_controller_ends_what_the_first_runner_has_left_behind_while_it_opens(void **state)
{
    static const char script[] = "read line; setsid sleep 1000 & echo >started; exec sleep 1000\n";
    sandbox_write(*state, "runner.sh", script, sizeof script - 1);
    struct program *bench = program_start(
        *state, TERMINAL_NONE, "exec bench -w spin -x serial --launcher 'sh runner.sh' -o r.csv");
    assert_true(wait_until(has_started, *state));
    kill(bench->pid, SIGKILL);
    program_finish(bench);
    assert_int_equal(sandbox_processes_left(*state), 0);
}

/* In an empty environment there is no mark, as in that of one that is about to end. */
static void the_keeper_is_not_taken_for_an_orphan_where_the_environment_is_empty(void **state)
{
    static const char script[] =
        "controller=$(cut -d ' ' -f 4 /proc/$PPID/stat)\n"
        "for pid in $(cat /proc/$controller/task/*/children); do cat /proc/$pid/comm; done >>seen\n";
    sandbox_write(*state, "look.sh", script, sizeof script - 1);
    struct program *bench = program_run(
        *state, "env -i \"$BUILD\"/bin/bench -w exec -s command='sh look.sh' -s tasks=1 -x serial -r 1 "
                "--warmup 0 --launches 3");
    assert_int_equal(bench->status, 0);
    size_t keepers = 0;
    for (const char *at = sandbox_read(*state, "seen"); (at = strstr(at, "bench-keeper")); at++)
        keepers++;
    assert_int_equal(keepers, 6); /* at each look: two in a launch */
}

/* Nothing that such a runner does could help. */
static void kill_of_the_controller_ends_a_runner_that_does_nothing_for_it(void **state)
{
    static const char script[] =
        "trap '' TERM INT HUP IO; sleep 1000 & (trap '' TERM; sleep 1000; sleep 1000) & "
        "echo >started; exec sleep 1000\n";
    sandbox_write(*state, "runner.sh", script, sizeof script - 1);
    struct program *bench = program_start(
        *state, TERMINAL_NONE, "exec bench -w spin -x serial --launcher 'sh runner.sh' -o r.csv");
    assert_true(wait_until(has_started, *state));
    kill(bench->pid, SIGKILL);
    program_finish(bench);
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static void interrupt_ends_the_wait_for_a_runner_that_does_not_read(void **state)
{
    static const char script[] = "echo >started; exec sleep 1000\n";
    sandbox_write(*state, "runner.sh", script, sizeof script - 1);
    struct program *bench = program_start(*state, TERMINAL_NONE,
                                          "arguments=$(head -c 100000 /dev/zero | tr '\\0' x); exec "
                                          "bench -w exec -s command=\"true $arguments\" -x serial "
                                          "--launcher 'sh runner.sh' -o r.csv");
    assert_true(wait_until(has_started, *state));
    kill(bench->pid, SIGINT);
    program_finish(bench);
    assert_int_equal(bench->status, 130);
    assert_int_equal(sandbox_processes_left(*state), 0);
}

/* ---- kill -9 of others ---- */

static void killed_runner_is_a_crashed_row(void **state)
{
    for (size_t i = 0; i < HANGS; i++) {
        if (!executor_works(hangs[i].name))
            continue;
        struct program *bench = start_hang(*state, &hangs[i]);
        kill(sandbox_runner(*state, false), SIGKILL);
        program_finish(bench);
        assert_int_equal(bench->status, 3);
        assert_int_equal(sandbox_processes_left(*state), 0);
        struct rows rows = rows_of(*state, sandbox_read(*state, "r.csv"));
        assert_int_equal(rows.count, 4);
        assert_string_equal(rows_field(&rows, 3, "status"), "crashed");
        assert_non_null(strstr(rows_field(&rows, 3, "error"), "signal 9"));
    }
}

static void killed_worker_is_a_crashed_row(void **state)
{
    const struct executor_case process = {"process", "asleep"};
    struct program *bench = start_hang(*state, &process);
    kill(sandbox_runner(*state, true), SIGKILL);
    program_finish(bench);
    assert_int_equal(bench->status, 3);
    struct rows rows = rows_of(*state, sandbox_read(*state, "r.csv"));
    assert_string_equal(rows_field(&rows, 3, "status"), "crashed");
    assert_non_null(strstr(rows_field(&rows, 3, "error"), "signal 9"));
    assert_int_equal(sandbox_processes_left(*state), 0);
}

/* ---- files ---- */

static size_t count_files(struct sandbox *box)
{
    size_t count = 0;
    DIR *folder = opendir(box->folder);
    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static void files_that_were_made_are_gone_after_any_end(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGKILL};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        remove(sandbox_path(*state, "r.csv"));
        size_t before = count_files(*state);
        struct program *bench = program_start(*state, TERMINAL_NONE,
                                              "exec bench -w fileread -x process -j 2 -s size=256KiB "
                                              "-s dir=. -r 1000000 -o r.csv >/dev/null");
        assert_true(wait_until(three_rows_written, *state));
        kill(bench->pid, signals[i]);
        program_finish(bench);
        assert_int_equal(bench->status, 128 + signals[i]);
        assert_int_equal(sandbox_processes_left(*state), 0);
        assert_int_equal(count_files(*state), before + 1); /* r.csv */
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(interrupt_ends_with_130_and_keeps_finished_rows),
        TEST(termination_ends_with_143_and_keeps_finished_rows),
        TEST(hangup_ends_with_129),
        TEST(interrupt_is_said_on_stderr),
        TEST(interrupt_typed_on_a_terminal_shows_what_was_finished),
        TEST(interrupt_in_any_hook_leaves_nothing),
        TEST(hangup_that_was_ignored_stays_ignored),
        TEST(interrupt_before_the_second_of_two_cases_runs_no_more),
        TEST(termination_does_not_wait_for_a_reader_that_does_not_read),
        TEST(a_shells_child_without_an_environment_neither_holds_bench_up_nor_is_killed),
        TEST(kill_of_the_controller_ends_runner_and_workers),
        TEST(kill_of_the_controller_leaves_whole_rows),
        TEST(kill_of_the_controller_in_any_hook_ends_the_runner),
        TEST(kill_of_the_controller_between_runs_ends_the_runner),
        TEST(kill_of_the_controller_ends_what_a_launcher_has_started),
        TEST(kill_of_the_controller_ends_what_has_left_the_runners_group),
        TEST(kill_of_the_controller_ends_what_the_first_runner_has_left_behind_while_it_opens),
        TEST(the_keeper_is_not_taken_for_an_orphan_where_the_environment_is_empty),
        TEST(kill_of_the_controller_ends_a_runner_that_does_nothing_for_it),
        TEST(interrupt_ends_the_wait_for_a_runner_that_does_not_read),
        TEST(dry_run_with_very_much_to_show_can_be_ended),
        TEST(killed_runner_is_a_crashed_row),
        TEST(killed_worker_is_a_crashed_row),
        TEST(files_that_were_made_are_gone_after_any_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
