/* How much load each way can take, for people and for scripts. */
#ifndef REPORT_CAPACITY_PAGE_H
#define REPORT_CAPACITY_PAGE_H

#include "report/page.h"
#include "results/capacity.h"

/* Both print all of it and flush: 0, or a negative errno value with `err` filled. */
int capacity_page(struct page *page, const struct capacities *capacities, struct bench_error *err);
int capacity_json(struct page *page, const struct capacities *capacities, struct bench_error *err);

#endif
