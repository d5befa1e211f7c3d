/*
 * The workload exec: programs of the user's as work. This program is some of them itself: see main().
 */
#include "program.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define EXEC "bench -w exec -r 1 --warmup 0 --format csv "
#define SELF "\"$BUILD\"/tests/test_exec" /* a word for a shell and for bench */

/* A verification run and a measured one, both well. */
static struct rows assert_ok(struct sandbox *box, const char *options)
{
    struct program *bench = program_run(box, EXEC "%s", options);
    if (bench->status != 0)
        fail_msg("%s: exit status %d: %s", options, bench->status, bench->err);
    struct rows rows = rows_of(box, bench->out);
    assert_true(rows.count >= 2);
    assert_int_equal(rows_with(&rows, "status", "ok"), rows.count);
    return rows;
}

/* The case fails, and says exactly this. */
static void assert_fails(struct sandbox *box, const char *options, const char *error)
{
    struct program *bench = program_run(box, EXEC "-x serial %s", options);
    if (bench->status != 3)
        fail_msg("%s: exit status %d: %s", options, bench->status, bench->err);
    struct rows rows = rows_of(box, bench->out);
    size_t row = rows_find(&rows, 0, "status", "failed");
    assert_string_equal(rows_field(&rows, row, "error"), error);
}

/* The user's mistake: nothing is run, and the message has these words. */
static void assert_refused(struct sandbox *box, const char *options, const char *words)
{
    struct program *bench = program_run(box, EXEC "-x serial %s", options);
    if (bench->status != 2 || bench->out[0])
        fail_msg("%s: exit status %d: %s%s", options, bench->status, bench->out, bench->err);
    if (!strstr(bench->err, words))
        fail_msg("%s: '%s' is not in: %s", options, words, bench->err);
}

static void write_script(struct sandbox *box, const char *name, const char *text)
{
    sandbox_write(box, name, text, strlen(text));
    program_run(box, "chmod +x %s", name);
}

/* What two runs, the verified and the measured one, have appended. */
static void assert_output_twice(struct sandbox *box, const char *name, const char *once)
{
    char expected[512];
    const char *text = sandbox_read(box, name);
    snprintf(expected, sizeof expected, "%s%s", once, once);
    assert_non_null(text);
    assert_string_equal(text, expected);
}

/* ---- how it ended ---- */

static void a_command_that_succeeds_is_well(void **state)
{
    struct rows rows = assert_ok(*state, "-x $EXECUTORS -j 2 -s tasks=8");
    assert_int_equal(rows_with(&rows, "tasks", "8"), rows.count);
    assert_int_equal(rows_with(&rows, "work_unit", "process"), rows.count);
}

static void an_exit_status_fails_the_case(void **state)
{
    assert_fails(*state, "-s \"command=sh -c 'exit 7'\"",
                 "command 'sh -c 'exit 7'' exited with status 7");
}

static void an_exit_status_may_be_ignored(void **state)
{
    assert_ok(*state, "-x serial -s command=false -s ignore_status=yes");
}

static void death_by_a_signal_fails_the_case(void **state)
{
    assert_fails(*state, "-s shell=yes -s 'command=kill -KILL $$'",
                 "command 'kill -KILL $$' was killed by signal 9 (Killed)");
}

static void death_by_a_signal_cannot_be_ignored(void **state)
{
    assert_fails(*state, "-s shell=yes -s 'command=kill -SEGV $$' -s ignore_status=yes",
                 "command 'kill -SEGV $$' was killed by signal 11 (Segmentation fault)");
}

static void the_last_line_of_stderr_is_quoted(void **state)
{
    assert_fails(*state,
                 "-s shell=yes -s command='echo no >&2; printf \"\\tit is\\tempty\\n \\n\" >&2; exit 2'",
                 "command 'echo no >&2; printf \"\\tit is\\tempty\\n \\n\" >&2; exit 2' exited with "
                 "status 2: it is empty");
}

static void stderr_of_an_earlier_task_is_not_quoted(void **state)
{
    write_script(*state, "x",
                 "#!/bin/sh\nif [ $BENCH_TASK = 0 ]; then echo noise >&2; else exit 1; fi\n");
    assert_fails(*state, "-s command=./x -s tasks=2", "command './x' exited with status 1");
}

