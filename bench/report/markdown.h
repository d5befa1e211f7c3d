/* Results as Markdown tables (GitHub's), for pull requests and notes: the table for people, in that
 * form. */
#ifndef REPORT_MARKDOWN_H
#define REPORT_MARKDOWN_H

#include "report/table.h"

/*
 * What table_print tells, with the same options. Cells are padded, so that the text can be read as it
 * is, and set closer where a line would be longer than `width`. The user's own text is escaped. 0 or a
 * negative errno value with `err` filled. Flushes `out`.
 */
int markdown_print(FILE *out, const struct results *results, const struct table_options *options,
                   struct bench_error *err);

#endif
