/*
 * What cases come to, as it is reported: medians, intervals, and how they are to each other. A case is
 * one of results/cases.h, with label, machine and side.
 *
 * An executor's parameters make a case of their own, but are not part of what is done: a case with them
 * is compared with the serial one without.
 *
 * A run may be several passes over the tasks, so that it is not too short to be timed. What a case comes
 * to is said of one pass, whatever its runs were: sums over all passes are divided by them.
 */
#ifndef RESULTS_RESULTS_H
#define RESULTS_RESULTS_H

#include "results/case_result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct results {
    struct case_result *cases; /* in the order of the cases */
    size_t size;
    size_t works;      /* how many there are; numbered in the order of their first cases */
    struct cases *own; /* of results_of; else NULL */
};

/* Ask for what results are made of; before the first row. */
void results_ask(struct cases *cases);

/* And for what is drawn of them. */
void results_ask_pictures(struct cases *cases);

/* Results of cases that are finished and outlive the results. */
void results_make(struct results *results, const struct cases *cases);

/* All in one, whole rows kept, of rows in memory. Their texts need not outlive the call. */
void results_of(struct results *results, const struct record *records, size_t records_size);

void results_free(struct results *results);

/* Has the case measured runs, and no failure? */
bool result_has_numbers(const struct case_result *result);

/* Did its tasks arrive at times of their own? Then its wall_s is that of the arrivals, and says nothing.
 */
bool result_is_open_loop(const struct case_result *result);

/* And did clearly fewer of them get done than arrived? Its latencies are lower bounds then. */
bool result_is_overloaded(const struct case_result *result);

/* Its runs that went well, those before the measured ones included: in the order of launches and runs.
 */
size_t result_runs(const struct case_result *result);

/* About one of them: was it measured; how many passes over the tasks did it make; and a column that was
 * asked for, of one pass where it is a sum over all. */
bool result_is_measured(const struct case_result *result, size_t run);
double result_passes(const struct case_result *result, size_t run);
double result_value(const struct case_result *result, size_t run, enum column column);

/* Is it among the wall_s.outliers? */
bool result_is_outlier(const struct case_result *result, size_t run);

/* Of a column that was asked for, over the measured runs; NaN where none has it. */
double result_median(const struct case_result *result, enum column column);
double result_mean(const struct case_result *result, enum column column);

/* Is it the same work: workload, its parameters, label, machine? Both are of the same results. */
bool result_same_work(const struct case_result *a, const struct case_result *b);

/* In which of label, machine and side do the cases differ: a set of enum identity_parts. */
unsigned results_parts(const struct results *results);

#endif
