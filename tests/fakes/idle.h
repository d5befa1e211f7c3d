/* The hooks of a workload with one task that does nothing, for fakes that are about something else. */
#ifndef FAKES_IDLE_H
#define FAKES_IDLE_H

#include <bench/workload.h>

static int idle_setup(void **shared, const void *params, struct bench_plan *plan,
                      struct bench_error *err)
{
    (void)shared;
    (void)params;
    (void)err;
    plan->tasks = 1;
    return 0;
}

__attribute__((unused)) static int idle_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    (void)lane;
    (void)first;
    (void)end;
    return 0;
}

#endif
