/* The second stage: the ways of running the work race. */
#ifndef ADVISE_WAYS_H
#define ADVISE_WAYS_H

#include "advise/adviser.h"

/* Into the advice, with what is recommended. */
int ways_race(struct adviser *adviser, double until, struct bench_error *err);

/* The case of a way of the advice, for launching it again, into `one`. */
bool ways_case(const struct adviser *adviser, const struct advice_way *way, struct plan_case *one);

#endif
