/* Answers of a launch's runner, and what is said where none comes. For launch_open.c and launch_run.c.
 */
#ifndef CONTROL_LAUNCH_ANSWER_H
#define CONTROL_LAUNCH_ANSWER_H

#include "control/launch.h"

/*
 * How long a runner may take to open a case where --timeout does not say: for ever would be a hang that
 * nobody ends in CI, and creating 100 GB of files on a slow disk takes some ten minutes.
 */
extern const uint64_t launch_opening_most_ns;

/* A reply has come. LAUNCH_GOES_ON: it is good, and the caller owns it; else it is freed, and a record
 * says why. */
int launch_take(struct launch *launch, const struct launch_run *what, struct reply *reply,
                struct bench_error *err);

/* No usable reply has come, as `talk` and `why` say: a record tells it, and the launch is over. Where
 * all has been measured already, it is a note, and LAUNCH_GOES_ON. */
int launch_fail(struct launch *launch, enum talk talk, const struct launch_run *what,
                struct bench_error *why, struct bench_error *err);

#endif
