/*
 * Separable convolution: the weights, and the choice of the instruction set. The loops themselves are
 * in convolve_loops.h, compiled here once for each instruction set.
 */
#include "convolve.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Shares of the 32 bits of an accumulator: between the passes a pixel has 7 fractional bits and is
 * shifted to -128..127, which makes it 15 bits with sign. */
enum {
    FRACTION_BITS = 7,
    VERTICAL_BITS_MAX = 23,
    HORIZONTAL_BITS_MAX = 17,
};

enum {
    STRIP = 64,     /* elements of a row that the vertical pass does at once */
    ROW_GROUP = 4,  /* rows of which it keeps the sums in registers */
    ROW_SLACK = 256 /* elements that may be read beyond the end of a row in scratch memory */
};

struct convolve_isa {
    const char *name;
    bool (*here)(void);
    void (*gauss)(const struct gauss *, const struct convolve_source *, uint8_t *, int, int, void *);
    void (*box)(const struct box *, const struct convolve_source *, uint8_t *, int, int, void *);
};

static size_t round_up(size_t n, size_t unit)
{
    return (n + unit - 1) / unit * unit;
}

/* Elements of a row with `radius` pixels on either side. */
static size_t padded_row(const struct convolve_source *source, int radius)
{
    size_t pixels = (size_t)source->width + 2 * (size_t)radius;
    return round_up(pixels * (size_t)source->channels, STRIP) + ROW_SLACK;
}

static int row_clamp(const struct convolve_source *source, int y)
{
    return y < 0 ? 0 : y < source->height ? y : source->height - 1;
}

static const uint8_t *source_row(const struct convolve_source *source, int y)
{
    size_t row_bytes = (size_t)source->width * (size_t)source->channels;
    return source->pixels + (size_t)row_clamp(source, y) * row_bytes;
}

/* The scratch memory of gauss_rows, in this order. */
struct gauss_scratch {
    int32_t *strip; /* STRIP columns of the band and its surroundings, two rows in a word */
    int32_t *pairs; /* a row between the passes, each pixel with its right neighbour in a word */
    int16_t *band;  /* GAUSS_BAND rows between the passes */
    size_t row;     /* elements of a row of `band` and of `pairs` */
    size_t bytes;
};

static struct gauss_scratch gauss_scratch_at(void *memory, const struct gauss *gauss,
                                             const struct convolve_source *source)
{
    struct gauss_scratch scratch = {.row = padded_row(source, gauss->radius)};
    size_t strip_bytes = (size_t)(gauss->radius + GAUSS_BAND / 2) * STRIP * sizeof(int32_t);
    size_t pairs_bytes = scratch.row * sizeof(int32_t);
    char *at = memory;
    scratch.strip = (int32_t *)at;
    scratch.pairs = (int32_t *)(at + strip_bytes);
    scratch.band = (int16_t *)(at + strip_bytes + pairs_bytes);
    scratch.bytes = strip_bytes + pairs_bytes + GAUSS_BAND * scratch.row * sizeof(int16_t);
    return scratch;
}

size_t gauss_scratch_bytes(const struct gauss *gauss, const struct convolve_source *source)
{
    static char nowhere[1];
    return gauss_scratch_at(nowhere, gauss, source).bytes;
}

/* The scratch memory of box_rows. */
struct box_scratch {
    int next_row;    /* `sums` are those of the row before; 0: of none yet */
    uint32_t sums[]; /* of each column, with radius + 1 pixels on either side */
};

size_t box_scratch_bytes(const struct box *box, const struct convolve_source *source)
{
    return sizeof(struct box_scratch) + padded_row(source, box->radius + 1) * sizeof(uint32_t);
}

#if defined(__x86_64__)

static bool avx512vnni_here(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
}
#define ISA(name) name##_avx512vnni
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#define LANES 16
#define ROW_VECTORS 4
#define COLUMN_VECTORS 4
#define DOT(sum, pairs, weights) \
    ((vec)_mm512_dpwssd_epi32((__m512i)(sum), (__m512i)(pairs), (__m512i)(weights)))
#include "convolve_loops.h"

static bool avx2_here(void)
{
    return __builtin_cpu_supports("avx2");
}
#define ISA(name) name##_avx2
#define TARGET __attribute__((target("avx2")))
#define LANES 8
#define ROW_VECTORS 4
#define COLUMN_VECTORS 2
#define DOT(sum, pairs, weights) ((sum) + (vec)_mm256_madd_epi16((__m256i)(pairs), (__m256i)(weights)))
#include "convolve_loops.h"

static bool sse2_here(void)
{
    return true;
}
#define ISA(name) name##_sse2
#define TARGET
#define LANES 4
#define ROW_VECTORS 4
#define COLUMN_VECTORS 2
#define DOT(sum, pairs, weights) ((sum) + (vec)_mm_madd_epi16((__m128i)(pairs), (__m128i)(weights)))
#include "convolve_loops.h"

#endif

