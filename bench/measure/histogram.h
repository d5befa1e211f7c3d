/*
 * A histogram of whole numbers, of fixed size and with a bounded relative error: log-linear buckets, as
 * in HdrHistogram (Gil Tene, hdrhistogram.org). Numbers below 128 have a bucket each; from there on each
 * power of two is divided into 64 buckets of equal width. A bucket is reported as its middle, so a
 * reported value is off by at most 1/128 (0.79 %).
 *
 * Plain data without pointers: all zeros is an empty one, and it may lie in memory that processes
 * share. One writer at a time.
 */
#ifndef MEASURE_HISTOGRAM_H
#define MEASURE_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_SUB_BITS 6
#define HISTOGRAM_BUCKETS ((64 - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS)

#define HISTOGRAM_GROUP (1 << HISTOGRAM_SUB_BITS) /* buckets of one power of two */

struct histogram { /* 29.5 KiB, of which only the pages that are used take memory */
    uint64_t used; /* groups of buckets that are not all zeros, a bit each */
    uint64_t buckets[HISTOGRAM_BUCKETS];
};

/*
 * v = m * 2^shift with m in 64..127 (below 64, shift is 0 and m is v), and the buckets of successive
 * shifts follow each other, 64 apart: bucket = 64 * shift + m.
 */
static inline uint32_t histogram_bucket(uint64_t value)
{
    uint32_t shift =
        (63 - HISTOGRAM_SUB_BITS) - (uint32_t)__builtin_clzll(value | UINT64_C(1) << HISTOGRAM_SUB_BITS);
    return (shift << HISTOGRAM_SUB_BITS) + (uint32_t)(value >> shift);
}

/* As if that value had been added so many times. */
static inline void histogram_add_times(struct histogram *histogram, uint64_t value, uint64_t times)
{
    uint32_t bucket = histogram_bucket(value);
    histogram->used |= UINT64_C(1) << (bucket >> HISTOGRAM_SUB_BITS);
    histogram->buckets[bucket] += times;
}

/* On the timed path: no maximum, no count, no branch; those are told from the buckets afterwards. */
static inline void histogram_add(struct histogram *histogram, uint64_t value)
{
    histogram_add_times(histogram, value, 1);
}

void histogram_clear(struct histogram *histogram);
void histogram_merge(struct histogram *into, const struct histogram *from);

/* As if all values had been `factor` times what they were: those of a bucket as its middle. */
void histogram_scale(struct histogram *histogram, double factor);

/* By what a bucket is told. */
double histogram_middle(uint32_t bucket);

/* How many values were added. */
uint64_t histogram_count(const struct histogram *histogram);

/*
 * The smallest value that at least the fraction q (0..1) of all values do not exceed; within 0.79 %.
 * NaN when there are none.
 */
double histogram_quantile(const struct histogram *histogram, double q);

/* The largest value, within 0.79 %; NaN when there are none. */
double histogram_max(const struct histogram *histogram);

#endif
