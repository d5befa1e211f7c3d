/*
 * exec: any program as the work. A task is one process, from its start to its end; the lane waits for
 * it, so what many of them at once do to each other can be seen. Its exit status is the check.
 *
 * Processes are in the runner's process group, so that they end when the harness ends the runner. They
 * inherit the worker's place: a program with threads of its own has them there.
 */
#include <bench/workload.h>

#include "command_line.h"
#include "subprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TASK_VARIABLE "BENCH_TASK="

struct exec_params {
    const char *command;
    int64_t tasks;
    bool shell;
    uint64_t timeout;
    bool ignore_status;
    const char *output;
    const char *prepare;
};

static const struct bench_param params_table[] = {
    BENCH_TEXT(struct exec_params, command, "true",
               "the program and its arguments, quoted as for a shell; a comma in it is written \\,"),
    BENCH_COUNT(struct exec_params, tasks, "1", 1, 1e9, NULL,
                "processes per run; each has its number, from 0, in $BENCH_TASK"),
    BENCH_BOOL(struct exec_params, shell, "no",
               "run it with /bin/sh -c, for pipes and the like; starting the shell is measured too"),
    BENCH_DURATION(struct exec_params, timeout, "0", 0, 1e15,
                   "kill a process that takes longer, and fail the run; 0: no limit"),
    BENCH_BOOL(struct exec_params, ignore_status, "no",
               "accept exit statuses other than 0; death by a signal still fails the run"),
    BENCH_TEXT(struct exec_params, output, "",
               "append stdout and stderr to this file; default: discard them"),
    BENCH_TEXT(struct exec_params, prepare, "",
               "shell command to run before each run, untimed, such as 'rm -f file.gz'"),
    BENCH_PARAM_END,
};

struct exec {
    const struct exec_params *params;
    struct command_line command, preparation;
    struct environment environment;
    struct outlet outlet; /* of the preparation */
    int output_fd;        /* of output=; -1: none */
};

/* What a lane starts its processes with. */
struct starter {
    struct outlet outlet;
    uint64_t well_below;                  /* one more than the highest number of those that ended well */
    char task[sizeof TASK_VARIABLE + 20]; /* the variable, written anew for each process */
    char *environment[];
};

static int parse_command(struct command_line *line, const struct exec_params *given,
                         struct bench_error *err)
{
    if (!given->shell || !given->command[strspn(given->command, " \t\n")])
        return command_line_split(line, given->command, err); /* says what is wrong with an empty one */
    command_line_to_shell(line, given->command);
    return 0;
}

static int refuse_output(const char *path, struct bench_error *err)
{
    return bench_error_set(err, -errno, "output=%s: cannot be written: %s", path, strerror(errno));
}

/* Can it be written? One that is not there is made and removed again. */
static int check_output(const char *path, struct bench_error *err)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    bool made = fd < 0 && errno == ENOENT;
    if (made)
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return refuse_output(path, err);
    close(fd);
    if (made)
        unlink(path);
    return 0;
}

static int exec_validate(const void *params, struct bench_error *err)
{
    const struct exec_params *given = params;
    struct command_line command;
    int rc = parse_command(&command, given, err);
    if (rc < 0)
        return rc;
    command_line_free(&command);
    return *given->output ? check_output(given->output, err) : 0;
}

static int process_fd(pid_t pid)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    return fd < 0 ? -errno : fd;
}

/* A lane waits for a process by a descriptor of it. */
static int check_process_fds(struct bench_error *err)
{
    int fd = process_fd(getpid());
    if (fd < 0)
        return bench_error_set(
            err, -ENOTSUP, "pidfd_open (Linux 5.3 or later) is not available here: %s", strerror(-fd));
    close(fd);
    return 0;
}

static int open_output(struct exec *exec, const char *path, struct bench_error *err)
{
    exec->output_fd = -1;
    if (!*path)
        return 0;
    exec->output_fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    return exec->output_fd < 0 ? refuse_output(path, err) : 0;
}

static void close_output(struct exec *exec)
{
    if (exec->output_fd >= 0)
        close(exec->output_fd);
}

static void exec_teardown(void *shared)
{
    struct exec *exec = shared;
    outlet_close(&exec->outlet);
    close_output(exec);
    environment_free(&exec->environment);
    command_line_free(&exec->command);
    free(exec);
}

