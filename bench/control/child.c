/* A runner's process: its start, its pipes, its end. */
#include "control/child.h"

#include "base/memory.h"
#include "control/stop.h"
#include "modules/own_modules.h"

#include <bench/workload.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What was killed and is not dead after this will not be waited for. */
static const uint64_t death_ns = 10000000000;

/* A launcher that was told to end has this long to end what it has started. */
static const uint64_t launcher_grace_ns = 8000000000;

void child_control_init(void)
{
    stop_hold();
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_CHILD_SUBREAPER, 1UL);
}

static size_t count_words(char *const *words)
{
    size_t count = 0;
    while (words && words[count])
        count++;
    return count;
}

/* The launcher's words, then the runner's own: those it has, or this very program and "runner". For
 * free(). */
static char **child_words(const struct child_setup *setup, char *program)
{
    char *const own[] = {program, "runner", setup->engine ? "--engine" : NULL, (char *)setup->engine,
                         NULL};
    char *const *command = setup->command;
    size_t before = count_words(setup->launcher);
    if (!command)
        command = own;
    char **words = mem_zero(before + count_words(command) + 1, sizeof *words);
    for (size_t i = 0; i < before; i++)
        words[i] = setup->launcher[i];
    for (size_t i = 0; command[i]; i++)
        words[before + i] = command[i];
    return words;
}

/* The children's environment with this one's mark; the array is for free(), its texts are not. */
static char **marked_environment(const struct child_setup *setup, char *mark)
{
    size_t count = 0;
    while (setup->environment[count])
        count++;
    char **environment = mem_zero(count + 2, sizeof *environment);
    memcpy(environment, setup->environment, count * sizeof *environment);
    environment[count] = mark;
    return environment;
}

/* What a runner is told by, in three pipes: ours and its ends. */
struct pipes {
    int to[2], from[2], lifeline[2];
};

static void close_pipe(int ends[2])
{
    for (int i = 0; i < 2; i++) {
        if (ends[i] >= 0)
            close(ends[i]);
        ends[i] = -1;
    }
}

static void pipes_close(struct pipes *pipes)
{
    close_pipe(pipes->to);
    close_pipe(pipes->from);
    close_pipe(pipes->lifeline);
}

static int pipes_open(struct pipes *pipes)
{
    *pipes = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}};
    if (pipe2(pipes->to, O_CLOEXEC) == 0 && pipe2(pipes->from, O_CLOEXEC) == 0 &&
        pipe2(pipes->lifeline, O_CLOEXEC) == 0)
        return 0;
    int rc = -errno;
    pipes_close(pipes);
    return rc;
}

static int spawn(struct child *child, char **environment, char **words, const struct pipes *pipes)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t mask, defaults;
    stop_mask_before(&mask);
    stop_signals(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGXFSZ);
    if (posix_spawn_file_actions_init(&actions) != 0 || posix_spawnattr_init(&attributes) != 0 ||
        posix_spawn_file_actions_adddup2(&actions, pipes->to[0], STDIN_FILENO) != 0 ||
        posix_spawn_file_actions_adddup2(&actions, pipes->from[1], STDOUT_FILENO) != 0 ||
        posix_spawn_file_actions_adddup2(&actions, pipes->lifeline[0], pipes->lifeline[0]) != 0)
        memory_exhausted(); /* nothing else can make them fail */
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &mask);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int rc = posix_spawnp(&child->pid, words[0], &actions, &attributes, words, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return -rc;
}

/*
 * When the last of us who hold the other end is gone, kill -9 included, the kernel sends the signal to
 * the child's group. The child has to do nothing for it but to keep the descriptor that it inherits.
 * What has started others elsewhere is asked to end them.
 */
static void tie_lifeline(const struct child *child, int end)
{
    fcntl(end, F_SETOWN, -child->pid);
    fcntl(end, F_SETSIG, child->launcher ? SIGTERM : SIGKILL);
    fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_ASYNC);
}

/* Which program to start, into `program` of PATH_MAX bytes. */
static int find_program(const struct child_setup *setup, char *program, struct bench_error *err)
{
    if (setup->program) {
        snprintf(program, PATH_MAX, "%s", setup->program);
        return 0;
    }
    return own_program(program, PATH_MAX, err);
}