static void what_a_later_task_says_is_quoted(void **state)
{
    write_script(*state, "x", "#!/bin/sh\necho $BENCH_TASK >&2; [ $BENCH_TASK = 0 ]\n");
    assert_fails(*state, "-s command=./x -s tasks=2", "command './x' exited with status 1: 1");
}

static void long_commands_and_lines_are_cut_between_characters(void **state)
{
    char error[600], *end = error;
    write_script(*state, "x",
                 "#!/bin/sh\nfor i in $(seq 200); do printf '\\303\\244' >&2; done; exit 1\n");
    /* "./x xxx...": 80 bytes would end amid a character */
    end = stpcpy(end, "command './x x");
    for (int i = 0; i < 37; i++)
        end = stpcpy(end, "\303\244");
    end = stpcpy(end, "...' exited with status 1: ");
    for (int i = 0; i < 100; i++)
        end = stpcpy(end, "\303\244");
    stpcpy(end, "...");
    assert_fails(*state, "-s \"command=./x x$(for i in $(seq 50); do printf '\\303\\244'; done)\"",
                 error);
}

static void every_executor_tells_why(void **state)
{
    struct program *bench = program_run(
        *state, EXEC "-x $EXECUTORS -j 2 -s tasks=6 -s \"command=sh -c 'echo why >&2; exit 5'\"");
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(bench->status, 3);
    assert_int_equal(rows_with(&rows, "error",
                               "command 'sh -c 'echo why >&2; exit 5'' exited with "
                               "status 5: why"),
                     rows.count);
}

/* ---- what is run ---- */

static void a_program_that_is_not_there_is_refused(void **state)
{
    assert_refused(*state, "-s command='nosuch -x'", "command=nosuch: no such program in PATH");
    assert_refused(*state, "-s command=./nosuch", "command=./nosuch: no such file");
}

static void what_cannot_be_executed_is_refused(void **state)
{
    sandbox_write(*state, "x", "", 0);
    assert_refused(*state, "-s command=./x", "command=./x: not executable");
    assert_refused(*state, "-s command=/", "command=/: a folder");
}

static void no_command_is_refused_with_an_example(void **state)
{
    assert_refused(*state, "-s command=", "such as command='gzip -kf file'");
    assert_refused(*state, "-s command=' ' -s shell=yes", "such as command='gzip -kf file'");
}

static void what_needs_a_shell_is_refused_without_one(void **state)
{
    assert_refused(*state, "-s command='echo a | cat'", "quote them, or use shell=yes");
    assert_refused(*state, "-s command='echo $(date)'", "shell=yes");
    assert_refused(*state, "-s command='touch $BENCH_TASK'", "shell=yes");
    assert_refused(*state, "-s command=\"echo 'a\"", "unbalanced quotes");
}

static void script_variables_are_not_ours(void **state)
{
    assert_refused(*state, "-s command='echo $1'", "quote them as '$1', or use shell=yes");
    assert_refused(*state, "-s command='echo \"${2}$$\"'", "quote them as '$1', or use shell=yes");
    assert_ok(*state, "-x serial -s output=o -s 'command=echo '\\''$1'\\'' \\$2'");
    assert_output_twice(*state, "o", "$1 $2\n");
}

static void why_a_long_command_is_refused_is_not_cut_off(void **state)
{
    char options[1024];
    snprintf(options, sizeof options, "-s command='echo %0800d ;'", 0);
    assert_refused(*state, options, "quote them, or use shell=yes");
}

static void a_script_without_its_first_line_is_told(void **state)
{
    write_script(*state, "x", "true\n");
    assert_fails(*state, "-s command=./x",
                 "command './x' could not be started: Exec format error (a script begins with a line "
                 "such as #!/bin/sh)");
}

static void words_are_quoted_as_for_a_shell(void **state)
{
    assert_ok(*state, "-x serial -s output=o -s 'command=sh -c '\\''echo a \"  b\"'\\'");
    assert_output_twice(*state, "o", "a   b\n");
}