static int exec_setup(void **shared, const void *params, struct bench_plan *plan,
                      struct bench_error *err)
{
    const struct exec_params *given = params;
    struct exec *exec = calloc(1, sizeof *exec);
    if (!exec)
        return bench_error_set(err, -ENOMEM, "out of memory");
    exec->params = given;

    int rc = check_process_fds(err);
    if (rc == 0)
        rc = parse_command(&exec->command, given, err);
    if (rc < 0)
        goto fail_command;
    command_line_to_shell(&exec->preparation, given->prepare);
    rc = environment_read(&exec->environment, TASK_VARIABLE, err);
    if (rc < 0)
        goto fail_environment;
    rc = open_output(exec, given->output, err);
    if (rc < 0)
        goto fail_output;
    rc = outlet_open(&exec->outlet, -1);
    if (rc < 0) {
        bench_error_set(err, rc, "cannot create a file for the processes' output: %s", strerror(-rc));
        goto fail_outlet;
    }

    *shared = exec;
    plan->tasks = (uint64_t)given->tasks;
    plan->grain = 1;
    plan->work = (double)given->tasks;
    plan->work_unit = "process";
    plan->lane_fds = 2; /* the process, and what it said */
    plan->lane_bytes =
        (uint32_t)(sizeof(struct starter) + (exec->environment.count + 2) * sizeof(char *));
    /* What prepare= has made, the first pass uses up; and no two processes at once have one number. */
    plan->single_pass = *given->prepare || (plan->lanes > 1 && !plan->arrivals);
    return 0;
fail_outlet:
    close_output(exec);
fail_output:
    environment_free(&exec->environment);
fail_environment:
    command_line_free(&exec->command);
fail_command:
    free(exec);
    return rc;
}

static int exec_prepare(void *shared, struct bench_error *err)
{
    struct exec *exec = shared;
    char why[BENCH_ERROR_TEXT];
    int status;
    if (!*exec->params->prepare)
        return 0;
    pid_t pid = subprocess_start(&exec->outlet, &exec->preparation, exec->environment.variables);
    if (pid < 0)
        return bench_error_set(err, pid, "prepare: /bin/sh could not be started: %s", strerror(-pid));
    subprocess_reap(pid, &status, NULL);
    if (status == 0)
        return 0;
    subprocess_describe(why, sizeof why, "prepare", &exec->outlet, &exec->preparation, status);
    return bench_error_set(err, -EPROTO, "%s", why);
}

static int exec_lane_init(struct bench_lane *lane)
{
    const struct exec *exec = lane->shared;
    const struct environment *given = &exec->environment;
    struct starter *starter =
        calloc(1, sizeof *starter + (given->count + 2) * sizeof *starter->environment);
    if (!starter)
        return bench_fail(lane, -ENOMEM, "out of memory");
    int rc = outlet_open(&starter->outlet, exec->output_fd);
    if (rc < 0) {
        free(starter);
        return bench_fail(lane, rc, "cannot create a file for the processes' output: %s%s",
                          strerror(-rc), rc == -EMFILE ? " (ulimit -n)" : "");
    }
    memcpy(starter->task, TASK_VARIABLE, sizeof TASK_VARIABLE);
    memcpy(starter->environment, given->variables, given->count * sizeof *given->variables);
    starter->environment[given->count] = starter->task;
    prctl(PR_SET_TIMERSLACK, 0UL); /* inherited: programs are to sleep as they do elsewhere */
    lane->local = starter;
    return 0;
}

/* The variable's value. Not by printf, which may want more stack than a lane has. */
static void write_task(struct starter *starter, uint64_t task)
{
    char reversed[20], *digit = starter->task + sizeof TASK_VARIABLE - 1;
    size_t digits = 0;
    do
        reversed[digits++] = (char)('0' + task % 10);
    while (task /= 10);
    while (digits > 0)
        *digit++ = reversed[--digits];
    *digit = '\0';
}

/* ---- failures ---- */

static __attribute__((cold, noinline)) int fail_start(struct bench_lane *lane, int code)
{
    const struct exec *exec = lane->shared;
    char command[COMMAND_SHOWN];
    return bench_fail(lane, code, "command '%s' could not be started: %s%s",
                      text_shorten(command, sizeof command, exec->command.text), strerror(-code),
                      code == -ENOEXEC ? " (a script begins with a line such as #!/bin/sh)" : "");
}

