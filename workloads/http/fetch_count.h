/* How many requests of a run there were, and how many failed of each kind; in memory that all workers
 * see. */
#ifndef WORKLOADS_HTTP_FETCH_COUNT_H
#define WORKLOADS_HTTP_FETCH_COUNT_H

#include "fetch_outcome.h"

#include <stdatomic.h>

enum { FETCH_STATUSES = 1000 };

/* One's own of each lane, so that no two write the same cache lines (fetched in pairs). */
struct fetch_count_lane {
    _Alignas(128) uint64_t requests;
};

struct fetch_count {
    _Atomic uint64_t failed[FETCH_OUTCOMES];
    _Atomic uint64_t status[FETCH_STATUSES]; /* of those with FETCH_STATUS */
    uint32_t lanes;
    struct fetch_count_lane lane[];
};

/* In setup and teardown. NULL: out of memory. */
struct fetch_count *fetch_count_new(uint32_t lanes);
void fetch_count_free(struct fetch_count *count);

/* Between runs: all to 0; how many requests; how many of them failed. */
void fetch_count_clear(struct fetch_count *count);
uint64_t fetch_count_requests(const struct fetch_count *count);
uint64_t fetch_count_failed(const struct fetch_count *count);

/* "12 status 503, 5 timed out" */
void fetch_count_describe(const struct fetch_count *count, char *text, size_t room);

/* In a run, on the lane. `outcome`: of enum fetch_outcome; `status`: with FETCH_STATUS. */
static inline void fetch_count_add(struct fetch_count *count, uint32_t lane, int outcome,
                                   uint32_t status)
{
    count->lane[lane].requests++;
    if (outcome == FETCH_OK)
        return;
    atomic_fetch_add_explicit(&count->failed[outcome], 1, memory_order_relaxed);
    if (outcome == FETCH_STATUS && status < FETCH_STATUSES)
        atomic_fetch_add_explicit(&count->status[status], 1, memory_order_relaxed);
}

#endif
