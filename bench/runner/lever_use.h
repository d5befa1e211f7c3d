/* What was measured of one worker in a run with a lever (or with LEVER_OFF), and what was done to it:
 * plain data of its tally. Nanoseconds. */
#ifndef RUNNER_LEVER_USE_H
#define RUNNER_LEVER_USE_H

#include "base/lever.h"
#include "runner/lever_proof.h"

#include <stdint.h>

struct lever_use {
    uint64_t cpu_ns;                /* the work's own CPU time, without what the lever burned */
    uint64_t held_ns;               /* of locks */
    uint64_t waited_ns[WAIT_KINDS]; /* without what the lever slept */
    uint64_t spun_ns, slept_ns;     /* by the lever */
    struct lever_proof proof;       /* of a lever that takes cache or memory away */
};

/* sum += more */
static inline void lever_use_add(struct lever_use *sum, const struct lever_use *more)
{
    sum->cpu_ns += more->cpu_ns;
    sum->held_ns += more->held_ns;
    sum->spun_ns += more->spun_ns;
    sum->slept_ns += more->slept_ns;
    sum->proof = more->proof; /* several workers are not what such a lever is for */
    for (int kind = 0; kind < WAIT_KINDS; kind++)
        sum->waited_ns[kind] += more->waited_ns[kind];
}

#endif
