/* Lanes that wait, under every executor that has them; and what becomes of them when something fails. */
#include "program.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define WAITING "bench --format csv --plugin " FAKE("waiting") " -w waiting --warmup 0 -r 1"
#define FORBID(what) "--launcher '\"$BUILD\"/tests/fakes/forbid " what "'"

/* Every row is ok. */
static void assert_good(struct program *bench)
{
    if (bench->status != 0)
        fail_msg("%s: exit status %d: %s", bench->command, bench->status, bench->err);
    struct rows rows = rows_of(bench->box, bench->out);
    assert_int_equal(rows_with(&rows, "status", "ok"), rows.count);
}

/* The last row has this status and reason; nothing is left alive. */
static void assert_bad(struct program *bench, const char *status, const char *reason)
{
    struct rows rows = rows_of(bench->box, bench->out);
    assert_int_equal(bench->status, 3);
    assert_string_equal(rows_field(&rows, rows.count - 1, "status"), status);
    if (!strstr(rows_field(&rows, rows.count - 1, "error"), reason))
        fail_msg("'%s' has no '%s'", rows_field(&rows, rows.count - 1, "error"), reason);
    assert_int_equal(sandbox_processes_left(bench->box), 0);
}

/* ---- every way of waiting ---- */

static void files_are_written_and_read_in_every_way(void **state)
{
    assert_good(program_run(*state, WAITING " -x $EXECUTORS -j 1,2 -i 1,4 --format csv -s how=files"));
}

static void files_take_no_more_stack_than_the_workload_says(void **state)
{
    assert_good(program_run(*state, WAITING " -x $EXECUTORS -j 1 -i 4 --format csv -s how=files "
                                            "-s waiting.stack=512"));
}

static void polls_end_when_their_time_has_passed_not_earlier(void **state)
{
    assert_good(program_run(*state, WAITING " -x $EXECUTORS -j 2 -i 1,8 --format csv -s how=timeout"));
}

static void polls_that_are_woken_for_nothing_end_in_time(void **state)
{
    static const char *const executors[] = {"uring", "uv"};
    for (size_t i = 0; i < 2; i++) {
        if (executor_works(executors[i]))
            assert_good(program_run(*state,
                                    WAITING " -x %s -j 1 -i 2 --schedule static --format csv "
                                            "-s how=woken -s tasks=2",
                                    executors[i]));
    }
}

static void lanes_of_one_worker_wait_for_each_other(void **state)
{
    static const char *const executors[] = {"uring", "uv"};
    for (size_t i = 0; i < 2; i++) {
        if (executor_works(executors[i]))
            assert_good(program_run(*state,
                                    WAITING " -x %s -j 1,2 -i 100 --schedule static --format csv "
                                            "-s how=pairs -s tasks=100",
                                    executors[i]));
    }
}

static void lanes_yield_to_those_that_have_not_begun(void **state)
{
    static const char *const executors[] = {"uring", "uv"};
    for (size_t i = 0; i < 2; i++) {
        if (executor_works(executors[i]))
            assert_good(program_run(*state,
                                    WAITING " -x %s -j 2 -i 50 --schedule static --format csv "
                                            "-s how=yield -s tasks=100",
                                    executors[i]));
    }
}

static void threads_wait_for_each_other(void **state)
{
    assert_good(program_run(*state, WAITING " -x pthread,gil -j 8 --schedule static --format csv "
                                            "-s how=pairs -s tasks=8"));
}

static void a_lock_is_held_by_one_lane_whatever_the_workers_are(void **state)
{
    assert_good(program_run(*state, WAITING " -x $EXECUTORS -j 3 -i 1,30 --format csv "
                                            "-s how=lock -s tasks=60"));
}

static void a_lane_that_fails_with_a_lock_holds_nobody_up(void **state)
{
    static const char *const ways[] = {"pthread -j 4",     "gil -j 4",      "process -j 4",
                                       "uring -j 2 -i 10", "uv -j 2 -i 10", "uring -j 1 -i 20"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        char executor[16];
        sscanf(ways[i], "%15s", executor);
        if (executor_works(executor))
            assert_bad(program_run(*state,
                                   WAITING " -x %s --format csv --schedule static -s how=fail_locked "
                                           "-s tasks=20 -s task=0",
                                   ways[i]),
                       "failed", "task 0 is the one");
    }
}

static void an_end_that_is_closed_wakes_its_poll(void **state)
{
    assert_good(program_run(*state, WAITING " -x $EXECUTORS -j 1 -i 1,4 --format csv -s how=hangup"));
}

static void descriptors_are_polled_again_and_their_numbers_used_again(void **state)
{
    assert_good(program_run(*state, WAITING " -x $EXECUTORS -j 1,2 -i 1,8 -r 2 -s how=again"));
}

