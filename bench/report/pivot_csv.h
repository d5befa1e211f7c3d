/* Results as the wide table that a spreadsheet makes a chart of: --pivot. */
#ifndef REPORT_PIVOT_CSV_H
#define REPORT_PIVOT_CSV_H

#include "report/page.h"
#include "results/results.h"

/*
 * Print a row for each value of `key` (see report/pivot.h): the value; the median of each way of
 * running, in seconds; then the ends of the medians' 95 % intervals, "WAY low" and "WAY high". 0 or a
 * negative errno value with `err` filled.
 */
int pivot_csv_results(struct page *page, const struct results *results, const char *key,
                      struct bench_error *err);

#endif
