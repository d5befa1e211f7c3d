/*
 * Results for a page that draws them:
 *
 *     "fields": ["schema", ...]      the columns of the summary CSV, in their order
 *     "common": {"host": "vm", ...}  those that are the same of all cases
 *     "sessions": ["..."]            their names
 *     "groups": [...]                a workload each, in the order of its tables:
 *         "workload", "keys": ["executor", "workers", "radius", ...] which tell its cases apart
 *         "laws", "task_sizes": see html_laws.h
 *         "cases": [...]
 *             "name": "omp with 2 workers", "work": a number: the same work, the same number
 *             "parts": ["omp", "2", null, ...]   the values of the keys
 *             "fields": {...}   what is not common; what is not known is left out
 *             "latency", "service": {"50": s, "90": s, ...}, "time": shares, "runs": see html_runs.h
 *
 * All numbers are those of results/, and nothing is computed from them on the page but where to draw.
 */
#ifndef REPORT_HTML_CASES_H
#define REPORT_HTML_CASES_H

#include "report/page.h"
#include "results/results.h"

#include <jansson.h>

json_t *html_cases(const struct results *results, const struct case_defaults *defaults);

#endif
