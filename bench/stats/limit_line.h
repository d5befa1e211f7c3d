/*
 * The line through the looks of a search: the log-odds of the share beyond the limit, over the load.
 * limit_search.h says why. Pure functions.
 */
#ifndef STATS_LIMIT_LINE_H
#define STATS_LIMIT_LINE_H

#include "stats/interval.h"

#include <stdbool.h>
#include <stddef.h>

enum { LIMIT_LOOKS_MOST = 32 };

struct limit_look {
    double load;          /* that was asked for, in tasks a second */
    double offered;       /* that came */
    double tasks, beyond; /* how many there were, and how many of them took longer than the limit */
    double latency;       /* the quantile that has the limit, as this look alone has it */
    bool is_overloaded;   /* it could not be worked off */
    double part;          /* of the time, that it took */
};

/* Zero-initialise, and set these: */
struct limit_search {
    double limit;   /* of the latency, in seconds */
    double allowed; /* the share of tasks that may take longer: 0.01 for a 99th percentile */
    double ceiling; /* about the most that can be done, in tasks a second */
    double time_s;  /* of all looks together */
    bool is_random; /* arrivals are a Poisson process, and not evenly spaced */
    size_t most;    /* looks, at most LIMIT_LOOKS_MOST */
    struct limit_look looks[LIMIT_LOOKS_MOST];
    size_t count;
};

struct limit_line {
    double load;              /* where the share is what is allowed: the posterior's median */
    double slope;             /* there: how much the log-odds would grow with twice the load */
    struct interval interval; /* of the load, 95 % */
};

/* There is at least one look. */
struct limit_line limit_line(const struct limit_search *search);

#endif
