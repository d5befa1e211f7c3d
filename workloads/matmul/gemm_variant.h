/*
 * One variant of the matrix product: one instruction set, one element type. gemm.c includes this file
 * once a variant, having defined
 *
 *     GEMM_NAME(x)    x made unique to the variant
 *     GEMM_REAL       float or double
 *
 * which end with this file, and for all variants of an instruction set
 *
 *     GEMM_ISA        its name
 *     GEMM_SUPPORTED  the function that says whether this machine has it
 *     GEMM_TARGET     the function attribute that lets the compiler use it, or nothing
 *     GEMM_BYTES      bytes in a vector register
 *     GEMM_ROWS       rows, and
 *     GEMM_VECTORS    vectors in a row, of the block of C that is kept in registers
 *
 * The structure is Goto's (Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication",
 * ACM TOMS 34(3), 2008) as BLIS writes it (Van Zee and van de Geijn, ACM TOMS 41(3), 2015), turned
 * over for row-major matrices: vectors run along the rows of B and C, elements of A are broadcast, and
 * the roles of A and B in the caches are exchanged.
 */

#define GEMM_LANES (GEMM_BYTES / sizeof(GEMM_REAL))
#define GEMM_COLUMNS (GEMM_VECTORS * GEMM_LANES)

typedef GEMM_REAL GEMM_NAME(vector) __attribute__((vector_size(GEMM_BYTES), may_alias));
/* The same in memory that is aligned to elements only. */
typedef GEMM_REAL GEMM_NAME(loose)
    __attribute__((vector_size(GEMM_BYTES), aligned(sizeof(GEMM_REAL)), may_alias));

/*
 * C = A·B, or C += A·B, for a block of GEMM_ROWS x `vectors` vectors. `a` holds GEMM_ROWS elements a
 * step of depth, `b` `vectors` vectors, both packed. `vectors` is constant after inlining, so that the
 * sums are registers.
 */
GEMM_TARGET static inline __attribute__((always_inline)) void
GEMM_NAME(block)(size_t vectors, size_t depth, const GEMM_REAL *restrict a, const GEMM_REAL *restrict b,
                 GEMM_REAL *restrict c, size_t c_stride, bool add)
{
    GEMM_NAME(vector) sum[GEMM_ROWS][GEMM_VECTORS];
    GEMM_UNROLL
    for (size_t i = 0; i < GEMM_ROWS; i++) {
        GEMM_UNROLL
        for (size_t v = 0; v < vectors; v++)
            sum[i][v] = (GEMM_NAME(vector)){0};
        /* A row of C is needed after all of the sums; its elements may straddle a cache line more. */
        __builtin_prefetch(c + i * c_stride, 1);
        __builtin_prefetch(c + i * c_stride + vectors * GEMM_LANES / 2, 1);
        __builtin_prefetch(c + i * c_stride + vectors * GEMM_LANES - 1, 1);
    }
    for (size_t p = 0; p < depth; p++) {
        GEMM_NAME(vector) row[GEMM_VECTORS];
        __builtin_prefetch((const void *)((uintptr_t)a + GEMM_AHEAD_BYTES));
        GEMM_UNROLL
        for (size_t v = 0; v < vectors; v++)
            row[v] = *(const GEMM_NAME(vector) *)(b + v * GEMM_LANES);
        GEMM_UNROLL
        for (size_t i = 0; i < GEMM_ROWS; i++) {
            GEMM_UNROLL
            for (size_t v = 0; v < vectors; v++)
                sum[i][v] += a[i] * row[v];
        }
        a += GEMM_ROWS;
        b += vectors * GEMM_LANES;
    }
    GEMM_UNROLL
    for (size_t i = 0; i < GEMM_ROWS; i++) {
        GEMM_UNROLL
        for (size_t v = 0; v < vectors; v++) {
            GEMM_NAME(loose) *to = (GEMM_NAME(loose) *)(c + i * c_stride + v * GEMM_LANES);
            if (add)
                sum[i][v] += *to;
            *to = sum[i][v];
        }
    }
}