static void variables_and_patterns_are_expanded(void **state)
{
    sandbox_write(*state, "one.txt", "", 0);
    sandbox_write(*state, "two.txt", "", 0);
    assert_ok(*state, "-x serial -s output=o -s 'command=basename -a \"$PWD/a b\" *.txt'");
    assert_output_twice(*state, "o", "a b\none.txt\ntwo.txt\n");
}

static void a_shell_is_used_where_it_is_asked_for(void **state)
{
    assert_ok(*state, "-x serial -s output=o -s shell=yes -s 'command=echo a b | tr a-z A-Z'");
    assert_output_twice(*state, "o", "A B\n");
}

static void commas_sweep_unless_they_are_escaped(void **state)
{
    assert_ok(*state, "-x serial -s output=o -s 'command=echo a\\,b'");
    assert_output_twice(*state, "o", "a,b\n");
    struct rows rows = assert_ok(*state, "-x serial -s command=true,'sleep 0'");
    assert_int_equal(rows.count, 4);
}

static void the_first_program_in_path_that_can_be_executed_is_run(void **state)
{
    program_run(*state, "mkdir first second third; echo 'exit 9' >first/tool");
    write_script(*state, "second/tool", "#!/bin/sh\necho $0 second\n");
    write_script(*state, "third/tool", "#!/bin/sh\necho $0 third\n");
    struct program *bench = program_run(*state, "PATH=first:second:third:$PATH " EXEC
                                                "-x serial -s output=o -s command=tool -s shell=no");
    assert_int_equal(bench->status, 0);
    assert_output_twice(*state, "o", "second/tool second\n");
}

/* ---- what goes in and out ---- */

static void output_has_both_streams_of_all_processes(void **state)
{
    sandbox_write(*state, "o", "before\n", 7);
    assert_ok(
        *state,
        "-x $EXECUTORS -j 2 -s tasks=20 -s output=o -s \"command=sh -c 'echo out; echo err >&2'\"");
    struct program *count =
        program_run(*state, "head -1 o; sort o | uniq -c | awk '{print $1 / 40, $2}'");
    char expected[128];
    int executors = 1;
    for (const char *at = getenv(EXECUTORS); *at; at++)
        executors += *at == ',';
    snprintf(expected, sizeof expected, "before\n0.025 before\n%d err\n%d out\n", executors, executors);
    assert_string_equal(count->out, expected);
}

static void an_output_that_cannot_be_written_is_refused(void **state)
{
    assert_refused(*state, "-s output=no/such", "output=no/such: cannot be written: No such file");
    assert_refused(*state, "-s output=.", "output=.: cannot be written: Is a directory");
}

static void checking_leaves_no_output_behind(void **state)
{
    struct program *bench = program_run(*state, "bench -n -w exec -x serial -s output=o");
    assert_int_equal(bench->status, 0);
    assert_false(sandbox_has(*state, "o"));
}

static void a_failure_says_where_its_output_is(void **state)
{
    assert_fails(*state, "-s command='cat nosuch' -s output=o",
                 "command 'cat nosuch' exited with status 1; its output is in o");
    assert_non_null(strstr(sandbox_read(*state, "o"), "nosuch"));
}

static void standard_input_is_empty(void **state)
{
    assert_ok(*state, "-x serial -s output=o -s 'command=wc -c'");
    assert_output_twice(*state, "o", "0\n");
}

static void programs_get_no_descriptors_but_the_three(void **state)
{
    /* 3 is the folder that ls reads */
    static const char *const executors[] = {"serial", "process", "pthread"};
    for (size_t i = 0; i < sizeof executors / sizeof *executors; i++) {
        char options[128];
        snprintf(options, sizeof options, "-x %s -j 2 -s output=%s -s 'command=ls /proc/self/fd'",
                 executors[i], executors[i]);
        assert_ok(*state, options);
        assert_output_twice(*state, executors[i], "0\n1\n2\n3\n");
    }
}

/* ---- what programs inherit ---- */

