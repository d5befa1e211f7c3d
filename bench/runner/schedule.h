/* Dealing the ranges of a run. Who does them, and how, is bench_work's (bench/executor.h). */
#ifndef RUNNER_SCHEDULE_H
#define RUNNER_SCHEDULE_H

#include "runner/team.h"

/* Deal the ranges of the next run, as the schedule says. */
void schedule_deal(struct team *team);

/* How many ranges, from the first, are dealt beforehand; the others are taken from whoever keeps them.
 */
uint64_t schedule_dealt(const struct team *team);

/* A number for each range, such that sums over different sets of ranges differ. */
uint64_t schedule_digest(uint64_t range);

#endif
