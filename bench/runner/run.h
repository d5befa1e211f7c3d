/* One run: set up, and made. */
#ifndef RUNNER_RUN_H
#define RUNNER_RUN_H

#include "protocol/message.h"
#include "runner/team.h"

/*
 * Everything that the team must know of the next run, its ranges dealt. Answers are checked without a
 * lever. -EINVAL where that makes too many ranges, or the lever is none.
 */
int run_prepare(struct team *team, const struct run_asked *asked, struct bench_error *err);

/* Have the executor make it; `state` is the executor's. What that returns. */
int run_make(struct team *team, void *state, struct bench_error *err);

#endif
