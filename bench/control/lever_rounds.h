/*
 * Launches in which levers are turned: rounds of runs, one with each lever and one with none, in an
 * order that is shuffled each time, so that a drift of the machine does not sit on one of them. One
 * runner serves them all.
 */
#ifndef CONTROL_LEVER_ROUNDS_H
#define CONTROL_LEVER_ROUNDS_H

#include "control/launch.h"
#include "records/lever_seen.h"
#include "stats/random.h"

/* How levers are turned. */
struct lever_asked {
    bool turns[LEVER_TURNS]; /* which; TURN_OFF always */
    double share;            /* by which CPU time, waits and locks are made longer */
    double settle_s;
    double run_s;         /* how long a run should be at least: passes are made until it is */
    uint64_t rounds_most; /* of this launch */
    uint64_t until_ns;    /* no round is begun after that (CLOCK_MONOTONIC), but the first */
};

/* Growing; zero-initialised; the owner frees the list. */
struct lever_rounds {
    struct lever_round *list;
    size_t count, capacity;
};

/*
 * One launch: verified, warmed up, rounds added. Returns 0 also where the launch failed, which `*failed`
 * says and request's on_record has told; a negative errno value to stop. `request->passes` and `limits`
 * are not looked at.
 */
int lever_rounds_launch(const struct launch_request *request, const struct lever_asked *asked,
                        struct random_source *random, struct lever_rounds *rounds, bool *failed,
                        struct bench_error *err);

#endif