#define GEMM_BLOCK(count)                                                                              \
    GEMM_TARGET static __attribute__((noinline)) void GEMM_NAME(block_##count)(                        \
        size_t depth, const GEMM_REAL *restrict a, const GEMM_REAL *restrict b, GEMM_REAL *restrict c, \
        size_t c_stride, bool add)                                                                     \
    {                                                                                                  \
        GEMM_NAME(block)(count, depth, a, b, c, c_stride, add);                                        \
    }
GEMM_BLOCK(1)
#if GEMM_VECTORS > 1
GEMM_BLOCK(2)
#endif
#if GEMM_VECTORS > 2
GEMM_BLOCK(3)
#endif
#undef GEMM_BLOCK

GEMM_TARGET static inline void GEMM_NAME(block_any)(size_t vectors, size_t depth, const GEMM_REAL *a,
                                                    const GEMM_REAL *b, GEMM_REAL *c, size_t c_stride,
                                                    bool add)
{
    switch (vectors) {
#if GEMM_VECTORS > 2
    case 3:
        GEMM_NAME(block_3)(depth, a, b, c, c_stride, add);
        break;
#endif
#if GEMM_VECTORS > 1
    case 2:
        GEMM_NAME(block_2)(depth, a, b, c, c_stride, add);
        break;
#endif
    default:
        GEMM_NAME(block_1)(depth, a, b, c, c_stride, add);
    }
}

/* A block that the edge of C cuts: computed whole into `edge`, of which the part inside is taken. */
GEMM_TARGET static __attribute__((noinline)) void
GEMM_NAME(block_edge)(size_t rows, size_t columns, size_t vectors, size_t depth, const GEMM_REAL *a,
                      const GEMM_REAL *b, GEMM_REAL *c, size_t c_stride, bool add)
{
    _Alignas(GEMM_BYTES) GEMM_REAL edge[GEMM_ROWS * GEMM_COLUMNS];
    GEMM_NAME(block_any)(vectors, depth, a, b, edge, GEMM_COLUMNS, false);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++) {
            GEMM_REAL sum = edge[i * GEMM_COLUMNS + j];
            c[i * c_stride + j] = add ? c[i * c_stride + j] + sum : sum;
        }
    }
}

/* Rows of A in groups of GEMM_ROWS, each group column by column; rows past the edge are 0. */
GEMM_TARGET static void GEMM_NAME(pack_a)(size_t rows, size_t depth, const GEMM_REAL *restrict a,
                                          size_t a_stride, GEMM_REAL *restrict to)
{
    for (size_t i = 0; i < rows; i += GEMM_ROWS, to += GEMM_ROWS * depth) {
        const GEMM_REAL *from = a + i * a_stride;
        size_t inside = least(rows - i, GEMM_ROWS);
        if (inside == GEMM_ROWS) {
            for (size_t p = 0; p < depth; p++) {
                GEMM_UNROLL
                for (size_t r = 0; r < GEMM_ROWS; r++)
                    to[p * GEMM_ROWS + r] = from[r * a_stride + p];
            }
        } else {
            for (size_t p = 0; p < depth; p++)
                for (size_t r = 0; r < GEMM_ROWS; r++)
                    to[p * GEMM_ROWS + r] = r < inside ? from[r * a_stride + p] : 0;
        }
    }
}

/*
 * Columns of B in groups of GEMM_COLUMNS, each group row by row; the last group has as many vectors as
 * it needs, and columns past the edge are 0.
 */
