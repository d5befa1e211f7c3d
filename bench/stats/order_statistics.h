/* The median's interval from the sample's own values. Pure functions; any thread. */
#ifndef STATS_ORDER_STATISTICS_H
#define STATS_ORDER_STATISTICS_H

#include "stats/interval.h"

#include <stddef.h>

/* Fewer values cannot give an interval of 0.95. */
#define ORDER_FEWEST 6

/*
 * The interval of the median of whatever `sorted`, in ascending order, are independent values of.
 * `beyond` is 1 - level, over 0. Two values at equal distances from the ends hold the median between
 * them with a binomial probability, whatever the distribution; between two such pairs it is interpolated
 * (Hettmansperger and Sheather, "Confidence intervals based on interpolated order statistics",
 * Statistics and Probability Letters 4 (1986); Nyblom, "Note on interpolated order statistics", same
 * journal 14 (1992)). The level that the first and the last value have, 1 - 2^(1 - n), is the highest:
 * for more the interval is widened from there as one of Student's would be, with n - 1 degrees of
 * freedom. That is a guess at the tails, and is there for levels of many comparisons.
 */
struct interval order_interval(const double *sorted, size_t n, double beyond);

#endif
