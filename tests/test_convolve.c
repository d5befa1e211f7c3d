/* The convolution kernels, each instruction set that this machine has, against the definition. */
#include "workloads/blur/convolve.h"
#include "workloads/blur/convolve_reference.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum picture { NOISE, BLACK, WHITE, HALVES };

static uint8_t *picture_make(enum picture what, int width, int height, int channels)
{
    size_t size_bytes = (size_t)width * (size_t)height * (size_t)channels;
    uint8_t *pixels = malloc(size_bytes);
    uint32_t state = 1;
    for (size_t i = 0; i < size_bytes; i++) {
        state = state * 1664525u + 1013904223u;
        int x = (int)(i / (size_t)channels % (size_t)width);
        pixels[i] = what == NOISE   ? (uint8_t)(state >> 31 ? 255 : state >> 23)
                    : what == BLACK ? 0
                    : what == WHITE ? 255
                                    : (x < width / 2 ? 0 : 255);
    }
    return pixels;
}

/* How far the worst pixel is from the reference, which is not rounded. */
static double worst(const struct convolve_source *source, const uint8_t *result,
                    const struct convolve_reference *reference)
{
    size_t row = (size_t)source->width * (size_t)source->channels;
    size_t edges = 2 * (size_t)reference->reach * (size_t)source->channels;
    double *expected = malloc((2 * row + edges) * sizeof *expected), most = 0;
    for (int y = 0; y < source->height; y++) {
        reference_row(reference, source, y, expected, expected + row);
        for (size_t i = 0; i < row; i++)
            most = fmax(most, fabs(result[(size_t)y * row + i] - expected[i]));
    }
    free(expected);
    return most;
}

static void *scratch_make(size_t size_bytes)
{
    size_bytes = (size_bytes + 63) / 64 * 64;
    return memset(aligned_alloc(64, size_bytes), 0, size_bytes);
}

static double gauss_worst(const char *isa, double sigma, enum picture what, int width, int height,
                          int channels)
{
    uint8_t *pixels = picture_make(what, width, height, channels);
    uint8_t *result = malloc((size_t)width * (size_t)height * (size_t)channels);
    struct convolve_source source = {pixels, width, height, channels};
    struct convolve_reference reference;
    struct gauss gauss;
    assert_int_equal(gauss_init(&gauss, sigma, isa), 0);
    assert_int_equal(reference_gauss(&reference, sigma), 0);
    void *scratch = scratch_make(gauss_scratch_bytes(&gauss, &source));
    gauss_rows(&gauss, &source, result, 0, height, scratch);
    double most = worst(&source, result, &reference);
    free(scratch);
    reference_free(&reference);
    free(result);
    free(pixels);
    return most;
}

static double box_worst(const char *isa, int radius, enum picture what, int width, int height,
                        int channels)
{
    uint8_t *pixels = picture_make(what, width, height, channels);
    uint8_t *result = malloc((size_t)width * (size_t)height * (size_t)channels);
    struct convolve_source source = {pixels, width, height, channels};
    struct convolve_reference reference;
    struct box box;
    assert_int_equal(box_init(&box, radius, isa), 0);
    assert_int_equal(reference_box(&reference, radius), 0);
    void *scratch = scratch_make(box_scratch_bytes(&box, &source));
    box_rows(&box, &source, result, 0, height, scratch);
    double most = worst(&source, result, &reference);
    free(scratch);
    reference_free(&reference);
    free(result);
    free(pixels);
    return most;
}

/* Calls `body` for each instruction set of this machine. */
static void for_each_isa(void (*body)(const char *isa))
{
    const char *isa;
    for (size_t i = 0; (isa = convolve_isa_name(i)) != NULL; i++)
        if (*isa != '\0')
            body(isa);
}

static const double sigmas[] = {0.1, 0.14, 0.3, 0.5, 0.77, 0.8, 1, 1.5, 2, 3.3, 5, 10, 33, 100};
enum { SIGMAS = sizeof sigmas / sizeof sigmas[0] };

static void check_sigmas(const char *isa)
{
    for (int i = 0; i < SIGMAS; i++)
        assert_true(gauss_worst(isa, sigmas[i], NOISE, 83, 37, 3) < 1);
}

static void gauss_is_less_than_a_level_off_for_any_sigma(void **state)
{
    (void)state;
    for_each_isa(check_sigmas);
}

