/*
 * Arrivals: the open loop. The tasks of a run come at times of their own, however long the ones before
 * take. A lane that is free takes the next one and waits until it is due; one that is due while all
 * lanes are busy waits for a lane, and its wait counts, since latency is told from when it was due
 * (there is no coordinated omission; Gil Tene, "How NOT to Measure Latency", 2013).
 *
 * In an event loop only one lane at a time waits for an arrival, the others are parked: else the lanes
 * of one worker would take many beforehand, which another worker could do sooner.
 */
#ifndef RUNNER_ARRIVALS_H
#define RUNNER_ARRIVALS_H

#include "base/shape.h"
#include "protocol/message.h"
#include "records/record.h"
#include "runner/team.h"

/* What is counted of one worker's arrivals: times in nanoseconds. */
struct arrival_tally {
    _Alignas(TEAM_LINE) struct histogram service; /* from beginning to end */
    struct histogram late; /* from when it was due and somebody was free to when it was begun */
    uint64_t dropped;      /* never begun, because the run had to end */
    double waited_ns[4];   /* from due to begun, summed over each quarter of the run's arrivals */
    uint64_t counts[4];
    uint64_t free_ns; /* when a lane of the worker last stopped computing */
    bool accepting;   /* one of its lanes waits for an arrival */
    uint32_t idle;    /* lanes that are parked, at the worker's part of `parked` */
};

struct arrivals {
    double rate_per_s;
    bool poisson;
    uint64_t most;       /* of a run */
    uint64_t *due_ns;    /* of each arrival of the run, since the release */
    uint64_t lead_ns;    /* how long before an arrival to wake, and spin; 0: no CPU is free for that */
    uint64_t last_ns;    /* when the last one is due */
    uint64_t give_up_ns; /* those that have not been begun by then are dropped */
    _Alignas(TEAM_LINE) _Atomic uint64_t free_ns; /* when any lane last stopped computing */
    struct arrival_tally *tallies;                /* a worker each */
    uint32_t *parked;                             /* inflight a worker: which of its lanes */
    size_t bytes;                                 /* of all of it, in one shared mapping */
};

/*
 * Make what a team needs for an open loop of up to `most` arrivals a run, into team->arrivals; nothing,
 * where the shape has no rate. Before the executor opens. -ENOMEM, -EINVAL.
 */
int arrivals_open(struct team *team, const struct shape *shape, int64_t most, struct bench_error *err);
void arrivals_close(struct team *team);

/* Draw when the `count` tasks of the next run come; `draw` says which sample of all possible ones. */
void arrivals_draw(struct team *team, uint64_t count, uint64_t draw);

/* An arrival that a lane does. */
struct arrival {
    uint64_t due_ns, begun_ns;
    uint64_t late_ns;
};

/* Take the next arrival, as a lane of an executor that has no order of its own; false: there is none. */
bool arrival_take(struct bench_lane *lane, uint64_t *range);

/* Wait until it is due. False: it is not to be begun, because the run has failed or had to end. */
bool arrival_await(struct bench_lane *lane, uint64_t range, struct arrival *arrival);
void arrival_end(struct bench_lane *lane, const struct arrival *arrival);

/* A lane of the worker stops computing: it waits, or has done its task. */
void arrivals_free(struct bench_lane *lane, uint64_t now_ns);

/* Notes what the numbers cannot be trusted for. */
void arrivals_note(const struct team *team, struct bench_error *err);

/* Into the record: how many were done, latency, service, lateness. */
void arrivals_tally(struct record *record, const struct team *team, const struct bench_plan *plan);

#endif
