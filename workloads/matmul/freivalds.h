/*
 * Is C = A·B? Asked without computing the product: C·x must be A·(B·x) for a random vector x, and for
 * a wrong C it almost never is (Freivalds, "Probabilistic machines can use less running time", IFIP
 * 1977). Takes O(mn + kn + mk) operations. Shares no code with the kernels that it checks.
 */
#ifndef WORKLOADS_MATMUL_FREIVALDS_H
#define WORKLOADS_MATMUL_FREIVALDS_H

#include "gemm.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A row of C that is not the product's: element `row` of C·x is off by `off`, and may be by `allowed`.
 */
struct freivalds_error {
    size_t row;
    double off, allowed;
};

/*
 * Whether C (m x n) is A (m x k) · B (k x n), elements of `real_bytes`, up to rounding. `seed` chooses
 * x. `scratch` has room for n + k doubles. Where not, *error is filled for the first wrong row.
 */
bool freivalds_check(const struct gemm_matrices *of, size_t real_bytes, size_t m, size_t n, size_t k,
                     uint64_t seed, double *scratch, struct freivalds_error *error);

#endif
