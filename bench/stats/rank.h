/*
 * How two samples compare by ranks alone, for which no distribution need be assumed. Pure functions; any
 * thread. `level` is 0.95 or the like.
 */
#ifndef STATS_RANK_H
#define STATS_RANK_H

#include "stats/interval.h"

#include <stdbool.h>
#include <stddef.h>

/* The difference between two independent samples. */
struct rank_shift {
    double pairs_above;       /* how many pairs have a > b, a tie counted half; R's W */
    double p;                 /* two-sided, that a and b are of one distribution */
    double shift;             /* the median of all a - b, in the samples' unit */
    struct interval interval; /* of the shift */
    bool exact;               /* by the exact distribution */
};

/*
 * Mann and Whitney's test ("On a test of whether one of two random variables is stochastically larger
 * than the other", Annals of Mathematical Statistics 18 (1947)) and Hodges and Lehmann's shift
 * ("Estimates of location based on rank tests", same journal 34 (1963)), as R's
 * wilcox.test(a, b, conf.int = TRUE): exact below 50 values on each side without ties, else normal, with
 * corrections for ties and continuity. Values in any order, without NaN. In the normal case R finds
 * shift and interval by searching a root, to 1e-4; here they are always differences of two values, or in
 * the middle of two. NaN where a side has no value.
 */
struct rank_shift rank_shift(const double *a, size_t a_size, const double *b, size_t b_size,
                             double level);

#endif