static void a_call_has_a_stack_of_ordinary_size(void **state)
{
    assert_good(program_run(*state, WAITING
                            " -x $EXECUTORS -j 2 -i 4 --format csv -s how=call -s waiting.stack=512"));
}

/* ---- failures ---- */

static void assert_others_are_cancelled(struct sandbox *box, const char *how)
{
    static const char *const executors[] = {"uring", "uv"};
    for (size_t i = 0; i < 2; i++) {
        for (int workers = 1; executor_works(executors[i]) && workers <= 2; workers++)
            assert_bad(program_run(box,
                                   WAITING " -x %s -j %d -i 20 --format csv -s how=%s -s tasks=20 "
                                           "-s task=7",
                                   executors[i], workers, how),
                       "failed", "task 7 is the one");
    }
}

static void a_failure_ends_the_sleep_of_all_others(void **state)
{
    assert_others_are_cancelled(*state, "fail_asleep");
}

static void a_failure_ends_the_polls_of_all_others(void **state)
{
    assert_others_are_cancelled(*state, "fail_polling");
}

static void a_long_reason_fits_a_short_stack(void **state)
{
    if (executor_works("uring"))
        assert_bad(program_run(*state, WAITING " -x uring -j 1 -i 4 --format csv -s how=chatty "
                                               "-s waiting.stack=512"),
                   "failed", "much to say: 0.333333333");
}

#ifndef SANITIZED /* which report it themselves, or give fibers far larger stacks */
static void a_stack_that_overflows_into_its_guard_is_named(void **state)
{
    if (executor_works("uring"))
        assert_bad(program_run(*state, WAITING " -x uring -j 1 -i 8 --format csv -s how=overflow "
                                               "-s waiting.stack=4KiB"),
                   "crashed", "a lane's stack has overflowed");
}

static void a_stack_that_overflows_into_another_is_named(void **state)
{
    if (executor_works("uv"))
        assert_bad(program_run(*state, WAITING " -x uv -j 1 -i 8 --format csv -s how=overflow "
                                               "-s waiting.stack=1KiB"),
                   "crashed", "a lane's stack has overflowed");
}
#endif

static void a_stack_smaller_than_needed_is_refused(void **state)
{
    if (executor_works("uring"))
        assert_bad(program_run(*state, WAITING " -x uring -j 1 --format csv -s how=nowhere "
                                               "-s waiting.stack=64KiB -s uring.stack=1KiB"),
                   "failed", "stack=1024: the workload needs 65536 bytes");
}

/* ---- room ---- */

static void descriptors_that_are_not_there_are_told_before(void **state)
{
    assert_bad(program_run(*state, "ulimit -n 300; " WAITING " -x uring,pthread -j 2 -i 1000 "
                                   "--format csv -s how=nowhere -s descriptors=200"),
               "failed", "2 lanes need 464 file descriptors, and the limit is 300");
}

static void the_soft_limit_of_descriptors_is_raised_where_that_will_do(void **state)
{
    assert_good(program_run(*state, "ulimit -Sn 100; " WAITING " -x pthread -j 2 --format csv "
                                    "-s how=nowhere -s descriptors=50"));
}

static void the_soft_limit_is_raised_for_what_executors_have_open(void **state)
{
    assert_good(program_run(*state, "ulimit -Sn 100; " WAITING " -x $EXECUTORS -j 60 "
                                    "--format csv -s how=nowhere -s tasks=4"));
}

static void memory_that_is_not_there_is_told_before(void **state)
{
    if (executor_works("uring"))
        assert_bad(program_run(*state, WAITING " -x uring -j 16 -i 16000000 --format csv "
                                               "-s how=nowhere"),
                   "failed", "256000000 lanes need at least");
}

/* ---- again and again ---- */

