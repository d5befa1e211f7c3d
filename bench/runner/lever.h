/*
 * Levers, turned while a run is made (base/lever.h): CPU time, waits and locks made longer, the cache
 * taken away. All of it happens where the harness is anyway: after a range, in the io table, in
 * bench_lock and bench_unlock; so workloads and plug-ins need no line of code for it. Runs without a
 * lever do not come here.
 *
 * What is owed is gathered and paid in one piece once `settle_ns` of what it is a share of have come
 * together: a pause after each range would cost more than it measures, and can change what it
 * interrupts. The rest is paid when the worker leaves the run. Off reads the same clocks and owes
 * nothing.
 */
#ifndef RUNNER_LEVER_H
#define RUNNER_LEVER_H

#include "base/lever.h"
#include "runner/team.h"

/* Before a run: every lane waits through the lever or, without one, straight through the executor. */
void lever_prepare(struct team *team, const struct lever *lever, uint64_t settle_ns);

/* On the worker: before it waits for the others at the start, when the clock has started, after each
 * range, and before it stops its clock. */
void lever_make_ready(struct bench_worker *worker);
void lever_begin(struct bench_worker *worker);
void lever_after_range(struct bench_lane *lane);
void lever_end(struct bench_worker *worker);

/* On the lane: it has got a lock; it is about to let go of it. */
void lever_locked(struct bench_lane *lane);
void lever_unlocking(struct bench_lane *lane);

/* On the lane: so many nanoseconds of wall time, none of them of CPU time, were waited. */
void lever_waited(struct bench_lane *lane, enum wait_kind kind, uint64_t waited_ns);

/* What lanes wait through while a lever is there. */
extern const struct bench_io lever_io;

#endif
