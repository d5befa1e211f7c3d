/*
 * The runs of cases for a page that draws them: of each case its launches, and of their runs
 *
 *     "launches": [[session, number, side, seconds since the first launch of all, how many runs], ...]
 *     "phases": "vwmm"        a letter a run: verification, warm-up, measured
 *     "wall": [0.0123, ...]   seconds of one pass, to seven digits; null: not timed
 *     "outliers": [2, ...]    which of these runs are
 *     "steal": {"2": 0.01}    CPU seconds that the hypervisor gave to others, where there were any
 *     "kept": 50, "of": 400   how many of its runs these are
 *
 * `session` is an index of data.sessions, `side` a text.
 */
#ifndef REPORT_HTML_RUNS_H
#define REPORT_HTML_RUNS_H

#include "results/results.h"

#include <jansson.h>

struct html_runs {
    double began_s; /* of the first launch, in seconds of the epoch; NaN: not known */
    size_t most;    /* runs of a case that are kept */
};

/* For the whole of the results: what they have in common. A page has room for so many runs. */
enum { HTML_RUNS_MOST = 20000 };
struct html_runs html_runs_of(const struct results *results);

/* Into the object of a case. */
void html_runs_put(json_t *object, const struct html_runs *runs, const struct case_result *result);

#endif
