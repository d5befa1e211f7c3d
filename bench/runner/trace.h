/*
 * The timeline of a run: which lane did which range, when, where it waited, and for what. Kept in memory
 * that is made before the workers are, of a size that does not grow with the run; written afterwards, as
 * events in the format of Chrome's and Perfetto's traces ("Trace Event Format", Google 2016).
 *
 * Each worker keeps all that belongs to one of its lanes' ranges in n, n being doubled whenever its room
 * is full; and of its slowest ranges everything, with what came shortly before and after. A worker
 * writes only its own part.
 */
#ifndef RUNNER_TRACE_H
#define RUNNER_TRACE_H

#include "base/lever.h"
#include "runner/team.h"

/* What an event is: one of enum wait_kind, or: */
enum trace_kind {
    TRACE_RANGE = WAIT_KINDS,
    TRACE_GLOBAL_LOCK, /* waited for a lock that the executor has around everything */
    TRACE_HANDED_OVER, /* has that lock now; before, the worker of number `range` had it */
    TRACE_STEAL,       /* ranges were taken from the worker of number `range` */
    TRACE_MOVED,       /* the worker is on another CPU than before, `range` */
    TRACE_KINDS
};

/*
 * Make room for traces into team->trace. `file` gets events appended; `launch` is their process. Before
 * the executor opens. -ENOMEM. Ranks keep none, which becomes a note.
 */
int trace_open(struct team *team, const char *file, int64_t launch, struct bench_error *err);
void trace_close(struct team *team);

/* The next run is traced, if bytes is not 0: so long may be what is appended. Between runs. */
void trace_prepare(struct team *team, int64_t bytes);

/* On the lane's worker, in a run that is traced; times are ticks of the team's clock. */
void trace_range(struct bench_lane *lane, uint64_t range, uint64_t began, uint64_t ended);
void trace_wait(struct bench_lane *lane, int kind, uint64_t began, uint64_t ended);
uint64_t trace_ticks(const struct team *team, uint64_t ns);          /* so many */
void trace_mark(struct bench_lane *lane, int kind, uint32_t worker); /* stolen from, handed over by */

/* After a run that was traced. What cannot be written is a note. */
void trace_write(struct team *team, struct bench_error *err);

#endif
