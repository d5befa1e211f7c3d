/*
 * What work is bound by, as far as rows of earlier runs tell: rounds of levers out of runs in which
 * levers were turned; else the clocks of runs in which none was.
 */
#ifndef RESULTS_ROWS_BOUND_H
#define RESULTS_ROWS_BOUND_H

#include "results/bound.h"
#include "results/results.h"

/* The cases of one work; they have the rows in which a lever was turned (cases.is_with_rows), and the
 * values of COLUMN_run_delay_s and COLUMN_pressure_cpu_s. */
struct rows_of_work {
    const struct case_result *const *list;
    size_t count;
};

/* The bound of the case with one lane that tells most. Without one the reason is BOUND_NO_LANE. */
void rows_bound(struct bound *bound, struct bound_rules *rules, const struct rows_of_work *work);

#endif
