/* What a task is in the two programs that hand out short ones: a call that the compiler cannot see
 * through, to nothing or to as many steps as `spin` of bench would do. */
#ifndef PEER_RANGES_H
#define PEER_RANGES_H

#include "peer.h"

typedef void (*range_body)(uint64_t first, uint64_t end);

static __attribute__((noinline)) void nothing(uint64_t first, uint64_t end)
{
    __asm__ volatile("" : : "r"(first), "r"(end));
}

static uint64_t chain_steps;

/* A step is a multiply-add that waits for the one before it (bench's workloads/common/lcg.h). */
static __attribute__((noinline)) void chain(uint64_t first, uint64_t end)
{
    uint64_t state = 0;
    for (uint64_t task = first; task < end; task++) {
        state ^= task;
        for (uint64_t step = chain_steps; step > 0; step--) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            __asm__ volatile("" : "+r"(state));
        }
    }
    __asm__ volatile("" : : "r"(state));
}

/* Volatile, so that the compiler must not know which. */
static range_body volatile chosen_body = nothing;

/* Argument `index`, if there is one: the steps of a task. */
static inline void steps_argument(int argc, char **argv, int index, const char *usage)
{
    if (index >= argc)
        return;
    chain_steps = (uint64_t)number_argument(argc, argv, index, usage);
    chosen_body = chain;
}

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
