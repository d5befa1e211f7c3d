/* What a sample says in a few numbers. Pure functions; any thread. */
#ifndef STATS_SUMMARY_H
#define STATS_SUMMARY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* In the sample's unit, but for counts, spread and cv. NaN where the sample is too small to say. */
struct summary {
    size_t n;
    double median, q1, q3, min, max;
    double mean, stddev; /* with n - 1, so from n = 2 */
    double mad;          /* median of the distances from the median, not scaled */
    double spread;       /* (q3 - q1) / median, from n = 2 */
    double cv;           /* coefficient of variation: stddev / mean, from n = 2 */
    size_t outliers;     /* further from the median than SUMMARY_OUTLIER deviations, by the MAD; 0 where
                          * half of the values are the same, and the MAD with them 0 */
};

/* The summary of an empty sample. */
#define SUMMARY_UNKNOWN              \
    ((struct summary){.median = NAN, \
                      .q1 = NAN,     \
                      .q3 = NAN,     \
                      .min = NAN,    \
                      .max = NAN,    \
                      .mean = NAN,   \
                      .stddev = NAN, \
                      .mad = NAN,    \
                      .spread = NAN, \
                      .cv = NAN})

/* Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993). A normal sample has one in 2000. */
#define SUMMARY_OUTLIER 3.5
/* The standard deviation of a normal distribution over its MAD: 1 / the 0.75 quantile. */
#define SUMMARY_MAD_SCALE 1.482602218505602

/*
 * Of the `n` values that are not NaN ("not measured"); the order does not matter.
 */
struct summary summary_of(const double *values, size_t n);

/* Is the value, which is of the sample, one of its outliers? */
bool summary_is_outlier(const struct summary *summary, double value);

/*
 * The quantile q (0..1) of values in ascending order, interpolated between neighbours: definition 7 of
 * Hyndman and Fan, Sample Quantiles in Statistical Packages (1996), which R, NumPy and spreadsheets
 * use. NaN of nothing.
 */
double summary_quantile(const double *sorted, size_t n, double q);

/* The median of values in any order, NaN left out; NaN of nothing. */
double summary_median(const double *values, size_t n);

#endif
