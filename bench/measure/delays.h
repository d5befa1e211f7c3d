/* How long a thread could have gone on and did not: without a CPU, or waiting for storage. */
#ifndef MEASURE_DELAYS_H
#define MEASURE_DELAYS_H

#include <stdint.h>

/* Nanoseconds since the thread began; -1 where the kernel does not tell. */
struct delays {
    int64_t run_ns;   /* in the run queue (schedstat) */
    int64_t block_ns; /* for block I/O, swapping in included; only with delay accounting
                         (kernel.task_delayacct) */
};

/* The calling thread's; some 10 us. No malloc: safe in a forked child. */
void delays_thread(struct delays *delays);
/* What came between the two; -1 where one of them is not known, or it went back. */
struct delays delays_between(const struct delays *start, const struct delays *end);

#endif
