/* The matrix product's kernels against the plain product, and the check that matmul relies on. */
#include "workloads/matmul/freivalds.h"
#include "workloads/matmul/gemm.h"

#include <bench/random.h>

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* A product with rows wider than it needs, and what it should be. */
struct product {
    size_t m, n, k, real_bytes;
    struct gemm_matrices of;
    void *a, *b, *c;
    double *expected; /* m x n */
    double *allowed;  /* m x n: Higham's bound, k u |A||B| */
};

enum { row_gap = 3 };

static double real_get(const void *matrix, size_t at, size_t real_bytes)
{
    return real_bytes == sizeof(float) ? (double)((const float *)matrix)[at]
                                       : ((const double *)matrix)[at];
}

static void real_set(void *matrix, size_t at, size_t real_bytes, double value)
{
    if (real_bytes == sizeof(float))
        ((float *)matrix)[at] = (float)value;
    else
        ((double *)matrix)[at] = value;
}

static void *random_matrix(size_t rows, size_t stride, size_t real_bytes, uint64_t seed)
{
    void *matrix = malloc(rows * stride * real_bytes);
    assert_non_null(matrix);
    for (size_t i = 0; i < rows * stride; i++)
        real_set(matrix, i, real_bytes, bench_random_real(bench_random_at(seed, i)));
    return matrix;
}

static struct product product_new(size_t m, size_t n, size_t k, size_t real_bytes)
{
    struct product made = {.m = m, .n = n, .k = k, .real_bytes = real_bytes};
    const double unit = real_bytes == sizeof(float) ? (double)FLT_EPSILON / 2 : DBL_EPSILON / 2;

    made.of.a_stride = k + row_gap;
    made.of.b_stride = made.of.c_stride = n + row_gap;
    made.of.a = made.a = random_matrix(m, made.of.a_stride, real_bytes, 1);
    made.of.b = made.b = random_matrix(k, made.of.b_stride, real_bytes, 2);
    made.of.c = made.c = random_matrix(m, made.of.c_stride, real_bytes, 3);
    made.expected = calloc(m * n, sizeof(double));
    made.allowed = calloc(m * n, sizeof(double));
    assert_non_null(made.expected);
    assert_non_null(made.allowed);
    for (size_t i = 0; i < m; i++) {
        for (size_t p = 0; p < k; p++) {
            double a = real_get(made.a, i * made.of.a_stride + p, real_bytes);
            for (size_t j = 0; j < n; j++) {
                double term = a * real_get(made.b, p * made.of.b_stride + j, real_bytes);
                made.expected[i * n + j] += term;
                /* Twice: the sum here is rounded too. */
                made.allowed[i * n + j] += 2 * (double)(k + 1) * unit * fabs(term);
            }
        }
    }
    return made;
}

static void product_free(struct product *product)
{
    free(product->allowed);
    free(product->expected);
    free(product->c);
    free(product->b);
    free(product->a);
}

static void product_multiply(struct product *product, const struct gemm_variant *variant,
                             const struct gemm_blocking *blocking)
{
    size_t size = gemm_buffer_bytes(variant, blocking);
    void *buffer = aligned_alloc(GEMM_ALIGN, (size + GEMM_ALIGN - 1) / GEMM_ALIGN * GEMM_ALIGN);
    assert_non_null(buffer);
    gemm_multiply(variant, blocking, &product->of, product->m, product->n, product->k, buffer);
    free(buffer);
}

static void assert_product_is_right(const struct product *product, const char *variant)
{
    for (size_t i = 0; i < product->m; i++) {
        for (size_t j = 0; j < product->n; j++) {
            double got = real_get(product->c, i * product->of.c_stride + j, product->real_bytes);
            double off = fabs(got - product->expected[i * product->n + j]);
            if (!(off <= product->allowed[i * product->n + j]))
                fail_msg("%s, %zu-byte elements, %zu x %zu x %zu: C[%zu][%zu] is off by %g", variant,
                         product->real_bytes, product->m, product->n, product->k, i, j, off);
        }
    }
}

static void assert_gaps_are_untouched(const struct product *product)
{
    for (size_t i = 0; i < product->m; i++) {
        for (size_t j = product->n; j < product->of.c_stride; j++) {
            size_t at = i * product->of.c_stride + j;
            double was = bench_random_real(bench_random_at(3, at));
            if (product->real_bytes == sizeof(float))
                was = (double)(float)was;
            assert_true(real_get(product->c, at, product->real_bytes) == was);
        }
    }
}

/* Sizes around the edges of every variant's blocks (4, 6, 8 rows; 4 to 48 columns), primes, and 1. */
static const size_t shapes[][3] = {
    {1, 1, 1},    {1, 1, 100},  {1, 100, 1},   {100, 1, 1},   {2, 3, 5},       {4, 4, 4},    {5, 7, 3},
    {6, 8, 9},    {7, 15, 31},  {8, 16, 32},   {8, 24, 16},   {8, 48, 17},     {9, 25, 33},  {9, 49, 34},
    {13, 47, 64}, {16, 23, 65}, {17, 97, 129}, {31, 37, 41},  {61, 53, 67},    {64, 64, 64}, {3, 211, 7},
    {211, 3, 7},  {7, 3, 1031}, {73, 101, 97}, {96, 96, 100}, {127, 131, 137},
};

/* Calls `body` for every element type and every variant that this machine can run. */
static void for_each_variant(void (*body)(const struct gemm_variant *variant))
{
    static const size_t real_bytes[] = {sizeof(double), sizeof(float)};
    for (size_t t = 0; t < 2; t++) {
        const struct gemm_variant *variant;
        for (size_t v = 0; (variant = gemm_variant_at(real_bytes[t], v)); v++)
            body(variant);
    }
}

