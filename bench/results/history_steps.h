/* Where the series of a history step (stats/change_points.h). */
#ifndef RESULTS_HISTORY_STEPS_H
#define RESULTS_HISTORY_STEPS_H

#include "results/history.h"

/* Fill its points, and of each series its deviation and its levels. Once, when its series are made. */
void history_steps_find(struct history *history);

#endif
