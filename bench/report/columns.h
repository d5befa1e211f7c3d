/*
 * What is shown of a case, column by column: the cells of the table for people and of Markdown. ASCII
 * but for the user's own text.
 */
#ifndef REPORT_COLUMNS_H
#define REPORT_COLUMNS_H

#include "report/result.h"

#include <stdbool.h>

#define COLUMN_CELL_BYTES 256
#define REPORT_COLUMNS_MAX 20 /* with the NULL that ends a list of them */

struct report_column {
    const char *heading;
    void (*format)(const struct case_result *result, char *cell); /* use column_cell */
    bool (*is_shown)(const struct results *results);              /* NULL: always */
    bool is_text;                                                 /* aligned left */
    bool is_identity;                                             /* told of failed cases too */
};

/* The columns that say something about these cases, ended by NULL: the main ones, or those of details.
 */
void columns_choose(const struct results *results, bool of_details,
                    const struct report_column *shown[REPORT_COLUMNS_MAX]);

/* The text of one cell. A failed case has its status in place of the rate, and no other number. */
void column_cell(const struct report_column *column, const struct case_result *result,
                 char cell[COLUMN_CELL_BYTES]);

#define COLUMNS_LEGEND_MAX 5

/* What explains the columns of these cases, a line each, ended by NULL. */
void columns_legend(const struct results *results, bool with_details,
                    const char *lines[COLUMNS_LEGEND_MAX]);

#endif