static bool portable_here(void)
{
    return true;
}
#define ISA(name) name##_portable
#define TARGET
#define LANES 4
#define ROW_VECTORS 4
#define COLUMN_VECTORS 2
/* Low halves times low halves plus high halves times high halves, with sign. */
#define DOT(sum, pairs, weights)                                                                  \
    ((sum) + (vec)(((signed_vec)((pairs) << 16) >> 16) * ((signed_vec)((weights) << 16) >> 16)) + \
     (vec)(((signed_vec)(pairs) >> 16) * ((signed_vec)(weights) >> 16)))
#include "convolve_loops.h"

static const struct convolve_isa isas[] = {
#if defined(__x86_64__)
    {"avx512vnni", avx512vnni_here, gauss_rows_avx512vnni, box_rows_avx512vnni},
    {"avx2", avx2_here, gauss_rows_avx2, box_rows_avx2},
    {"sse2", sse2_here, gauss_rows_sse2, box_rows_sse2},
#endif
    {"portable", portable_here, gauss_rows_portable, box_rows_portable},
};

const char *convolve_isa_name(size_t index)
{
    if (index >= sizeof isas / sizeof isas[0])
        return NULL;
    return isas[index].here() ? isas[index].name : "";
}

static const struct convolve_isa *isa_find(const char *name)
{
    for (size_t i = 0; i < sizeof isas / sizeof isas[0]; i++)
        if (isas[i].here() && (!name || strcmp(name, isas[i].name) == 0))
            return &isas[i];
    return NULL;
}

/*
 * Weights 0..radius from the centre, in units of 2^-bits. Each is the difference of two rounded partial
 * sums, taken from the outside in, so that all together are exactly 2^bits and none is off by more than
 * one unit.
 */
static void weights_round(int32_t *weights, double sigma, int radius, int bits)
{
    double sum = 1;
    for (int k = 1; k <= radius; k++)
        sum += 2 * exp(-0.5 * k * k / (sigma * sigma));

    double outside = 0;
    int32_t outside_rounded = 0;
    for (int k = radius; k > 0; k--) {
        outside += ldexp(exp(-0.5 * k * k / (sigma * sigma)) / sum, bits);
        weights[k] = (int32_t)lround(outside) - outside_rounded;
        outside_rounded += weights[k];
    }
    weights[0] = (1 << bits) - 2 * outside_rounded;
}

/* As many bits as let the largest weight fit 16 with sign. */
static int weights_bits(double sigma, int radius, int bits_max)
{
    double sum = 1;
    for (int k = 1; k <= radius; k++)
        sum += 2 * exp(-0.5 * k * k / (sigma * sigma));
    int bits = 14;
    while (bits < bits_max && ldexp(1 / sum, bits + 1) < INT16_MAX - 1)
        bits++;
    return bits;
}

/* Tap `t` of 0..2 radius and the one after it, in one word; beyond the ends the weight is 0. */
static int32_t weights_pair(const int32_t *weights, int radius, int t)
{
    uint32_t low = t < 0 || t > 2 * radius ? 0 : (uint32_t)weights[abs(t - radius)];
    uint32_t high = t + 1 < 0 || t + 1 > 2 * radius ? 0 : (uint32_t)weights[abs(t + 1 - radius)];
    return (int32_t)(low | high << 16);
}

int gauss_init(struct gauss *gauss, double sigma, const char *isa)
{
    if (!(sigma >= GAUSS_SIGMA_MIN && sigma <= GAUSS_SIGMA_MAX))
        return -EINVAL;
    *gauss = (struct gauss){.radius = (int)fmax(0, ceil(3.5 * sigma - 0.5)), .isa = isa_find(isa)};
    if (!gauss->isa)
        return -ENOTSUP;

    int32_t weights[GAUSS_RADIUS_MAX + 1];
    gauss->vertical_bits = weights_bits(sigma, gauss->radius, VERTICAL_BITS_MAX);
    weights_round(weights, sigma, gauss->radius, gauss->vertical_bits);
    for (int t = 1 - ROW_GROUP; t <= 2 * gauss->radius + ROW_GROUP - 2; t++)
        gauss->vertical[t + ROW_GROUP - 1] = weights_pair(weights, gauss->radius, t);

    gauss->horizontal_bits = weights_bits(sigma, gauss->radius, HORIZONTAL_BITS_MAX);
    weights_round(weights, sigma, gauss->radius, gauss->horizontal_bits);
    for (int t = 0; t <= gauss->radius; t++)
        gauss->horizontal[t] = weights_pair(weights, gauss->radius, 2 * t);
    return 0;
}

int box_init(struct box *box, int radius, const char *isa)
{
    if (radius < 0 || radius > BOX_RADIUS_MAX)
        return -EINVAL;
    uint32_t side = 2 * (uint32_t)radius + 1;
    *box = (struct box){.radius = radius, .area = side * side, .isa = isa_find(isa)};
    if (!box->isa)
        return -ENOTSUP;
    box->reciprocal = ((UINT64_C(1) << 56) + box->area - 1) / box->area;
    return 0;
}

void gauss_rows(const struct gauss *gauss, const struct convolve_source *source, uint8_t *result,
                int first, int end, void *scratch)
{
    gauss->isa->gauss(gauss, source, result, first, end, scratch);
}

void box_rows(const struct box *box, const struct convolve_source *source, uint8_t *result, int first,
              int end, void *scratch)
{
    box->isa->box(box, source, result, first, end, scratch);
}
