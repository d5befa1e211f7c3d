/* Freivalds' check of a matrix product, in double precision. */
#include "freivalds.h"

#include <bench/random.h>

#include <float.h>
#include <math.h>

static inline double element(const void *matrix, size_t at, size_t real_bytes)
{
    return real_bytes == sizeof(float) ? (double)((const float *)matrix)[at]
                                       : ((const double *)matrix)[at];
}

/*
 * Between 1/2 and 1 in size, of random sign: one wrong element of C always shows, and several of a row
 * hide each other only by coincidence.
 */
static void choose_vector(double *x, size_t n, uint64_t seed)
{
    for (size_t j = 0; j < n; j++) {
        double real = bench_random_real(bench_random_at(seed, j));
        x[j] = copysign(0.5 + 0.5 * fabs(real), real);
    }
}

/* bx = B·x. Returns the square root of the sum of (|column j of B| x[j])^2, for the bound below. */
static double multiply_vector(const struct gemm_matrices *of, size_t real_bytes, size_t n, size_t k,
                              const double *x, double *bx)
{
    double squares = 0;
    for (size_t p = 0; p < k; p++) {
        double sum = 0;
        for (size_t j = 0; j < n; j++) {
            double term = element(of->b, p * of->b_stride + j, real_bytes) * x[j];
            sum += term;
            squares += term * term;
        }
        bx[p] = sum;
    }
    return sqrt(squares);
}

/*
 * The bound. An element of the computed C is off by at most gamma_k |a_i| |b_j|, whatever the order of
 * summation (Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed., section 3.5, with
 * Cauchy-Schwarz: |a_i| and |b_j| are the 2-norms of a row and a column), where with high probability
 * gamma_k is not k u but confidence * sqrt(k) u (Higham and Mary, "A new approach to probabilistic
 * rounding error analysis", SIAM J. Sci. Comput. 41(5), 2019, theorem 3.1). Random signs of x add these
 * up as squares, and the same goes for the rounding of C·x, B·x and A·(B·x) here. The worst-case bound
 * would be so wide for float that a missing product could hide under it.
 */
bool freivalds_check(const struct gemm_matrices *of, size_t real_bytes, size_t m, size_t n, size_t k,
                     uint64_t seed, double *scratch, struct freivalds_error *error)
{
    const double confidence = 8;
    const double unit = real_bytes == sizeof(float) ? (double)FLT_EPSILON / 2 : DBL_EPSILON / 2;
    const double rounding =
        unit * sqrt((double)k) + DBL_EPSILON / 2 * (sqrt((double)k) + 2 * sqrt((double)n));
    double *x = scratch, *bx = scratch + n;

    choose_vector(x, n, seed);
    const double scale = multiply_vector(of, real_bytes, n, k, x, bx) * confidence * rounding;
    for (size_t i = 0; i < m; i++) {
        double cx = 0, abx = 0, squares = 0;
        for (size_t j = 0; j < n; j++)
            cx += element(of->c, i * of->c_stride + j, real_bytes) * x[j];
        for (size_t p = 0; p < k; p++) {
            double a = element(of->a, i * of->a_stride + p, real_bytes);
            abx += a * bx[p];
            squares += a * a;
        }
        double off = fabs(cx - abx), allowed = scale * sqrt(squares);
        if (!(off <= allowed)) { /* also when C has a NaN */
            *error = (struct freivalds_error){i, off, allowed};
            return false;
        }
    }
    return true;
}
