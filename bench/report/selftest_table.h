/* What `bench selftest` found, for people. */
#ifndef REPORT_SELFTEST_TABLE_H
#define REPORT_SELFTEST_TABLE_H

#include "report/page.h"
#include "results/selftest.h"

/* 0 or a negative errno value with `err` filled. Flushes. */
int selftest_page(struct page *page, const struct selftest_cell *cells, size_t count, double false_alarm,
                  struct bench_error *err);

#endif
