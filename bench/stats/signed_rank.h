/*
 * Wilcoxon's signed-rank test and what Hodges and Lehmann made of it: is a sample centred at 0, and
 * where else? Assumed is that values are independent and that a distance from the centre is as likely on
 * one side as on the other; nothing of their distribution. (Wilcoxon, "Individual comparisons by ranking
 * methods", Biometrics Bulletin 1 (1945); Hodges and Lehmann, "Estimates of location based on rank
 * tests", Annals of Mathematical Statistics 34 (1963); as R's wilcox.test(x, conf.int = TRUE).)
 *
 * Pure functions; any thread.
 */
#ifndef STATS_SIGNED_RANK_H
#define STATS_SIGNED_RANK_H

#include "stats/interval.h"

#include <stddef.h>

struct signed_rank {
    double centre;            /* the median of the means of all pairs of values, each with itself too */
    struct interval interval; /* of the centre; from so few values that none has the level, unknown */
    double p_above, p_below;  /* one-sided: of ranks so far above, or below, 0, were the centre 0 */
    double p;                 /* two-sided */
};

/*
 * Zeros say nothing of a side, and are left out of the test, as Wilcoxon does; equal distances share
 * their ranks. Up to SIGNED_RANK_EXACT values the p-values are exact, ties or not; beyond by the normal
 * distribution. Of no value: NaN.
 */
enum { SIGNED_RANK_EXACT = 64 };
void signed_rank_of(const double *values, size_t n, double level, struct signed_rank *out);

#endif
