/* Latencies of a run, from its workers' histograms. See tally_latency.h. */
#include "runner/tally_latency.h"

#include "base/memory.h"

#include <stdlib.h>

/* For free(); *scale: what its values are to be multiplied by, to be seconds. */
static struct histogram *merge(const struct team *team, double *scale)
{
    struct histogram *all = mem_zero(1, sizeof *all);
    for (uint32_t w = 0; w < team->shape.workers; w++)
        histogram_merge(all, &team->workers[w].tally.latency);
    bool is_ns = team->arriving || team->workload->flags & BENCH_OWN_LATENCY;
    *scale = is_ns ? 1e-9 : tick_clock_scale(&team->clock);
    return all;
}

void tally_latency(struct record *record, const struct team *team)
{
    double scale;
    struct histogram *all = merge(team, &scale);
    if (histogram_count(all)) {
        record->latency_p50_s = histogram_quantile(all, 0.5) * scale;
        record->latency_p90_s = histogram_quantile(all, 0.9) * scale;
        record->latency_p99_s = histogram_quantile(all, 0.99) * scale;
        record->latency_p999_s = histogram_quantile(all, 0.999) * scale;
        record->latency_max_s = histogram_max(all) * scale;
    }
    free(all);
}

void tally_latencies(struct latencies *latencies, const struct team *team)
{
    double scale;
    struct histogram *all = merge(team, &scale);
    for (uint32_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        if (all->buckets[bucket])
            latencies_add(latencies, (int64_t)(histogram_middle(bucket) * scale * 1e9 + 0.5),
                          (int64_t)all->buckets[bucket]);
    }
    latencies_sort(latencies); /* buckets of less than a nanosecond are one */
    free(all);
}
