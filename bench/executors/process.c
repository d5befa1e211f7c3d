/*
 * Processes: workers forked from the runner, each with its own address space, in a pool that lives
 * across runs or made anew for each. What they count is in the team's shared memory.
 *
 * Whatever is said to one worker is said to all, so that nothing here grows with the square of their
 * number: a word in shared memory begins a run, a count beside it says how many are still at work, and
 * the last of them wakes the runner. No worker inherits anything of another's: the descriptors that tell
 * of their deaths are made when all have been forked.
 */
#include <bench/executor.h>

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
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

/* What the runner and its workers tell each other; in memory that all of them see. */
struct board {
    _Atomic uint32_t run;     /* grows by RUN_STEP when a run begins, and is odd when none will come */
    _Atomic uint32_t working; /* workers that have not finished the run */
    bool retired[];           /* a worker has done all that it had to, lane_fini included */
};

enum { RUN_STEP = 2, RUN_NO_MORE = 1 };

struct member {
    pid_t pid;
    int death; /* a pidfd; -1: there is none */
};

struct pool {
    struct bench_team *team;
    struct board *board;
    bool spawn;
    bool all_watched; /* every worker's death wakes the runner */
    uint32_t made;
    int finished; /* an eventfd: the last worker has finished the run */
    int watch;    /* an epoll of `finished` and the members' deaths */
    struct member members[];
};

enum { FINISHED = UINT32_MAX }; /* in an event of `watch`; else the worker's index */
enum { LOOK_AFTER_MS = 1000 };  /* where a death does not wake us */

static size_t board_size(const struct bench_team *team)
{
    return sizeof(struct board) + team->workers * sizeof(bool);
}

/* ---- in a worker ---- */

/* Sleep until there is a run after `*seen`, or none any more: false. */
static bool next_run(struct board *board, uint32_t *seen)
{
    uint32_t now;
    while ((now = atomic_load(&board->run)) == *seen)
        syscall(SYS_futex, &board->run, FUTEX_WAIT, *seen, NULL, NULL, 0);
    *seen = now;
    return !(now & RUN_NO_MORE);
}

static bool tell_finished(const struct pool *pool)
{
    if (atomic_fetch_sub(&pool->board->working, 1) > 1)
        return true;
    return eventfd_write(pool->finished, 1) == 0;
}

/* The worker's whole life; it never returns, and leaves the runner's buffers and handlers alone. */
static _Noreturn void member_main(struct pool *pool, uint32_t index, pid_t runner)
{
    uint32_t seen = 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != runner)
        _exit(1); /* the runner died before that was set */
    while (next_run(pool->board, &seen)) {
        bench_enter(pool->team, index);
        bench_work(bench_team_lane(pool->team, index, 0));
        bench_leave(pool->team, index);
        if (!tell_finished(pool))
            _exit(1); /* its death is then what the runner hears of */
    }
    bench_retire(pool->team, index);
    pool->board->retired[index] = true;
    _exit(0);
}

/* ---- in the runner ---- */

static int watch_add(const struct pool *pool, int fd, uint32_t index)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = index};
    return epoll_ctl(pool->watch, EPOLL_CTL_ADD, fd, &event);
}

static void unwatch_member(struct member *member)
{
    if (member->death >= 0)
        close(member->death);
    member->death = -1;
}

/*
 * After the last fork: else each worker would inherit the descriptors of all before it. Without pidfds
 * (before Linux 5.3), or where they would be too many, the runner looks after the workers from time to
 * time, and leaves the descriptors there are to others.
 */
static void watch_members(struct pool *pool)
{
    pool->all_watched = true;
    for (uint32_t w = 0; w < pool->made && pool->all_watched; w++) {
        struct member *member = &pool->members[w];
        member->death = (int)syscall(SYS_pidfd_open, member->pid, 0);
        pool->all_watched = member->death >= 0 && watch_add(pool, member->death, w) == 0;
    }
    for (uint32_t w = 0; w < pool->made && !pool->all_watched; w++)
        unwatch_member(&pool->members[w]);
}

