/* Deadlines, the earliest first. See timers.h. */
#include "timers.h"

#include <stdlib.h>

enum { CHILDREN = 4, LINE_BYTES = 64 };

bool timers_init(struct timers *timers, size_t most, bool removable)
{
    *timers = (struct timers){.removable = removable};
    size_t size_bytes = (most + CHILDREN) * sizeof *timers->heap;
    timers->memory = aligned_alloc(LINE_BYTES, (size_bytes + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES);
    if (timers->memory)
        timers->heap =
            (struct timer *)timers->memory + CHILDREN - 1; /* the children of 0 begin a line */
    return timers->memory;
}

void timers_free(struct timers *timers)
{
    free(timers->memory);
    *timers = (struct timers){0};
}

static inline void put(struct timers *timers, size_t at, struct timer timer)
{
    timers->heap[at] = timer;
    if (timers->removable)
        timer.who->place = (uint32_t)at + 1;
}

/* The slot `at` is free: put `timer` there or, if it is earlier than what is above, above. */
static void rise(struct timers *timers, size_t at, struct timer timer)
{
    while (at > 0) {
        size_t parent = (at - 1) / CHILDREN;
        if (timers->heap[parent].when_ns <= timer.when_ns)
            break;
        put(timers, at, timers->heap[parent]);
        at = parent;
    }
    put(timers, at, timer);
}

/* The same downwards. */
static void sink(struct timers *timers, size_t at, struct timer timer)
{
    for (;;) {
        size_t first = at * CHILDREN + 1, end = first + CHILDREN, least = first;
        if (first >= timers->count)
            break;
        end = end < timers->count ? end : timers->count;
        for (size_t child = first + 1; child < end; child++) {
            if (timers->heap[child].when_ns < timers->heap[least].when_ns)
                least = child;
        }
        if (timer.when_ns <= timers->heap[least].when_ns)
            break;
        put(timers, at, timers->heap[least]);
        at = least;
    }
    put(timers, at, timer);
}

void timers_add(struct timers *timers, uint64_t when_ns, struct timed *who)
{
    rise(timers, timers->count++, (struct timer){when_ns, who});
}

/* Fill the slot with the last. */
static void close_gap(struct timers *timers, size_t at)
{
    struct timer last = timers->heap[--timers->count];
    if (at == timers->count)
        return;
    if (at > 0 && last.when_ns < timers->heap[(at - 1) / CHILDREN].when_ns)
        rise(timers, at, last);
    else
        sink(timers, at, last);
}

struct timed *timers_take(struct timers *timers)
{
    struct timed *who = timers->heap[0].who;
    who->place = 0;
    close_gap(timers, 0);
    return who;
}

void timers_remove(struct timers *timers, struct timed *who)
{
    size_t at = who->place - 1;
    who->place = 0;
    close_gap(timers, at);
}
