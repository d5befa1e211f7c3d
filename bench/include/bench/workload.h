/*
 * The workload contract: what a module that knows how to do one kind of work promises the harness, and
 * what it may call. workloads/README.md writes one step by step.
 *
 * The life of a workload, in the runner process:
 *
 *     validate                          cheap, once before anything is measured
 *     setup                             main thread, before any worker exists
 *       prepare                         main thread, before each run
 *         lane_init                     each lane's own worker, pinned; once a worker
 *         run [check] run [check] ...   each lane's own worker; run() is timed
 *       finish                          main thread, after each run
 *         lane_fini                     each lane's own worker, when the worker ends
 *     teardown                          main thread
 *
 * Workers may be threads or processes: what run() writes and the main thread or another worker must
 * see lives in bench_shared_alloc() memory. What setup wrote can be read everywhere. The lanes, which
 * carry `local`, are shared memory by themselves.
 *
 * Also good to know:
 * - Stacks: run() and check() may have a small one (plan.stack_bytes); all other hooks, lane_init and
 *   lane_fini too, have one of ordinary size.
 * - Standard input is empty, and what is written to standard output comes out on standard error: the
 *   runner's own ends are elsewhere. Descriptors that the workload has not opened are not its to close:
 *   a child that it forks without exec closes those that it inherits, or at least touches none.
 * - Processes that a workload leaves behind are killed when the launch ends. What SIGPIPE (ignored),
 *   SIGIO and SIGCHLD do is the harness's, and stays as it is.
 * - A library that blocks by itself just blocks its worker; where it needs more stack than a lane has,
 *   it is called by bench_call().
 */
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include <bench/error.h>
#include <bench/param.h>

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows by one with every change of this header that a compiled module would notice. */
#define BENCH_WORKLOAD_ABI 3

struct bench_lane;
struct rusage;       /* <sys/resource.h> */
struct bench_worker; /* the harness's own */

/* What the harness tells setup, and what setup tells the harness, which begins as all zeros. */
struct bench_plan {
    /* in */
    uint64_t seed;    /* --seed: all random numbers in the work come from it */
    uint32_t workers; /* how many workers will share the tasks */
    uint32_t lanes;   /* workers x inflight */

    /* out */
    uint64_t tasks; /* how many tasks there are, numbered 0..tasks-1; at least 1 */
    uint64_t grain; /* tasks that are best handed out together; 0 or 1: singly. --grain overrides */
    /* Of all tasks together, in work_unit, so that a rate means something: positive and finite; 0: the
     * number of tasks. */
    double work;
    const char *work_unit; /* singular: "flop", "byte", "pixel", "request"; static storage; NULL: "task",
                            * and work is the number of tasks */
    /* What run() and check() need of stack where lanes have small ones, at most 1 GiB; 0: 16 KiB will
     * do. What they do through bench_call() does not count. */
    size_t stack_bytes;
    uint32_t lane_fds;   /* file descriptors that each lane has open at most */
    uint32_t lane_bytes; /* memory that each lane has of its own, roughly; 0: not much */
    /* A second pass over the tasks, without prepare between them, would be other work than the first:
     * what was cold is warm by then. Else runs that are too short to be timed well are made longer by
     * several passes, and lanes may be in different ones at once. */
    bool single_pass;
    /* A parameter that was left to setup, which has measured it, as "name=value": where two launches are
     * compared, the others are given it, so that they do the same work. The workload's own storage;
     * NULL: there is none. */
    const char *measured;
    /* How many requests a pass makes to other machines: the user limits them (--max-requests). */
    uint64_t requests;

    /* in, too: how many tasks a run has where they come at times of their own (--rate), as many passes
     * and parts of one as that takes; 0: a run is whole passes. */
    uint64_t arrivals;
};

/* What the workload needs of an executor; without it the case is `unsupported`, with the reason. */
enum bench_need {
    BENCH_NEEDS_ONE_ADDRESS_SPACE = 1u << 0, /* workers write plain memory that the others read */
    BENCH_NEEDS_SHARED_MEMORY = 1u << 1,     /* bench_shared_alloc's is one memory for all workers */
};

