/* Tasks of different length: how much longer or shorter than the mean one is. */
#ifndef WORKLOADS_COMMON_VARY_H
#define WORKLOADS_COMMON_VARY_H

#include <bench/random.h>

#include <math.h>
#include <stdint.h>

enum vary { VARY_NONE, VARY_EXPONENTIAL };

/* The words of a BENCH_CHOICE, in the order of enum vary. */
#define VARY_WORDS "none", "exponential", NULL
#define VARY_HELP "how tasks differ in length: not, or by an exponential distribution with that mean"

/* What run() needs of stack for the logarithm. */
enum { VARY_STACK_BYTES = 2048 };

/* Of this task: drawn from its own seed and number, so that it is the same under every executor. The
 * inverse of the distribution: -ln(1 - U), U uniform in [0, 1). */
static inline double vary_factor(uint64_t seed, uint64_t task)
{
    return -log1p(-bench_random_fraction(bench_random_at(seed, task)));
}

#endif