GEMM_TARGET static void GEMM_NAME(pack_b)(size_t depth, size_t columns, const GEMM_REAL *restrict b,
                                          size_t b_stride, GEMM_REAL *restrict to)
{
    size_t whole = columns / GEMM_COLUMNS * GEMM_COLUMNS;
    size_t rest = columns - whole;
    size_t padded = (rest + GEMM_LANES - 1) / GEMM_LANES * GEMM_LANES;
    for (size_t p = 0; p < depth; p++, b += b_stride) {
        GEMM_REAL *group = to + p * GEMM_COLUMNS;
        for (size_t j = 0; j < whole; j += GEMM_COLUMNS, group += depth * GEMM_COLUMNS) {
            GEMM_UNROLL
            for (size_t v = 0; v < GEMM_COLUMNS; v += GEMM_LANES)
                *(GEMM_NAME(vector) *)(group + v) = *(const GEMM_NAME(loose) *)(b + j + v);
        }
        GEMM_REAL *last = to + whole * depth + p * padded;
        for (size_t j = 0; j < padded; j++)
            last[j] = j < rest ? b[whole + j] : 0;
    }
}

/*
 * C = A·B, or C += A·B, from packed A (rows x depth) and packed B (depth x columns). A group of A is
 * read again for every group of B and stays in the level 1 cache; B streams by from level 2.
 */
GEMM_TARGET static void GEMM_NAME(multiply_packed)(size_t rows, size_t columns, size_t depth,
                                                   const GEMM_REAL *a, const GEMM_REAL *b, GEMM_REAL *c,
                                                   size_t c_stride, bool add)
{
    for (size_t i = 0; i < rows; i += GEMM_ROWS) {
        size_t height = least(rows - i, GEMM_ROWS);
        for (size_t j = 0; j < columns; j += GEMM_COLUMNS) {
            size_t width = least(columns - j, GEMM_COLUMNS);
            size_t vectors = (width + GEMM_LANES - 1) / GEMM_LANES;
            const GEMM_REAL *as = a + i * depth, *bs = b + j * depth;
            GEMM_REAL *to = c + i * c_stride + j;
            if (height == GEMM_ROWS && width == vectors * GEMM_LANES)
                GEMM_NAME(block_any)(vectors, depth, as, bs, to, c_stride, add);
            else
                GEMM_NAME(block_edge)(height, width, vectors, depth, as, bs, to, c_stride, add);
        }
    }
}

GEMM_TARGET static void GEMM_NAME(multiply)(const struct gemm_blocking *most,
                                            const struct gemm_matrices *of, size_t m, size_t n, size_t k,
                                            void *buffer)
{
    const GEMM_REAL *a = of->a, *b = of->b;
    GEMM_REAL *c = of->c;
    GEMM_REAL *a_packed = buffer;
    GEMM_REAL *b_packed = a_packed + round_up(most->rows * most->depth, GEMM_ALIGN / sizeof(GEMM_REAL));
    const size_t rows = even_part(m, most->rows, GEMM_ROWS);
    const size_t columns = even_part(n, most->columns, GEMM_COLUMNS);
    const size_t depth = even_part(k, most->depth, 1);

    for (size_t i = 0; i < m; i += rows) {
        size_t height = least(m - i, rows);
        for (size_t p = 0; p < k; p += depth) {
            size_t deep = least(k - p, depth);
            GEMM_NAME(pack_a)(height, deep, a + i * of->a_stride + p, of->a_stride, a_packed);
            for (size_t j = 0; j < n; j += columns) {
                size_t width = least(n - j, columns);
                GEMM_REAL *to = c + i * of->c_stride + j;
                GEMM_NAME(pack_b)(deep, width, b + p * of->b_stride + j, of->b_stride, b_packed);
                GEMM_NAME(multiply_packed)(height, width, deep, a_packed, b_packed, to, of->c_stride, p);
            }
        }
    }
}

static const struct gemm_variant GEMM_NAME(variant) = {
    .name = GEMM_ISA,
    .real_bytes = sizeof(GEMM_REAL),
    .supported = GEMM_SUPPORTED,
    .rows = GEMM_ROWS,
    .columns = GEMM_COLUMNS,
    .multiply = GEMM_NAME(multiply),
};

#undef GEMM_COLUMNS
#undef GEMM_LANES
#undef GEMM_REAL
#undef GEMM_NAME