/* Take our ends of the pipes; the others are the child's. */
static void take_pipes(struct child *child, struct pipes *pipes)
{
    tie_lifeline(child, pipes->lifeline[0]);
    child->in = pipes->to[1];
    child->out = pipes->from[0];
    child->lifeline = pipes->lifeline[1];
    pipes->to[1] = pipes->from[0] = pipes->lifeline[1] = -1;
    fcntl(child->in, F_SETFL, fcntl(child->in, F_GETFL) | O_NONBLOCK);
    child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
    if (child->pidfd >= 0)
        fcntl(child->pidfd, F_SETFD, FD_CLOEXEC);
}

/* Our children, as " 12 34 ", for free(). */
static char *list_children(void)
{
    char path[64], list[65536] = " ";
    snprintf(path, sizeof path, "/proc/self/task/%ld/children", syscall(SYS_gettid));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? 0 : read(fd, list + 1, sizeof list - 2);
    if (fd >= 0)
        close(fd);
    list[1 + (length > 0 ? length : 0)] = '\0';
    return mem_text(list);
}

int child_start(struct child *child, const struct child_setup *setup, struct bench_error *err)
{
    char program[PATH_MAX];
    struct pipes pipes;
    *child = (struct child){.pidfd = -1, .stop = setup->stop, .keeper = setup->keeper};
    int rc = find_program(setup, program, err);
    if (rc < 0)
        return rc;
    snprintf(child->mark, sizeof child->mark, CHILD_MARK "=%d.%" PRIu64, (int)getpid(), bench_now());
    /* what starts others elsewhere is to have the time to end them */
    child->launcher = setup->launcher ? setup->known : NULL;
    if (setup->keeper && !child->launcher)
        keeper_tell(setup->keeper, child->mark);
    char **words = child_words(setup, program);
    char **environment = marked_environment(setup, child->mark);
    child->strangers = list_children();
    rc = pipes_open(&pipes);
    if (rc == 0)
        rc = spawn(child, environment, words, &pipes);
    if (rc == 0)
        take_pipes(child, &pipes);
    else
        bench_error_set(err, rc, "the runner could not be started: %s: %s", words[0], strerror(-rc));
    if (rc < 0) {
        child->pid = 0;
        free(child->strangers);
        child->strangers = NULL;
    }
    pipes_close(&pipes);
    if (rc == 0 && setup->keeper)
        keeper_start(
            setup->keeper); /* while the runner is being loaded; it has been asked nothing yet */
    free(environment);
    free(words);
    return rc;
}

void child_describe_death(const struct child *child, struct bench_error *err)
{
    siginfo_t info = {0};
    struct pollfd died = {.fd = child->pidfd, .events = POLLIN};
    poll(&died, 1, 1000); /* its stdout may close a moment before it is dead */
    if (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == 0)
        bench_error_set(err, -ECHILD, "the runner closed its stdout but is still running");
    else if (info.si_code == CLD_EXITED)
        bench_error_set(err, -ECHILD, "the runner ended with exit status %d", info.si_status);
    else
        bench_error_set(err, -ECHILD, "the runner was killed by signal %d (%s)%s", info.si_status,
                        strsignal(info.si_status),
                        info.si_status == SIGKILL ? ", perhaps because memory ran out" : "");
}

int child_killed_by(const struct child *child)
{
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == 0)
        return 0;
    return info.si_code == CLD_EXITED ? 0 : info.si_status;
}

bool child_was_stopped(const struct child *child)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)child->pid, &info, WSTOPPED | WCONTINUED | WNOHANG) == 0 &&
           info.si_pid != 0;
}

/* Was it ours before the runner was started? Then it is a shell's, whose place bench has taken. */
static bool was_there_before(const struct child *child, pid_t pid)
{
    char word[32];
    snprintf(word, sizeof word, " %d ", (int)pid);
    return strstr(child->strangers, word) != NULL;
}

/*
 * Is this process the child's kin? A shell that has exec'd bench leaves it children that are not, and a
 * runner beside this one has its own: only what has inherited the child's mark is to end with it.
 */
