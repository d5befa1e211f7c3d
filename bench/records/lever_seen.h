/* What the row of a run with a lever says of it, as numbers: written by the runner, read by who judges.
 */
#ifndef RECORDS_LEVER_SEEN_H
#define RECORDS_LEVER_SEEN_H

#include "base/lever.h"
#include "records/record.h"

#include <stdbool.h>

/* The runs of a round, each with another lever. */
enum lever_turn {
    TURN_OFF,
    TURN_CPU,
    TURN_WAIT,
    TURN_LOCK,
    TURN_CACHE_OFF,
    TURN_CACHE_ON,
    TURN_MEMORY_OFF,
    TURN_MEMORY_ON,
    LEVER_TURNS
};

/* Seconds, of all workers together; 0 where there was none. */
struct lever_seen {
    double cpu_s;           /* of the work alone */
    double held_s;          /* of locks */
    double spun_s, slept_s; /* by the lever */
    double others_s;        /* CPU time of processes that the work has started */
    double stopped_s;       /* for which the lever has stopped those */
    double waits_s[WAIT_KINDS];
    /* Of cache and memory: how much more CPU time the lever costs, in this launch, work that must show
     * it, at least, and work that must not. 0: not tried, or nothing. */
    double shows, errs;
    /* Of the run as a whole; only read. */
    double wall_s;     /* NaN: there is no such run */
    double delay_s;    /* in the run queue */
    double pressure_s; /* for which something on the machine had no CPU */
    double tasks;
};

/* One run of each lever that was turned, next to each other in time. */
struct lever_round {
    struct lever_seen turns[LEVER_TURNS];
};

void lever_round_init(struct lever_round *round);

/* Into the record's `waits` and `counters`. */
void lever_seen_write(struct record *record, const struct lever_seen *seen);
/* Does the record say what a lever did? */
bool lever_seen_is_told(const struct record *record);
/* From a record, for one pass over the tasks. */
void lever_seen_read(struct lever_seen *seen, const struct record *record);

/* All kinds, but for locks: those have a lever of their own. */
double lever_seen_waits(const struct lever_seen *seen);

#endif