/* Wait for a worker's end. False, and in words why, if that was no ordinary one. */
static bool member_reap(const struct pool *pool, uint32_t index, struct bench_error *err)
{
    int status;
    pid_t pid = pool->members[index].pid, got;
    do
        got = waitpid(pid, &status, 0);
    while (got < 0 && errno == EINTR);
    if (pool->board->retired[index] && (got < 0 || status == 0))
        return true;
    if (got < 0)
        bench_error_set(err, -ECHILD,
                        "worker %u (process %d) ended, and its exit status is lost: the workload, or a "
                        "library it uses, ignores SIGCHLD or waits for children that are not its own",
                        index, (int)pid);
    else if (WIFSIGNALED(status))
        bench_error_set(err, -ECHILD, "worker %u (process %d) was killed by signal %d (%s)", index,
                        (int)pid, WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        bench_error_set(err, -ECHILD, "worker %u (process %d) ended with exit status %d", index,
                        (int)pid, WEXITSTATUS(status));
    return false;
}

/* They have been told to end. -ECHILD when the end of one was no ordinary one: err is of the first. */
static int pool_reap(struct pool *pool, struct bench_error *err)
{
    struct bench_error later;
    int rc = 0;
    for (uint32_t w = 0; w < pool->made; w++) {
        if (pool->members[w].pid > 0 && !member_reap(pool, w, rc < 0 ? &later : err))
            rc = -ECHILD;
        unwatch_member(&pool->members[w]);
    }
    pool->made = 0;
    return rc;
}

static void wake_members(struct pool *pool)
{
    syscall(SYS_futex, &pool->board->run, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* End all workers kindly. -ECHILD, with err, when one has come to another end. */
static int pool_end(struct pool *pool, struct bench_error *err)
{
    atomic_fetch_or(&pool->board->run, RUN_NO_MORE);
    wake_members(pool);
    return pool_reap(pool, err);
}

static void pool_kill(struct pool *pool)
{
    struct bench_error expected;
    for (uint32_t w = 0; w < pool->made; w++) {
        if (pool->members[w].pid > 0)
            kill(pool->members[w].pid, SIGKILL);
    }
    pool_reap(pool, &expected);
}

static int pool_make(struct pool *pool, struct bench_error *err)
{
    pid_t runner = getpid();
    uint32_t workers = pool->team->workers;
    memset(pool->board, 0, board_size(pool->team));
    for (uint32_t w = 0; w < workers; w++) {
        pid_t pid = fork();
        if (pid == 0)
            member_main(pool, w, runner);
        if (pid < 0) {
            int rc = -errno;
            pool_kill(pool);
            return bench_error_set(err, rc, "process %u of %u could not be created: %s%s", w + 1,
                                   workers, strerror(-rc), rc == -EAGAIN ? " (ulimit -u)" : "");
        }
        pool->members[w] = (struct member){.pid = pid, .death = -1};
        pool->made++;
    }
    watch_members(pool);
    return 0;
}

/* One has died that was not asked to: say how, and end the others, who wait for it. */
static int member_lost(struct pool *pool, uint32_t index, struct bench_error *err)
{
    member_reap(pool, index, err);
    pool->members[index].pid = 0;
    pool_kill(pool);
    return -ECHILD;
}

static bool member_is_dead(const struct member *member)
{
    siginfo_t info = {0};
    int rc = waitid(P_PID, (id_t)member->pid, &info, WEXITED | WNOHANG | WNOWAIT);
    return rc < 0 || info.si_pid != 0;
}

/* Is none dead? */
static int look_after(struct pool *pool, struct bench_error *err)
{
    for (uint32_t w = 0; w < pool->made; w++) {
        if (member_is_dead(&pool->members[w]))
            return member_lost(pool, w, err);
    }
    return 0;
}

/*
 * Until the last worker has finished (1), one is lost (-ECHILD), or neither has come for so long (0). A
 * death is looked at first: who has died may have been the last to finish.
 */
static int pool_listen(struct pool *pool, int wait_ms, struct bench_error *err)
{
    struct epoll_event events[2];
    eventfd_t count;
    int n = epoll_wait(pool->watch, events, 2, wait_ms);
    if (n < 0 && errno != EINTR)
        return bench_error_set(err, -errno, "waiting for the workers: %s", strerror(errno));
    for (int i = 0; i < n; i++) {
        if (events[i].data.u32 != FINISHED)
            return member_lost(pool, events[i].data.u32, err);
    }
    if (n <= 0)
        return pool->all_watched ? 0 : look_after(pool, err);
    return eventfd_read(pool->finished, &count) == 0;
}

static int process_run(struct bench_team *team, void *state, struct bench_error *err)
{
    struct pool *pool = state;
    int rc = pool->spawn ? pool_make(pool, err) : 0;
    if (rc < 0)
        return rc;
    if (pool->made != team->workers)
        return bench_error_set(err, -ECHILD, "the workers died in an earlier run");
    rc = pool_listen(pool, 0, err); /* one may have died since the last run */
    if (rc < 0)
        return rc;
    atomic_store(&pool->board->working, team->workers);
    atomic_fetch_add(&pool->board->run, RUN_STEP);
    wake_members(pool);
    do
        rc = pool_listen(pool, pool->all_watched ? -1 : LOOK_AFTER_MS, err);
    while (rc == 0);
    if (rc < 0)
        return rc;
    return pool->spawn ? pool_end(pool, err) : 0;
}

static void pool_free(struct pool *pool)
{
    if (pool->watch >= 0)
        close(pool->watch);
    if (pool->finished >= 0)
        close(pool->finished);
    bench_shared_free(pool->board, board_size(pool->team));
    free(pool);
}

static void process_close(struct bench_team *team, void *state)
{
    (void)team;
    struct pool *pool = state;
    struct bench_error why = {0};
    if (pool_end(pool, &why) < 0)
        bench_abort(why.message);
    pool_free(pool);
}

static struct pool *pool_new(struct bench_team *team, bool spawn)
{
    struct pool *pool = calloc(1, sizeof *pool + team->workers * sizeof *pool->members);
    if (!pool)
        return NULL;
    pool->team = team;
    pool->spawn = spawn;
    pool->board = bench_shared_alloc(board_size(team));
    pool->finished = eventfd(0, EFD_CLOEXEC);
    pool->watch = epoll_create1(EPOLL_CLOEXEC);
    if (pool->board && pool->finished >= 0 && pool->watch >= 0 &&
        watch_add(pool, pool->finished, FINISHED) == 0)
        return pool;
    int why = errno;
    pool_free(pool);
    errno = why;
    return NULL;
}

static int process_open(struct bench_team *team, const void *values, void **state,
                        struct bench_error *err)
{
    const struct process_params *given = values;
    struct pool *pool = pool_new(team, given->start == START_SPAWN);
    if (!pool)
        return bench_error_set(err, -errno, "%u processes could not be prepared: %s", team->workers,
                               strerror(errno));
    int rc = pool->spawn ? 0 : pool_make(pool, err);
    if (rc < 0) {
        pool_free(pool);
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
    .offers = BENCH_OFFERS_SHARED_MEMORY,
    .flags = BENCH_PROCESSES,
    .open = process_open,
    .run = process_run,
    .close = process_close,
};
