/*
 * The matrix product C = A·B of row-major matrices of float or double: packed, blocked for the caches,
 * computed in registers with vector instructions, for the best instruction set that the machine has.
 *
 * A variant is the code for one instruction set and one element type. A blocking says how much is
 * packed at a time. The caller provides the buffer that is packed into; nothing here allocates. All
 * functions may be called on any thread, gemm_multiply also at the same time on different buffers.
 */
#ifndef WORKLOADS_MATMUL_GEMM_H
#define WORKLOADS_MATMUL_GEMM_H

#include <stdbool.h>
#include <stddef.h>

/* Where the buffer must be aligned to; 64 is the widest vector. */
#define GEMM_ALIGN 64

/* Strides are in elements, from one row to the next. C is only written. */
struct gemm_matrices {
    const void *a, *b;
    void *c;
    size_t a_stride, b_stride, c_stride;
};

/* At most so much of A (rows x depth) and of B (depth x columns) is packed at a time. */
struct gemm_blocking {
    size_t rows;    /* a multiple of the variant's */
    size_t columns; /* a multiple of the variant's */
    size_t depth;
};

struct gemm_variant {
    const char *name;        /* "avx512f", "avx2+fma", "baseline" */
    size_t real_bytes;       /* of an element: sizeof(float) or sizeof(double) */
    bool (*supported)(void); /* by the machine that this runs on */
    size_t rows, columns;    /* of the block of C that is kept in registers */
    /* What gemm_multiply calls. */
    void (*multiply)(const struct gemm_blocking *most, const struct gemm_matrices *of, size_t m,
                     size_t n, size_t k, void *buffer);
};

/*
 * The variants for elements of `real_bytes`, the best first, that this machine can run: the one at
 * `index`, NULL when there are no more. The one at 0 always exists.
 */
const struct gemm_variant *gemm_variant_at(size_t real_bytes, size_t index);

/* What suits this machine's caches, no more than a product of m x k and k x n needs. */
struct gemm_blocking gemm_blocking_for(const struct gemm_variant *variant, size_t m, size_t n, size_t k);

/* The size of the buffer that gemm_multiply packs into, aligned to GEMM_ALIGN. */
size_t gemm_buffer_bytes(const struct gemm_variant *variant, const struct gemm_blocking *blocking);

/*
 * C (m x n) = A (m x k) · B (k x n); m, n and k at least 1. The buffer may hold anything, before
 * and after. The method and its sources are in gemm_variant.h.
 */
static inline void gemm_multiply(const struct gemm_variant *variant,
                                 const struct gemm_blocking *blocking, const struct gemm_matrices *of,
                                 size_t m, size_t n, size_t k, void *buffer)
{
    variant->multiply(blocking, of, m, n, k, buffer);
}

#endif
