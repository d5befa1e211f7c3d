/* The first columns of a table with a row for each case: what tells the cases apart. */
#ifndef REPORT_CASE_COLUMNS_H
#define REPORT_CASE_COLUMNS_H

#include "report/case_name.h"
#include "report/grid.h"

/*
 * A column for the executor and one for the workers, for lanes in flight where there are several, and
 * for all that varies; executors' parameters share one, "with". All are keys of their rows.
 */
void case_columns_add(struct grid *grid, const struct case_naming *naming);

/* The cells of these columns. */
void case_columns_fill(struct grid *grid, const struct case_naming *naming,
                       const struct record *identity);

#endif
