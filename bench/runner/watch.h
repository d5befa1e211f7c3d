/* Watching lanes wait: for a trace, and in an open loop for when a worker was free, from which the
 * lateness of arrivals counts. */
#ifndef RUNNER_WATCH_H
#define RUNNER_WATCH_H

#include "runner/team.h"

/* Have the lanes of the next run watched, or not. Between runs. */
void watch_prepare(struct team *team);

#endif
