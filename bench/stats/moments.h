/*
 * Launches that lie close together see one moment of the machine, not the machine. Frequency, the host's
 * other guests and the cache that they leave change from moment to moment, and what they do to one
 * moment is in all of its launches: their spread does not show it, however many there are.
 *
 * On virtual machines that share their host, medians of the same case, tens of seconds to twenty minutes
 * apart, differed with a standard deviation of 0.2 to 5 %, mostly 2 %, which did not grow with the
 * distance (results/gate-aa.csv): a moment is shorter than that. Suites whose launches were within 2 s
 * had false alarms, and those within 7 s had none. Pure functions; any thread.
 */
#ifndef STATS_MOMENTS_H
#define STATS_MOMENTS_H

#include <stddef.h>

/* What a moment may do to ln(time), as a standard deviation, and how long one is taken to last. */
#define MOMENT_LUCK 0.02
#define MOMENT_S 5.0

/* Of how many moments the launches are: one, and one more for each MOMENT_S that pass until the next
 * launch, a part of one for less. `times_s` is when each began, ascending. */
double moments_count(const double *times_s, size_t launches);

/* What a moment may do where this share of the time was lost to others: MOMENT_LUCK, and all of the loss
 * might be gone in another moment. */
double moment_luck(double lost);

/*
 * The standard deviation of the mean of ln(time) over the launches that their own spread does not show.
 * With n launches of k moments the mean has the variance of a moment over k, and the spread shows it
 * over n: luck^2 = moment_luck(lost)^2 (1/k - 1/n), and 0 where k >= n. 0 of fewer than two launches,
 * which have no spread, or where a time is NaN.
 */
double moments_luck(const double *times_s, size_t launches, double lost);

#endif