static void each_task_has_its_number(void **state)
{
    struct rows rows = assert_ok(*state, "-x $EXECUTORS -j 3 --inflight 4 -s tasks=12 -s shell=yes "
                                         "-s 'command=mkdir t.$BENCH_TASK.$(date +%s%N)'");
    struct program *names = program_run(*state, "ls -d t.* | cut -d. -f2 | sort -n | uniq -c | "
                                                "awk '{printf \"%%d:%%d \", $2, $1}'");
    char expected[256] = "";
    for (int task = 0; task < 12; task++)
        snprintf(expected + strlen(expected), sizeof expected - strlen(expected), "%d:%zu ", task,
                 rows.count);
    assert_string_equal(names->out, expected);
}

static void the_environment_is_the_users_own(void **state)
{
    ((struct sandbox *)*state)->variables[0] = "OPENBLAS_NUM_THREADS=5";
    ((struct sandbox *)*state)->variables[1] = "BENCH_TASK=outer";
    assert_ok(*state, "-x $EXECUTORS -j 2 -s output=o -s command=env");
    struct program *seen =
        program_run(*state, "grep -E '^(OPENBLAS|MKL_|OMP_|GOMP_|HWLOC_|BENCH_TASK)' o | "
                            "sort -u");
    assert_string_equal(seen->out, "BENCH_TASK=0\nOPENBLAS_NUM_THREADS=5\n");
}

static void no_signal_is_blocked_and_sigpipe_ends_programs(void **state)
{
    unsigned long long blocked = 1, ignored = 0;
    assert_ok(*state, "-x serial -s output=o -s \"command=grep -E '^Sig(Blk|Ign)' /proc/self/status\"");
    const char *text = sandbox_read(*state, "o");
    assert_int_equal(sscanf(text, "SigBlk: %llx SigIgn: %llx", &blocked, &ignored), 2);
    assert_int_equal(blocked, 0);
    assert_int_equal(ignored & 1ull << (SIGPIPE - 1), 0);
    assert_int_equal(ignored & 1ull << (SIGIO - 1), 0);
}

static void programs_sleep_as_exactly_as_elsewhere(void **state)
{
    struct program *elsewhere = program_run(*state, "cat /proc/self/timerslack_ns");
    struct rows rows =
        assert_ok(*state, "-x $EXECUTORS -j 2 -s output=o -s 'command=cat /proc/self/timerslack_ns'");
    struct program *seen = program_run(*state, "sort o | uniq -c");
    char expected[64];
    snprintf(expected, sizeof expected, "%7zu %s", rows.count, elsewhere->out);
    assert_string_equal(seen->out, expected);
}

static void children_are_heard_of_where_their_signal_is_ignored(void **state)
{
    static const char script[] = "trap '' CHLD\nexec \"$@\"\n";
    sandbox_write(*state, "launcher.sh", script, sizeof script - 1);
    assert_fails(*state, "-s command=false --launcher 'sh launcher.sh'",
                 "command 'false' exited with status 1");
}

/* ---- prepare ---- */

static void without_prepare_the_second_run_finds_what_the_first_left(void **state)
{
    sandbox_write(*state, "x", "text", 4);
    assert_fails(*state, "-s 'command=gzip -k x'",
                 "command 'gzip -k x' exited with status 2: gzip: x.gz already exists; not overwritten; "
                 "it succeeded in an earlier run: prepare=COMMAND can undo what that left behind");
}

static void prepare_comes_before_each_run(void **state)
{
    sandbox_write(*state, "x", "text", 4);
    struct rows rows = assert_ok(
        *state, "-x $EXECUTORS -j 2 -s 'command=gzip -k x' -s 'prepare=rm -f x.gz; echo p >>count'");
    size_t count = strlen(sandbox_read(*state, "count")) / 2;
    assert_int_equal(count, rows.count);
}

static void a_preparation_that_fails_fails_the_case(void **state)
{
    assert_fails(*state, "-s 'prepare=echo no such thing >&2; exit 4'",
                 "prepare 'echo no such thing >&2; exit 4' exited with status 4: no such thing");
}

/* ---- time ---- */

