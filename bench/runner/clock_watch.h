/* Does the workers' clock fall over a launch? Looked at its ends, while the CPUs are still at work: an
 * idle one may have any clock. */
#ifndef RUNNER_CLOCK_WATCH_H
#define RUNNER_CLOCK_WATCH_H

#include "records/record.h"

#include <bench/error.h>
#include <stddef.h>
#include <stdint.h>

struct clock_watch {
    const unsigned long *cpus; /* the workers'; the caller's */
    size_t cpus_words;
    double first_hz; /* at the end of the first run; NaN: it was not yet, or is not known */
    double busy;     /* the part of the last timed run for which workers had work; NaN: not known */
};

void clock_watch_begin(struct clock_watch *watch, const unsigned long *cpus, size_t cpus_words);

/* After each run. */
void clock_watch_run(struct clock_watch *watch, const struct record *run, uint32_t workers);

/* After the last, at once: notes a fall, if the work was such that it means something. */
void clock_watch_end(const struct clock_watch *watch, struct bench_error *err);

#endif
