/*
 * A history for a page that draws it:
 *
 *     "metric", "unit", "more_is_better", "summary": text of the metric
 *     "sessions": [[day, label, kernel], ...]    in the order of time; what is not known is null
 *     "cases": [...]
 *         "name", "work_unit", "is_reference"
 *         "series": [...]       one for each machine, in the order of their first sessions
 *             "on": the machine in short, "machine": all of it, "of": how many values it has,
 * "deviation" "at", "values"    numbers of sessions and the values there, thinned where there are many
 *             "levels": [[first session, last session, median], ...]   between its steps
 *             "points": [...]   its steps
 *                 "session": its number, "kind": "worse", "better", "machine" or "young"
 *                 "change", "finding", "command": texts; the last may be null
 *                 "is_regression"
 */
#ifndef REPORT_HTML_HISTORY_H
#define REPORT_HTML_HISTORY_H

#include "report/page.h"
#include "results/history.h"

#include <jansson.h>

/* As many values a page has room for; each series has its share, and all that are about its steps. */
enum { HTML_VALUES_MOST = 40000 };

json_t *html_history_data(const struct history *history, const struct case_defaults *defaults);

#endif
