/* What each rank has done in a run, told one by one. */
#ifndef CONTROL_LAUNCH_RANKS_H
#define CONTROL_LAUNCH_RANKS_H

#include "control/launch.h"

/* Are rows of ranks wanted of this run? */
bool launch_wants_ranks(const struct launch *launch, const struct launch_run *what);

/* The reply's, each as the run's record with what the rank has to say in its place. A reply without any
 * tells none; -EINVAL: what it says is wrong. -EINTR: on_rank has returned it. */
int launch_tell_ranks(const struct launch *launch, const struct reply *reply,
                      const struct record *record, struct bench_error *err);

#endif
