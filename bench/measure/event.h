/*
 * What can be counted, by name: what every kernel knows, and what libpfm4 knows of this machine's
 * processor besides.
 */
#ifndef MEASURE_EVENT_H
#define MEASURE_EVENT_H

#include <bench/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As perf_event_open(2) has it. */
struct event {
    uint32_t type;
    uint64_t config, config1, config2;
    bool excludes_user, excludes_kernel;
    bool kernels_own; /* it happens in the kernel alone: without that there is none of it */
    double worth;     /* of one that is counted: 1e-9 where the kernel counts nanoseconds */
};

/*
 * The event of that name, which may have libpfm4's modifiers ("cycles:u"). -EINVAL with a message that
 * begins with the name, and has one that may have been meant. Reads libpfm4, for some milliseconds, only
 * for a name that is none of event_word().
 */
int event_find(struct event *event, const char *name, struct bench_error *err);

/* The names that need no libpfm4, one by one; NULL at the end. */
const char *event_word(size_t index);

/* libpfm4's part: 1 found, 0 not known to it, -ENOTSUP with the reason where there is no libpfm4.
 * `nearest`, of `size` bytes, gets the name that was most likely meant, or "". */
int event_find_pfm(struct event *event, const char *name, char *nearest, size_t size,
                   struct bench_error *err);

#endif
