/* How long tasks, or the ranges of a closed loop, took, of all workers together. */
#ifndef RUNNER_TALLY_LATENCY_H
#define RUNNER_TALLY_LATENCY_H

#include "records/latencies.h"
#include "records/record.h"
#include "runner/team.h"

/* Their quantiles, into the record; nothing, where none was timed. */
void tally_latency(struct record *record, const struct team *team);

/* All of them; the caller frees them. */
void tally_latencies(struct latencies *latencies, const struct team *team);

#endif
