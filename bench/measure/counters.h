/*
 * Counters of the kernel's and the processor's events: opened once for a thread and all that it starts
 * from then on, threads and processes, and read before and after what is to be counted.
 */
#ifndef MEASURE_COUNTERS_H
#define MEASURE_COUNTERS_H

#include "measure/event.h"

enum { COUNTERS_MOST = 16 };

/* What the kernel answers to read(2): three numbers, which only grow. */
struct counter_reading {
    uint64_t value;
    uint64_t enabled_ns; /* while threads that it counts were running */
    uint64_t running_ns; /* while it was counting them: less, where counters take turns */
};

struct counter {
    char *name; /* freed by counters_close() */
    struct event event;
    int fd;      /* negative: an errno value, why it does not count */
    bool is_cut; /* the kernel lets only the user space part be counted */
};

struct counters {
    struct counter list[COUNTERS_MOST];
    size_t count;
};

/* What opens one for the calling thread: a descriptor, or a negative errno value. counter_open() asks
 * the kernel (perf_event_open); tests have others. */
typedef int counter_opener(const struct event *event);
int counter_open(const struct event *event);

/*
 * Those of which name and event are set. One that the kernel forbids is tried again without the
 * kernel's part (event.excludes_kernel). None fails: what does not count says why in counters_note().
 */
void counters_open(struct counters *counters, counter_opener *opener);
void counters_close(struct counters *counters);

/* What is not counted, or not whole, why, and what would be right: a text for each reason. `paranoid`:
 * counters_paranoid(). */
void counters_note(const struct counters *counters, int paranoid, struct bench_error *err);

/* kernel.perf_event_paranoid; negative values are less so. INT_MIN: it cannot be read. */
int counters_paranoid(void);

/* As many readings as counters; zeros of one that does not count. Some 2 us each. No malloc: safe in a
 * forked child, where it reads the same counters. */
void counters_read(const struct counters *counters, struct counter_reading *readings);

struct counted {
    double value; /* in units of event.worth, scaled up where `share` is below 1; NaN: not known */
    double share; /* of the time in which it counted; NaN: not known */
};

/* What came between two readings of a counter. */
struct counted counter_between(const struct counter *counter, const struct counter_reading *start,
                               const struct counter_reading *end);

#endif
