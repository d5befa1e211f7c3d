/* What a task is in the two programs that hand out empty ones: a call that the compiler cannot see
 * through. */
#ifndef PEER_RANGES_H
#define PEER_RANGES_H

#include "peer.h"

typedef void (*range_body)(uint64_t first, uint64_t end);

static __attribute__((noinline)) void nothing(uint64_t first, uint64_t end)
{
    __asm__ volatile("" : : "r"(first), "r"(end));
}

/* Volatile, so that the compiler must not know which. */
static range_body volatile chosen_body = nothing;

/* How GRAIN tasks that were taken together are done. */
enum manner {
    BY_TASK,  /* a call a task: what one would write */
    BY_RANGE, /* one call for all of them */
    BY_CLOCK, /* one call for all of them, and a look at the clock */
};

/* Argument `index` as a manner; ends the program with `usage` if it is none. */
static inline enum manner manner_argument(int argc, char **argv, int index, const char *usage)
{
    static const char *const words[] = {"task", "range", "clock"};
    for (int i = 0; index < argc && i < 3; i++)
        if (strcmp(argv[index], words[i]) == 0)
            return (enum manner)i;
    usage_exit(argv, usage);
}

static inline void range_do(range_body body, enum manner manner, uint64_t first, uint64_t end)
{
    if (manner == BY_TASK) {
        for (uint64_t task = first; task < end; task++)
            body(task, task + 1);
        return;
    }
    body(first, end);
    if (manner == BY_CLOCK) {
        uint64_t ticks = now_ticks();
        __asm__ volatile("" : : "r"(ticks));
    }
}

#endif
