/* A barrier for the workers of a team, be they threads or processes: it lives in shared memory. */
#ifndef RUNNER_BARRIER_H
#define RUNNER_BARRIER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct barrier {
    uint32_t count; /* how many are waited for */
    bool spin;      /* wait busily at first: there is a CPU for each */
    _Atomic uint32_t arrived;
    _Atomic uint32_t round; /* the futex */
    _Atomic uint32_t asleep;
};

/* Before any worker can arrive. A barrier can be used again at once. */
void barrier_init(struct barrier *barrier, uint32_t count, bool spin);

/*
 * Wait until all have arrived. The last to arrive calls last(context), if not NULL, before anyone is let
 * go; so what it writes is seen by all. Returns how often the caller slept in the kernel.
 */
int barrier_wait(struct barrier *barrier, void (*last)(void *context), void *context);

#endif
