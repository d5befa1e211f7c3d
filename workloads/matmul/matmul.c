/*
 * matmul: the matrix product C = A·B. The classic of CPU-bound work: much arithmetic on little memory,
 * where what the code makes of caches and vector registers matters more than anything around it.
 *
 * A task is a tile of C, tiles numbered along the rows. A range of tasks is done as the fewest
 * rectangles it makes up, so that what a kernel packs serves the whole range; nothing is kept from one
 * range to the next. All three kernels do the same tasks:
 *
 *     naive   the textbook's three loops, a dot product for each element
 *     native  ours: gemm.h
 *     blas    OpenBLAS on one thread
 */
#include <bench/random.h>
#include <bench/workload.h>

#include "freivalds.h"
#include "gemm.h"
#include "openblas.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum matmul_type { MATMUL_DOUBLE, MATMUL_FLOAT };
enum matmul_kernel { MATMUL_NAIVE, MATMUL_NATIVE, MATMUL_BLAS };

struct matmul_params {
    int64_t n, m, k;
    int type, kernel;
    int64_t tile;
};

static const char *const type_names[] = {"double", "float", NULL};
static const char *const kernel_names[] = {"naive", "native", "blas", NULL};
static const struct bench_param params_table[] = {
    BENCH_COUNT(struct matmul_params, n, "1024", 1, 65536, NULL, "columns of B and C"),
    BENCH_COUNT(struct matmul_params, m, "0", 0, 65536, NULL, "rows of A and C; 0: as many as n"),
    BENCH_COUNT(struct matmul_params, k, "0", 0, 65536, NULL,
                "columns of A and rows of B; 0: as many as n"),
    BENCH_CHOICE(struct matmul_params, type, "double", type_names, "type of the elements"),
    BENCH_CHOICE(struct matmul_params, kernel, "native", kernel_names,
                 "three plain loops, bench's own vector code, or OpenBLAS"),
    BENCH_COUNT(struct matmul_params, tile, "0", 0, 65536, "element",
                "side of the square tile of C that is a task; 0: chosen from m and n"),
    BENCH_PARAM_END,
};

struct matmul {
    size_t m, n, k;
    size_t real_bytes;
    size_t tile_rows, tile_columns;
    size_t tiles_across; /* in a row of tiles */
    uint64_t tiles;
    uint64_t seed;
    void *a, *b, *c; /* row-major and dense; c is shared memory */
    /* C = A·B for a part of C. `buffer` is the lane's own. */
    void (*multiply)(const struct matmul *matmul, const struct gemm_matrices *of, size_t m, size_t n,
                     void *buffer);
    const struct gemm_variant *variant; /* of kernel=native */
    struct gemm_blocking blocking;
    size_t buffer_bytes; /* a lane's, 0 for none */
    struct openblas blas;
};

#define NAIVE(real)                                                                                 \
    static void naive_##real(const struct matmul *matmul, const struct gemm_matrices *of, size_t m, \
                             size_t n, void *buffer)                                                \
    {                                                                                               \
        const real *a = of->a, *b = of->b;                                                          \
        real *c = of->c;                                                                            \
        (void)buffer;                                                                               \
        for (size_t i = 0; i < m; i++) {                                                            \
            for (size_t j = 0; j < n; j++) {                                                        \
                real sum = 0;                                                                       \
                for (size_t p = 0; p < matmul->k; p++)                                              \
                    sum += a[i * of->a_stride + p] * b[p * of->b_stride + j];                       \
                c[i * of->c_stride + j] = sum;                                                      \
            }                                                                                       \
        }                                                                                           \
    }
NAIVE(double)
NAIVE(float)

static void native(const struct matmul *matmul, const struct gemm_matrices *of, size_t m, size_t n,
                   void *buffer)
{
    gemm_multiply(matmul->variant, &matmul->blocking, of, m, n, matmul->k, buffer);
}

static void blas_double(const struct matmul *matmul, const struct gemm_matrices *of, size_t m, size_t n,
                        void *buffer)
{
    (void)buffer;
    matmul->blas.dgemm(OPENBLAS_ROW_MAJOR, OPENBLAS_NO_TRANSPOSE, OPENBLAS_NO_TRANSPOSE, (int)m, (int)n,
                       (int)matmul->k, 1, of->a, (int)of->a_stride, of->b, (int)of->b_stride, 0, of->c,
                       (int)of->c_stride);
}