static size_t descriptors_of(pid_t pid)
{
    char path[64];
    size_t count = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static long memory_pages_of(pid_t pid)
{
    char path[64];
    long resident = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%*d %ld", &resident), 1);
    fclose(file);
    return resident;
}

static void cycle(struct program *runner, const char *executor, int times)
{
    char open[256];
    snprintf(open, sizeof open,
             "{\"op\":\"open\",\"workload\":\"sleep\",\"params\":{\"duration\":\"0\",\"tasks\":\"20\"},"
             "\"executor\":\"%s\",\"workers\":2,\"inflight\":10}\n",
             executor);
    for (int i = 0; i < times; i++) {
        const char *const messages[] = {open, "{\"op\":\"run\"}\n", "{\"op\":\"close\"}\n"};
        for (size_t m = 0; m < 3; m++) {
            program_say(runner, messages[m]);
            const char *reply = program_hear(runner);
            if (!reply || !strstr(reply, "\"ok\":true"))
                fail_msg("%s", reply ? reply : "no reply");
        }
    }
}

static void a_thousand_cycles_leave_descriptors_and_memory_as_they_were(void **state)
{
    static const char *const executors[] = {"pthread", "process", "gil", "uring", "uv"};
    enum { few = 40, cycles = 200, pages = 512 };
    struct program *runner = program_start(*state, TERMINAL_NONE, "exec bench runner");
    for (size_t i = 0; i < sizeof executors / sizeof *executors; i++) {
        if (!executor_works(executors[i]))
            continue;
        cycle(runner, executors[i], few);
        size_t descriptors = descriptors_of(runner->pid);
        long resident = memory_pages_of(runner->pid);
        cycle(runner, executors[i], cycles);
        assert_int_equal(descriptors_of(runner->pid), descriptors);
#ifndef SANITIZED /* which keep freed memory for a while */
        assert_in_range(memory_pages_of(runner->pid), 0, resident + pages);
#endif
        (void)resident;
        (void)memory_pages_of;
    }
    program_finish(runner);
    assert_int_equal(runner->status, 0);
}

static bool runner_exists(void *context)
{
    return sandbox_processes(context) >= 2;
}

static void killed_controllers_take_lanes_with_small_stacks_with_them(void **state)
{
    static const char *const executors[] = {"uring", "uv"};
    for (size_t i = 0; i < 2; i++) {
        if (!executor_works(executors[i]))
            continue;
        struct program *bench = program_start(*state, TERMINAL_NONE,
                                              "exec bench -w sleep -x %s -j 2 -i 1000 -s tasks=2000 "
                                              "-s duration=3600s -r 1",
                                              executors[i]);
        assert_true(wait_until(runner_exists, *state));
        usleep(200000); /* all are asleep; earlier does no harm */
        kill(bench->pid, SIGKILL);
        program_finish(bench);
        assert_int_equal(sandbox_processes_left(*state), 0);
    }
}

/* ---- io_uring refused ---- */

static void assert_refused(struct sandbox *box, const char *command)
{
    if (!executor_works("uring"))
        return;
    struct program *bench = program_run(box, command);
    struct rows rows = rows_of(box, bench->out);
    const char *error = rows_field(&rows, rows_find(&rows, 0, "executor", "uring"), "error");
    assert_int_equal(rows_with(&rows, "status", "unsupported"), 1);
    assert_non_null(strstr(error, "io_uring is not available here (Operation not permitted)"));
    assert_non_null(strstr(error, "the executor uv"));
    assert_int_equal(bench->status, executor_works("uv") ? 0 : 3);
}

static void io_uring_refused_is_unsupported_and_names_the_other_way(void **state)
{
    assert_refused(*state,
                   "bench -w sleep -x uring,uv -s tasks=3 -r 1 --format csv " FORBID("io_uring"));
}

static void an_io_uring_that_may_not_be_used_is_refused_as_well(void **state)
{
    assert_refused(*state,
                   "bench -w sleep -x uring,uv -s tasks=3 -r 1 --format csv " FORBID("io_uring_enter"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_are_written_and_read_in_every_way),
        TEST(files_take_no_more_stack_than_the_workload_says),
        TEST(polls_end_when_their_time_has_passed_not_earlier),
        TEST(polls_that_are_woken_for_nothing_end_in_time),
        TEST(lanes_of_one_worker_wait_for_each_other),
        TEST(lanes_yield_to_those_that_have_not_begun),
        TEST(threads_wait_for_each_other),
        TEST(a_lock_is_held_by_one_lane_whatever_the_workers_are),
        TEST(a_lane_that_fails_with_a_lock_holds_nobody_up),
        TEST(an_end_that_is_closed_wakes_its_poll),
        TEST(descriptors_are_polled_again_and_their_numbers_used_again),
        TEST(a_call_has_a_stack_of_ordinary_size),
        TEST(a_failure_ends_the_sleep_of_all_others),
        TEST(a_failure_ends_the_polls_of_all_others),
        TEST(a_long_reason_fits_a_short_stack),
#ifndef SANITIZED
        TEST(a_stack_that_overflows_into_its_guard_is_named),
        TEST(a_stack_that_overflows_into_another_is_named),
#endif
        TEST(a_stack_smaller_than_needed_is_refused),
        TEST(descriptors_that_are_not_there_are_told_before),
        TEST(the_soft_limit_of_descriptors_is_raised_where_that_will_do),
        TEST(the_soft_limit_is_raised_for_what_executors_have_open),
        TEST(memory_that_is_not_there_is_told_before),
        TEST(a_thousand_cycles_leave_descriptors_and_memory_as_they_were),
        TEST(killed_controllers_take_lanes_with_small_stacks_with_them),
        TEST(io_uring_refused_is_unsupported_and_names_the_other_way),
        TEST(an_io_uring_that_may_not_be_used_is_refused_as_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
