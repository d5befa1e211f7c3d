/*
 * When a launch has measured enough: after so many runs, after so long, or when the median is known well
 * enough. And how often a short run's tasks are to be done in it. No clock is read here: a launch says
 * what time it is. A meter belongs to one thread.
 */
#ifndef CONTROL_STOPPING_RULE_H
#define CONTROL_STOPPING_RULE_H

#include "stats/values.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How often, and how long. */
struct stopping_limits {
    uint64_t warmup;
    bool
        warmup_may_go; /* where the verification, which warms up as well, has shown that time is short */
    uint64_t runs;     /* measured runs; 0: as many as fit into time_ns */
    /* Where runs is 0: the least come first, whatever else is reached; the usual unless time is over. */
    uint64_t min_runs, usual_runs, max_runs;
    /* Where runs is 0: no run is begun when so long has passed since the launch's first, which verifies,
     * was begun. What is not timed between them counts, too. */
    uint64_t time_ns;
    double precision; /* 0.01: until the median is known within 1 %; 0: for time_ns, however well */
};

/* What ended the measuring of a launch. */
enum stopping {
    STOPPING_NOT_YET,
    STOPPING_PRECISION,
    STOPPING_RUNS,
    STOPPING_MAX_RUNS,
    STOPPING_TIME,
    STOPPING_REQUESTS, /* --max-requests has no room for another run */
};

/* The word in the summary: "precision", "runs", "max-runs", "time", "max-requests". */
const char *stopping_name(enum stopping why);

/* Zero-initialise but for `limits`, which must outlive it; stopping_free() frees it. */
struct stopping_meter {
    const struct stopping_limits *limits;
    struct values walls_s; /* of the measured runs, in their order */
    size_t next_look;      /* at so many runs */
    double precision;      /* as of the last look: see stopping_precision */
};

/* A measured run has taken wall_s (0 or more). */
void stopping_add(struct stopping_meter *meter, double wall_s);

/*
 * Is it enough, `elapsed_s` after the verification began? The interval is looked at each time the runs
 * have become a tenth more, so that very many runs cost no more than sorting them about ten times.
 */
enum stopping stopping_ask(struct stopping_meter *meter, double elapsed_s);

/* The verification has taken so long: is there no time for the warm-up and the least runs? */
bool stopping_skips_warmup(const struct stopping_limits *limits, double verified_s);

/*
 * Half the width of the median's 95 % interval (stats/sample.h), as a part of the median: 0.01 is 1 %.
 * Of all runs so far; NaN while they are too few.
 */
double stopping_precision(const struct stopping_meter *meter);

/* How many measured runs there will be, as far as can be told after `elapsed_s`, of which `before_s`
 * were over before the first of them began. */
uint64_t stopping_expected(const struct stopping_meter *meter, double before_s, double elapsed_s);

void stopping_free(struct stopping_meter *meter);

/* Runs under PASSES_SHORT_S are too short to be timed well: the clock, and the start of the workers, are
 * too large a part of them. They are made about PASSES_LONG_S long. */
#define PASSES_SHORT_S 0.001
#define PASSES_LONG_S 0.002

/*
 * How many passes over the tasks to try next, when a run of `passes` took wall_s (0: too short to be
 * told) and a run may have `most` at most: never more than a hundred times as many, because a first
 * guess may be far off.
 */
uint64_t passes_next(uint64_t passes, double wall_s, uint64_t most);

#endif
