/*
 * The clock of range boundaries: ticks that are cheap to read, turned into seconds afterwards.
 *
 * Where the kernel itself keeps time by the processor's time-stamp counter (it has then found it
 * constant and the same on all CPUs), a tick is one count of it: about 10 ns a read, less than half of
 * clock_gettime(). Elsewhere a tick is a nanosecond of CLOCK_MONOTONIC. Runs as a whole are timed by
 * CLOCK_MONOTONIC, always.
 */
#ifndef MEASURE_CLOCK_H
#define MEASURE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

/*
 * From one reading of a clock to a later one. Clocks can be stepped: negative is what can then come of
 * it, and is to be told, never to be taken for a time. An unsigned difference would be 18446744073 s.
 */
static inline int64_t clock_between(uint64_t from_ns, uint64_t to_ns)
{
    return (int64_t)(to_ns - from_ns);
}

static inline double clock_seconds(uint64_t from_ns, uint64_t to_ns)
{
    return (double)clock_between(from_ns, to_ns) * 1e-9;
}

/* Nanoseconds of CPU time that the calling thread has used: 1 to 2 us a read. */
static inline uint64_t clock_thread_cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Set before workers are made, read-only afterwards. */
struct tick_clock {
    bool counter;           /* ticks are the time-stamp counter's */
    uint64_t tick, time_ns; /* one instant, on both clocks */
};

/* Main thread, early: the scale below is the more exact the longer ago this was. */
void tick_clock_init(struct tick_clock *clock);

static inline uint64_t tick_clock_read(const struct tick_clock *clock)
{
#if defined(__x86_64__)
    if (__builtin_expect(clock->counter, 1))
        return __rdtsc();
#else
    (void)clock;
#endif
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Seconds per tick, from the time since init; NaN where a clock has gone back. */
double tick_clock_scale(const struct tick_clock *clock);

#endif
