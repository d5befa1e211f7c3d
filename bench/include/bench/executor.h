/*
 * The executor contract: what a module that knows one way to run ranges at once promises the harness.
 * It makes workers, hands them their lanes' ranges, and says how a lane waits; the harness pins, times,
 * counts, verifies. A thread executor's worker is
 *
 *     bench_enter(team, w);                    pin, lane_init once, wait for all, start the clock
 *     bench_work(bench_team_lane(team, w, 0)); ranges from the harness's scheduler until none is left
 *     bench_leave(team, w);                    stop the clock, count
 *     bench_retire(team, w);                   lane_fini; only when this worker ends
 *
 * Of the functions for workloads executors may use bench_shared_alloc for what their workers share,
 * bench_now, and on a worker bench_fail, bench_note and bench_charge. The team and its lanes are in
 * shared memory. What an executor leaves behind, threads or processes, is killed when the launch ends.
 */
#ifndef BENCH_EXECUTOR_H
#define BENCH_EXECUTOR_H

#include <bench/workload.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BENCH_EXECUTOR_ABI 4

enum bench_schedule { /* the OpenMP meanings, over ranges instead of iterations (OpenMP 5.0, 2.9.2) */
                      BENCH_STATIC,  /* dealt beforehand: a contiguous block a lane, or ranges in turn
                                        with --grain */
                      BENCH_DYNAMIC, /* a lane takes a range when it has finished one */
                      BENCH_GUIDED,  /* as dynamic, in batches that shrink: remaining ranges / lanes */
};

/* What a workload may need: one address space is shared memory, too. Workers on other hosts have none.
 */
enum bench_offer {
    BENCH_OFFERS_SHARED_MEMORY = BENCH_NEEDS_SHARED_MEMORY,
    BENCH_OFFERS_ONE_ADDRESS_SPACE = BENCH_NEEDS_ONE_ADDRESS_SPACE | BENCH_NEEDS_SHARED_MEMORY,
};

enum bench_executor_flag {
    BENCH_ONE_WORKER = 1u << 0,    /* always one worker, whatever --workers says */
    BENCH_HAS_LANES = 1u << 1,     /* several lanes a worker: --inflight applies */
    BENCH_PROCESSES = 1u << 2,     /* workers are processes: count their memory each by itself */
    BENCH_HELPERS = 1u << 3,       /* other threads work for the workers: count what the process uses */
    BENCH_OWN_SCHEDULE = 1u << 4,  /* who does which range is its own affair, whatever --schedule says */
    BENCH_ONE_AT_A_TIME = 1u << 5, /* of all lanes one computes, the others wait for it: a global lock */
};

/*
 * The workers of a case and what they are to do. Made by the harness, in memory that processes share;
 * read-only to executors. Worker w's lanes are bench_team_lane(team, w, 0 .. inflight-1).
 */
struct bench_team {
    uint32_t workers;
    uint32_t inflight; /* lanes a worker: 1 unless BENCH_HAS_LANES */
    enum bench_schedule schedule;
    bool in_turn;       /* BENCH_STATIC: deal ranges in turn (OpenMP's schedule(static, 1)) */
    uint64_t ranges;    /* of this run, numbered 0..ranges-1 */
    size_t stack_bytes; /* what run() and check() need of stack, where lanes have stacks of their own */
};

struct bench_executor {
    uint32_t abi; /* BENCH_EXECUTOR_ABI; read before any other field */
    const char *name;
    const char *summary;
    const struct bench_param *params; /* NULL: none */
    size_t params_size;
    unsigned offers;           /* of enum bench_offer */
    unsigned flags;            /* of enum bench_executor_flag */
    const struct bench_io *io; /* how its lanes wait; NULL: bench_io_blocking */

    /* On the lane's worker, after each range: where others may be let in. May be NULL. */
    void (*pause)(struct bench_lane *lane);
    /* On the lane's worker: call function(argument) on a stack of ordinary size. NULL: lanes have one.
     */
    void (*call)(struct bench_lane *lane, void (*function)(void *argument), void *argument);

