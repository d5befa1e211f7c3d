/* OpenBLAS, opened at run time: the programs that don't ask for it neither load nor need it. */
#ifndef WORKLOADS_MATMUL_OPENBLAS_H
#define WORKLOADS_MATMUL_OPENBLAS_H

#include <bench/error.h>

/* Declared as in CBLAS, whose enumerations are ints. */
enum { OPENBLAS_ROW_MAJOR = 101, OPENBLAS_NO_TRANSPOSE = 111 };

struct openblas {
    void *library;
    void (*dgemm)(int order, int transpose_a, int transpose_b, int m, int n, int k, double alpha,
                  const double *a, int a_stride, const double *b, int b_stride, double beta, double *c,
                  int c_stride);
    void (*sgemm)(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha,
                  const float *a, int a_stride, const float *b, int b_stride, float beta, float *c,
                  int c_stride);
};

/*
 * Open it and set it to one thread. Returns 0, with a note in `err` where it runs slower than it could,
 * or a negative errno value with `err` filled. openblas_close undoes it, also for a zeroed struct.
 */
int openblas_open(struct openblas *blas, struct bench_error *err);
void openblas_close(struct openblas *blas);

#endif
