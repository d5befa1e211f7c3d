/*
 * waiting: a workload that waits in every way there is, and looks whether the contract is kept: `how`
 * says in which. The last ones misbehave.
 */
#include <bench/workload.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum way {
    FILES,
    TIMEOUT,
    WOKEN,
    PAIRS,
    HANGUP,
    AGAIN,
    NOWHERE,
    CALL,
    YIELD,
    FAIL_ASLEEP,
    FAIL_POLLING,
    CHATTY,
    LOCK,
    FAIL_LOCKED,
    OVERFLOW
};
static const char *const way_words[] = {
    "files", "timeout",     "woken",        "pairs",  "hangup", "again",       "nowhere",  "call",
    "yield", "fail_asleep", "fail_polling", "chatty", "lock",   "fail_locked", "overflow", NULL};

struct waiting_params {
    int how;
    int64_t tasks, task;
    uint64_t stack;
    int64_t descriptors;
};

static const struct bench_param params_table[] = {
    BENCH_CHOICE(struct waiting_params, how, "files", way_words, "in which way it waits"),
    BENCH_COUNT(struct waiting_params, tasks, "8", 1, 1e9, NULL, "how many there are"),
    BENCH_COUNT(struct waiting_params, task, "3", 0, 1e9, NULL, "which one goes wrong"),
    BENCH_SIZE(struct waiting_params, stack, "0", 0, 1 << 30, "that it says it needs"),
    BENCH_COUNT(struct waiting_params, descriptors, "0", 0, 1e9, NULL, "that it says a lane has"),
    BENCH_PARAM_END,
};

/* What a lock guards, in memory that all workers see. */
struct guarded {
    struct bench_mutex mutex;
    volatile uint64_t value;
};

struct waiting {
    struct guarded *guarded;
    const struct waiting_params *params;
    int (*pipes)[2]; /* one a task */
    int file;
    _Atomic int64_t begun; /* tasks, of all runs */
    _Atomic int wait;      /* of the first task: which one it is */
};

static void close_all(struct waiting *waiting, int64_t pipes)
{
    for (int64_t i = 0; i < pipes; i++) {
        close(waiting->pipes[i][0]);
        close(waiting->pipes[i][1]);
    }
    if (waiting->file >= 0)
        close(waiting->file);
    bench_shared_free(waiting->guarded, sizeof *waiting->guarded);
    free(waiting->pipes);
    free(waiting);
}

static void waiting_teardown(void *shared)
{
    struct waiting *waiting = shared;
    close_all(waiting, waiting->params->tasks);
}

static int waiting_setup(void **shared, const void *params, struct bench_plan *plan,
                         struct bench_error *err)
{
    const struct waiting_params *given = params;
    struct waiting *waiting = calloc(1, sizeof *waiting);
    if (!waiting)
        return bench_error_set(err, -ENOMEM, "out of memory");
    waiting->params = given;
    waiting->guarded = bench_shared_alloc(sizeof *waiting->guarded);
    waiting->pipes = calloc((size_t)given->tasks, sizeof *waiting->pipes);
    waiting->file = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    for (int64_t i = 0; i < given->tasks; i++) {
        if (!waiting->guarded || !waiting->pipes || waiting->file < 0 ||
            pipe2(waiting->pipes[i], O_CLOEXEC) < 0) {
            close_all(waiting, i);
            return bench_error_set(err, -EMFILE, "no pipes");
        }
    }
    plan->tasks = (uint64_t)given->tasks;
    plan->stack_bytes = given->stack;
    plan->lane_fds = (uint32_t)given->descriptors;
    *shared = waiting;
    return 0;
}