static void check_halves(const char *isa)
{
    for (int i = 0; i < SIGMAS; i++)
        assert_true(gauss_worst(isa, sigmas[i], HALVES, 400, 3, 1) < 1);
}

static void gauss_is_less_than_a_level_off_at_a_hard_edge(void **state)
{
    (void)state;
    for_each_isa(check_halves);
}

static void check_flat(const char *isa)
{
    for (int i = 0; i < SIGMAS; i++) {
        assert_true(gauss_worst(isa, sigmas[i], WHITE, 20, 20, 4) < 1e-6);
        assert_true(gauss_worst(isa, sigmas[i], BLACK, 20, 20, 4) < 1e-6);
    }
}

static void gauss_keeps_black_and_white(void **state)
{
    (void)state;
    for_each_isa(check_flat);
}

static const int sizes[][2] = {{1, 1},   {1, 40},  {40, 1},  {2, 3},   {5, 16},
                               {16, 17}, {21, 15}, {64, 18}, {65, 33}, {130, 4}};
enum { SIZES = sizeof sizes / sizeof sizes[0] };

static void check_gauss_sizes(const char *isa)
{
    for (int i = 0; i < SIZES; i++)
        for (int channels = 1; channels <= 4; channels += channels == 1 ? 2 : 1)
            assert_true(gauss_worst(isa, 2, NOISE, sizes[i][0], sizes[i][1], channels) < 1);
}

static void gauss_does_pictures_of_any_size_and_layout(void **state)
{
    (void)state;
    for_each_isa(check_gauss_sizes);
}

/*
 * The most that any picture can be off before rounding: all of what the weights have too much, times
 * 255, for both directions, and the rounding between them. The sum of the excess is half the sum of the
 * differences, because both kernels sum to one.
 */
static double gauss_bound(double sigma)
{
    struct gauss gauss;
    struct convolve_reference reference;
    assert_int_equal(gauss_init(&gauss, sigma, NULL), 0);
    assert_int_equal(reference_gauss(&reference, sigma), 0);
    double vertical = 0, horizontal = 0;
    for (int k = -reference.reach; k <= reference.reach; k++) {
        int t = k + gauss.radius;
        bool inside = t >= 0 && t <= 2 * gauss.radius;
        double exact = reference.weights[k + reference.reach];
        int down = inside ? gauss.vertical[t + 3] & 0xffff : 0;
        int across = inside ? gauss.horizontal[t / 2] >> (t % 2 ? 16 : 0) & 0xffff : 0;
        vertical += fabs(ldexp(down, -gauss.vertical_bits) - exact);
        horizontal += fabs(ldexp(across, -gauss.horizontal_bits) - exact);
    }
    reference_free(&reference);
    return 255 * (vertical + horizontal) / 2 + 1.0 / 256;
}

static void gauss_weights_are_right_to_half_a_level_on_any_picture(void **state)
{
    (void)state;
    for (double sigma = GAUSS_SIGMA_MIN; sigma <= GAUSS_SIGMA_MAX; sigma *= 1.003)
        assert_true(gauss_bound(sigma) < 0.5);
    assert_true(gauss_bound(GAUSS_SIGMA_MAX) < 0.5);
}

static void check_box(const char *isa)
{
    static const int radii[] = {0, 1, 2, 5, 30, 100};
    for (size_t i = 0; i < sizeof radii / sizeof radii[0]; i++)
        assert_true(box_worst(isa, radii[i], NOISE, 83, 37, 3) < 0.5);
    for (int i = 0; i < SIZES; i++)
        for (int channels = 1; channels <= 4; channels += channels == 1 ? 2 : 1)
            assert_true(box_worst(isa, 3, NOISE, sizes[i][0], sizes[i][1], channels) < 0.5);
}

static void box_is_correctly_rounded(void **state)
{
    (void)state;
    for_each_isa(check_box);
}

static void the_largest_box_does_not_overflow(void **state)
{
    (void)state;
    assert_true(box_worst(NULL, BOX_RADIUS_MAX, WHITE, 20, 2, 1) < 1e-6);
    assert_true(box_worst(NULL, BOX_RADIUS_MAX, HALVES, 20, 2, 1) < 0.5);
}

