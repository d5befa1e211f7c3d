/* How long a thread could have gone on and did not, without a CPU or waiting for storage; and how often
 * it was moved. */
#ifndef MEASURE_DELAYS_H
#define MEASURE_DELAYS_H

#include <stdbool.h>
#include <stdint.h>

/* Since the thread began; -1 where the kernel does not tell. */
struct delays {
    int64_t run_ns;     /* in the run queue (schedstat) */
    int64_t block_ns;   /* for block I/O, swapping in included; only with delay accounting
                           (kernel.task_delayacct) */
    int64_t migrations; /* from CPU to CPU (/proc/PID/sched) */
};

/* Does the kernel account for block I/O now? */
bool delays_has_block(void);
/* The calling thread's; some 20 us, and 5 more with `block`. No malloc: safe in a forked child. */
void delays_thread(struct delays *delays, bool block);
/* What came between the two; -1 where one of them is not known, or it went back. */
struct delays delays_between(const struct delays *start, const struct delays *end);

#endif
