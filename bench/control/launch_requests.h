/* Requests to other machines that a launch makes, held against --max-requests. For launch_open.c and
 * launch_run.c. */
#ifndef CONTROL_LAUNCH_REQUESTS_H
#define CONTROL_LAUNCH_REQUESTS_H

#include "control/launch.h"
#include "control/request_limit.h"

/* NULL: there is none. */
struct request_limit *launch_request_limit(const struct launch *launch);

/* Before the first run that makes some, the user is told. */
void launch_requests_tell(const struct launch *launch);

/* What a run's reply says that it has made, against what was reckoned with; the next will make as many.
 */
void launch_requests_count(struct launch *launch, const struct launch_run *what,
                           const struct reply *reply);

#endif
