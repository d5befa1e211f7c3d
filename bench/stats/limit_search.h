/*
 * The load at which a latency reaches its limit, found with few looks. At each look a load was offered
 * and the latency seen, with noise. The latency of a queue grows without bound as the load comes near
 * what it can do; its inverse falls evenly: of M/M/1 with service rate m and load x, the q-quantile of
 * the time in the system is -ln(1 - q) / (m - x) (Kleinrock, "Queueing Systems" I, 3.2). So looks are
 * held against each other by limit / latency - 1, which is a straight line there, and nearly one close
 * to the limit in most others; where it is 0 is what is sought. First the load is enclosed (regula
 * falsi, kept off the ends), then the looks that are left lie close around it, and a line through them
 * gives the answer, with Fieller's interval for where it crosses 0 (Fieller 1954, J. R. Stat. Soc. B 16,
 * "Some problems in interval estimation").
 *
 * Pure functions of what was seen.
 */
#ifndef STATS_LIMIT_SEARCH_H
#define STATS_LIMIT_SEARCH_H

#include "stats/interval.h"

#include <stddef.h>

enum { LIMIT_LOOKS_MOST = 32 };

struct limit_look {
    double load, latency;
    bool beyond; /* more than can be done: its latency says nothing */
};

/* Zero-initialise, and set these: */
struct limit_search {
    double limit;   /* of the latency */
    double ceiling; /* about the most that can be done */
    size_t most;    /* looks, at most LIMIT_LOOKS_MOST */
    struct limit_look looks[LIMIT_LOOKS_MOST];
    size_t count;
};

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
    struct interval interval; /* 95 %; unknown where looks are too few or too noisy */
};

/* The load of the next look; 0: it is over. */
double limit_next(const struct limit_search *search);

void limit_add(struct limit_search *search, double load, double latency, bool beyond);

struct limit_answer limit_answer(const struct limit_search *search);

#endif
