/* How cases scale, as people read it: below the table of their results. */
#ifndef REPORT_SCALING_PAGE_H
#define REPORT_SCALING_PAGE_H

#include "report/page.h"
#include "results/scaling.h"

/*
 * The sweeps among `scalings` whose workload is that of the case `of`, named as `naming` names cases;
 * nothing where there is none.
 */
void scaling_page(struct page *page, const struct scalings *scalings, const struct record *of,
                  const struct case_naming *naming);

/* What the columns mean; nothing where there is no sweep. */
void scaling_legend(struct page *page, const struct scalings *scalings);

#endif
