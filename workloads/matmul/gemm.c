/* The matrix product: its variants, and how it is blocked for this machine's caches. */
#include "gemm.h"

#include <stdint.h>
#include <unistd.h>

/* Loops over registers must be gone after compilation: an array is in registers only then. */
#ifdef __clang__
#define GEMM_UNROLL _Pragma("clang loop unroll(full)")
#else
#define GEMM_UNROLL _Pragma("GCC unroll 16")
#endif

/* How far ahead packed A is fetched, which the hardware sees too late at the start of a group. */
#define GEMM_AHEAD_BYTES 1024

static inline size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t round_up(size_t size, size_t unit)
{
    return (size + unit - 1) / unit * unit;
}

/* `total` in as few parts of at most `most` as possible, all about as large, in multiples of `unit`. */
static inline size_t even_part(size_t total, size_t most, size_t unit)
{
    size_t parts = (total + most - 1) / most;
    return round_up((total + parts - 1) / parts, unit);
}

/*
 * The block in registers is as large as the register file lets it be beside a row of B and a broadcast
 * element of A (and a product, without FMA), and large enough to keep two FMA units busy over the
 * latency of an addition.
 */
#ifdef __x86_64__

static bool avx512f_supported(void)
{
    return __builtin_cpu_supports("avx512f");
}

#define GEMM_ISA "avx512f"
#define GEMM_SUPPORTED avx512f_supported
#define GEMM_TARGET __attribute__((target("avx512f")))
#define GEMM_BYTES 64
#define GEMM_ROWS 8
#define GEMM_VECTORS 3
#define GEMM_REAL double
#define GEMM_NAME(x) avx512f_double_##x
#include "gemm_variant.h"
#define GEMM_REAL float
#define GEMM_NAME(x) avx512f_float_##x
#include "gemm_variant.h"
#undef GEMM_ISA
#undef GEMM_SUPPORTED
#undef GEMM_TARGET
#undef GEMM_BYTES
#undef GEMM_ROWS
#undef GEMM_VECTORS

static bool avx2_fma_supported(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

#define GEMM_ISA "avx2+fma"
#define GEMM_SUPPORTED avx2_fma_supported
#define GEMM_TARGET __attribute__((target("avx2,fma")))
#define GEMM_BYTES 32
#define GEMM_ROWS 6
#define GEMM_VECTORS 2
#define GEMM_REAL double
#define GEMM_NAME(x) avx2_fma_double_##x
#include "gemm_variant.h"
#define GEMM_REAL float
#define GEMM_NAME(x) avx2_fma_float_##x
#include "gemm_variant.h"
#undef GEMM_ISA
#undef GEMM_SUPPORTED
#undef GEMM_TARGET
#undef GEMM_BYTES
#undef GEMM_ROWS
#undef GEMM_VECTORS

#endif

static bool baseline_supported(void)
{
    return true;
}

/* What the compiler was told to expect: SSE2 on x86-64, Advanced SIMD on aarch64. */
#define GEMM_ISA "baseline"
#define GEMM_SUPPORTED baseline_supported
#define GEMM_TARGET
#define GEMM_BYTES 16
#ifdef __aarch64__
#define GEMM_ROWS 8
#define GEMM_VECTORS 3
#else
#define GEMM_ROWS 4
#define GEMM_VECTORS 2
#endif
#define GEMM_REAL double
#define GEMM_NAME(x) baseline_double_##x
#include "gemm_variant.h"
#define GEMM_REAL float
#define GEMM_NAME(x) baseline_float_##x
#include "gemm_variant.h"

/* Best first. */
static const struct gemm_variant *const variants[] = {
#ifdef __x86_64__
    &avx512f_double_variant,  &avx512f_float_variant,  &avx2_fma_double_variant, &avx2_fma_float_variant,
#endif
    &baseline_double_variant, &baseline_float_variant,
};

const struct gemm_variant *gemm_variant_at(size_t real_bytes, size_t index)
{
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        const struct gemm_variant *variant = variants[i];
        if (variant->real_bytes == real_bytes && variant->supported() && index-- == 0)
            return variant;
    }
    return NULL;
}

/* The size of a cache, or `usual` where the C library does not know. */
static size_t cache_bytes(int name, size_t usual)
{
    long bytes = sysconf(name);
    return bytes > 0 ? (size_t)bytes : usual;
}

/*
 * A group of A takes two thirds of the level 1 cache, the block of B half of level 2: the rest is for
 * what streams by. Rows are as many as make packing B again for the next ones cheap: about 24 / rows
 * of the time on the machine it was measured on.
 */
struct gemm_blocking gemm_blocking_for(const struct gemm_variant *variant, size_t m, size_t n, size_t k)
{
    const size_t level1 = cache_bytes(_SC_LEVEL1_DCACHE_SIZE, 32 << 10);
    const size_t level2 = cache_bytes(_SC_LEVEL2_CACHE_SIZE, 512 << 10);
    const size_t depth = level1 * 2 / 3 / (variant->rows * variant->real_bytes);
    const size_t columns = level2 / 2 / (depth * variant->real_bytes);

    return (struct gemm_blocking){
        .rows = round_up(least(m, 1024), variant->rows),
        .columns = round_up(least(n, columns), variant->columns),
        .depth = least(k, depth),
    };
}

size_t gemm_buffer_bytes(const struct gemm_variant *variant, const struct gemm_blocking *blocking)
{
    /* The block of A is padded to where B can be loaded as aligned vectors. */
    return (blocking->rows + blocking->columns) * blocking->depth * variant->real_bytes + GEMM_ALIGN;
}
