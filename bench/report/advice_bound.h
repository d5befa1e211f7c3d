/* What the work is bound by, for people. */
#ifndef REPORT_ADVICE_BOUND_H
#define REPORT_ADVICE_BOUND_H

#include "report/page.h"
#include "results/advice.h"

/* A title, and why it is not surer. */
void advice_bound_verdict(struct page *page, const struct advice *advice);

/* A table of elasticities, and what accounting says to it. */
void advice_bound_figures(struct page *page, const struct bound *bound);

#endif
