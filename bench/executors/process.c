/*
 * Processes: workers forked from the runner, each with its own address space, in a pool that lives
 * across runs or made anew for each. What they count is in the team's shared memory.
 *
 * A pair of pipes a worker: the runner writes a byte to begin a run and the worker writes one back at
 * its end. A pipe that closes tells either side that the other has died.
 */
#include <bench/executor.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { START_POOL, START_SPAWN };
static const char *const start_words[] = {"pool", "spawn", NULL};

struct process_params {
    int start;
};

static const struct bench_param params[] = {
    BENCH_CHOICE(struct process_params, start, "pool", start_words,
                 "pool: processes live across runs; spawn: new ones for each run"),
    BENCH_PARAM_END,
};

struct member {
    pid_t pid;
    int begin; /* to the worker: a byte begins a run, closing ends it */
    int done;  /* from the worker */
    int pidfd; /* tells of its death even when children of its own keep the pipes open; -1: none */
};

struct pool {
    struct bench_team *team;
    bool spawn;
    uint32_t made;
    struct pollfd *waiting; /* two a member, for pool_wait: done and pidfd */
    struct member members[];
};

enum { BYTE_RUN = 'r', BYTE_END = 'e' };

static int write_byte(int fd, char byte)
{
    ssize_t n;
    do
        n = write(fd, &byte, 1);
    while (n < 0 && errno == EINTR);
    return n == 1 ? 0 : -EPIPE;
}

/* The byte, or 0 at the end. */
static char read_byte(int fd)
{
    char byte = 0;
    ssize_t n;
    do
        n = read(fd, &byte, 1);
    while (n < 0 && errno == EINTR);
    return n == 1 ? byte : 0;
}

/* The worker's whole life; it never returns, and leaves the runner's buffers and handlers alone. */
static _Noreturn void member_main(struct pool *pool, uint32_t index, int begin, int done, pid_t runner)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != runner)
        _exit(1); /* the runner died before that was set */
    /* Without pidfds (before Linux 5.3) only the end of a pipe tells, if nobody else holds it open. */
    for (uint32_t w = 0; w < index && pool->members[w].pidfd < 0; w++) {
        close(pool->members[w].begin);
        close(pool->members[w].done);
    }
    while (read_byte(begin) == BYTE_RUN) {
        bench_enter(pool->team, index);
        bench_work(bench_team_lane(pool->team, index, 0));
        bench_leave(pool->team, index);
        if (write_byte(done, BYTE_RUN) < 0)
            break;
    }
    bench_retire(pool->team, index);
    _exit(0);
}

static int member_make(struct pool *pool, uint32_t index, struct bench_error *err)
{
    int begin[2], done[2], rc;
    pid_t runner = getpid();
    if (pipe(begin) < 0) {
        rc = -errno;
        goto fail_begin;
    }
    if (pipe(done) < 0) {
        rc = -errno;
        goto fail_done;
    }
    pid_t pid = fork();
    if (pid < 0) {
        rc = -errno;
        goto fail_fork;
    }
    if (pid == 0) {
        close(begin[1]);
        close(done[0]);
        member_main(pool, index, begin[0], done[1], runner);
    }
    close(begin[0]);
    close(done[1]);
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    pool->members[index] =
        (struct member){.pid = pid, .begin = begin[1], .done = done[0], .pidfd = pidfd};
    return 0;
fail_fork:
    close(done[0]);
    close(done[1]);
fail_done:
    close(begin[0]);
    close(begin[1]);
fail_begin:
    return bench_error_set(err, rc, "process %u of %u could not be made: %s%s", index + 1,
                           pool->team->workers, strerror(-rc), rc == -EMFILE ? " (ulimit -n)" : "");
}

