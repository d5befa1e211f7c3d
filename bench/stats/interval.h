/* A confidence interval. */
#ifndef STATS_INTERVAL_H
#define STATS_INTERVAL_H

#include <math.h>
#include <stdbool.h>

/* In the sample's unit, low <= high; both NaN where the sample is too small to say. */
struct interval {
    double low, high;
};

#define INTERVAL_UNKNOWN ((struct interval){NAN, NAN})

static inline bool interval_known(struct interval interval)
{
    return !isnan(interval.low) && !isnan(interval.high);
}

/* Ends included. False where it is not known. */
static inline bool interval_has(struct interval interval, double value)
{
    return interval.low <= value && value <= interval.high;
}

#endif
