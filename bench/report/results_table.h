/* The table of one group of results. */
#ifndef REPORT_RESULTS_TABLE_H
#define REPORT_RESULTS_TABLE_H

#include "report/group.h"
#include "report/page.h"

#include <stdbool.h>

/* A row for each case of the group. */
void results_table(struct page *page, const struct group *group);

/* Does the page show the columns of details? What a browser shows has room for all. */
bool results_has_details(const struct page *page);

#endif
