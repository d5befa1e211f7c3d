/* The ways that were tried, for people. */
#ifndef REPORT_ADVICE_WAYS_H
#define REPORT_ADVICE_WAYS_H

#include "report/page.h"
#include "results/advice.h"

/* A table of the best of them, of all with details; then why others could not be tried. */
void advice_ways_put(struct page *page, const struct advice *advice);

#endif
