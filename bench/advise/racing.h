/*
 * The ways that take part in a race: which begin, and which join while more lanes pay.
 *
 * An entrant is an arm of the race, under the same number.
 */
#ifndef ADVISE_RACING_H
#define ADVISE_RACING_H

#include "advise/adviser.h"
#include "advise/entrant.h"
#include "stats/race.h"

struct racing {
    struct adviser *adviser;
    struct race race;
    struct entrant *entrants; /* as the race's arms */
    size_t capacity;
    double until; /* s of the advice that may have passed when it is to end */
    uint64_t launches;
};

/* The request's ways; where the number of lanes is free, each executor with as many as its work's CPU
 * share asks for. Those that cannot be had are withdrawn, and say why. */
void racing_enter_all(struct racing *racing);

/* Another arm for the ladder that `base` is of, into *which: twice as many lanes if the most so far are
 * better than the next fewer, or have none to be held against; or half as many as the best, which may
 * do. False: there is none to try. */
bool racing_grow(struct racing *racing, const struct plan_case *base, size_t *which);

/* Of the work's time, 1 where it is not known, and never 0. */
double racing_cpu_share(const struct advice *advice);

bool racing_is_serial(const struct plan_case *one);
int64_t racing_lanes(const struct plan_case *one);
void racing_free(struct racing *racing);

#endif
