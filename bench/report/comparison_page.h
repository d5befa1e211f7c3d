/* A comparison for people: a table for each workload; the summary is the last line, in Markdown the
 * first. */
#ifndef REPORT_COMPARISON_PAGE_H
#define REPORT_COMPARISON_PAGE_H

#include "report/page.h"
#include "results/comparison.h"

/* 0 or a negative errno value with `err` filled, also when the page cannot take it all. Flushes. */
int comparison_page(struct page *page, const struct comparison *comparison, struct bench_error *err);

#endif
