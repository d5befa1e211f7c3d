/* After a run: is it complete, and what did it take? */
#ifndef RUNNER_TALLY_H
#define RUNNER_TALLY_H

#include "machine/steal.h"
#include "records/record.h"
#include "runner/team.h"

/*
 * Did every task run, every range once, each worker enter and leave once, and no clock go back? Fails
 * with what the first failed worker said.
 */
int tally_check(const struct team *team, struct bench_error *err);

/* Reasons to trust the run less: workers that were not where they were put, and what lanes
 * have said (bench_note). */
void tally_note(const struct team *team, struct bench_error *err);

/* What the run took, into the measured columns of `record`; of a brief one, without samples, only tasks,
 * work and the times. */
void tally(struct record *record, const struct team *team, const struct bench_plan *plan,
           uint64_t opening_ns, const struct steal_sample *before, const struct steal_sample *after);

/* The CPUs that the workers are to be on: OS indexes, a text a worker; both levels for free(). */
char **tally_cpus(const struct team *team);

/* Have other processes worked for the lanes, started by this one? */
bool tally_has_charged(const struct team *team);

#endif
