/*
 * Random numbers for shuffles and bootstraps, those of <bench/random.h>. The same seed gives the same
 * numbers on every machine. Each source belongs to one thread.
 */
#ifndef STATS_RANDOM_H
#define STATS_RANDOM_H

#include <bench/random.h>

#include <stddef.h>

/* Begins as {seed}; any seed is as good as another. */
struct random_source {
    uint64_t state;
};

static inline uint64_t random_next(struct random_source *source)
{
    return bench_random_next(&source->state);
}

/* Uniform in [0, 1): the multiples of 2^-53. */
static inline double random_uniform(struct random_source *source)
{
    return bench_random_fraction(random_next(source));
}

/*
 * Each of 0 .. bound - 1 equally often: what would be left over of 2^64 is drawn again. `bound` is not
 * 0.
 */
static inline uint64_t random_below(struct random_source *source, uint64_t bound)
{
    uint64_t over = -bound % bound, bits; /* 2^64 modulo bound */
    do
        bits = random_next(source);
    while (bits < over);
    return bits % bound;
}

/* Every order equally likely: Durstenfeld, "Algorithm 235: Random permutation", CACM 7 (1964). */
static inline void random_shuffle(struct random_source *source, size_t *items, size_t n)
{
    for (size_t left = n; left > 1; left--) {
        size_t other = random_below(source, left), item = items[left - 1];
        items[left - 1] = items[other];
        items[other] = item;
    }
}

#endif
