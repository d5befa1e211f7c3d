/*
 * Pure CPU work of a given length: a fixed number of steps of the chain of lcg.h, not a watched clock,
 * so that work that is interrupted is late. It touches no memory.
 */
#ifndef WORKLOADS_COMMON_CPU_WORK_H
#define WORKLOADS_COMMON_CPU_WORK_H

#include <bench/workload.h>

#include "lcg.h"

#include <errno.h>

#include <stddef.h>
#include <stdint.h>

struct cpu_work {
    uint64_t steps;
    double measured_per_us; /* 0: it was given */
    struct lcg jump;        /* the same steps at once, for checking */
};

/*
 * Work that takes `length_ns` of a processor that does `steps_per_us`; 0: measure that, which takes
 * about 1 ms, and up to 20 ms where the machine is disturbed. No work is no steps.
 */
struct cpu_work cpu_work_make(uint64_t length_ns, double steps_per_us);

/* "steps_per_us=VALUE" into `text` where that was measured, for bench_plan.measured; else NULL. */
const char *cpu_work_tell(const struct cpu_work *work, char *text, size_t room);

/*
 * The chain goes on from task to task, so that two tasks cannot overlap in the processor's pipeline:
 * each is given the state in which the one before has ended, the first 0.
 */
static inline uint64_t cpu_work_do(const struct cpu_work *work, uint64_t state, uint64_t task)
{
    return lcg_chain(state ^ task, work->steps);
}

/* Where all tasks first..end-1 must have ended, told in closed form. */
uint64_t cpu_work_expect(const struct cpu_work *work, uint64_t first, uint64_t end);

/* For check(): the chain of these tasks has ended there, as the lane's own word says, which is all the
 * memory there is. That each task was done once is the harness's to check. */
static inline int cpu_work_check(struct bench_lane *lane, const struct cpu_work *work, uint64_t first,
                                 uint64_t end)
{
    if (lane->local != (void *)(uintptr_t)cpu_work_expect(work, first, end))
        return bench_fail(lane, -EPROTO, "tasks %llu to %llu: the chain ended in the wrong state",
                          (unsigned long long)first, (unsigned long long)end - 1);
    return 0;
}

#endif
