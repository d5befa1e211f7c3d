/*
 * Separable convolution of 8-bit pictures with replicated edges: Gaussian in fixed point, box by
 * running sums. Pure functions over rows: no allocation, no state but the caller's scratch memory.
 */
#ifndef KERNELS_CONVOLVE_H
#define KERNELS_CONVOLVE_H

#include <stddef.h>
#include <stdint.h>

#define GAUSS_SIGMA_MIN 0.1
#define GAUSS_SIGMA_MAX 100.0
#define GAUSS_RADIUS_MAX 350 /* of sigma 100 */
#define BOX_RADIUS_MAX 2047  /* (2 radius + 1)^2 * 255 still fits 32 bits */

/* The source: `channels` interleaved bytes a pixel, rows without gaps. Not owned. */
struct convolve_source {
    const uint8_t *pixels;
    int width, height, channels;
};

struct convolve_isa; /* the instruction set the kernels were compiled for */

/*
 * A Gaussian of `sigma` pixels, sampled at whole pixels, cut at `radius` = 3.5 sigma and scaled to sum
 * one. Weights are 16-bit fixed point, two in a 32-bit word as the multiply-add instructions take them.
 * Worst case over all pictures before the final rounding: 0.12 levels a direction from the cut and
 * less than 0.25 in all from fixed point, so a result is at most one level off.
 */
struct gauss {
    int radius;
    int vertical_bits, horizontal_bits; /* weights sum to 2^bits */
    int32_t vertical[2 * GAUSS_RADIUS_MAX + 8];
    int32_t horizontal[GAUSS_RADIUS_MAX + 1];
    const struct convolve_isa *isa;
};

/* A box of (2 radius + 1)^2 equal weights; exact, correctly rounded. */
struct box {
    int radius;
    uint32_t area;
    uint64_t reciprocal; /* ceil(2^56 / area) */
    const struct convolve_isa *isa;
};

/* Instruction sets by name, best first, NULL after the last; for those not on this machine, "". */
const char *convolve_isa_name(size_t index);

/* `isa`: a name as above, or NULL for the best one here. -ENOTSUP: not on this machine. -EINVAL: sigma
 * or radius out of range. */
int gauss_init(struct gauss *gauss, double sigma, const char *isa);
int box_init(struct box *box, int radius, const char *isa);

/* Bytes of scratch memory that one caller at a time needs, aligned to 64 bytes, zeroed beforehand. */
size_t gauss_scratch_bytes(const struct gauss *gauss, const struct convolve_source *source);
size_t box_scratch_bytes(const struct box *box, const struct convolve_source *source);

/* How many rows gauss_rows does at once: pieces of a multiple of it are done best. */
#define GAUSS_BAND 16

/*
 * Rows first..end-1 of the result, written to their place in `result`, a picture like `source`.
 * box_rows costs the same for each row whatever the radius, and before the first one 2 radius + 1 rows
 * of additions; not so where the last call with this scratch memory, for the same box and source, ended
 * at `first`.
 */
void gauss_rows(const struct gauss *gauss, const struct convolve_source *source, uint8_t *result,
                int first, int end, void *scratch);
void box_rows(const struct box *box, const struct convolve_source *source, uint8_t *result, int first,
              int end, void *scratch);

#endif
