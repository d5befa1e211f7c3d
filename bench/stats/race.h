/*
 * A race of several ways of doing the same: which is fastest, and which are as good within a margin?
 * Observations are ln of a launch's median time. All ways share one spread from launch to launch,
 * pooled, so that two launches of each are enough to begin to tell; before there are enough, a prior
 * of 2.5 % stands in for it (SAMPLE_LAUNCH_LUCK), worth four launches. What is surely behind is given up
 * early, the chance of giving up the best being spent over all arms and looks (Bonferroni; as Even-Dar,
 * Mannor and Mansour, "Action elimination and stopping conditions for the multi-armed bandit", JMLR 7
 * (2006)).
 *
 * Pure but for its own state; one thread at a time.
 */
#ifndef STATS_RACE_H
#define STATS_RACE_H

#include "stats/interval.h"
#include "stats/values.h"

#include <stdbool.h>
#include <stddef.h>

struct race_rules {
    double within;   /* ln of the ratio up to which two are as good: log(1.03) */
    double mistake;  /* chance of giving up the best in the whole race: 0.05 */
    size_t looks;    /* how many there will be at most */
    size_t launches; /* of each that is left, before the race can be over */
};

struct race_arm {
    struct values logs;
    bool is_out;    /* surely behind, or it cannot be run */
    bool is_closed; /* there will be no more launches of it */
};

/* Zero-initialise but for the rules; the owner frees it. */
struct race {
    struct race_rules rules;
    struct race_arm *arms;
    size_t count, capacity;
};

/* Another way; its number. */
size_t race_enter(struct race *race);
/* A launch of it has taken `seconds` (over 0) for the work. */
void race_add(struct race *race, size_t arm, double seconds);
/* Take it out: it failed. */
void race_withdraw(struct race *race, size_t arm);
/* All its launches are there. */
void race_close(struct race *race, size_t arm);
/* After a round: give up those that are surely behind by more than `within`. */
void race_look(struct race *race);

/* The one with the lowest mean of those that have a launch; SIZE_MAX: none has. */
size_t race_best(const struct race *race);
/* exp of the mean of its logs: seconds; NaN without a launch. */
double race_seconds(const struct race *race, size_t arm);
/* Time of `arm` over that of `of`, with its interval of 95 %. */
double race_ratio(const struct race *race, size_t arm, size_t of, struct interval *interval);
/* Is every one that is left either as good as the best, surely, or the best itself? */
bool race_is_over(const struct race *race);

void race_free(struct race *race);

#endif
