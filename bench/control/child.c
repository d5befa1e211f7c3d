#include "control/child.h"

#include "base/line.h"
#include "base/memory.h"
#include "base/text.h"
#include "control/stop.h"

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
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 16 << 20 };

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
    char *const own[] = {program, "runner", NULL}, *const *command = setup->command;
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
    char **environment = calloc(count + 2, sizeof *environment);
    if (!environment)
        return NULL;
    memcpy(environment, setup->environment, count * sizeof *environment);
    environment[count] = mark;
    return environment;
}

static int spawn(struct child *child, char **environment, char **words, int in, int out)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, defaults;
    sigemptyset(&none);
    stop_signals(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int rc = posix_spawnp(&child->pid, words[0], &actions, &attributes, words, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return -rc;
}

/* Which program to start, into `program` of PATH_MAX bytes. */
static int find_program(const struct child_setup *setup, char *program, struct bench_error *err)
{
    if (setup->program) {
        snprintf(program, PATH_MAX, "%s", setup->program);
        return 0;
    }
    ssize_t length = readlink("/proc/self/exe", program, PATH_MAX - 1);
    if (length < 0)
        return bench_error_set(err, -errno, "cannot tell where bench itself is: /proc/self/exe: %s",
                               strerror(errno));
    program[length] = '\0';
    return 0;
}

int child_start(struct child *child, const struct child_setup *setup, struct bench_error *err)
{
    char program[PATH_MAX];
    int to[2], from[2], rc;
    *child = (struct child){.pidfd = -1};
    rc = find_program(setup, program, err);
    if (rc < 0)
        return rc;
    snprintf(child->mark, sizeof child->mark, CHILD_MARK "=%d.%" PRIu64, (int)getpid(), bench_now());
    char **words = child_words(setup, program);
    char **environment = marked_environment(setup, child->mark);
    if (!words || !environment) {
        rc = -ENOMEM;
        goto fail_words;
    }
    if (pipe2(to, O_CLOEXEC) < 0) {
        rc = -errno;
        goto fail_to;
    }
    if (pipe2(from, O_CLOEXEC) < 0) {
        rc = -errno;
        goto fail_from;
    }
    rc = spawn(child, environment, words, to[0], from[1]);
    close(to[0]);
    close(from[1]);
    if (rc < 0) {
        close(from[0]);
        close(to[1]);
        goto fail_words;
    }
    child->in = to[1];
    child->out = from[0];
    child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
    if (child->pidfd >= 0)
        fcntl(child->pidfd, F_SETFD, FD_CLOEXEC);
    free(environment);
    free(words);
    return 0;
fail_from:
    close(to[0]);
    close(to[1]);
fail_to:
fail_words:
    bench_error_set(err, rc, "the runner could not be started: %s: %s", words ? words[0] : program,
                    strerror(-rc));
    free(environment);
    free(words);
    return rc;
}

/* What a dead child's wait status says. Does not reap it, so that its process id stays its own. */
static void describe_death(const struct child *child, struct bench_error *err)
{
    siginfo_t info = {0};
    struct pollfd died = {.fd = child->pidfd, .events = POLLIN};
    poll(&died, 1, 1000); /* its stdout may close a moment before it is dead */
    if (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == 0)
        bench_error_set(err, -ECHILD, "the runner closed its stdout but goes on");
    else if (info.si_code == CLD_EXITED)
        bench_error_set(err, -ECHILD, "the runner ended by itself with exit status %d", info.si_status);
    else
        bench_error_set(err, -ECHILD, "the runner was killed by signal %d (%s)%s", info.si_status,
                        strsignal(info.si_status),
                        info.si_status == SIGKILL ? ", perhaps for want of memory" : "");
}

/* Read what is there. 1: something came, 0: end, negative: an error. */
static int child_read(struct child *child)
{
    if (child->size - child->length < 4096) {
        size_t size = child->size ? child->size * 2 : 16384;
        char *grown = size > LINE_MAX_BYTES ? NULL : realloc(child->buffer, size);
        if (!grown)
            return -EMSGSIZE;
        child->buffer = grown;
        child->size = size;
    }
    ssize_t n;
    do
        n = read(child->out, child->buffer + child->length, child->size - child->length);
    while (n < 0 && errno == EINTR);
    child->length += n > 0 ? (size_t)n : 0;
    return n > 0 ? 1 : n < 0 ? -errno : 0;
}

/* Take the first line out of the buffer as an object; NULL when there is no whole line, or it is none.
 */
static json_t *take_line(struct child *child, bool *whole, struct bench_error *err)
{
    char *end = child->length ? memchr(child->buffer, '\n', child->length) : NULL;
    *whole = end != NULL;
    if (!end)
        return NULL;
    json_error_t why;
    size_t length = (size_t)(end - child->buffer);
    json_t *reply = json_loadb(child->buffer, length, 0, &why);
    if (!json_is_object(reply)) {
        char start[61];
        snprintf(start, sizeof start, "%.*s", (int)(length < 60 ? length : 60), child->buffer);
        bench_error_set(err, -EPROTO, "the runner answered with what is no JSON object: '%s'",
                        text_make_visible(start));
        json_decref(reply);
        reply = NULL;
    }
    child->length -= length + 1;
    memmove(child->buffer, end + 1, child->length);
    return reply;
}

/* Sleep until the child writes or dies. */
static enum child_end wait_for_child(const struct child *child, const struct child_setup *setup,
                                     uint64_t deadline_ns)
{
    struct pollfd waiting[2] = {{.fd = child->out, .events = POLLIN},
                                {.fd = child->pidfd, .events = POLLIN}};
    int ready = stop_poll(waiting, 2, deadline_ns, setup->stop);
    if (ready > 0)
        return waiting[0].revents ? CHILD_ANSWERED : CHILD_DIED;
    return ready == -EINTR ? CHILD_STOPPED : ready == 0 ? CHILD_TIMEOUT : CHILD_DIED;
}

enum child_end child_tell(struct child *child, const json_t *message, struct bench_error *err)
{
    if (line_send(child->in, message) == 0)
        return CHILD_ANSWERED;
    describe_death(child, err);
    return CHILD_DIED;
}

enum child_end child_ask(struct child *child, const struct child_setup *setup, json_t *message,
                         uint64_t deadline_ns, json_t **reply, struct bench_error *err)
{
    enum child_end end = child_tell(child, message, err);
    return end == CHILD_ANSWERED ? child_hear(child, setup, deadline_ns, reply, err) : end;
}

enum child_end child_hear(struct child *child, const struct child_setup *setup, uint64_t deadline_ns,
                          json_t **reply, struct bench_error *err)
{
    for (;;) {
        bool whole;
        *reply = take_line(child, &whole, err);
        if (whole)
            return *reply ? CHILD_ANSWERED : CHILD_DIED;
        enum child_end end = wait_for_child(child, setup, deadline_ns);
        if (end == CHILD_TIMEOUT)
            bench_error_set(err, -ETIMEDOUT, "did not finish in time and was killed");
        else if (end == CHILD_STOPPED)
            bench_error_set(err, -EINTR, "interrupted");
        else if (end == CHILD_DIED)
            describe_death(child, err);
        if (end != CHILD_ANSWERED)
            return end;
        int got = child_read(child);
        if (got == 0)
            describe_death(child, err);
        else if (got < 0)
            bench_error_set(err, got, "reading the runner's answer: %s", strerror(-got));
        if (got <= 0)
            return CHILD_DIED;
    }
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
        FILE *environment = fopen(path, "re");
        bool any = false;
        while (environment && !kin && getdelim(&variable, &size, '\0', environment) > 0) {
            any = true;
            kin = strcmp(variable, child->mark) == 0;
        }
        kin = kin || !any; /* one that is about to end has no memory any more; it is to be waited for */
        if (!kin) {        /* ... and one that has begun to end, or to exec, meanwhile was cut short */
            rewind(environment);
            whole = fgetc(environment) != EOF;
        }
        if (environment)
            fclose(environment);
    }
    free(variable);
    return kin;
}

