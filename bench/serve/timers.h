/* What is to happen later: a heap by time. */
#ifndef SERVE_TIMERS_H
#define SERVE_TIMERS_H

#include <stddef.h>
#include <stdint.h>

/* Zero-initialise; the owner frees `heap`. Times are of one clock, in nanoseconds. */
struct timers {
    struct timer {
        uint64_t due_ns;
        void *what;
        size_t *place; /* the owner's: where in the heap it is */
    } * heap;
    size_t count, size;
};

/* O(log n). `*place` must stay where it is until this is taken or removed. */
void timers_add(struct timers *timers, uint64_t due_ns, void *what, size_t *place);

/* One that is waited for is no longer, whose place that is. O(log n). */
void timers_remove(struct timers *timers, size_t place);

/* The earliest that is due by now, which is then no longer waited for; NULL when none is. O(log n). */
void *timers_take(struct timers *timers, uint64_t now_ns);

/* When the earliest is due; UINT64_MAX when there is none. */
uint64_t timers_next(const struct timers *timers);

#endif
