/* Requests that a launch may make, and those that it has made. */
#include "control/launch_requests.h"

#include "control/launch_record.h"

#include <inttypes.h>
#include <stdio.h>

struct request_limit *launch_request_limit(const struct launch *launch)
{
    return launch->request->setup->requests;
}

uint64_t launch_passes_left(const struct launch *launch)
{
    const struct request_limit *limit = launch_request_limit(launch);
    return limit ? request_limit_passes(limit, launch->opened.requests) : UINT64_MAX;
}

void launch_requests_tell(const struct launch *launch)
{
    struct request_limit *limit = launch_request_limit(launch);
    char text[200];
    if (!limit || limit->told || launch->opened.requests <= 0)
        return;
    snprintf(text, sizeof text,
             "a run makes %" PRId64 " requests to other machines; all runs together make %" PRIu64
             " at most (--max-requests)",
             launch->opened.requests, limit->most);
    limit->told = true;
    launch_note(launch, text);
}

void launch_requests_count(struct launch *launch, const struct launch_run *what,
                           const struct reply *reply)
{
    struct request_limit *limit = launch_request_limit(launch);
    if (!limit || reply->requested < 0)
        return;
    request_limit_settle(limit, launch->opened.requests, what->passes, reply->requested);
    launch->opened.requests = reply->requested / (int64_t)what->passes;
    launch_requests_tell(launch);
}
