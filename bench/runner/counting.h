/* Counters of a case: opened before its workers are made, read at a run's start and end, told with it.
 */
#ifndef RUNNER_COUNTING_H
#define RUNNER_COUNTING_H

#include "measure/counters.h"
#include "protocol/message.h"
#include "records/record.h"
#include "runner/team.h"

/* For those named, on the thread that is to start all workers; what cannot be counted is a note in
 * `err`. -EINVAL: an unknown name. The caller closes them. */
int counting_open(struct counters *counters, const struct names *asked, struct bench_error *err);

/* What the run has counted, into the columns of those that have one, the rest into `counters`. */
void counting_tally(struct record *record, const struct team *team);

/* Notes counters that took turns. */
void counting_note(const struct team *team, struct bench_error *err);

#endif
