/* Watching lanes wait: in an open loop it is kept when a worker was free, for the lateness of arrivals.
 */
#ifndef RUNNER_WATCH_H
#define RUNNER_WATCH_H

#include "runner/team.h"

/* Have the lanes of the next run watched, or not. Between runs; the team has arrivals. */
void watch_prepare(struct team *team);

#endif
