/*
 * What work is bound by, from runs in which levers were turned: elasticities, and the class that they
 * prove. The class is that of one lane; which of several lanes binds is another question, and the same
 * function answers it.
 */
#ifndef RESULTS_BOUND_H
#define RESULTS_BOUND_H

#include "records/lever_seen.h"
#include "stats/elasticity.h"

enum bound_class {
    BOUND_UNKNOWN,
    BOUND_CPU,
    BOUND_IO,
    BOUND_MEMORY,
    BOUND_CACHE,
    BOUND_LOCK,
    BOUND_MIXED,
    BOUND_CLASSES
};
/* The word in JSON: "cpu", "io", ... */
extern const char *const bound_words[BOUND_CLASSES];

/* Why the answer is what it is, where that is not plain. */
enum bound_reason {
    BOUND_PLAIN,
    BOUND_TOO_FEW,      /* rounds */
    BOUND_TOO_WIDE,     /* an interval over 0.3 */
    BOUND_SUM_HIGH,     /* over 1.15 although pauses are as coarse as they get */
    BOUND_SUM_LOW,      /* under 0.85, and nothing explains it */
    BOUND_TOO_BUSY,     /* programs, and what they waited cannot be told from what kept them waiting */
    BOUND_BUSY_MACHINE, /* other work had the CPUs: accounting decides */
    BOUND_ACCOUNTED,    /* programs that are too short for levers: accounting decides */
    BOUND_PROGRAMS,     /* programs: the CPU lever decides alone, and what is no CPU time is taken for
                           waiting */
    BOUND_CLOCKS,       /* of rows of earlier runs: no lever was turned, accounting decides */
    BOUND_NO_LANE,      /* of rows of earlier runs: none has one lane */
};

struct bound_rules {
    double share;         /* by which CPU time, waits and locks were made longer */
    double settle_s;      /* how coarsely */
    double settle_most_s; /* and how coarsely it can be */
    bool is_one_lane;
};

struct bound {
    enum bound_class class;
    enum bound_reason reason;
    struct elasticity cpu, wait, lock;   /* value NaN: not had */
    struct elasticity waits[WAIT_KINDS]; /* of `wait`, by kind; value NaN: it does not occur */
    struct elasticity contended; /* of the lock, with a worker on each core; value NaN: not had */
    /* CPU time that losing it costs, over spinning as long: 0.05 is 5 %. Of launches in which the lever
     * was seen to work (runner/lever_proof.h). */
    struct elasticity memory, cache;
    bool memory_hidden, cache_hidden; /* it was turned, and could not be seen to work in any launch */
    double sum;                       /* of cpu, wait and lock */
    /* The second witness, from the clocks of the runs in which nothing was slowed: shares of their time.
     */
    double cpu_part;    /* CPU time / (CPU time + waits) */
    double time_part;   /* CPU time / wall time of all lanes */
    double held_part;   /* locks held / wall time */
    double others_part; /* CPU time of processes that the work has started / wall time */
    double delay_part;  /* ready, without a CPU / wall time; of programs: anything on the machine */
    double
        unseen_part; /* of wall time that is neither CPU time nor waiting: stolen, or in the run queue */
    bool has_overlap;  /* waits shrink when the CPU takes longer: something goes on meanwhile */
    bool is_disturbed; /* CPU time or waits grow by a lever that should leave them alone */
    bool disagrees;    /* the two witnesses do, by more than 0.1 */
    double task_s;     /* wall time of one task */
    double off_s;      /* median time of a run without a lever */
    size_t rounds;
};

void bound_of(struct bound *bound, const struct lever_round *rounds, size_t count,
              const struct bound_rules *rules);

/* The lock's elasticity where there are others that want it is known now: it may be what binds. */
void bound_is_contended(struct bound *bound, struct elasticity contended);

/* No lever was turned: what the clocks of those runs say has to do. */
void bound_by_clocks(struct bound *bound);

/* Do pauses change what they interrupt, so that they should be spread more coarsely? Of a few rounds. */
bool bound_is_disturbed(const struct lever_round *rounds, size_t count);

/* Is it known well enough: no interval of cpu, wait or lock wider than 2 x `half`? */
bool bound_is_precise(const struct bound *bound, double half);

#endif
