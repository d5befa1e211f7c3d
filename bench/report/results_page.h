/* Results for people: a table for each workload, a row for each case. */
#ifndef REPORT_RESULTS_PAGE_H
#define REPORT_RESULTS_PAGE_H

#include "report/page.h"
#include "results/results.h"

/* 0 or a negative errno value with `err` filled, also when the page cannot take it all. Flushes. */
int results_page(struct page *page, const struct results *results, struct bench_error *err);

#endif
