/*
 * A seeded permutation of 0..n-1 in a few nanoseconds and without memory: every number comes out
 * exactly once, in an order without a pattern.
 */
#ifndef WORKLOADS_COMMON_PERMUTATION_H
#define WORKLOADS_COMMON_PERMUTATION_H

#include <bench/random.h>

struct permutation {
    uint64_t n;
    uint64_t mask; /* 2^bits - 1, the least such number that is not below n - 1 */
    unsigned shift;
    uint64_t key[3];
};

/* n: at least 1. */
static inline struct permutation permutation_make(uint64_t n, uint64_t seed)
{
    struct permutation p = {.n = n};
    unsigned bits = n > 1 ? 64 - (unsigned)__builtin_clzll(n - 1) : 0;

    p.mask = bits ? UINT64_MAX >> (64 - bits) : 0;
    p.shift = (bits + 1) / 2;
    for (int i = 0; i < 3; i++)
        p.key[i] = bench_random_next(&seed);
    return p;
}

/*
 * Where `index` (0..n-1) goes. Each step is invertible on the numbers of that many bits: addition,
 * multiplication by an odd number, x ^ x >> shift. What falls outside 0..n-1 is sent through again
 * until it falls inside, less than once on average (cycle walking: J. Black, P. Rogaway, "Ciphers
 * with Arbitrary Finite Domains", 2002, section 3).
 */
static inline uint64_t permutation_at(const struct permutation *p, uint64_t index)
{
    uint64_t x = index;
    do {
        for (int i = 0; i < 3; i++) {
            x = (x + p->key[i]) * (p->key[i] | 1) & p->mask;
            x ^= x >> p->shift;
        }
        x = (x + p->key[0]) & p->mask;
    } while (x >= p->n);
    return x;
}

#endif
