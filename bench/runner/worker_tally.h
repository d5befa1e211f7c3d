/* What one worker has done in a run, and what that took: plain data, which can be copied to wherever the
 * run is summed up. */
#ifndef RUNNER_WORKER_TALLY_H
#define RUNNER_WORKER_TALLY_H

#include "measure/delays.h"
#include "measure/histogram.h"
#include "measure/usage.h"
#include "runner/lever_use.h"

#include <stdint.h>

struct worker_tally {
    uint64_t ranges;       /* done */
    uint64_t timed;        /* of them; unknown where tasks come at times of their own */
    uint64_t range_digest; /* of which ranges they were; verification runs */
    struct histogram latency;

    uint64_t entered_ns, left_ns; /* CLOCK_MONOTONIC of its host */
    uint32_t entries, exits;      /* how often it has entered and left */
    uint64_t ranges_inside;       /* of `ranges`, those between the two */
    struct usage used;            /* by its thread since the release; with helpers by the process */
    struct usage charged;         /* by bench_charge */
    int64_t charged_peak_bytes;   /* highest resident memory of such a process; 0: there was none */
    struct delays delays;         /* of its thread; where they are asked for */
    struct memory memory;         /* where workers are processes */
    struct lever_use lever;       /* where there is one */
};

#endif
