/* What the columns of results mean. */
#ifndef REPORT_RESULTS_LEGEND_H
#define REPORT_RESULTS_LEGEND_H

#include "report/page.h"
#include "results/results.h"

/* Behind all tables of a page, once. */
void results_legend(struct page *page, const struct results *results);

#endif
