/* What a log-linear histogram tells afterwards. */
#include "measure/histogram.h"

#include <math.h>
#include <string.h>

void histogram_clear(struct histogram *histogram)
{
    memset(histogram, 0, sizeof(*histogram));
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        into->buckets[i] += from->buckets[i];
}

uint64_t histogram_count(const struct histogram *histogram)
{
    uint64_t count = 0;

    for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        count += histogram->buckets[i];
    return count;
}

static double bucket_middle(uint32_t bucket)
{
    uint32_t sub_buckets = 1u << HISTOGRAM_SUB_BITS;
    uint32_t shift = bucket < 2 * sub_buckets ? 0 : (bucket >> HISTOGRAM_SUB_BITS) - 1;
    double low = ldexp(bucket - (double)shift * sub_buckets, (int)shift);

    return low + (ldexp(1, (int)shift) - 1) / 2;
}

double histogram_quantile(const struct histogram *histogram, double q)
{
    uint64_t count = histogram_count(histogram), below = 0;
    double rank = ceil(q * (double)count);
    uint32_t bucket = 0;

    if (count == 0)
        return NAN;
    if (rank >= (double)count)
        return histogram_max(histogram);
    if (rank < 1)
        rank = 1;
    while ((double)(below += histogram->buckets[bucket]) < rank)
        bucket++;
    return bucket_middle(bucket);
}

double histogram_max(const struct histogram *histogram)
{
    uint32_t bucket = HISTOGRAM_BUCKETS;

    while (bucket > 0 && histogram->buckets[bucket - 1] == 0)
        bucket--;
    return bucket > 0 ? bucket_middle(bucket - 1) : NAN;
}
