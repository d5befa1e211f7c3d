/*
 * Cases turned into a wide table: a row for each value of one thing that was varied (workers, inflight,
 * a parameter, the executor), a column for each way of running that is left when its value is taken
 * away.
 */
#ifndef REPORT_PIVOT_H
#define REPORT_PIVOT_H

#include "results/results.h"

#include <bench/error.h>

struct pivot {
    char **values; /* of what was varied: numbers and quantities in their order, others as they come */
    char **ways;   /* "omp inflight=64": what tells the cases apart besides, in the order of the cases */
    size_t values_size, ways_size;
    const struct case_result **cells; /* row by row; NULL: there is no such case */
    bool is_numeric;                  /* all values are plain numbers */
    size_t doubled;                   /* cases that are left out, since another has their cell */
};

/*
 * Of those results of which `is_asked` (NULL: all). `key`: "workers", "inflight", "executor", or what a
 * parameter or another knob is called. -EINVAL where no case has that, with what there is.
 */
int pivot_make(struct pivot *pivot, const struct results *results, const char *key,
               bool (*is_asked)(const void *context, const struct case_result *result),
               const void *context, struct bench_error *err);
void pivot_free(struct pivot *pivot);

const struct case_result *pivot_cell(const struct pivot *pivot, size_t value, size_t way);

#endif
