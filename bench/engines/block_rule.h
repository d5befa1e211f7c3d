/* How large the next block is that a rank is given. Pure, so that what is simulated is what is done. */
#ifndef ENGINES_BLOCK_RULE_H
#define ENGINES_BLOCK_RULE_H

#include <stdint.h>

/*
 * As much of what is left as leaves each rank two more of the kind: few takings, and a small last one.
 * But no fewer than let rank 0 answer all ranks, `serve_ns` each, while each does one block of ranges of
 * `range_ns`: else most would wait for it. range_ns 0: not known. 0: none is left.
 */
static inline uint64_t block_size(uint64_t left, uint64_t ranks, uint64_t range_ns, uint64_t serve_ns)
{
    uint64_t size = left / (2 * ranks), least = range_ns ? ranks * serve_ns / range_ns : 0;
    if (size < least)
        size = least;
    if (size == 0)
        size = 1;
    return size < left ? size : left;
}

#endif
