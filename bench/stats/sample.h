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
};

/* The median of all values and its confidence interval of `level` (0.95). 0 or -ENOMEM. */
int sample_median(const struct sample *sample, double level, double *median, struct interval *interval);

/* How two samples are to each other. */
struct sample_ratio {
    double ratio;             /* median of `to` / median of `from` */
    struct interval interval; /* of the ratio */
    double p;                 /* two-sided, that the true ratio is 1 */
    double detectable; /* the smallest change that would have been seen nine times in ten: 0.01 is 1 % */
};

/* 0 or -ENOMEM. The p-value is that of the level at which the interval just touches 1. */
int sample_ratio(const struct sample *from, const struct sample *to, double level,
                 struct sample_ratio *ratio);

#endif
