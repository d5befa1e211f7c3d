/* A history as people read it, on a page of either style. */
#ifndef REPORT_HISTORY_PAGE_H
#define REPORT_HISTORY_PAGE_H

#include "report/page.h"
#include "results/history.h"

#include <bench/error.h>

int history_page(struct page *page, const struct history *history, struct bench_error *err);

#endif
