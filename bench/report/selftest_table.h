/* What `bench selftest` found, for people. */
#ifndef REPORT_SELFTEST_TABLE_H
#define REPORT_SELFTEST_TABLE_H

#include "report/page.h"
#include "results/selftest.h"

/* How the comparisons were made. */
struct selftest_conditions {
    double false_alarm; /* the chance of one that each comparison promises */
    double time_s;      /* that each had at most */
    double others_cpus; /* how many CPUs other programs kept busy meanwhile; NaN: not known */
    unsigned cpus;
};

/* 0 or a negative errno value with `err` filled. Flushes. */
int selftest_page(struct page *page, const struct selftest_cell *cells, size_t count,
                  const struct selftest_conditions *conditions, struct bench_error *err);

#endif