static __attribute__((cold, noinline)) int fail_wait(struct bench_lane *lane, int code)
{
    const struct exec *exec = lane->shared;
    char command[COMMAND_SHOWN];
    if (code == -ECANCELED)
        return code;
    if (code < 0)
        return bench_fail(lane, code, "waiting for a process: %s%s", strerror(-code),
                          code == -EMFILE ? " (ulimit -n)" : "");
    return bench_fail(lane, -ETIMEDOUT, "command '%s' took longer than timeout=%gs and was killed",
                      text_shorten(command, sizeof command, exec->command.text),
                      (double)exec->params->timeout * 1e-9);
}

struct failure {
    const struct bench_lane *lane;
    int status; /* of wait(2) */
    char text[400];
};

static void describe_failure(void *argument)
{
    struct failure *failure = argument;
    const struct exec *exec = failure->lane->shared;
    const struct starter *starter = failure->lane->local;
    subprocess_describe(failure->text, sizeof failure->text, "command", &starter->outlet, &exec->command,
                        failure->status);
}

/*
 * A lane's tasks go up within a run: where this one does not, it went well in a run before, and what has
 * changed since is most often what the program has left itself.
 */
static const char *hint_at_end(const struct exec *exec, const struct starter *starter, uint64_t task)
{
    return task < starter->well_below && !exec->params->prepare[0]
               ? "; it succeeded in an earlier run: prepare=COMMAND can undo what that left behind"
               : "";
}

static __attribute__((cold, noinline)) int fail_end(struct bench_lane *lane, uint64_t task, int status)
{
    const struct exec *exec = lane->shared;
    struct failure failure = {.lane = lane, .status = status};
    bench_call(lane, describe_failure, &failure);
    return bench_fail(lane, -EPROTO, "%s%s%s%s", failure.text,
                      exec->output_fd >= 0 ? "; its output is in " : "", exec->params->output,
                      hint_at_end(exec, lane->local, task));
}

/* ---- the timed part ---- */

/* Until the process has ended. 1, or 0 when the time is over; -ECANCELED, or what went wrong. */
static int await_end(struct bench_lane *lane, pid_t pid)
{
    const uint64_t timeout_ns = ((const struct exec *)lane->shared)->params->timeout;
    int fd = process_fd(pid);
    if (fd < 0)
        return fd;
    int ready = bench_poll(lane, fd, POLLIN, timeout_ns ? (int64_t)timeout_ns : -1);
    bench_forget(lane, fd);
    close(fd);
    return ready > 0 ? 1 : ready;
}

static int do_task(struct bench_lane *lane, uint64_t task)
{
    const struct exec *exec = lane->shared;
    struct starter *starter = lane->local;
    struct rusage used = {0};
    int status;

    write_task(starter, task);
    pid_t pid = subprocess_start(&starter->outlet, &exec->command, starter->environment);
    if (pid < 0)
        return fail_start(lane, pid);
    int ended = await_end(lane, pid);
    if (ended <= 0)
        kill(pid, SIGKILL);
    subprocess_reap(pid, &status, &used);
    bench_charge(lane, &used);
    if (ended <= 0)
        return fail_wait(lane, ended);
    if (WIFSIGNALED(status) || (WEXITSTATUS(status) != 0 && !exec->params->ignore_status))
        return fail_end(lane, task, status);
    if (starter->well_below <= task)
        starter->well_below = task + 1;
    return 0;
}

static int exec_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    int rc = 0;
    for (uint64_t task = first; rc == 0 && task < end; task++)
        rc = do_task(lane, task);
    return rc;
}

static void exec_lane_fini(struct bench_lane *lane)
{
    struct starter *starter = lane->local;
    if (starter)
        outlet_close(&starter->outlet);
    free(starter);
}

const struct bench_workload BENCH_WORKLOAD(exec) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "exec",
    .summary = "CPU-bound or I/O-bound: run any program, and count its CPU time",
    .params = params_table,
    .params_size = sizeof(struct exec_params),
    .validate = exec_validate,
    .setup = exec_setup,
    .prepare = exec_prepare,
    .lane_init = exec_lane_init,
    .run = exec_run,
    .lane_fini = exec_lane_fini,
    .teardown = exec_teardown,
};
