/*
 * One launch: a case in one fresh runner, from open to close, its runs made into records. Whatever
 * happens to the runner becomes a record with a status.
 */
#ifndef CONTROL_LAUNCH_H
#define CONTROL_LAUNCH_H

#include "control/flight.h"

/*
 * Returns 0 when the launch ended, be it with a failed status; -EINTR when the user wants to end; what
 * on_record returned, if negative. The runner and all its children have ended when this returns.
 */
int launch_run(const struct launch *launch, struct bench_error *err);

#endif
