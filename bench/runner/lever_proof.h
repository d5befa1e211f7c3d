/*
 * Does a lever that takes cache or memory away work here, now? Tried in the launch that it is turned in,
 * on work that must show it (a chase through pointers in three quarters of the second-level cache; a
 * triad through more memory than the caches hold) and on work that must not (a chain of additions). A
 * virtual machine's cores are moved about, and what held for the last launch need not hold for this one.
 */
#ifndef RUNNER_LEVER_PROOF_H
#define RUNNER_LEVER_PROOF_H

#include <stddef.h>

struct lever_proof {
    double shows; /* more CPU time than without the lever: at least, at a confidence of 96 % */
    double errs;  /* the same of what must not show it: the median, up or down */
};

/* Take it away or not, from now on; or for the moment, where that is how the lever works. */
typedef void lever_taker(void *context, int away);

/* On the worker's own CPU: some 100 ms. Zero where there is no memory for it. */
struct lever_proof lever_proof_of_cache(lever_taker *take, void *context, size_t cache_bytes);
struct lever_proof lever_proof_of_memory(lever_taker *take, void *context);

#endif