enum bench_workload_flag {
    /* run() reports latencies itself with bench_latency(); else a range's duration is its latency. */
    BENCH_OWN_LATENCY = 1u << 0,
    /* finish() wants all tasks of a pass to have been done: it is not called after a run of --rate,
     * whose last pass may end in the middle. */
    BENCH_WHOLE_PASSES = 1u << 1,
    /* run() can do tasks of any number, not only those below plan->tasks: with --rate no two of a run
     * have the same. */
    BENCH_ANY_TASK = 1u << 2,
};

struct bench_workload {
    uint32_t abi; /* BENCH_WORKLOAD_ABI; read before any other field */
    const char *name;
    const char *summary;              /* one line, for the listing */
    const struct bench_param *params; /* NULL: none */
    size_t params_size;               /* sizeof the struct that the table describes */
    unsigned needs;                   /* of enum bench_need */
    unsigned flags;                   /* of enum bench_workload_flag */

    /*
     * All hooks but setup and run may be NULL. `params` is the filled struct, alive until teardown
     * has returned. Hooks return 0, or a negative errno value with `err` filled; what a failing setup
     * had built, it has also taken down. 0 with a message in `err` leaves a note for the user.
     *
     * validate: what the table cannot check: is the picture a picture, can the directory be written?
     * Leaves nothing behind. A failure is the user's mistake: nothing is run, exit status 2.
     */
    int (*validate)(const void *params, struct bench_error *err);
    int (*setup)(void **shared, const void *params, struct bench_plan *plan, struct bench_error *err);
    /* Untimed, before each run: drop the cache, zero the counter. */
    int (*prepare)(void *shared, struct bench_error *err);
    /*
     * Untimed, on the lane's own pinned worker before its first run: allocate and touch buffers into
     * lane->local. Must not wait through the lane. Fails with bench_fail().
     */
    int (*lane_init)(struct bench_lane *lane);
    /*
     * TIMED. Do tasks first..end-1. No stdio, no lock shared between lanes, no malloc; blocks only
     * through the lane (bench_sleep_until and the others below). Others may run on its thread meanwhile:
     * what it changes of that (how floating point rounds, the signal mask), it first changes back, and
     * errno may be another afterwards. Fails with bench_fail().
     */
    int (*run)(struct bench_lane *lane, uint64_t first, uint64_t end);
    /*
     * Untimed, on the same lane right after run(first, end), in verification runs only: is what run
     * has just done right? Told independently of the code under test. Fails with bench_fail().
     */
    int (*check)(struct bench_lane *lane, uint64_t first, uint64_t end);
    /* Untimed, after each run: invariants of the whole state, and keeping what the user asked to keep.
     */
    int (*finish)(void *shared, struct bench_error *err);
    void (*lane_fini)(struct bench_lane *lane); /* local is NULL where lane_init failed or never was */
    void (*teardown)(void *shared);
};

struct bench_mutex {
    uint32_t
        state; /* 0: free, 1: held, 2: held, and somebody may sleep on it in the kernel (futex(2)) */
};

/* How a lane waits: the executor's. Workloads use the functions below instead of calling it. */
struct bench_io {
    int (*sleep_until)(struct bench_lane *lane, uint64_t deadline_ns);
    ssize_t (*pread)(struct bench_lane *lane, int fd, void *buf, size_t n, off_t offset);
    ssize_t (*pwrite)(struct bench_lane *lane, int fd, const void *buf, size_t n, off_t offset);
    int (*fsync)(struct bench_lane *lane, int fd, bool data_only);
    int (*poll)(struct bench_lane *lane, int fd, short events, int64_t timeout_ns);
    void (*yield)(struct bench_lane *lane);
    /* The others may be NULL. lock: wait for a lock that is taken, and take it. unlocked: one has just
     * been let go by this lane. forget: as bench_forget. */
    int (*lock)(struct bench_lane *lane, struct bench_mutex *mutex);
    void (*unlocked)(struct bench_lane *lane, struct bench_mutex *mutex);
    void (*forget)(struct bench_lane *lane, int fd);
    /* Of executors with several lanes a worker. park: until another lane of this worker says unpark;
     * -ECANCELED when the run has failed. */
    int (*park)(struct bench_lane *lane);
    void (*unpark)(struct bench_lane *lane, struct bench_lane *parked);
};

