/*
 * One launch: a case in one fresh runner, from open to close, its runs made into records. Whatever
 * happens to the runner becomes a record with a status.
 */
#ifndef CONTROL_MEASURE_H
#define CONTROL_MEASURE_H

#include "control/launch.h"

/*
 * Returns 0 when the launch ended, be it with a failed status; -EINTR when the user wants to end; what
 * on_record returned, if negative. The runner and all its children have ended when this returns.
 */
int measure_launch(const struct launch_request *request, struct bench_error *err);

#endif
