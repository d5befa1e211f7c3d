/*
 * How cases scale with the number of workers, or of lanes in a worker: the sweeps among results, the
 * serial share that each of their speed-ups would mean, and the laws of stats/scaling.h.
 */
#ifndef RESULTS_SCALING_H
#define RESULTS_SCALING_H

#include "results/results.h"
#include "stats/scaling.h"

/* Fewer numbers of workers are no sweep. */
enum { SCALING_SWEEP_LEAST = 3 };

/* Why there is no law, and so nothing is predicted. */
enum scaling_doubt {
    SCALING_HOLDS,
    SCALING_FEW_POINTS,   /* fewer than SCALING_POINTS_LEAST */
    SCALING_FEW_LAUNCHES, /* a point has one: how far launches are apart is not known */
    SCALING_NO_FIT,       /* no law of that form is near */
    SCALING_MISFIT,       /* points are further off the law than launches explain */
};

/* With n workers. */
struct scaling_step {
    const struct case_result *result;
    double n;
    double speedup;                        /* over the base; NaN: there is none */
    double serial_share;                   /* Karp and Flatt's; NaN with one worker */
    struct interval serial_share_interval; /* 95 % */
};

struct scaling {
    const struct case_result *first; /* of its cases, the one with the fewest workers */
    bool is_of_lanes;                /* `inflight` is swept, and not `workers` */
    struct scaling_step *steps;      /* n ascending, each once; owned */
    size_t count;
    /* What speed-ups are over: the sweep's own with n = 1; else the serial of its work; NULL: neither.
     */
    const struct case_result *base;
    double
        serial_share; /* by Amdahl's law fitted to all; NaN: that share would be more than the whole */
    enum scaling_doubt doubt;
    struct scaling_law law; /* where a law was fitted: SCALING_HOLDS, SCALING_MISFIT */
};

struct scalings {
    struct scaling *list;
    size_t size, capacity;
};

/*
 * All sweeps: cases that went well and differ in nothing but the number of workers (or lanes), without a
 * lever or a rate of arrivals. `results` outlive them.
 */
void scalings_of(struct scalings *scalings, const struct results *results);
void scalings_free(struct scalings *scalings);

/* Leave only those of the work of a case, and of an executor; NULL: of none. */
void scalings_keep(struct scalings *scalings, const struct case_result *of, const char *executor);

/* Is a peak so far beyond what was measured, twice the largest n, that it is not to be relied on? */
bool scaling_is_far(const struct scaling *scaling, double n);

/* Where a law holds: the speed-up that it predicts for n, over what the cases' own speed-up is over.
 * NaN: that is not known. */
double scaling_speedup(const struct scaling *scaling, double n);

#endif