/*
 * One line of execution inside a worker. Only the lane's own worker touches it. Workloads read
 * `shared` and `index` and own `local`; the rest is the harness's and the executor's.
 */
struct bench_lane {
    const struct bench_io *io;
    void *shared;          /* what setup made */
    void *local;           /* the workload's own; lane_init sets it, lane_fini frees it */
    uint32_t index;        /* 0..lanes-1 over all workers */
    uint32_t worker_index; /* 0..workers-1 */
    struct bench_worker *worker;
    void *own;           /* the executor's own: a fiber */
    uint64_t range_tick; /* the harness's: when the last range ended, as far as it was looked */
    uint64_t lock_tick;  /* the harness's: when it got the lock that it holds */
    uint32_t until_read; /* the harness's: after how many ranges it looks next */
    int32_t weight;      /* the harness's: for how many ranges the one that is timed counts; negative:
                            none is timed yet */
};

/*
 * Waiting. A thread makes the system call; an event loop parks the lane and runs another. From run()
 * and check() only. All return a negative errno value on failure, never -EINTR; -ECANCELED when the run
 * has already failed elsewhere: clean up and return it.
 *
 * bench_sleep_until: until CLOCK_MONOTONIC has reached deadline_ns; returns 0.
 *
 * bench_pread: as pread(2), of a file or a disk, at most 2 GiB - 4 KiB at a time: bytes read, fewer than
 * n only at the end of the file; 0 at the end.
 *
 * bench_pwrite: as pwrite(2): bytes written, which may be fewer than n.
 *
 * bench_fsync: as fdatasync(2) with data_only, else fsync(2); returns 0.
 *
 * bench_poll: until one of `events` (POLLIN, POLLOUT) is ready on fd; returns the ready events (POLLERR
 * and POLLHUP too), 0 when timeout_ns have passed; a negative timeout waits for ever. No two lanes of a
 * worker may wait for the same fd at once, and none may close it meanwhile; it may be non-blocking
 * afterwards.
 *
 * bench_yield: let the worker's other lanes go first.
 *
 * bench_forget: fd, which a lane of this worker has polled, is about to be closed. An event loop keeps
 * looking at a descriptor that has been polled; without this it would be mistaken for the next that gets
 * the number, which would then be waited for in vain. Also from lane_init and lane_fini, and in a
 * bench_call.
 */
static inline int bench_sleep_until(struct bench_lane *lane, uint64_t deadline_ns)
{
    return lane->io->sleep_until(lane, deadline_ns);
}
static inline ssize_t bench_pread(struct bench_lane *lane, int fd, void *buf, size_t n, off_t offset)
{
    return lane->io->pread(lane, fd, buf, n, offset);
}
static inline ssize_t bench_pwrite(struct bench_lane *lane, int fd, const void *buf, size_t n,
                                   off_t offset)
{
    return lane->io->pwrite(lane, fd, buf, n, offset);
}
static inline int bench_fsync(struct bench_lane *lane, int fd, bool data_only)
{
    return lane->io->fsync(lane, fd, data_only);
}
static inline int bench_poll(struct bench_lane *lane, int fd, short events, int64_t timeout_ns)
{
    return lane->io->poll(lane, fd, events, timeout_ns);
}
static inline void bench_yield(struct bench_lane *lane)
{
    lane->io->yield(lane);
}

static inline void bench_forget(struct bench_lane *lane, int fd)
{
    if (lane->io->forget)
        lane->io->forget(lane, fd);
}

