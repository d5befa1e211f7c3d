/*
 * Random numbers for workloads, the same for a seed on every machine: SplitMix64 (Steele, Lea and Flood,
 * "Fast splittable pseudorandom number generators", OOPSLA 2014). A source is a plain number, any one as
 * good as another, and belongs to one thread; or the numbers are taken by position, in whatever order.
 * Neither is for secrets. The sequences stay as they are: files and recorded results depend on them.
 */
#ifndef BENCH_RANDOM_H
#define BENCH_RANDOM_H

#include <stdint.h>

/* A number's bits well mixed: different numbers give different results. */
static inline uint64_t bench_random_mix(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* The next number of a source that began as its seed. */
static inline uint64_t bench_random_next(uint64_t *source)
{
    return bench_random_mix(*source += 0x9e3779b97f4a7c15u);
}

/* What bench_random_next gives for a seed the first time (index 0), the second (1), ... */
static inline uint64_t bench_random_at(uint64_t seed, uint64_t index)
{
    return bench_random_mix(seed + (index + 1) * 0x9e3779b97f4a7c15u);
}

/* From a random number, one that is uniform in [0, 1): a multiple of 2^-53. */
static inline double bench_random_fraction(uint64_t bits)
{
    return (double)(bits >> 11) * 0x1p-53;
}

/* From a random number, one that is uniform in [-1, 1]. */
static inline double bench_random_real(uint64_t bits)
{
    return (double)(int64_t)bits * 0x1p-63;
}

#endif
