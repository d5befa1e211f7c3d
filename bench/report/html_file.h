/*
 * One self-contained HTML file: its style and scripts (bench/report/html/, built in), its data as JSON,
 * and Chart.js, which draws, where it is installed. Nothing is loaded from anywhere, and the page
 * forbids itself to.
 */
#ifndef REPORT_HTML_FILE_H
#define REPORT_HTML_FILE_H

#include "report/page.h"

#include <jansson.h>

/*
 * Print the page and flush. `kind` says which of the scripts lays it out ("results", "comparison",
 * "advice", "history"), `data` is what that wants, and `blocks` the tables and remarks; takes both
 * references. 0 or a negative errno value with `err` filled.
 *
 * Chart.js is read from $BENCH_CHART_JS, else from where Debian's libjs-chart.js has it. Without it the
 * page has its tables, and says what to install.
 */
int html_write(struct page *page, const char *kind, json_t *data, json_t *blocks,
               struct bench_error *err);

/* A page that collects blocks, laid out as `page` would be; the blocks are for html_write. */
struct page html_blocks(const struct page *page);

#endif
