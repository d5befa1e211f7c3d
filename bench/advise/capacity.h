/*
 * How much load each way of running can take within a service level: the cases of a plan, each first as
 * fast as it can, then at rates that a search chooses (stats/limit_search.h), a launch each. The cases
 * take turns, so that drift of the machine hits all alike. Main thread; not reentrant.
 */
#ifndef ADVISE_CAPACITY_H
#define ADVISE_CAPACITY_H

#include "control/launch.h"
#include "control/preflight.h"
#include "results/capacity.h"

struct capacity_request {
    const struct plan *plan; /* closed loops */
    const struct preflight_verdict *verdicts;
    const struct child_setup *setup;
    const struct record *session;
    struct slo slo;
    uint64_t time_ns;    /* of each case */
    uint64_t timeout_ns; /* of each launch; 0: none */
    const char *arrivals;
    /* Who is told of each run, as launch_hooks has it; and before each launch, where it is: step `step`
     * of about `steps` of case `place`, and how much of the time of all cases is left. */
    const struct launch_hooks *hooks;
    void (*on_step)(void *context, size_t place, size_t step, size_t steps, double left_s);
};

/* All of them: 0, or what stopped it, with what was found until then. The caller frees `found`. */
int capacities_find(struct capacities *found, const struct capacity_request *request,
                    struct bench_error *err);

#endif
