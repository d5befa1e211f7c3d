/* What is to happen later: a heap by time. */
#include "serve/timers.h"

#include "base/memory.h"

/* A parent is not later than its children: those of `at` are 2 * at + 1 and 2 * at + 2. */

void timers_add(struct timers *timers, uint64_t due_ns, void *what)
{
    timers->heap = mem_grow(timers->heap, timers->count, &timers->size, sizeof *timers->heap);
    size_t at = timers->count++;
    for (size_t parent; at > 0 && timers->heap[parent = (at - 1) / 2].due_ns > due_ns; at = parent)
        timers->heap[at] = timers->heap[parent];
    timers->heap[at] = (struct timer){due_ns, what};
}

void *timers_take(struct timers *timers, uint64_t now_ns)
{
    if (timers_next(timers) > now_ns || timers->count == 0)
        return NULL;
    void *what = timers->heap[0].what;
    const struct timer last = timers->heap[--timers->count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < timers->count; at = child) {
        if (child + 1 < timers->count && timers->heap[child + 1].due_ns < timers->heap[child].due_ns)
            child++;
        if (last.due_ns <= timers->heap[child].due_ns)
            break;
        timers->heap[at] = timers->heap[child];
    }
    timers->heap[at] = last;
    return what;
}

uint64_t timers_next(const struct timers *timers)
{
    return timers->count ? timers->heap[0].due_ns : UINT64_MAX;
}