static void blas_float(const struct matmul *matmul, const struct gemm_matrices *of, size_t m, size_t n,
                       void *buffer)
{
    (void)buffer;
    matmul->blas.sgemm(OPENBLAS_ROW_MAJOR, OPENBLAS_NO_TRANSPOSE, OPENBLAS_NO_TRANSPOSE, (int)m, (int)n,
                       (int)matmul->k, 1, of->a, (int)of->a_stride, of->b, (int)of->b_stride, 0, of->c,
                       (int)of->c_stride);
}

static struct matmul matmul_shape(const struct matmul_params *given)
{
    return (struct matmul){
        .n = (size_t)given->n,
        .m = (size_t)(given->m ? given->m : given->n),
        .k = (size_t)(given->k ? given->k : given->n),
        .real_bytes = given->type == MATMUL_FLOAT ? sizeof(float) : sizeof(double),
    };
}

static int matmul_validate(const void *params, struct bench_error *err)
{
    const struct matmul shape = matmul_shape(params);
    const double gib = 1 << 30;
    double needed =
        (double)(shape.m * shape.k + shape.k * shape.n + shape.m * shape.n) * (double)shape.real_bytes;
    double there = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);

    if (needed <= there)
        return 0;
    return bench_error_set(err, -ENOMEM,
                           "n=%zu: the matrices (%zu x %zu, %zu x %zu, %zu x %zu) take %.3g GiB and "
                           "this machine has %.3g GiB; use smaller ones, or type=float",
                           shape.n, shape.m, shape.k, shape.k, shape.n, shape.m, shape.n, needed / gib,
                           there / gib);
}

/* Memory in huge pages where it is large: walking down a column takes a new page for every row. */
static void *big_alloc(size_t size_bytes)
{
    const size_t huge_page = 2 << 20;
    const size_t align = size_bytes < huge_page ? GEMM_ALIGN : huge_page;
    size_t rounded = (size_bytes + align - 1) / align * align;
    void *memory = aligned_alloc(align, rounded);

    if (memory && align == huge_page)
        madvise(memory, rounded, MADV_HUGEPAGE); /* a hint: the kernel may have none */
    return memory;
}

/* A matrix of `count` random elements, numbers `from` onwards of the seed's sequence. */
static void *random_matrix(size_t count, size_t real_bytes, uint64_t seed, uint64_t from)
{
    void *matrix = big_alloc(count * real_bytes);
    if (!matrix)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (real_bytes == sizeof(float))
            ((float *)matrix)[i] = (float)bench_random_real(bench_random_at(seed, from + i));
        else
            ((double *)matrix)[i] = bench_random_real(bench_random_at(seed, from + i));
    }
    return matrix;
}

static int choose_kernel(struct matmul *matmul, enum matmul_kernel kernel, struct bench_error *err)
{
    const bool is_float = matmul->real_bytes == sizeof(float);

    switch (kernel) {
    case MATMUL_NAIVE:
        matmul->multiply = is_float ? naive_float : naive_double;
        return 0;
    case MATMUL_BLAS:
        matmul->multiply = is_float ? blas_float : blas_double;
        return openblas_open(&matmul->blas, err);
    case MATMUL_NATIVE:
        break;
    }
    matmul->multiply = native;
    matmul->variant = gemm_variant_at(matmul->real_bytes, 0);
    matmul->blocking = gemm_blocking_for(matmul->variant, matmul->m, matmul->n, matmul->k);
    matmul->buffer_bytes = gemm_buffer_bytes(matmul->variant, &matmul->blocking);
    return 0;
}

static size_t parts_of(size_t total, size_t part)
{
    return (total + part - 1) / part;
}

/*
 * Tiles are small, so that many workers find something to do: C in 8 x 8 of them, up to a side of 128.
 * Ranges are large, because a kernel packs all of B for each: one a worker, or several of 2048 rows.
 */