/* One pass over our children: kill the child's kin, reap the dead. How many were killed. */
static int end_children(const struct child *child)
{
    char path[64], list[65536];
    int ended = 0;
    snprintf(path, sizeof path, "/proc/self/task/%ld/children", syscall(SYS_gettid));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? 0 : read(fd, list, sizeof list - 1);
    if (fd >= 0)
        close(fd);
    list[length > 0 ? length : 0] = '\0';
    char *rest = list;
    for (char *word; (word = strsep(&rest, " "));) {
        pid_t pid = (pid_t)strtol(word, NULL, 10);
        if (pid <= 0 || (child->beside && pid == child->beside->pid))
            continue;
        if (waitpid(pid, NULL, WNOHANG) == 0) {
            if (!is_kin(child, pid))
                continue;
            kill(pid, SIGKILL);
            while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
                ;
        }
        ended++; /* also one that ended by itself just now: its children have come to us since */
    }
    return ended;
}

void child_end(struct child *child, uint64_t grace_ns)
{
    if (child->pid <= 0)
        return;
    close(child->in);
    struct pollfd died = {.fd = child->pidfd, .events = POLLIN};
    if (child->pidfd >= 0 && grace_ns)
        stop_poll(&died, 1, bench_now() + grace_ns, NULL);
    kill(-child->pid, SIGKILL);
    kill(child->pid, SIGKILL); /* it may have left its group */
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    while (end_children(child) > 0) /* the children of those killed are now ours */
        ;
    close(child->out);
    if (child->pidfd >= 0)
        close(child->pidfd);
    free(child->buffer);
    *child = (struct child){.pidfd = -1};
}