#define EXPECT(lane, condition)                                                     \
    do {                                                                            \
        if (!(condition))                                                           \
            return bench_fail(lane, -EPROTO, "line %d: not " #condition, __LINE__); \
    } while (0)

static int wait_for_files(struct bench_lane *lane, const struct waiting *waiting, uint64_t task)
{
    char text[8] = "", wanted[8] = "task  ";
    off_t at = (off_t)task * 8;
    wanted[5] = (char)('a' + task % 26);
    EXPECT(lane, bench_pwrite(lane, waiting->file, wanted, 8, at) == 8);
    EXPECT(lane, bench_fsync(lane, waiting->file, true) == 0);
    EXPECT(lane, bench_fsync(lane, waiting->file, false) == 0);
    EXPECT(lane, bench_pread(lane, waiting->file, text, 8, at) == 8);
    EXPECT(lane, memcmp(text, wanted, 8) == 0);
    EXPECT(lane, bench_pread(lane, waiting->file, text, 8, 1 << 30) == 0);
    EXPECT(lane, bench_pread(lane, -1, text, 8, 0) == -EBADF);
    EXPECT(lane, bench_pwrite(lane, -1, text, 8, 0) == -EBADF);
    EXPECT(lane, bench_fsync(lane, -1, true) == -EBADF);
    EXPECT(lane, bench_poll(lane, waiting->file, POLLIN, -1) == POLLIN); /* as poll(2) says */
    return 0;
}

/* Limits of many lengths, while other lanes have others. */
static int wait_for_timeouts(struct bench_lane *lane, const struct waiting *waiting, uint64_t task)
{
    int in = waiting->pipes[task][0], out = waiting->pipes[task][1];
    char byte = 'x';
    for (uint64_t i = 0; i < 20; i++) {
        int64_t limit_ns = (int64_t)((i * 7 + task * 3) % 11) * 300000;
        uint64_t before_ns = bench_now();
        EXPECT(lane, bench_poll(lane, in, POLLIN, limit_ns) == 0);
        EXPECT(lane, bench_now() - before_ns >= (uint64_t)limit_ns);
    }
    EXPECT(lane, bench_poll(lane, out, POLLOUT, 1000000000) == POLLOUT);
    EXPECT(lane, write(out, &byte, 1) == 1);
    EXPECT(lane, bench_poll(lane, in, POLLIN, 3600000000000) == POLLIN);
    EXPECT(lane, bench_poll(lane, in, POLLIN | POLLOUT, 0) == POLLIN);
    EXPECT(lane, bench_poll(lane, in, POLLIN, -1) == POLLIN);
    EXPECT(lane, read(in, &byte, 1) == 1);
    return 0;
}

/* Of one worker: while the first task waits, the other once writes and reads what the first waits for:
 * sooner or later, sometimes between the first one's limit and the loop's next look. */
static int wait_for_what_another_takes(struct bench_lane *lane, struct waiting *waiting, uint64_t task)
{
    enum { WAITS = 20 };
    const int *ends = waiting->pipes[0];
    char byte = 'x';
    if (task == 0) {
        for (waiting->wait = 0; waiting->wait < WAITS; waiting->wait++)
            EXPECT(lane, bench_poll(lane, ends[0], POLLIN, 1000000) >= 0);
    }
    for (int wait = 0, turn = 0; waiting->wait < WAITS; turn++) {
        for (uint64_t until_ns = bench_now() + 20000; bench_now() < until_ns;)
            ;
        turn = waiting->wait == wait ? turn : 0;
        wait = waiting->wait;
        if (turn == wait * 10)
            EXPECT(lane, write(ends[1], &byte, 1) == 1 && read(ends[0], &byte, 1) == 1);
        bench_yield(lane);
    }
    return 0;
}

/* Tasks 2n and 2n + 1 must be under way at once: the one waits for what the other writes. */
static int wait_for_the_other(struct bench_lane *lane, const struct waiting *waiting, uint64_t task)
{
    char byte = (char)task;
    if (task + 1 == (uint64_t)waiting->params->tasks && task % 2 == 0)
        return 0;
    for (int i = 0; i < 10; i++) {
        if (task % 2 == 0) {
            EXPECT(lane, bench_poll(lane, waiting->pipes[task][0], POLLIN, -1) == POLLIN);
            EXPECT(lane, read(waiting->pipes[task][0], &byte, 1) == 1 && byte == (char)(task + 1));
            EXPECT(lane, write(waiting->pipes[task + 1][1], &byte, 1) == 1);
        } else {
            bench_yield(lane);
            EXPECT(lane, bench_sleep_until(lane, bench_now() + 100000) == 0);
            EXPECT(lane, write(waiting->pipes[task - 1][1], &byte, 1) == 1);
            EXPECT(lane, bench_poll(lane, waiting->pipes[task][0], POLLIN, 10000000000) == POLLIN);
            EXPECT(lane, read(waiting->pipes[task][0], &byte, 1) == 1);
        }
    }
    return 0;
}

static int wait_for_nobody(struct bench_lane *lane)
{
    int ends[2];
    EXPECT(lane, pipe2(ends, O_CLOEXEC) == 0);
    close(ends[1]);
    int ready = bench_poll(lane, ends[0], POLLIN, -1);
    bench_forget(lane, ends[0]);
    close(ends[0]);
    EXPECT(lane, ready > 0);
    EXPECT(lane, bench_poll(lane, ends[0], POLLIN, -1) == -EBADF);
    return 0;
}

/* One pair of connected sockets: what an event loop may keep of a descriptor must never be wrong. */
static int wait_on_sockets(struct bench_lane *lane, const int *ends)
{
    char bytes[2] = "x";
    EXPECT(lane, write(ends[1], bytes, 2) == 2);
    EXPECT(lane, bench_poll(lane, ends[0], POLLIN, -1) == POLLIN);
    EXPECT(lane, read(ends[0], bytes, 1) == 1);
    EXPECT(lane, bench_poll(lane, ends[0], POLLIN, -1) == POLLIN); /* there is one more */
    EXPECT(lane, bench_poll(lane, ends[0], POLLIN | POLLOUT, -1) == (POLLIN | POLLOUT));
    EXPECT(lane, read(ends[0], bytes, 1) == 1);
    EXPECT(lane, bench_poll(lane, ends[0], POLLOUT, -1) == POLLOUT);
    EXPECT(lane, bench_poll(lane, ends[0], POLLIN, 300000) == 0);
    EXPECT(lane, write(ends[1], bytes, 1) == 1); /* while nobody waits for it */
    EXPECT(lane, bench_sleep_until(lane, bench_now() + 300000) == 0);
    EXPECT(lane, bench_poll(lane, ends[0], POLLIN, -1) == POLLIN);
    return 0;
}

/* The same numbers again and again, each time of others. */
static int wait_again(struct bench_lane *lane)
{
    for (int i = 0; i < 5; i++) {
        int ends[2];
        EXPECT(lane, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        int rc = wait_on_sockets(lane, ends);
        bench_forget(lane, ends[0]);
        close(ends[0]);
        close(ends[1]);
        EXPECT(lane, rc == 0);
    }
    return 0;
}

/* Each run's tasks must all be under way at once. */
static int yield_until_all_have_begun(struct bench_lane *lane, struct waiting *waiting)
{
    int64_t tasks = waiting->params->tasks, all = (waiting->begun++ / tasks + 1) * tasks;
    while (waiting->begun < all)
        bench_yield(lane);
    return 0;
}

/* Fills 100 KiB of stack. */
static void use_much_stack(void *argument)
{
    volatile char much[100 << 10];
    memset((char *)much, 1, sizeof much);
    *(int *)argument += much[77];
}

static int fail_among_others(struct bench_lane *lane, const struct waiting *waiting, uint64_t task)
{
    if (task == (uint64_t)waiting->params->task) {
        bench_sleep_until(lane, bench_now() + 20000000);
        return bench_fail(lane, -EIO, "task %d is the one", (int)task);
    }
    int rc = waiting->params->how == FAIL_ASLEEP
                 ? bench_sleep_until(lane, bench_now() + 3600000000000)
                 : bench_poll(lane, waiting->pipes[task][0], POLLIN, task % 2 ? -1 : 3600000000000);
    return rc < 0 ? rc : bench_fail(lane, -EPROTO, "task %d went on", (int)task);
}

/* Not folded into a loop: the address is used. */
static __attribute__((noinline)) size_t go_deeper(size_t levels, volatile char *above)
{
    volatile char here[256];
    here[0] = (char)levels;
    here[255] = above[0];
    return levels ? go_deeper(levels - 1, here) + (size_t)here[255] : (size_t)here[0];
}

enum { LOCKS = 20 };

/* Whoever holds it waits, too, between reading and writing. */
static int wait_for_a_lock(struct bench_lane *lane, const struct waiting *waiting, uint64_t task)
{
    struct guarded *guarded = waiting->guarded;
    for (uint64_t i = 0; i < LOCKS; i++) {
        EXPECT(lane, bench_lock(lane, &guarded->mutex) == 0);
        uint64_t value = guarded->value;
        if ((task + i) % 4 == 0)
            bench_sleep_until(lane, bench_now() + 20000);
        else if ((task + i) % 4 == 1)
            bench_yield(lane);
        guarded->value = value + 1;
        bench_unlock(lane, &guarded->mutex);
    }
    return 0;
}

static int fail_with_the_lock(struct bench_lane *lane, const struct waiting *waiting, uint64_t task)
{
    if (task == (uint64_t)waiting->params->task) {
        EXPECT(lane, bench_lock(lane, &waiting->guarded->mutex) == 0);
        bench_sleep_until(lane, bench_now() + 20000000);
        return bench_fail(lane, -EIO, "task %d is the one", (int)task);
    }
    bench_sleep_until(lane, bench_now() + 10000000);
    int rc = bench_lock(lane, &waiting->guarded->mutex);
    if (rc == 0)
        bench_unlock(lane, &waiting->guarded->mutex);
    return rc;
}

static int wait_in_some_way(struct bench_lane *lane, const struct waiting *waiting, uint64_t task)
{
    int calls = 0;
    volatile char top = 0;
    switch ((enum way)waiting->params->how) {
    case FILES:
        return wait_for_files(lane, waiting, task);
    case TIMEOUT:
        return wait_for_timeouts(lane, waiting, task);
    case WOKEN:
        return wait_for_what_another_takes(lane, lane->shared, task);
    case PAIRS:
        return wait_for_the_other(lane, waiting, task);
    case HANGUP:
        return wait_for_nobody(lane);
    case AGAIN:
        return wait_again(lane);
    case NOWHERE:
        return 0;
    case CALL:
        bench_call(lane, use_much_stack, &calls);
        bench_yield(lane);
        bench_call(lane, use_much_stack, &calls);
        EXPECT(lane, calls == 2);
        return 0;
    case YIELD:
        return yield_until_all_have_begun(lane, lane->shared);
    case FAIL_ASLEEP:
    case FAIL_POLLING:
        return fail_among_others(lane, waiting, task);
    case LOCK:
        return wait_for_a_lock(lane, waiting, task);
    case FAIL_LOCKED:
        return fail_with_the_lock(lane, waiting, task);
    case CHATTY:
        return bench_fail(lane, -EIO, "%*s %.9f %d", 300, "much to say:", 1.0 / 3, (int)task);
    case OVERFLOW:
        bench_yield(lane);
        if (task == (uint64_t)waiting->params->task)
            lane->local = (void *)go_deeper(40, &top); /* 10 KiB and more */
        bench_yield(lane);
        return 0;
    }
    return -EINVAL;
}

static int waiting_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    int rc = 0;
    for (uint64_t task = first; rc == 0 && task < end; task++)
        rc = wait_in_some_way(lane, lane->shared, task);
    return rc;
}

static int waiting_prepare(void *shared, struct bench_error *err)
{
    const struct waiting *waiting = shared;
    (void)err;
    waiting->guarded->value = 0;
    return 0;
}

static int waiting_finish(void *shared, struct bench_error *err)
{
    const struct waiting *waiting = shared;
    uint64_t value = waiting->guarded->value, wanted = (uint64_t)waiting->params->tasks * LOCKS;
    if (waiting->params->how != LOCK || value == wanted)
        return 0;
    return bench_error_set(err, -EPROTO, "counted %llu of %llu under the lock",
                           (unsigned long long)value, (unsigned long long)wanted);
}

const struct bench_workload BENCH_WORKLOAD(waiting) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "waiting",
    .summary = "waits in every way, for the tests",
    .params = params_table,
    .params_size = sizeof(struct waiting_params),
    .setup = waiting_setup,
    .prepare = waiting_prepare,
    .run = waiting_run,
    .finish = waiting_finish,
    .teardown = waiting_teardown,
};