static void choose_tiles(struct matmul *matmul, size_t tile, struct bench_plan *plan)
{
    const double largest = 128, smallest = 8, across = 8;
    const size_t rows_enough = 2048;

    if (tile) {
        matmul->tile_rows = matmul->tile_columns = tile;
    } else {
        double side = sqrt((double)matmul->m * (double)matmul->n) / across;
        size_t most = (size_t)fmin(largest, fmax(smallest, ceil(side)));
        matmul->tile_rows = parts_of(matmul->m, parts_of(matmul->m, most));
        matmul->tile_columns = parts_of(matmul->n, parts_of(matmul->n, most));
    }
    matmul->tiles_across = parts_of(matmul->n, matmul->tile_columns);
    matmul->tiles = (uint64_t)parts_of(matmul->m, matmul->tile_rows) * matmul->tiles_across;

    size_t per_worker = matmul->m / (rows_enough * plan->workers);
    plan->grain = parts_of(matmul->tiles, (per_worker ? per_worker : 1) * plan->workers);
    plan->tasks = matmul->tiles;
}

static int matmul_setup(void **shared, const void *params, struct bench_plan *plan,
                        struct bench_error *err)
{
    const struct matmul_params *given = params;
    struct matmul *matmul = malloc(sizeof *matmul);
    if (!matmul)
        return bench_error_set(err, -ENOMEM, "out of memory");
    *matmul = matmul_shape(given);
    matmul->seed = plan->seed;
    choose_tiles(matmul, (size_t)given->tile, plan);

    int status = choose_kernel(matmul, (enum matmul_kernel)given->kernel, err);
    if (status)
        goto no_kernel;
    status = -ENOMEM;
    matmul->a = random_matrix(matmul->m * matmul->k, matmul->real_bytes, matmul->seed, 0);
    if (!matmul->a)
        goto no_a;
    matmul->b =
        random_matrix(matmul->k * matmul->n, matmul->real_bytes, matmul->seed, matmul->m * matmul->k);
    if (!matmul->b)
        goto no_b;
    matmul->c = bench_shared_alloc(matmul->m * matmul->n * matmul->real_bytes);
    if (!matmul->c)
        goto no_c;

    *shared = matmul;
    plan->work = 2.0 * (double)matmul->m * (double)matmul->n * (double)matmul->k;
    plan->work_unit = "flop";
    plan->stack_bytes = given->kernel == MATMUL_BLAS ? 256 << 10 : 0;
    return 0;

no_c:
    free(matmul->b);
no_b:
    free(matmul->a);
no_a:
    openblas_close(&matmul->blas);
    bench_error_set(err, status, "out of memory for matrices of %zu x %zu x %zu", matmul->m, matmul->n,
                    matmul->k);
no_kernel:
    free(matmul);
    return status;
}

/* All of C becomes NaN, so that what the last run left there cannot pass for this run's. */
static int matmul_prepare(void *shared, struct bench_error *err)
{
    struct matmul *matmul = shared;
    (void)err;
    memset(matmul->c, 0xff, matmul->m * matmul->n * matmul->real_bytes);
    return 0;
}

/* Have every page of C in this worker's page table: a process would fault on them in its first run. */
static void touch_result(const struct matmul *matmul)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t size = matmul->m * matmul->n * matmul->real_bytes;
    for (size_t at = 0; at < size; at += page)
        (void)((const volatile char *)matmul->c)[at];
}

static int matmul_lane_init(struct bench_lane *lane)
{
    const struct matmul *matmul = lane->shared;

    touch_result(matmul);
    lane->local = NULL;
    if (!matmul->buffer_bytes)
        return 0;
    lane->local = big_alloc(matmul->buffer_bytes);
    if (!lane->local)
        return bench_fail(lane, -ENOMEM, "out of memory for %zu bytes of packed matrices a lane",
                          matmul->buffer_bytes);
    memset(lane->local, 0, matmul->buffer_bytes);
    return 0;
}

static void matmul_lane_fini(struct bench_lane *lane)
{
    free(lane->local);
}

