/* What is to happen later: a heap by time. */
#include "serve/timers.h"

#include "base/memory.h"

/* A parent is not later than its children: those of `at` are 2 * at + 1 and 2 * at + 2. */

static void put(struct timers *timers, size_t at, struct timer timer)
{
    timers->heap[at] = timer;
    *timer.place = at;
}

/* There is a gap at `at`: put it there, or above. */
static void rise(struct timers *timers, size_t at, struct timer timer)
{
    for (size_t parent; at > 0 && timers->heap[parent = (at - 1) / 2].due_ns > timer.due_ns; at = parent)
        put(timers, at, timers->heap[parent]);
    put(timers, at, timer);
}

/* ... or below. */
static void sink(struct timers *timers, size_t at, struct timer timer)
{
    for (size_t child; (child = 2 * at + 1) < timers->count; at = child) {
        if (child + 1 < timers->count && timers->heap[child + 1].due_ns < timers->heap[child].due_ns)
            child++;
        if (timer.due_ns <= timers->heap[child].due_ns)
            break;
        put(timers, at, timers->heap[child]);
    }
    put(timers, at, timer);
}

void timers_add(struct timers *timers, uint64_t due_ns, void *what, size_t *place)
{
    timers->heap = mem_grow(timers->heap, timers->count, &timers->size, sizeof *timers->heap);
    rise(timers, timers->count++, (struct timer){due_ns, what, place});
}

void timers_remove(struct timers *timers, size_t place)
{
    const struct timer last = timers->heap[--timers->count];
    if (place == timers->count)
        return;
    if (last.due_ns < timers->heap[place].due_ns)
        rise(timers, place, last);
    else
        sink(timers, place, last);
}

void *timers_take(struct timers *timers, uint64_t now_ns)
{
    if (timers_next(timers) > now_ns || timers->count == 0)
        return NULL;
    void *what = timers->heap[0].what;
    timers_remove(timers, 0);
    return what;
}

uint64_t timers_next(const struct timers *timers)
{
    return timers->count ? timers->heap[0].due_ns : UINT64_MAX;
}