    /*
     * Environment variables that must stand before the executor's libraries are loaded: call
     * set(context, name, value) for each. In the controller, before the runner starts. May be NULL.
     */
    void (*environment)(const void *params,
                        void (*set)(void *context, const char *name, const char *value), void *context);
    /*
     * Main thread, once, after the workload's setup: make what lives across runs into *state. Its
     * duration counts as start-up of the first run. On failure nothing is left. May be NULL.
     */
    int (*open)(struct bench_team *team, const void *params, void **state, struct bench_error *err);
    /*
     * Main thread: one run. Every worker enters, works and leaves; returns when all have. Returns 0
     * also when ranges failed (the harness knows); a negative errno value with `err` filled when
     * workers could not be made or died: -ECHILD when one crashed.
     */
    int (*run)(struct bench_team *team, void *state, struct bench_error *err);
    /* Main thread, once: every worker has retired and ended when it returns. May be NULL. */
    void (*close)(struct bench_team *team, void *state);
};

/*
 * bench_pin: on the worker itself, before it allocates what it alone uses, so that its memory is near
 * it. bench_enter pins by itself a worker that is not pinned yet.
 * bench_enter: on the worker itself, first thing in a run. Pins the worker, runs lane_init on lanes
 * that have not had it, and waits until all workers are here; the clock starts for all at once.
 * bench_leave: on the worker, last thing in a run. Stops its clock and counts what it used.
 * bench_retire: on the worker, when it will not enter again: lane_fini on its lanes.
 * None can fail: a failure inside makes the run's ranges end early.
 */
BENCH_API void bench_pin(struct bench_team *team, uint32_t worker);
BENCH_API void bench_enter(struct bench_team *team, uint32_t worker);
BENCH_API void bench_leave(struct bench_team *team, uint32_t worker);
BENCH_API void bench_retire(struct bench_team *team, uint32_t worker);

BENCH_API struct bench_lane *bench_team_lane(struct bench_team *team, uint32_t worker, uint32_t lane);

/*
 * Has some range of the run failed? An executor whose lanes wait need not wait any longer: its io
 * functions may then return -ECANCELED. Any worker.
 */
BENCH_API bool bench_team_failed(const struct bench_team *team);

/*
 * The lane begins to work now: its first range's latency counts from here. bench_work does it by itself,
 * and bench_enter for each worker's first lane. On the lane's worker.
 */
BENCH_API void bench_lane_begin(struct bench_lane *lane);

/*
 * Do range `range` of the run on this lane: run, or run and check; its latency; at once nothing when
 * the run has failed. For executors whose runtime schedules by itself. On the lane's worker.
 */
BENCH_API void bench_range(struct bench_lane *lane, uint64_t range);

/*
 * The lane has just waited since since_ns (bench_now) for others, in the executor's own way: for a
 * global lock. Only a timeline (--trace) shows it. On the lane's worker.
 */
BENCH_API void bench_waited(struct bench_lane *lane, uint64_t since_ns);

/* The lane has the global lock now, and `from`, another one, was the last that had it. Also for a
 * timeline alone. On the lane's worker. */
BENCH_API void bench_handed_over(struct bench_lane *lane, const struct bench_lane *from);

/* How a lane waits by blocking its worker, for executors that do something before and after. */
BENCH_API extern const struct bench_io bench_io_blocking;

/*
 * End the process because it cannot go on (a stack has overflowed): the case has crashed, and `message`
 * says why, in one line for the user. Any thread, also in a signal handler; not in a forked worker.
 */
BENCH_API __attribute__((noreturn)) void bench_abort(const char *message);

/* Do ranges from the harness's scheduler, as --schedule says, until none is left for this lane. */
BENCH_API void bench_work(struct bench_lane *lane);

#ifdef BENCH_BUILTIN
#define BENCH_EXECUTOR(module) bench_executor_##module
#else
#define BENCH_EXECUTOR(module) bench_executor_module
BENCH_API extern const struct bench_executor bench_executor_module;
#endif

#ifdef __cplusplus
}
#endif
#endif