/* A rectangle of C and the rows of A and columns of B that make it. */
static struct gemm_matrices part_of(const struct matmul *matmul, size_t row, size_t column)
{
    return (struct gemm_matrices){
        .a = (const char *)matmul->a + row * matmul->k * matmul->real_bytes,
        .b = (const char *)matmul->b + column * matmul->real_bytes,
        .c = (char *)matmul->c + (row * matmul->n + column) * matmul->real_bytes,
        .a_stride = matmul->k,
        .b_stride = matmul->n,
        .c_stride = matmul->n,
    };
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static int matmul_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct matmul *matmul = lane->shared;

    while (first < end) {
        size_t row = first / matmul->tiles_across * matmul->tile_rows;
        size_t column = first % matmul->tiles_across * matmul->tile_columns;
        size_t down = 1,
               across = least(matmul->tiles_across - first % matmul->tiles_across, end - first);
        if (across == matmul->tiles_across)
            down = (end - first) / across;
        const struct gemm_matrices part = part_of(matmul, row, column);
        matmul->multiply(matmul, &part, least(matmul->m - row, down * matmul->tile_rows),
                         least(matmul->n - column, across * matmul->tile_columns), lane->local);
        first += down * across;
    }
    return 0;
}

static int check_tile(struct bench_lane *lane, uint64_t tile, double *scratch)
{
    const struct matmul *matmul = lane->shared;
    const size_t row = tile / matmul->tiles_across * matmul->tile_rows;
    const size_t column = tile % matmul->tiles_across * matmul->tile_columns;
    const size_t rows = least(matmul->m - row, matmul->tile_rows);
    const size_t columns = least(matmul->n - column, matmul->tile_columns);
    const struct gemm_matrices part = part_of(matmul, row, column);
    struct freivalds_error wrong;

    if (freivalds_check(&part, matmul->real_bytes, rows, columns, matmul->k,
                        bench_random_at(~matmul->seed, tile), scratch, &wrong))
        return 0;
    return bench_fail(lane, -EBADMSG,
                      "tile %" PRIu64
                      " (rows %zu-%zu, columns %zu-%zu of C) is not A*B: row %zu is off by "
                      "%.3g, rounding explains %.3g",
                      tile, row, row + rows - 1, column, column + columns - 1, row + wrong.row,
                      wrong.off, wrong.allowed);
}

static int matmul_check(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct matmul *matmul = lane->shared;
    double *scratch = malloc((matmul->tile_columns + matmul->k) * sizeof *scratch);
    int status = 0;

    if (!scratch)
        return bench_fail(lane, -ENOMEM, "out of memory");
    for (uint64_t tile = first; tile < end && !status; tile++)
        status = check_tile(lane, tile, scratch);
    free(scratch);
    return status;
}

/* No NaN is left: every element was written, so every task was handed out. */
static int matmul_finish(void *shared, struct bench_error *err)
{
    const struct matmul *matmul = shared;

    for (size_t i = 0; i < matmul->m * matmul->n; i++) {
        bool missing = matmul->real_bytes == sizeof(float) ? isnan(((const float *)matmul->c)[i])
                                                           : isnan(((const double *)matmul->c)[i]);
        if (missing)
            return bench_error_set(err, -EBADMSG, "row %zu, column %zu of C was not computed",
                                   i / matmul->n, i % matmul->n);
    }
    return 0;
}

static void matmul_teardown(void *shared)
{
    struct matmul *matmul = shared;
    bench_shared_free(matmul->c, matmul->m * matmul->n * matmul->real_bytes);
    free(matmul->b);
    free(matmul->a);
    openblas_close(&matmul->blas);
    free(matmul);
}

const struct bench_workload BENCH_WORKLOAD(matmul) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "matmul",
    .summary = "CPU-bound: matrix product; arithmetic in caches and vector registers",
    .params = params_table,
    .params_size = sizeof(struct matmul_params),
    .flags = BENCH_WHOLE_PASSES,
    .validate = matmul_validate,
    .setup = matmul_setup,
    .prepare = matmul_prepare,
    .lane_init = matmul_lane_init,
    .run = matmul_run,
    .check = matmul_check,
    .finish = matmul_finish,
    .lane_fini = matmul_lane_fini,
    .teardown = matmul_teardown,
};
