/*
 * The team: the workers of a case, their lanes, and the run that they are in. It lives in memory that
 * processes share. During a run a worker writes only its own record, which shares no cache line with
 * another's; what all read is written between runs.
 */
#ifndef RUNNER_TEAM_H
#define RUNNER_TEAM_H

#include "base/lever.h"
#include "measure/clock.h"
#include "measure/counters.h"
#include "measure/usage.h"
#include "runner/barrier.h"
#include "runner/lever_proof.h"
#include "runner/worker_tally.h"

#include <bench/executor.h>

#include <stdatomic.h>

#define TEAM_LINE 128              /* two cache lines: the prefetcher fetches them in pairs */
#define TEAM_RANGES_MAX UINT32_MAX /* of a run: a slice is two 32-bit numbers */

struct team;
struct ranks;

/* What a lever has seen of a worker, and has yet to do to it (lever.c). */
struct lever_pace {
    uint64_t looked_ns;   /* when its clocks were last read */
    uint64_t cpu_ns;      /* the thread's CPU time then */
    uint64_t seen_ns;     /* of waits, until then */
    uint64_t held_ns;     /* of locks, until then */
    uint64_t delay_ns;    /* in the run queue, until then */
    uint64_t gathered_ns; /* since the last pause */
    int64_t owed_ns;      /* negative: the last pause was too long by that */
    int schedstat_fd;     /* -1: none */
    char *cache;          /* of the worker's own, to be read through; NULL: none yet */
    size_t cache_bytes;
    uint64_t reading_ns, cache_due_ns;
    struct lever_proof cache_proof, memory_proof; /* of this launch */
    bool has_cache_proof, has_memory_proof;
};

/* Which ranges are timed: timing.h. */
enum timing { TIMING_ALL, TIMING_SAMPLE, TIMING_NONE };

/* What a worker knows of what its ranges cost, from one run to the next (timing.c). */
struct range_timing {
    double range_ticks; /* of one lately, waits included; 0: not known yet */
    uint64_t looked_tick, looked_ranges;
    uint32_t one_in;   /* of them is timed now */
    double log_missed; /* logarithm of the probability that one is not */
    uint64_t random;
};

struct bench_worker {
    /* What is left of this worker's share under the dynamic schedule: first range << 32 | end. Others
     * steal from its end, so it has a line of its own. */
    _Alignas(TEAM_LINE) _Atomic uint64_t slice;

    _Alignas(TEAM_LINE) struct team *team;
    uint32_t index;
    uint32_t victim; /* whose slice was last stolen from; at first its own */
    bool pinned;
    bool ready;                /* pinned, its lanes initialised */
    struct worker_tally tally; /* of this run */

    uint64_t ranges_before; /* done before it entered the run */
    struct usage at_start;
    struct delays delays_at_start;
    int pin_error; /* negative errno value: the kernel refused the CPUs */
    struct bench_error error;
    struct bench_error note; /* what its lanes have left for the row */
    struct lever_pace pace;
    struct range_timing timing;
    uint64_t spin_ns; /* how long before its end a sleep of this worker becomes a spin (arrivals.h) */
    uint64_t woke_ns; /* when the last spin ended */
    uint64_t looked_tick; /* when it last looked after the other ranks */
};

struct team {
    struct bench_team shape; /* first: what executors see */

    /* of the case */
    const struct bench_workload *workload;
    const struct bench_executor *executor;
    struct bench_worker *workers;
    struct bench_lane *lanes; /* `lane_stride` bytes from one worker's block of lanes to the next */
    size_t lane_stride;
    unsigned long *masks; /* of enum team_mask, for each worker; the runner's own behind them */
    size_t mask_words;    /* of one mask */
    uint64_t tasks, grain;
    uint64_t ranges_per_pass;
    struct ranks *ranks;   /* those that share the work, this runner being one; NULL: it is alone */
    uint32_t first_worker; /* of all ranks' workers; 0 where it is alone */
    uint32_t all_workers;
    struct tick_clock clock;
    const struct counters *counters; /* NULL: there are none */
    struct trace *trace;             /* NULL: none is kept */
    struct arrivals *arrivals;       /* of an open loop; NULL: closed */