/* Rows 20..39 of 50 must come out the same whether done alone or with all, and no others be touched. */
static void check_pieces(const char *isa)
{
    enum { WIDTH = 50, HEIGHT = 50, TOP = 20, BOTTOM = 39, ROW = WIDTH * 3 };
    uint8_t *pixels = picture_make(NOISE, WIDTH, HEIGHT, 3), whole[ROW * HEIGHT], piece[ROW * HEIGHT];
    struct convolve_source source = {pixels, WIDTH, HEIGHT, 3};
    struct gauss gauss;
    struct box box;
    assert_int_equal(gauss_init(&gauss, 3, isa), 0);
    assert_int_equal(box_init(&box, 4, isa), 0);
    for (int filter = 0; filter < 2; filter++) {
        void *scratch = scratch_make(filter == 0 ? gauss_scratch_bytes(&gauss, &source)
                                                 : box_scratch_bytes(&box, &source));
        memset(piece, 0, sizeof piece);
        if (filter == 0) {
            gauss_rows(&gauss, &source, whole, 0, HEIGHT, scratch);
            gauss_rows(&gauss, &source, piece, TOP, BOTTOM, scratch);
        } else {
            box_rows(&box, &source, whole, 0, HEIGHT, scratch);
            box_rows(&box, &source, piece, TOP, BOTTOM, scratch);
        }
        memset(whole, 0, TOP * ROW);
        memset(whole + BOTTOM * ROW, 0, (HEIGHT - BOTTOM) * ROW);
        assert_memory_equal(whole, piece, sizeof whole);
        free(scratch);
    }
    free(pixels);
}

static void a_piece_is_the_same_as_in_the_whole(void **state)
{
    (void)state;
    for_each_isa(check_pieces);
}

/* With the same scratch memory: onwards, back to the start, over a gap. */
static void check_order(const char *isa)
{
    enum { WIDTH = 20, HEIGHT = 60 };
    static const int order[][2] = {{0, 10}, {10, 20}, {20, 30}, {0, 10}, {30, 45}, {45, 60}};
    uint8_t *pixels = picture_make(NOISE, WIDTH, HEIGHT, 1), result[WIDTH * HEIGHT];
    struct convolve_source source = {pixels, WIDTH, HEIGHT, 1};
    struct convolve_reference reference;
    struct box box;
    assert_int_equal(box_init(&box, 7, isa), 0);
    assert_int_equal(reference_box(&reference, 7), 0);
    void *scratch = scratch_make(box_scratch_bytes(&box, &source));
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        box_rows(&box, &source, result, order[i][0], order[i][1], scratch);
    assert_true(worst(&source, result, &reference) < 0.5);
    free(scratch);
    reference_free(&reference);
    free(pixels);
}

static void box_may_be_done_in_any_order(void **state)
{
    (void)state;
    for_each_isa(check_order);
}

static void sizes_out_of_range_are_refused(void **state)
{
    (void)state;
    struct gauss gauss;
    struct box box;
    assert_int_equal(gauss_init(&gauss, 0, NULL), -EINVAL);
    assert_int_equal(gauss_init(&gauss, 101, NULL), -EINVAL);
    assert_int_equal(gauss_init(&gauss, NAN, NULL), -EINVAL);
    assert_int_equal(box_init(&box, -1, NULL), -EINVAL);
    assert_int_equal(box_init(&box, BOX_RADIUS_MAX + 1, NULL), -EINVAL);
}

static void an_unknown_instruction_set_is_not_supported(void **state)
{
    (void)state;
    struct gauss gauss;
    assert_int_equal(gauss_init(&gauss, 1, "abacus"), -ENOTSUP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gauss_is_less_than_a_level_off_for_any_sigma),
        cmocka_unit_test(gauss_is_less_than_a_level_off_at_a_hard_edge),
        cmocka_unit_test(gauss_keeps_black_and_white),
        cmocka_unit_test(gauss_does_pictures_of_any_size_and_layout),
        cmocka_unit_test(gauss_weights_are_right_to_half_a_level_on_any_picture),
        cmocka_unit_test(box_is_correctly_rounded),
        cmocka_unit_test(the_largest_box_does_not_overflow),
        cmocka_unit_test(a_piece_is_the_same_as_in_the_whole),
        cmocka_unit_test(box_may_be_done_in_any_order),
        cmocka_unit_test(sizes_out_of_range_are_refused),
        cmocka_unit_test(an_unknown_instruction_set_is_not_supported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