/*
 * A lock of all lanes, whatever their workers are. In memory from bench_shared_alloc; all zeros is one
 * that is free. bench_lock waits for it as the executor waits: a thread sleeps, an event loop runs other
 * lanes, a thread under a global lock lets go of that. Returns 0, or -ECANCELED when the run has already
 * failed elsewhere: then it is not held. Who holds it may wait; it lets go on the same lane, and before
 * run() or check() returns. It is not recursive, and there is no order among those that wait. From run()
 * and check() only, and not in a bench_call.
 */
BENCH_API int bench_lock(struct bench_lane *lane, struct bench_mutex *mutex);
BENCH_API void bench_unlock(struct bench_lane *lane, struct bench_mutex *mutex);

/* Nanoseconds of CLOCK_MONOTONIC. Any thread. */
#ifdef CLOCK_MONOTONIC
static inline uint64_t bench_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
#else /* -std=c11, whose <time.h> has no such clock */
BENCH_API uint64_t bench_clock_ns(void);
static inline uint64_t bench_now(void)
{
    return bench_clock_ns();
}
#endif

/*
 * Say why a lane hook fails, and return `code` (a negative errno value): the run ends early and the
 * case has failed, with this message. The first message of a run is kept. On the lane's worker.
 */
BENCH_API int bench_fail(struct bench_lane *lane, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Leave a note for the user in the run's row, and go on: a reason to trust its numbers less. A worker
 * says the same only once a run. From lane_init, run() and check(), on the lane's worker; not per task,
 * for it costs microseconds.
 */
BENCH_API void bench_note(struct bench_lane *lane, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Record one latency of latency_ns, for workloads with BENCH_OWN_LATENCY; not counted with --rate, where
 * latency is told from when a task was due. From run(), on the lane's worker. */
BENCH_API void bench_latency(struct bench_lane *lane, uint64_t latency_ns);

/*
 * Call function(argument) on a stack of ordinary size (a thread's), for what needs more of it than a
 * lane may have: printf, a parser, a library. It must not wait through the lane. Under executors whose
 * lanes have such stacks anyway it is a call like any other. From run() and check(), on the lane's
 * worker.
 */
BENCH_API void bench_call(struct bench_lane *lane, void (*function)(void *argument), void *argument);

/*
 * Count what another process has used for this lane (a child, from wait4(2)) to the run: the harness
 * sees its workers only. From run(), on the lane's worker.
 */
BENCH_API void bench_charge(struct bench_lane *lane, const struct rusage *used);

/*
 * Zeroed, page-aligned memory that all workers see, be they threads or processes. NULL with errno set
 * on failure. From validate, setup and teardown, on the main thread. The caller frees it, with the
 * same size; NULL may be freed.
 */
BENCH_API void *bench_shared_alloc(size_t size_bytes);
BENCH_API void bench_shared_free(void *memory, size_t size_bytes);

/*
 * A folder for this launch alone, empty the first time, that is removed with all that is in it when the
 * launch has ended, however it ends: also when it is killed. Its path, the harness's, until teardown has
 * returned; NULL with `err` filled on failure. From setup, on the main thread, with the plan that setup
 * got. It lies where TMPDIR says: for files whose place matters there is a parameter.
 */
BENCH_API const char *bench_scratch(struct bench_plan *plan, struct bench_error *err);

/*
 * The one symbol of a workload's file: `const struct bench_workload BENCH_WORKLOAD(blur) = {...};`,
 * last. Built into bench it carries the module's name; in a .so it has the name the loader looks for,
 * and is declared here so that it is one of C, seen from outside, in C++ too.
 */
#ifdef BENCH_BUILTIN
#define BENCH_WORKLOAD(module) bench_workload_##module
#else
#define BENCH_WORKLOAD(module) bench_workload_module
BENCH_API extern const struct bench_workload bench_workload_module;
#endif

#ifdef __cplusplus
}
#endif
#endif
