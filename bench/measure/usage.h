/* What a thread has used of the machine so far, and memory of this process. */
#ifndef MEASURE_USAGE_H
#define MEASURE_USAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

/* Differences of two of these belong to the work between them. */
struct usage {
    int64_t user_us, sys_us;
    int64_t ctx_voluntary, ctx_involuntary;
    int64_t faults_minor, faults_major;
    int64_t read_bytes, written_bytes; /* from and to storage, not the page cache */
};

/* The calling thread's; safe in a forked child of a threaded process. */
void usage_thread(struct usage *usage);
/* All of this process's threads', without its children's. */
void usage_process(struct usage *usage);
/* sum += what the kernel has counted */
void usage_charge(struct usage *sum, const struct rusage *used);

/* sum += end - start */
void usage_add(struct usage *sum, const struct usage *end, const struct usage *start);

/* Bytes, -1 where the kernel does not say. No malloc: safe in a forked child. */
struct memory {
    int64_t peak_rss_bytes; /* highest since memory_reset_peak, shared pages counted whole */
    int64_t pss_bytes;      /* now, shared pages divided by those who share them (proc(5)) */
};
void memory_self(struct memory *memory);
bool memory_reset_peak(void); /* false: not permitted, the peak is of the process's whole life */

#endif
