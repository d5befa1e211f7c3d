/* After a run: is it complete, and what did it take? */
#ifndef RUNNER_TALLY_H
#define RUNNER_TALLY_H

#include "machine/steal.h"
#include "runner/team.h"

#include <jansson.h>

/*
 * Did every task run, every range once, each worker enter and leave once, and no clock go back? Fails
 * with what the first failed worker said.
 */
int tally_check(const struct team *team, struct bench_error *err);

/* What makes the run mean less than it seems: workers that were not where they were put, and what lanes
 * have said (bench_note). */
void tally_note(const struct team *team, struct bench_error *err);

/* The measured columns of the run, into a new object; of a brief one, without samples, only tasks, work
 * and the times. NULL: out of memory. */
json_t *tally_reply(struct team *team, const struct bench_plan *plan, uint64_t opening_ns,
                    const struct steal_sample *before, const struct steal_sample *after);

/* The CPUs that the workers are to be on, as OS indexes, a set a worker, into a new array. NULL: out of
 * memory. */
json_t *tally_cpus(const struct team *team);

#endif
