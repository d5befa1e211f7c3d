/*
 * Peer of `matmul`: C = A * B in double precision by OpenBLAS alone, on THREADS threads. Prints the wall
 * time of a repeat in seconds, and fails where the product is wrong, or where OPENBLAS_CORETYPE asks for
 * kernels that it lacks. OpenBLAS pins nothing: with one thread this program is pinned, with more
 * they go where the kernel puts them, unless OpenBLAS was built to pin.
 *
 *     cc -O2 -o bare_gemm bare_gemm.c -lopenblas
 */
#include "peer.h"

#include <cblas.h>
#include <math.h>
#include <stdbool.h>
#include <strings.h>

/* Numbers in [-1, 1), the same in every program run. */
static void fill(double *matrix, size_t count, uint64_t state)
{
    for (size_t i = 0; i < count; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        matrix[i] = (double)(int64_t)state * 0x1p-63;
    }
}

/* Freivalds' check: C x = A (B x), for a vector of small whole numbers. */
static bool is_product(int n, const double *a, const double *b, const double *c)
{
    double *bx = calloc((size_t)n, sizeof *bx);
    bool is_right = bx;
    for (int i = 0; is_right && i < n; i++)
        for (int j = 0; j < n; j++)
            bx[i] += b[(size_t)i * n + j] * (1 + j % 7);
    for (int i = 0; is_right && i < n; i++) {
        double cx = 0, abx = 0;
        for (int j = 0; j < n; j++) {
            cx += c[(size_t)i * n + j] * (1 + j % 7);
            abx += a[(size_t)i * n + j] * bx[j];
        }
        is_right = fabs(cx - abx) <= 1e-11 * n * n;
    }
    free(bx);
    return is_right;
}

/* Asked for others, an OpenBLAS that lacks them takes those that it likes. */
static bool has_kernels_asked_for(void)
{
    const char *wanted = getenv("OPENBLAS_CORETYPE");
    return !wanted || strcasecmp(openblas_get_corename(), wanted) == 0;
}

int main(int argc, char **argv)
{
    static const char usage[] = "N THREADS REPEATS";
    const int n = (int)number_argument(argc, argv, 1, usage);
    const int threads = (int)number_argument(argc, argv, 2, usage);
    const long repeats = number_argument(argc, argv, 3, usage);
    const size_t count = (size_t)n * (size_t)n;
    double *a = malloc(3 * count * sizeof *a);
    cpu_set_t allowed;
    if (!a || sched_getaffinity(0, sizeof allowed, &allowed) < 0)
        return 1;
    double *b = a + count, *c = b + count;

    if (!has_kernels_asked_for()) {
        fprintf(stderr, "no such kernels: it has taken %s\n", openblas_get_corename());
        return 1;
    }
    openblas_set_num_threads(threads);
    if (threads == 1)
        pin_worker(0, &allowed);
    fill(a, count, 1);
    fill(b, count, 2);
    for (int repeat = 0; repeat <= repeats; repeat++) {
        uint64_t began_ns = now_ns();
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1.0, a, n, b, n, 0.0, c, n);
        print_repeat(repeat, (double)(now_ns() - began_ns) * 1e-9);
    }
    if (!is_product(n, a, b, c)) {
        fprintf(stderr, "its product is wrong\n");
        return 1;
    }
    free(a);
    return 0;
}
