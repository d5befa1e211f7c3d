/*
 * Stacks of fibers, all of a worker's in one mapping: a mapping each would be too many for the kernel
 * (vm.max_map_count). While they are few, each has a page below it that cannot be touched, so that an
 * overflow is caught where it happens; else a word at its bottom tells, after the fact, and only the
 * lowest has such a page.
 */
#ifndef EXECUTORS_COMMON_STACKS_H
#define EXECUTORS_COMMON_STACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stacks {
    char *memory; /* NULL: none; begins with a page that cannot be touched */
    size_t size_bytes;
    char *first;        /* the lowest slot */
    size_t slot_bytes;  /* from one stack to the next */
    bool has_pages;     /* whole ones: none is shared by two stacks */
    size_t guard_bytes; /* of it, at its bottom; 0: a word instead */
    size_t stack_bytes; /* as asked for */
    uint32_t count;
    void *signal_stack;
};

/*
 * Make `count` stacks of stack_bytes, guarded if `guard` and if they are whole pages, and let the
 * calling thread handle signals on a stack apart: a fiber's may be too small for a signal's frame.
 * -errno.
 */
int stacks_make(struct stacks *stacks, uint32_t count, size_t stack_bytes, bool guard);
/* On the thread that made them. */
void stacks_free(struct stacks *stacks);

/* Both ends of a stack. Tops differ in their place in a page, or they would share few cache lines. */
char *stacks_bottom(const struct stacks *stacks, uint32_t index);
char *stacks_top(const struct stacks *stacks, uint32_t index);

/* Mark the bottom of a stack that nothing guards. Before it is used. */
#define STACK_CANARY UINT64_C(0x7374616b656e6421)
static inline void stack_mark(const struct stacks *stacks, char *bottom)
{
    if (!stacks->guard_bytes)
        *(uint64_t *)(void *)bottom = STACK_CANARY;
}

/* Has the stack with that bottom overflowed? */
static inline bool stack_is_whole(const struct stacks *stacks, const char *bottom)
{
    return stacks->guard_bytes || *(const uint64_t *)(const void *)bottom == STACK_CANARY;
}

/* Say that a stack of that size has overflowed, and end the process. */
_Noreturn void stack_overflowed(size_t stack_bytes);

#endif