/* What became of a worker that ended too early, in words. */
static void describe_end(uint32_t index, pid_t pid, int status, struct bench_error *err)
{
    if (WIFSIGNALED(status))
        bench_error_set(err, -ECHILD, "worker %u (process %d) was killed by signal %d (%s)", index,
                        (int)pid, WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        bench_error_set(err, -ECHILD, "worker %u (process %d) ended by itself with exit status %d",
                        index, (int)pid, WEXITSTATUS(status));
}

/* End all workers: kindly, or at once. */
static void pool_end(struct pool *pool, bool at_once)
{
    for (uint32_t w = 0; w < pool->made; w++) {
        if (at_once && pool->members[w].pid > 0)
            kill(pool->members[w].pid, SIGKILL);
        else
            write_byte(pool->members[w].begin, BYTE_END);
        close(pool->members[w].begin);
        close(pool->members[w].done);
        close(pool->members[w].pidfd);
    }
    for (; pool->made > 0; pool->made--) {
        pid_t pid = pool->members[pool->made - 1].pid;
        while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
}

static int pool_make(struct pool *pool, struct bench_error *err)
{
    for (uint32_t w = 0; w < pool->team->workers; w++) {
        int rc = member_make(pool, w, err);
        if (rc < 0) {
            pool_end(pool, true);
            return rc;
        }
        pool->made++;
    }
    return 0;
}

/* A worker's pipe closed before it was done: find out why, and end the others, who wait for it. */
static int member_lost(struct pool *pool, uint32_t index, struct bench_error *err)
{
    int status;
    struct member *member = &pool->members[index];
    while (waitpid(member->pid, &status, 0) < 0 && errno == EINTR)
        ;
    describe_end(index, member->pid, status, err);
    member->pid = 0;
    pool_end(pool, true);
    return -ECHILD;
}

/* Until every worker has answered, or one is lost. */
static int pool_wait(struct pool *pool, struct bench_error *err)
{
    for (uint32_t w = 0; w < pool->made; w++) {
        pool->waiting[2 * w] = (struct pollfd){.fd = pool->members[w].done, .events = POLLIN};
        pool->waiting[2 * w + 1] = (struct pollfd){.fd = pool->members[w].pidfd, .events = POLLIN};
    }
    for (uint32_t left = pool->made; left > 0;) {
        if (poll(pool->waiting, 2 * pool->made, -1) < 0 && errno != EINTR)
            return bench_error_set(err, -errno, "waiting for the workers: %s", strerror(errno));
        for (uint32_t w = 0; w < pool->made; w++) {
            struct pollfd *done = &pool->waiting[2 * w], *death = &pool->waiting[2 * w + 1];
            if (done->fd < 0 || !(done->revents | death->revents))
                continue;
            if (!done->revents || !read_byte(done->fd))
                return member_lost(pool, w, err);
            done->fd = death->fd = -1;
            left--;
        }
    }
    return 0;
}

static int process_run(struct bench_team *team, void *state, struct bench_error *err)
{
    struct pool *pool = state;
    int rc = pool->spawn ? pool_make(pool, err) : 0;
    if (rc < 0)
        return rc;
    if (pool->made != team->workers)
        return bench_error_set(err, -ECHILD, "the workers have died in an earlier run");
    for (uint32_t w = 0; w < team->workers; w++)
        write_byte(pool->members[w].begin, BYTE_RUN); /* one that has died is found by pool_wait */
    rc = pool_wait(pool, err);
    if (pool->spawn)
        pool_end(pool, false);
    return rc;
}

static void process_close(struct bench_team *team, void *state)
{
    (void)team;
    struct pool *pool = state;
    pool_end(pool, false);
    free(pool->waiting);
    free(pool);
}

static int process_open(struct bench_team *team, const void *values, void **state,
                        struct bench_error *err)
{
    const struct process_params *given = values;
    struct pool *pool = calloc(1, sizeof *pool + team->workers * sizeof *pool->members);
    if (pool)
        pool->waiting = calloc(2 * team->workers, sizeof *pool->waiting);
    if (!pool || !pool->waiting) {
        free(pool);
        return bench_error_set(err, -ENOMEM, "no memory for %u processes", team->workers);
    }
    pool->team = team;
    pool->spawn = given->start == START_SPAWN;
    int rc = pool->spawn ? 0 : pool_make(pool, err);
    if (rc < 0) {
        process_close(team, pool);
        return rc;
    }
    *state = pool;
    return 0;
}

const struct bench_executor BENCH_EXECUTOR(process) = {
    .abi = BENCH_EXECUTOR_ABI,
    .name = "process",
    .summary = "forked processes, a pool or new ones for each run",
    .params = params,
    .params_size = sizeof(struct process_params),
    .flags = BENCH_PROCESSES,
    .open = process_open,
    .run = process_run,
    .close = process_close,
};
