/*
 * What a separable convolution must give, in double precision and straight from the definition: what
 * the fast kernels are checked against. Shares nothing with them but how a picture is described.
 */
#ifndef KERNELS_CONVOLVE_REFERENCE_H
#define KERNELS_CONVOLVE_REFERENCE_H

#include "convolve.h"

struct convolve_reference {
    int reach;       /* weights -reach..reach */
    double *weights; /* owned; sum 1 */
};

/* The Gaussian out to 6 sigma, where it is 10^-8 of its peak; a box of 2 radius + 1. Return 0 or
 * -ENOMEM. */
int reference_gauss(struct convolve_reference *reference, double sigma);
int reference_box(struct convolve_reference *reference, int radius);
void reference_free(struct convolve_reference *reference);

/* Row `y` of the result, not rounded, into `expected`, a row of channels. `columns` is room for a row
 * with `reach` pixels on either side. */
void reference_row(const struct convolve_reference *reference, const struct convolve_source *source,
                   int y, double *expected, double *columns);

#endif
