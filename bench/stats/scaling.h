/*
 * How throughput grows with the number of workers: the laws of stats/usl.h, fitted to launches, and with
 * intervals. Pure functions; any thread.
 */
#ifndef STATS_SCALING_H
#define STATS_SCALING_H

#include "stats/interval.h"
#include "stats/usl.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What was measured with n workers; no two points of a sweep have the same n. */
struct scaling_point {
    double n;           /* 1 or more */
    const double *logs; /* ln of the throughput of each launch, in whatever unit */
    size_t launches;    /* not 0 */
};

/* Fewer points give no law: three are fitted, and as many have to be left to hold the fit against. */
enum { SCALING_POINTS_LEAST = 6, SCALING_RESAMPLES = 2000 };

/* Places of the band along a law's curve. */
enum { SCALING_BAND = 24 };

/*
 * The law that is closest to the logarithms of the throughput: least squares, a point having as many
 * votes as launches, within lambda > 0, sigma >= 0, kappa >= 0 (`has_kappa` false: kappa = 0). In
 * logarithms, because launches differ by a share of what they measure. The spread from launch to launch
 * is taken for one and the same at all points here: of the two to ten launches that a point has, its own
 * is not known well enough to weigh by. `points` in any order. False where
 * there is no such law, or there are fewer points than parameters.
 */
bool scaling_fit(const struct scaling_point *points, size_t count, bool has_kappa, struct usl *law);

struct scaling_estimate {
    double value;
    struct interval interval;
};

struct scaling_law {
    struct usl law;
    struct scaling_estimate sigma, kappa;
    struct scaling_estimate peak; /* as usl_peak */
    /* Throughput over that of one worker, with its interval at each place by itself: from the least n to
     * twice the largest, each as many times the one before. */
    struct scaling_estimate band[SCALING_BAND];
    double band_n[SCALING_BAND];
    struct scaling_estimate twice; /* the band's last */
    double spread;                 /* standard deviation from launch to launch: 0.02 is 2 % */
    double misfit_p;               /* chance of points as far off the law as these, were it true */
    double worst, worst_n; /* how far the point is off that is furthest, as a share, and where it is */
};

/*
 * The law with its intervals, of SCALING_POINTS_LEAST points with two launches each at least.
 *
 * Does it hold? Fisher's test of lack of fit: what the points' means are off the law, over what launches
 * are off the points' means (Draper and Smith, Applied Regression Analysis, 3rd edition, Wiley 1998,
 * section 2.1).
 *
 * Intervals: a bootstrap over launches. Residuals of launches from their point's mean, times sqrt(m / (m
 * - 1)) of its m launches, are drawn anew for each launch (Davison and Hinkley, Bootstrap Methods and
 * their Application, Cambridge 1997, section 6.2.3): from those of all points, or, where each has five
 * launches, from its point's own, since launches are often further apart the more workers there are. The
 * law is fitted to each resample without bounds, since a bootstrap fails where a parameter is on one
 * (Andrews, "Inconsistency of the bootstrap when a parameter is on the boundary of the parameter space",
 * Econometrica 68 (2000)). Then percentiles, further out by Student's quantile over the normal one
 * (Hesterberg, "What teachers should know about the bootstrap", The American Statistician 69 (2015),
 * section 3.4), of as many degrees of freedom as there are launches beyond one a point; of points' own
 * residuals by Satterthwaite ("An approximate distribution of estimates of variance components",
 * Biometrics Bulletin 2 (1946)). What is outside the bounds is cut off at the end, and the law itself is
 * always within. The same points and `seed` give the same intervals.
 */
bool scaling_law_of(const struct scaling_point *points, size_t count, double level, size_t resamples,
                    uint64_t seed, struct scaling_law *law);

#endif
