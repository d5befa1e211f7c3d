/*
 * Who is to be woken when: a 4-ary heap (Johnson 1975, "Priority queues with update and finding minimum
 * spanning trees"), whose four children share a cache line. Times that come in order, as those of equal
 * sleeps do, are added at the end and stay there.
 */
#ifndef EXECUTORS_COMMON_TIMERS_H
#define EXECUTORS_COMMON_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Part of what is woken. */
struct timed {
    uint32_t place; /* in the heap, from 1; 0: in none. Kept only where timers can be removed */
};

struct timers {
    struct timer {
        uint64_t when_ns; /* of CLOCK_MONOTONIC */
        struct timed *who;
    } * heap;
    size_t count;
    bool removable; /* places are kept, which costs a write to each `who` that is moved */
    void *memory;
};

/* Room for `most` timers. False: no memory. */
bool timers_init(struct timers *timers, size_t most, bool removable);
void timers_free(struct timers *timers);

void timers_add(struct timers *timers, uint64_t when_ns, struct timed *who);
/* The earliest, taken out. There must be one. */
struct timed *timers_take(struct timers *timers);
/* `who` must be in it. */
void timers_remove(struct timers *timers, struct timed *who);

/* When the earliest is due; UINT64_MAX: there is none. */
static inline uint64_t timers_next(const struct timers *timers)
{
    return timers->count ? timers->heap[0].when_ns : UINT64_MAX;
}

#endif
