/*
 * Tails and quantiles of the normal, Student's, the beta and the binomial distribution. Probabilities
 * are 0..1. NaN where an argument is outside what is said. Relative errors are near 1e-13 where a, b
 * and df are small, and 1e-8 at most where they are a million. Pure functions; any thread.
 */
#ifndef STATS_DISTRIBUTIONS_H
#define STATS_DISTRIBUTIONS_H

#include "stats/interval.h"

/* P(Z > z); R's pnorm(z, lower.tail = FALSE). */
double normal_above(double z);
/* The z below which a share p lies; -INFINITY at 0, INFINITY at 1. */
double normal_quantile(double p);

/* P(T > t), df > 0, not necessarily whole; INFINITY is the normal. R's pt(t, df, lower.tail = FALSE). */
double student_above(double t, double df);
double student_quantile(double p, double df);

/* P(X <= x), a and b > 0: the incomplete beta function, regularised. R's pbeta. */
double beta_below(double x, double a, double b);
double beta_quantile(double p, double a, double b);

/* P(X <= k) of n trials; k and n whole. R's pbinom. */
double binomial_at_most(double k, double n, double p);
/* The interval of the probability of success, from `successes` in `trials`, as R's binom.test has it:
 * Clopper and Pearson, "The
 * use of confidence or fiducial limits", Biometrika 26 (1934). */
struct interval binomial_interval(double successes, double trials, double level);

#endif
