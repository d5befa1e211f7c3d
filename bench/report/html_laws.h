/*
 * What results/ finds about cases together, for a page that draws it; cases are told by their numbers in
 * the group, from 0.
 *
 *     "laws": [{"case": the first of the sweep, "over": "workers" or "lanes",
 *               "curve": [[x, speed-up], ...], "band": [[x, low, high], ...],
 *               "twice": [x, speed-up, low, high]}, ...]
 *     "task_sizes": [{"cases": [[case, seconds that serial takes for a task], ...],
 *                     "metg_s": s or null, "is_always": true where all are efficient}, ...]
 */
#ifndef REPORT_HTML_LAWS_H
#define REPORT_HTML_LAWS_H

#include "report/group.h"
#include "results/scaling.h"
#include "results/task_sizes.h"

#include <jansson.h>

/* Into the object of a group. */
void html_laws_put(json_t *object, const struct group *group, const struct scalings *scalings,
                   const struct task_sweeps *sweeps);

#endif