    /* of the run */
    bool verify;
    bool is_traced;
    bool arriving; /* its tasks come at times of their own: it is not one that verifies */
    uint64_t passes;
    uint64_t all_ranges;  /* of all ranks; shape.ranges are this team's, where the executor deals them */
    uint64_t first_range; /* from which those count */
    uint64_t late_ns;     /* by which this rank was behind the common start */
    double slower;
    bool has_delays;       /* they are asked for */
    bool has_block_delays; /* and the kernel tells of these */
    struct lever lever;
    uint64_t settle_ns;    /* of the lever */
    double tick_ns;        /* of the clock above, as far as it is known yet; for the lever */
    bool starts_programs;  /* it has, in an earlier run: the CPU lever is to reach them, too */
    struct lever_hog *hog; /* of the memory lever, once it has been turned; the runner's own process's */
    uint64_t stopped_ns;   /* for which the lever has stopped them */
    bool has_latency;      /* it is asked for */
    enum timing timing;
    double short_ticks;   /* ranges that take less are not timed each; 0: not known yet */
    uint32_t one_in_most; /* of those at least one in so many is */
    bool serves_ranks;    /* it is rank 0's, and others may want ranges during the run */
    bool is_plain;        /* there is nothing to do after a range that went well */
    uint64_t called_ns;   /* when the executor was asked */
    uint64_t released_ns; /* when the clock started for all workers */
    struct barrier gather, start, end;
    struct usage at_release; /* of the process, where helpers work for the workers */
    struct counter_reading count_start[COUNTERS_MOST], count_end[COUNTERS_MOST];
    _Atomic uint32_t left; /* how many workers have left the run; where there are counters */

    _Alignas(TEAM_LINE) _Atomic bool failed; /* some range failed: no more are begun */
    _Atomic uint32_t first_failed;           /* worker index + 1 of the first */
    /* guided: a slice of all workers, of which they take the front; arrivals: the next one */
    _Alignas(TEAM_LINE) _Atomic uint64_t next;
    _Alignas(TEAM_LINE) _Atomic bool dry; /* dynamic: a search has found nothing */
};

/*
 * Make a team of shape (workers, inflight, schedule, in_turn) for a plan. `masks` holds mask_words words
 * of CPU mask a worker, copied. -EINVAL when there are more ranges than TEAM_RANGES_MAX; -ENOMEM. The
 * caller destroys it, after the executor has closed.
 */
int team_create(struct team **team, const struct bench_team *shape,
                const struct bench_workload *workload, const struct bench_executor *executor,
                void *shared, const struct bench_plan *plan, const unsigned long *masks,
                size_t mask_words, struct bench_error *err);
void team_destroy(struct team *team);

/* Can each worker spin without keeping another from its CPU? */
bool team_has_cpus(const struct team *team);
/* The team's workers are some of all_workers: lanes know their place among all. Before the first run. */
void team_join(struct team *team, struct ranks *ranks, uint32_t first_worker, uint32_t all_workers);

/* The worker's part of the run has failed, and its error says why: no more ranges are begun. */
void team_fail(struct bench_worker *worker);

static inline struct team *team_of(struct bench_team *shape)
{
    return (struct team *)shape;
}

/* Have all lanes wait by this table. Between runs. */
void team_set_io(struct team *team, const struct bench_io *io);

/* How the executor's lanes wait. */
static inline const struct bench_io *team_io(const struct team *team)
{
    return team->executor->io ? team->executor->io : &bench_io_blocking;
}

/* Masks of CPUs: where a worker is to be pinned, what it got, and where it was when it left the run. */
enum team_mask { MASK_WANTED, MASK_GOT, MASK_LEFT, TEAM_MASKS };

static inline unsigned long *team_mask(const struct team *team, uint32_t worker, enum team_mask which)
{
    return team->masks + (TEAM_MASKS * (size_t)worker + which) * team->mask_words;
}

/* Where the runner itself may run: for threads of its own, which are not to be on a worker's CPU. */
static inline unsigned long *team_home(const struct team *team)
{
    return team_mask(team, team->shape.workers, MASK_WANTED);
}

#endif
