/*
 * Pure CPU work of a given length: a fixed number of steps of the chain of lcg.h, not a watched clock,
 * so that work that is interrupted is late. It touches no memory.
 */
#ifndef WORKLOADS_COMMON_CPU_WORK_H
#define WORKLOADS_COMMON_CPU_WORK_H

#include "lcg.h"

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

#endif
