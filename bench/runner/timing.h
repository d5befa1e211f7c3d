/*
 * Which ranges are timed. To read the clock at the end of each costs tens of nanoseconds: little for a
 * range of a microsecond, more than all the rest for one of ten nanoseconds. So of ranges that are that
 * short a sample is timed: each with probability 1/n, whatever became of the others, so that no period
 * of the work's is always met or always missed. It then counts n times (Horvitz and Thompson 1952): so
 * the histogram remains an unbiased estimate of all ranges although n follows what they cost.
 *
 * All on the lane's worker.
 */
#ifndef RUNNER_TIMING_H
#define RUNNER_TIMING_H

#include "runner/team.h"

/* Of the run that is about to begin: `wanted` is whether anybody will look at latencies. Main thread,
 * once all else of the run has been set. */
void timing_prepare(struct team *team, bool wanted);

/* The worker has entered the run. */
void timing_enter(struct bench_worker *worker);

/* The lane's next range begins now. */
void timing_begin(struct bench_lane *lane);

/* The range has ended at whose end the clock is to be read. */
void timing_read(struct bench_lane *lane);

/* Is the range that has just ended one that is timed, and not one before which the clock is read? */
static inline bool timing_is_timed(const struct bench_lane *lane)
{
    return lane->until_read == 1 && lane->weight > 0;
}

/* After each range, once it has been counted. */
static inline void timing_range_ended(struct bench_lane *lane)
{
    if (--lane->until_read == 0)
        timing_read(lane);
}

/* Notes that latencies are those of a sample. After the run, main thread. */
void timing_note(const struct team *team, struct bench_error *err);

#endif