static void multiply_shapes(const struct gemm_variant *variant)
{
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        struct product product =
            product_new(shapes[s][0], shapes[s][1], shapes[s][2], variant->real_bytes);
        struct gemm_blocking blocking = gemm_blocking_for(variant, product.m, product.n, product.k);
        product_multiply(&product, variant, &blocking);
        assert_product_is_right(&product, variant->name);
        assert_gaps_are_untouched(&product);
        product_free(&product);
    }
}

static void every_variant_multiplies_every_shape(void **state)
{
    (void)state;
    for_each_variant(multiply_shapes);
}

static void multiply_in_small_blocks(const struct gemm_variant *variant)
{
    for (size_t depth = 1; depth <= 64; depth = depth * 3 + 1) {
        struct product product = product_new(61, 113, 79, variant->real_bytes);
        struct gemm_blocking blocking = {variant->rows * 2, variant->columns, depth};
        product_multiply(&product, variant, &blocking);
        assert_product_is_right(&product, variant->name);
        assert_gaps_are_untouched(&product);
        product_free(&product);
    }
}

static void every_variant_adds_up_many_blocks(void **state)
{
    (void)state;
    for_each_variant(multiply_in_small_blocks);
}

static void blocking_for_a_large_product_is_valid(const struct gemm_variant *variant)
{
    struct gemm_blocking blocking = gemm_blocking_for(variant, 65536, 65536, 65536);
    assert_true(blocking.rows > 0 && blocking.rows % variant->rows == 0);
    assert_true(blocking.columns > 0 && blocking.columns % variant->columns == 0);
    assert_true(blocking.depth > 0);
    assert_true(gemm_buffer_bytes(variant, &blocking) < 64 << 20);
}

static void a_large_product_is_packed_in_bounded_memory(void **state)
{
    (void)state;
    for_each_variant(blocking_for_a_large_product_is_valid);
}

static void every_machine_has_a_variant_of_both_types(void **state)
{
    (void)state;
    assert_non_null(gemm_variant_at(sizeof(double), 0));
    assert_non_null(gemm_variant_at(sizeof(float), 0));
}

/* Runs Freivalds' check on the product's own C. */
static bool product_passes(const struct product *product, uint64_t seed, struct freivalds_error *error)
{
    double *scratch = malloc((product->n + product->k) * sizeof *scratch);
    assert_non_null(scratch);
    bool passed = freivalds_check(&product->of, product->real_bytes, product->m, product->n, product->k,
                                  seed, scratch, error);
    free(scratch);
    return passed;
}

static void check_right_product(const struct gemm_variant *variant)
{
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        struct freivalds_error error;
        struct product product =
            product_new(shapes[s][0], shapes[s][1], shapes[s][2], variant->real_bytes);
        struct gemm_blocking blocking = gemm_blocking_for(variant, product.m, product.n, product.k);
        product_multiply(&product, variant, &blocking);
        for (uint64_t seed = 0; seed < 4; seed++)
            assert_true(product_passes(&product, seed, &error));
        product_free(&product);
    }
}

static void freivalds_accepts_right_products(void **state)
{
    (void)state;
    for_each_variant(check_right_product);
}

/* The smallest mistake that a kernel would make: in one element, one of the k products is left out. */
static void check_product_with_a_term_missing(const struct gemm_variant *variant)
{
    struct freivalds_error error;
    struct product product = product_new(64, 128, 1024, variant->real_bytes);
    struct gemm_blocking blocking = gemm_blocking_for(variant, product.m, product.n, product.k);
    product_multiply(&product, variant, &blocking);

    size_t row = 37, column = 101, term = 0, at = row * product.of.c_stride + column;
    double missing = 0;
    for (; fabs(missing) < 0.1; term++)
        missing = real_get(product.a, row * product.of.a_stride + term, product.real_bytes) *
                  real_get(product.b, term * product.of.b_stride + column, product.real_bytes);
    real_set(product.c, at, product.real_bytes, real_get(product.c, at, product.real_bytes) - missing);
    assert_false(product_passes(&product, 0, &error));
    assert_int_equal(error.row, row);
    product_free(&product);
}

static void freivalds_finds_one_missing_term_in_a_tile(void **state)
{
    (void)state;
    for_each_variant(check_product_with_a_term_missing);
}

static void freivalds_finds_an_element_never_written(void **state)
{
    (void)state;
    struct freivalds_error error;
    struct product product = product_new(5, 9, 4, sizeof(double));
    const struct gemm_variant *variant = gemm_variant_at(sizeof(double), 0);
    struct gemm_blocking blocking = gemm_blocking_for(variant, product.m, product.n, product.k);
    product_multiply(&product, variant, &blocking);
    real_set(product.c, 4 * product.of.c_stride + 8, sizeof(double), NAN);
    assert_false(product_passes(&product, 0, &error));
    assert_int_equal(error.row, 4);
    product_free(&product);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_machine_has_a_variant_of_both_types),
        cmocka_unit_test(every_variant_multiplies_every_shape),
        cmocka_unit_test(every_variant_adds_up_many_blocks),
        cmocka_unit_test(a_large_product_is_packed_in_bounded_memory),
        cmocka_unit_test(freivalds_accepts_right_products),
        cmocka_unit_test(freivalds_finds_one_missing_term_in_a_tile),
        cmocka_unit_test(freivalds_finds_an_element_never_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