static void a_process_that_takes_too_long_is_killed(void **state)
{
    struct program *bench = program_run(
        *state,
        EXEC "-x $EXECUTORS -j 2 --inflight 3 -s tasks=9 -s 'command=sleep 1000' -s timeout=50ms");
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(bench->status, 3);
    assert_int_equal(
        rows_with(&rows, "error", "command 'sleep 1000' took longer than timeout=0.05s and was killed"),
        rows.count);
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static void what_a_killed_shell_has_started_is_ended_too(void **state)
{
    assert_fails(*state, "-s shell=yes -s 'command=sleep 1000 | cat' -s timeout=50ms",
                 "command 'sleep 1000 | cat' took longer than timeout=0.05s and was killed");
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static void a_process_in_time_is_not_killed(void **state)
{
    assert_ok(*state, "-x $EXECUTORS -j 2 -s tasks=3 -s timeout=1000s");
}

/* Two tasks a run, of which each burns 50 ms itself and 50 ms in a child that it waits for. */
static void cpu_time_of_processes_and_their_children_is_counted(void **state)
{
    struct rows rows =
        assert_ok(*state, "-x $EXECUTORS -j 2 -s tasks=2 -s command='" SELF " burn 50 again'");
    size_t measured = rows_with(&rows, "phase", "measure"), seen = 0;
    for (size_t row = 0; row < rows.count; row++) {
        if (strcmp(rows_field(&rows, row, "phase"), "measure") != 0)
            continue;
        double user_s = strtod(rows_field(&rows, row, "user_s"), NULL);
        double sys_s = strtod(rows_field(&rows, row, "sys_s"), NULL);
        assert_true(user_s > 0);
        if (user_s + sys_s < 0.199)
            fail_msg("%s: only %g s", rows_field(&rows, row, "executor"), user_s + sys_s);
        seen++;
    }
    assert_int_equal(seen, measured);
    assert_true(seen >= 3);
}

/* ---- the end ---- */

/* An executor whose lanes need not wait to the end. */
static void event_loops_end_the_other_processes_when_one_fails(void **state)
{
    static const char *const executors[] = {"uring", "uv"};
    struct program *list = program_run(*state, "bench list --names | grep -v '/.*[.]'");
    for (size_t i = 0; i < sizeof executors / sizeof *executors; i++) {
        char line[32];
        snprintf(line, sizeof line, "executor/%s\n", executors[i]);
        if (!strstr(list->out, line))
            continue;
        struct program *bench =
            program_run(*state,
                        EXEC "-x %s -j 1 --inflight 8 -s tasks=8 -s shell=yes "
                             "-s 'command=test $BENCH_TASK -ne 3 && exec sleep 1000'",
                        executors[i]);
        assert_int_equal(bench->status, 3);
        if (!strstr(bench->err, "exited with status 1"))
            fail_msg("%s: %s", executors[i], bench->err);
        assert_int_equal(sandbox_processes_left(*state), 0);
    }
}

static bool has_begun(void *context)
{
    return sandbox_has(context, "began");
}

static void interrupted_it_leaves_no_process_under_any_executor(void **state)
{
    struct program *list =
        program_run(*state, "bench list --names | grep -v '/.*[.]\\|/mpi$' | sed -n 's/^executor.//p'");
    char *names = strdup(list->out), *rest = names;
    for (char *name; (name = strsep(&rest, "\n")) && *name;) {
        remove(sandbox_path(*state, "began"));
        struct program *bench =
            program_start(*state, TERMINAL_NONE,
                          "exec bench -w exec -x %s -j 2 --inflight 2 -s tasks=4 -s shell=yes "
                          "-s 'command=touch began; setsid sleep 1000 & sleep 1000 | cat'",
                          name);
        assert_true(wait_until(has_begun, *state));
        kill(bench->pid, SIGINT);
        program_finish(bench);
        assert_int_equal(bench->status, 130);
        assert_int_equal(sandbox_processes_left(*state), 0);
    }
    free(names);
}

static void without_descriptors_of_processes_it_is_unsupported(void **state)
{
    struct program *bench = program_run(*state, EXEC "-x serial --launcher '" SELF " without-pidfds'");
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(rows.count, 1);
    assert_string_equal(rows_field(&rows, 0, "status"), "unsupported");
    assert_non_null(strstr(rows_field(&rows, 0, "error"), "pidfd_open"));
}

/* ---- this program as another ---- */

/* Use so much CPU time and, with `again`, as much in a child. */
static int burn(long ms, bool again)
{
    struct timespec used;
    pid_t child = again ? fork() : 0;
    do
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < ms);
    if (again && child == 0)
        _exit(0);
    return again && waitpid(child, NULL, 0) != child;
}

/* As on a kernel that does not know pidfd_open. */
static int without_pidfds(char **command)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) == 0 &&
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0)
        execvp(command[0], command);
    return 1;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, sandbox_setup, sandbox_teardown)

