/* How alike values are that follow each other in time. Pure functions; any thread. */
#ifndef STATS_AUTOCORRELATION_H
#define STATS_AUTOCORRELATION_H

#include <stddef.h>

/*
 * The correlation of each value with the one before: 0 where they are independent, but for some
 * 2 / sqrt(n) either way. As R's acf(x, plot = FALSE)$acf[2]. NaN below three values, or when all are
 * the same.
 */
double autocorrelation_first(const double *values, size_t n);

/*
 * How many values in a row tell as much of the median as one independent value would: the integrated
 * autocorrelation time of "is it above the median?", 1 where they are independent and never less. It is
 * estimated in two ways and is the larger: from lag 1 alone, as if the ranks were those of a normal
 * first-order autoregression (finds a short memory in few values); and from all lags until they are
 * noise (finds a drift).
 */
double autocorrelation_inefficiency(const double *values, size_t n);

#endif
