/* Advice as people read it. */
#ifndef REPORT_ADVICE_PAGE_H
#define REPORT_ADVICE_PAGE_H

#include "report/page.h"
#include "results/advice.h"

/* page->with_details: how each figure came about, too. 0 or a negative errno value with `err` filled.
 * Flushes. */
int advice_page(struct page *page, const struct advice *advice, struct bench_error *err);

/* "curl waits for sockets": what a kind of wait is, in words; a static text. */
const char *advice_wait_words(int kind);
/* "uring, 1 worker, 64 in flight"; for free(). */
char *advice_way_name(const struct advice_way *way);

#endif
