/* Advice as people read it. */
#ifndef REPORT_ADVICE_PAGE_H
#define REPORT_ADVICE_PAGE_H

#include "report/page.h"
#include "results/advice.h"

/* page->with_details: how each figure came about, too. 0 or a negative errno value with `err` filled.
 * Flushes. */
int advice_page(struct page *page, const struct advice *advice, struct bench_error *err);

#endif
