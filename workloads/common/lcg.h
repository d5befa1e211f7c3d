/*
 * A chain of multiply-adds in which every step needs the one before: a fixed amount of pure CPU work
 * that no compiler shortens and no processor overlaps, and whose result is known in closed form.
 */
#ifndef WORKLOADS_COMMON_LCG_H
#define WORKLOADS_COMMON_LCG_H

#include <stdint.h>

/* x -> multiplier * x + increment, modulo 2^64: one step, or any number of them. */
struct lcg {
    uint64_t multiplier, increment;
};

/* One step: Knuth's MMIX generator. */
#define LCG_STEP ((struct lcg){6364136223846793005u, 1442695040888963407u})

/* Takes `steps` steps from `state`, one after the other. */
static inline uint64_t lcg_chain(uint64_t state, uint64_t steps)
{
    const struct lcg step = LCG_STEP;

    for (; steps; steps--) {
        state = state * step.multiplier + step.increment;
        /* without this a compiler may unroll and fold two steps into one multiplication */
        __asm__ volatile("" : "+r"(state));
    }
    return state;
}

/*
 * The map that is `steps` steps at once, by repeated squaring (F. Brown, "Random Number Generation
 * with Arbitrary Strides", 1994).
 */
static inline struct lcg lcg_jump(uint64_t steps)
{
    struct lcg jump = {1, 0};
    struct lcg power = LCG_STEP;

    for (; steps; steps >>= 1) {
        if (steps & 1) {
            jump.multiplier *= power.multiplier;
            jump.increment = jump.increment * power.multiplier + power.increment;
        }
        power.increment *= power.multiplier + 1;
        power.multiplier *= power.multiplier;
    }
    return jump;
}

#endif