static void memory_of_programs_is_told(void **state)
{
    struct program *bench = program_run(*state, "bench -q --format csv -r 1 -w exec -x serial -s "
                                                "command='dd if=/dev/zero of=/dev/null bs=64M count=1'");
    struct rows rows = rows_of(*state, bench->out);
    const char *counters = rows_field(&rows, rows_find(&rows, 0, "phase", "measure"), "counters");
    const char *peak = strstr(counters, "program_peak_rss_bytes=");
    assert_non_null(peak);
    assert_true(atof(strchr(peak, '=') + 1) >= 64.0 * 1024 * 1024);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(a_command_that_succeeds_is_well),
        TEST(an_exit_status_fails_the_case),
        TEST(an_exit_status_may_be_ignored),
        TEST(death_by_a_signal_fails_the_case),
        TEST(death_by_a_signal_cannot_be_ignored),
        TEST(the_last_line_of_stderr_is_quoted),
        TEST(stderr_of_an_earlier_task_is_not_quoted),
        TEST(what_a_later_task_says_is_quoted),
        TEST(long_commands_and_lines_are_cut_between_characters),
        TEST(every_executor_tells_why),
        TEST(a_program_that_is_not_there_is_refused),
        TEST(what_cannot_be_executed_is_refused),
        TEST(no_command_is_refused_with_an_example),
        TEST(what_needs_a_shell_is_refused_without_one),
        TEST(script_variables_are_not_ours),
        TEST(why_a_long_command_is_refused_is_not_cut_off),
        TEST(a_script_without_its_first_line_is_told),
        TEST(words_are_quoted_as_for_a_shell),
        TEST(variables_and_patterns_are_expanded),
        TEST(a_shell_is_used_where_it_is_asked_for),
        TEST(commas_sweep_unless_they_are_escaped),
        TEST(the_first_program_in_path_that_can_be_executed_is_run),
        TEST(output_has_both_streams_of_all_processes),
        TEST(an_output_that_cannot_be_written_is_refused),
        TEST(checking_leaves_no_output_behind),
        TEST(a_failure_says_where_its_output_is),
        TEST(standard_input_is_empty),
        TEST(programs_get_no_descriptors_but_the_three),
        TEST(each_task_has_its_number),
        TEST(the_environment_is_the_users_own),
        TEST(no_signal_is_blocked_and_sigpipe_ends_programs),
        TEST(programs_sleep_as_exactly_as_elsewhere),
        TEST(children_are_heard_of_where_their_signal_is_ignored),
        TEST(without_prepare_the_second_run_finds_what_the_first_left),
        TEST(prepare_comes_before_each_run),
        TEST(a_preparation_that_fails_fails_the_case),
        TEST(a_process_that_takes_too_long_is_killed),
        TEST(what_a_killed_shell_has_started_is_ended_too),
        TEST(a_process_in_time_is_not_killed),
        TEST(cpu_time_of_processes_and_their_children_is_counted),
        TEST(memory_of_programs_is_told),
        TEST(event_loops_end_the_other_processes_when_one_fails),
        TEST(interrupted_it_leaves_no_process_under_any_executor),
        TEST(without_descriptors_of_processes_it_is_unsupported),
    };
    if (argc > 2 && strcmp(argv[1], "burn") == 0)
        return burn(strtol(argv[2], NULL, 10), argc > 3);
    if (argc > 2 && strcmp(argv[1], "without-pidfds") == 0)
        return without_pidfds(argv + 2);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
