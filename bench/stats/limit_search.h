/*
 * The load at which a latency reaches its limit, found with few looks. At each look, a launch, a load
 * was offered, and it was counted how many tasks took longer than the limit. A limit of the 99th
 * percentile holds where that is at most one in a hundred: this share is what looks are pooled by, since
 * it has no bias however short a look is, which a quantile has where long waits come in rare bursts.
 *
 * The log-odds of the share are taken for a straight line over the load, near the
 * answer: of M/M/1 with service rate m, load x and limit t the share is exp(-(m - x) t) (Kleinrock,
 * "Queueing Systems" I, 3.2), whose logarithm is such a line; other queues are near it. What is
 * known of the line, prior to all looks, is that it rises, and by about as much.
 *
 * - Waits of one launch depend on each other, so launches are the units (as batches are in the method of
 *   batch means: Law and Kelton, "Simulation Modeling and Analysis", 9.5): counts vary by an unknown
 *   factor more than independent ones would (McCullagh and Nelder, "Generalized Linear Models", 4.5),
 *   which is estimated along with the line, and makes the posterior as wide as Student's distribution.
 * - The share is held against the load that a look happened to have, not against the one that was asked
 *   for: arrivals are drawn, so how many came is known without error, and explains half of the noise (a
 *   control variate; Law and Kelton, 11.4). What chance adds to the mean is put back.
 * - A queue is empty when a launch begins, and its first waits are too short (Welch, "The Statistical
 *   Analysis of Simulation Results", 1983). To leave out the first 10 or 15 % of each launch changes the
 *   answers of simulated queues by less than 1 % (2 % where service is heavy-tailed) and makes intervals
 * wider, so all tasks are counted.
 *
 * Pure functions of what was seen.
 */
#ifndef STATS_LIMIT_SEARCH_H
#define STATS_LIMIT_SEARCH_H

#include "stats/limit_line.h"

enum limit_verdict {
    LIMIT_FOUND,
    LIMIT_NEVER,  /* not even with little load */
    LIMIT_ALWAYS, /* with all that was tried */
    LIMIT_UNCLEAR /* looks contradict each other */
};

struct limit_answer {
    enum limit_verdict verdict;
    double load;              /* the highest that keeps the limit; of NEVER the lowest that was tried, of
                                 ALWAYS the highest */
    struct interval interval; /* 95 %; unknown of NEVER and ALWAYS */
};

struct limit_step {
    double load; /* 0: it is over */
    double part; /* of the time */
};

/* The next look. */
struct limit_step limit_next(const struct limit_search *search);

void limit_add(struct limit_search *search, const struct limit_look *look);

struct limit_answer limit_answer(const struct limit_search *search);

#endif
