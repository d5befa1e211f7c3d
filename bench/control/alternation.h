/* A paired comparison under way, and one round of it. For alternate_run.c. */
#ifndef CONTROL_ALTERNATION_H
#define CONTROL_ALTERNATION_H

#include "control/alternate.h"
#include "stats/run_order.h"
#include "stats/values.h"

enum { A, B, SIDES };

/* Its requests and cases are copies of the request's. */
struct alternation {
    const struct alternate_request *request;
    struct alternate_outcome *outcome;
    struct random_source random;
    struct launch_request requests[SIDES];
    struct plan_case cases[SIDES]; /* copies: a duet places them; what was measured first, holds */
    struct launch launches[SIDES];
    uint64_t began_ns;
    int64_t block;
    int outer;            /* who begins and ends the block: A in ABBA */
    uint64_t runs[SIDES]; /* within the launch */
    double measured_s;    /* how long a round's blocks go on; 0: not known yet */
    struct run_order pairs;
    struct values all[SIDES]; /* of all measured runs, in the column that is compared */
};

/* Since it began, by the clock; and how long it may take. Seconds. */
double alternation_elapsed_s(const struct alternation *alternation);
double alternation_cap_s(const struct alternation *alternation);

/*
 * Two fresh runners, from their start to their end; in a duet, one launch in each arrangement: what the
 * two places differ by cancels out. *difference is ln(B/A). An enum launch_outcome, or a negative errno
 * value.
 */
int alternation_round(struct alternation *alternation, double *difference, struct bench_error *err);

#endif
