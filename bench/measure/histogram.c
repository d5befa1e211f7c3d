/* What a log-linear histogram tells afterwards. */
#include "measure/histogram.h"

#include <math.h>
#include <string.h>

/* The lowest of some groups. */
static uint64_t *group_of(struct histogram *histogram, uint64_t groups)
{
    return &histogram->buckets[__builtin_ctzll(groups) * HISTOGRAM_GROUP];
}

void histogram_clear(struct histogram *histogram)
{
    for (uint64_t left = histogram->used; left != 0; left &= left - 1)
        memset(group_of(histogram, left), 0, HISTOGRAM_GROUP * sizeof(uint64_t));
    histogram->used = 0;
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    for (uint64_t left = from->used; left != 0; left &= left - 1) {
        uint64_t *sum = group_of(into, left);
        const uint64_t *more = group_of((struct histogram *)from, left);
        for (uint32_t i = 0; i < HISTOGRAM_GROUP; i++)
            sum[i] += more[i];
    }
    into->used |= from->used;
}

uint64_t histogram_count(const struct histogram *histogram)
{
    uint64_t count = 0;

    for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        count += histogram->buckets[i];
    return count;
}

double histogram_middle(uint32_t bucket)
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
    return histogram_middle(bucket);
}

double histogram_max(const struct histogram *histogram)
{
    uint32_t bucket = HISTOGRAM_BUCKETS;

    while (bucket > 0 && histogram->buckets[bucket - 1] == 0)
        bucket--;
    return bucket > 0 ? histogram_middle(bucket - 1) : NAN;
}

void histogram_scale(struct histogram *histogram, double factor)
{
    const struct histogram before = *histogram;
    histogram_clear(histogram);
    for (uint32_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        if (!before.buckets[bucket])
            continue;
        uint32_t to = histogram_bucket((uint64_t)(histogram_middle(bucket) * factor + 0.5));
        histogram->used |= UINT64_C(1) << (to >> HISTOGRAM_SUB_BITS);
        histogram->buckets[to] += before.buckets[bucket];
    }
}
