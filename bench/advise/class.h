/* The first stage: what work is bound by, run as a case says. */
#ifndef ADVISE_CLASS_H
#define ADVISE_CLASS_H

#include "advise/adviser.h"

/*
 * Until the intervals are narrow enough or `until` of the time has gone, but for a few rounds that are
 * made in any case. Of the work itself where `is_of_work`; else of another way of running it, about
 * which nothing is warned of.
 */
int class_find(struct adviser *adviser, const struct plan_case *one, double until, bool is_of_work,
               struct bound *bound, struct bound_rules *rules, struct bench_error *err);

#endif
