/* How many steps fill a given time. See cpu_work.h. */
#include "cpu_work.h"

#include <bench/workload.h>

#include <math.h>
#include <stdio.h>

/*
 * Steps in a nanosecond, from the fastest of several tries: an interruption can only make one slower,
 * and a processor that has been idle needs some of them to get up to speed. Where the fastest has not
 * been met three times within 1 %, it goes on trying.
 */
static double steps_per_ns(void)
{
    enum { tries = 16, tries_max = 300, agreeing = 3, steps = 50000 };
    uint64_t best_ns = UINT64_MAX;
    uint64_t state = 0;
    int met = 0;

    for (int try = 0; try < tries_max && (try < tries || met < agreeing); try++) {
        uint64_t began_ns = bench_now();
        state = lcg_chain(state, steps);
        uint64_t took_ns = bench_now() - began_ns;
        if (took_ns < best_ns - best_ns / 100)
            met = 0;
        if (took_ns < best_ns)
            best_ns = took_ns;
        met += took_ns <= best_ns + best_ns / 100;
    }
    return (double)steps / (double)(best_ns ? best_ns : 1);
}

struct cpu_work cpu_work_make(uint64_t length_ns, double steps_per_us)
{
    struct cpu_work work = {0};
    if (length_ns) {
        double per_ns = steps_per_us > 0 ? steps_per_us / 1000 : steps_per_ns();
        work.steps = (uint64_t)fmax(1, round((double)length_ns * per_ns));
        work.measured_per_us = steps_per_us > 0 ? 0 : per_ns * 1000;
    }
    work.jump = lcg_jump(work.steps);
    return work;
}

const char *cpu_work_tell(const struct cpu_work *work, char *text, size_t room)
{
    if (work->measured_per_us <= 0)
        return NULL;
    snprintf(text, room, "steps_per_us=%.6g", work->measured_per_us);
    return text;
}

uint64_t cpu_work_expect(const struct cpu_work *work, uint64_t first, uint64_t end)
{
    uint64_t state = 0;
    for (uint64_t task = first; task < end; task++)
        state = (state ^ task) * work->jump.multiplier + work->jump.increment;
    return state;
}
