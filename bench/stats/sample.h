/*
 * The runs of one case as a sample: launch after launch, each launch's runs in the order of time. What
 * is said of it respects that runs of one launch are alike (they share a layout of memory, and a moment
 * of the machine's time), and that runs that follow each other are. Pure functions; any thread.
 */
#ifndef STATS_SAMPLE_H
#define STATS_SAMPLE_H

#include "stats/interval.h"

#include <stddef.h>

struct sample {
    const double *values;       /* finite, over 0 */
    const size_t *launch_sizes; /* how many values each launch has, none 0 */
    size_t launches;
    double luck; /* standard deviation of ln(median) that the launches have in common, so that their
                  * spread does not show it (stats/moments.h); 0: none */
};

/*
 * The median of all values and its confidence interval of `level` (0.95), which always holds the median.
 *
 * One launch: by order statistics (stats/order_statistics.h), from 6 values; from 20 as if of as many
 * independent values as the series is worth (stats/autocorrelation.h). It says what more runs of the
 * same launch would do; what another launch would do it cannot know. Two to five launches: Student's, on
 * the logarithms of the launches' medians. From six: by order statistics of those. Runs of one launch
 * then only serve to find its median.
 */
double sample_median(const struct sample *sample, double level, struct interval *interval);

/* The ratio of two samples. */
struct sample_ratio {
    double ratio;             /* median of `to` / median of `from` */
    struct interval interval; /* of the ratio */
    double p;                 /* two-sided, that the true ratio is 1 */
    double detectable; /* the smallest change that would have been seen nine times in ten: 0.01 is 1 % */
};

/*
 * From the two medians' intervals, in the logarithms: MOVER, the method of variance estimates recovery
 * (Zou and Donner, "Construction of confidence limits about effect measures: a general approach",
 * Statistics in Medicine 27 (2008); Newcombe, "MOVER-R confidence intervals for ratios and products of
 * two independently estimated quantities", Statistical Methods in Medical Research 25 (2016)). Each
 * interval's arm over Student's quantile of its degrees of freedom is taken for a standard error; they
 * are added as squares, with Welch's degrees of freedom.
 *
 * A side of one launch does not show how far launches are apart, which is a per cent or more on quiet
 * machines, through nothing but the addresses that things happened to get (Georges, Buytaert and
 * Eeckhout, "Statistically rigorous Java performance evaluation", OOPSLA 2007; Mytkowicz and others,
 * "Producing wrong data without doing anything obviously wrong!", ASPLOS 2009; Kalibera and Jones,
 * "Rigorous benchmarking in reasonable time", ISMM 2013). Such a side gets SAMPLE_LAUNCH_LUCK besides:
 * without it, two launches of the same program differ "significantly" most of the time. A side of
 * several launches gets its `luck`.
 *
 * The p-value is 1 - the level at which the interval just touches 1, so it is below 1 - `level` exactly
 * where the interval leaves 1 out. `detectable` is exp((t(1 - (1 - level) / 2) + t(0.9)) s) - 1, of the
 * standard error s and Student's quantiles t of the ratio's logarithm.
 *
 * Where a side is too small for an interval all but the ratio is NaN.
 */
struct sample_ratio sample_ratio(const struct sample *from, const struct sample *to, double level);

/* The standard deviation of ln(median) from launch to launch that is assumed where there is one launch
 * only: 19 of 20 are then within 5 % of where they would be on average. */
#define SAMPLE_LAUNCH_LUCK 0.025

#endif
