/*
 * The adviser: it turns levers to see what the work is bound by, races the ways of running it, and says
 * what it would do. Talks to nobody: progress goes through hooks, the answer is a struct advice.
 */
#ifndef ADVISE_ADVISE_H
#define ADVISE_ADVISE_H

#include "advise/request.h"
#include "results/advice.h"

/* 0, or a negative errno value: -EINTR when the user wants to end. The caller frees the advice. */
int advise(struct advice *advice, const struct advise_request *request, struct bench_error *err);

/*
 * What a task costs under the recommended way and under serial, whatever it does: `request` has the plan
 * of an empty task, of which the cases of the two executors are run. Fills task_cost_s, serial_cost_s
 * and break_even_s, as far as they can be had.
 */
int advise_cost(struct advice *advice, const struct advise_request *request, struct bench_error *err);

#endif