static bool is_kin(const struct child *child, pid_t pid)
{
    char path[64];
    char *variable = NULL;
    size_t size = 0;
    bool kin = false, whole = false;
    snprintf(path, sizeof path, "/proc/%d/environ", (int)pid);
    while (!kin && !whole) {
        FILE *environment = mem_open(path);
        bool any = false;
        while (environment && !kin && mem_delimited(&variable, &size, '\0', environment) > 0) {
            any = true;
            kin = strcmp(variable, child->mark) == 0;
        }
        /* one that is about to end has no memory any more; it is to be waited for */
        kin = kin || (!any && !was_there_before(child, pid));
        whole = !any;      /* an older one, whose environment is empty or not ours to read */
        if (!kin && any) { /* one that has begun to end, or to exec, meanwhile was cut short */
            rewind(environment);
            whole = fgetc(environment) != EOF;
        }
        if (environment)
            fclose(environment);
    }
    free(variable);
    return kin;
}

/* Until it is dead, and is reaped; but not for ever: it may be another user's, or hang in the kernel. */
static int reap(pid_t pid)
{
    uint64_t deadline_ns = bench_now() + death_ns;
    for (;;) {
        pid_t got = waitpid(pid, NULL, WNOHANG);
        if (got == pid || (got < 0 && errno == ECHILD))
            return 0;
        if (bench_now() > deadline_ns)
            return -ETIMEDOUT;
        struct pollfd died = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
        poll(&died, died.fd >= 0, died.fd >= 0 ? 1000 : 1);
        if (died.fd >= 0)
            close(died.fd);
    }
}

static int kill_and_reap(pid_t pid)
{
    if (kill(pid, SIGKILL) < 0 && errno == EPERM)
        return -EPERM;
    return reap(pid);
}

static bool is_keepers(const struct child *child, pid_t pid)
{
    return child->keeper && pid == child->keeper->pid;
}

/* The child itself, and those of our children that are not its kin in any case. */
static bool is_known(const struct child *child, pid_t pid)
{
    const struct child *beside = child->beside;
    return pid == child->pid || is_keepers(child, pid) ||
           (beside && (pid == beside->pid || is_keepers(beside, pid)));
}

/* One pass over our children: kill the child's kin, reap the dead. How many have ended. */
static int end_children(const struct child *child, int *failed)
{
    char *list = list_children();
    int ended = 0;
    char *rest = list;
    for (char *word; (word = strsep(&rest, " "));) {
        pid_t pid = (pid_t)strtol(word, NULL, 10);
        if (pid <= 0 || is_known(child, pid))
            continue;
        if (waitpid(pid, NULL, WNOHANG) == 0) {
            int rc = is_kin(child, pid) ? kill_and_reap(pid) : 1;
            *failed = rc < 0 ? rc : *failed;
            if (rc != 0)
                continue;
        }
        ended++; /* also one that ended by itself just now: its children have come to us since */
    }
    free(list);
    return ended;
}

/* What has started others is asked to end them first: killed, it would leave them behind. */
static void ask_to_end(const struct child *child)
{
    siginfo_t info = {0};
    bool dead = waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid;
    if (!child->launcher || dead || child->pidfd < 0)
        return;
    struct pollfd died = {.fd = child->pidfd, .events = POLLIN};
    kill(-child->pid, SIGTERM);
    stop_poll(&died, 1, bench_now() + launcher_grace_ns, NULL);
}

int child_end(struct child *child, uint64_t grace_ns)
{
    int rc = 0;
    if (child->pid <= 0)
        return 0;
    close(child->in);
    struct pollfd died = {.fd = child->pidfd, .events = POLLIN};
    if (child->pidfd >= 0 && grace_ns)
        stop_poll(&died, 1, bench_now() + grace_ns, child->stop);
    ask_to_end(child);
    kill(-child->pid, SIGKILL);
    rc = kill_and_reap(child->pid);      /* it may have left its group */
    while (end_children(child, &rc) > 0) /* the children of those killed are now ours */
        ;
    close(child->out);
    close(child->lifeline);
    if (child->pidfd >= 0)
        close(child->pidfd);
    free(child->buffer);
    free(child->strangers);
    *child = (struct child){.pidfd = -1};
    return rc;
}
