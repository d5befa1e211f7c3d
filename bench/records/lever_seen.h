/* What the row of a run with a lever says of it, as numbers. */
#ifndef RECORDS_LEVER_SEEN_H
#define RECORDS_LEVER_SEEN_H

#include "base/lever.h"
#include "records/record.h"

/* The runs of a round, each with another lever. */
enum lever_turn { TURN_OFF, TURN_CPU, TURN_WAIT, TURN_LOCK, TURN_CACHE_OFF, TURN_CACHE_ON, LEVER_TURNS };

/* One run's times, for one pass over the tasks; seconds. */
struct lever_seen {
    double wall_s; /* NaN: there is no such run */
    double cpu_s;  /* of the work alone */
    double held_s; /* of locks */
    double spun_s, slept_s;
    double waits_s[WAIT_KINDS];
    double delay_s; /* in the run queue, of one lane alone */
    double tasks;
    double others_s; /* CPU time of processes that the work has started */
};

/* One run of each lever that was turned, next to each other in time. */
struct lever_round {
    struct lever_seen turns[LEVER_TURNS];
};

void lever_round_init(struct lever_round *round);
void lever_seen_read(struct lever_seen *seen, const struct record *record);
/* All kinds, but for locks: those have a lever of their own. */
double lever_seen_waits(const struct lever_seen *seen);

#endif
