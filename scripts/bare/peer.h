/*
 * What the bare programs share: the clock, the pin, and printing a number a repeat. They stand for what
 * a person would write without a harness, so this stays small; a repeat is printed as it ends, the first
 * one (which warms up) never.
 *
 * Worker i is pinned to the i-th CPU that is allowed; `taskset -c` in front says which those are.
 */
#ifndef PEER_H
#define PEER_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

static inline uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The cheapest clock there is, as a harness would read it at the end of a range. */
static inline uint64_t now_ticks(void)
{
#if defined(__x86_64__)
    return __rdtsc();
#else
    return now_ns();
#endif
}

/* Pin the calling thread to the worker's CPU out of `allowed`, the mask that the program began with. */
static inline void pin_worker(int worker, const cpu_set_t *allowed)
{
    int left = worker % CPU_COUNT(allowed);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, allowed) && left-- == 0) {
            cpu_set_t one;
            CPU_ZERO(&one);
            CPU_SET(cpu, &one);
            sched_setaffinity(0, sizeof one, &one);
            return;
        }
}

static inline _Noreturn void usage_exit(char **argv, const char *usage)
{
    fprintf(stderr, "usage: %s %s\n", argv[0], usage);
    exit(2);
}

/* Argument `index` as a number of at least 1; ends the program with `usage` otherwise. */
static inline long number_argument(int argc, char **argv, int index, const char *usage)
{
    char *end = NULL;
    long value = index < argc ? strtol(argv[index], &end, 10) : 0;
    if (value < 1 || *end)
        usage_exit(argv, usage);
    return value;
}

/* Print the figure of a repeat, but for the first one, 0. */
static inline void print_repeat(int repeat, double value)
{
    if (repeat > 0) {
        printf("%.9g\n", value);
        fflush(stdout);
    }
}

#endif
