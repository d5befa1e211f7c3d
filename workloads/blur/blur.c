/*
 * blur: an 8-bit picture convolved with a Gaussian or a box, edges replicated; tasks are bands of rows.
 * CPU-bound, in the L2 cache but for the picture itself. Every channel is blurred by itself, alpha too:
 * colours are not weighted by their opacity.
 */
#include "convolve.h"
#include "convolve_reference.h"
#include "image.h"

#include <bench/random.h>
#include <bench/workload.h>

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { FILTER_GAUSS, FILTER_BOX };
static const char *const filters[] = {"gauss", "box", NULL};

static const char *const layouts[] = {"rgb", "gray", "rgba", NULL};
static const int layout_channels[] = {3, 1, 4};

struct blur_params {
    int filter;
    double sigma;
    int64_t radius;
    const char *image;
    int64_t width, height;
    int channels;
    const char *output;
};

static const struct bench_param params[] = {
    BENCH_CHOICE(struct blur_params, filter, "gauss", filters, "shape of the blur"),
    BENCH_REAL(struct blur_params, sigma, "5", GAUSS_SIGMA_MIN, GAUSS_SIGMA_MAX, "pixel",
               "gauss: standard deviation"),
    BENCH_COUNT(struct blur_params, radius, "5", 1, BOX_RADIUS_MAX, "pixel",
                "box: pixels on each side of the middle one"),
    BENCH_TEXT(struct blur_params, image, "",
               "picture to blur (PNG, PPM, PGM); default: a generated one"),
    BENCH_COUNT(struct blur_params, width, "3840", 1, IMAGE_SIDE_MAX, "pixel",
                "width of the generated picture"),
    BENCH_COUNT(struct blur_params, height, "2160", 1, IMAGE_SIDE_MAX, "pixel",
                "height of the generated picture"),
    BENCH_CHOICE(struct blur_params, channels, "rgb", layouts, "channels of the generated picture"),
    BENCH_TEXT(struct blur_params, output, "", "write the result to this .png file"),
    BENCH_PARAM_END,
};

enum { BAND = GAUSS_BAND }; /* rows of a task */

struct blur {
    const struct blur_params *params;
    struct image image;
    struct convolve_source source; /* the same, as the kernels see it */
    uint8_t *result;               /* shared: workers write it, finish reads it */
    struct gauss gauss;
    struct box box;
    size_t scratch_bytes;
    struct convolve_reference reference; /* what the check compares with */
    uint64_t seed;
    bool kept;
};

static int image_open(struct image *image, const char *path, struct bench_error *err)
{
    struct bench_error why = {0};
    int code = image_read(image, path, &why);
    if (code < 0)
        return bench_error_set(err, code, "image=%s: %s", path, why.message);
    return 0;
}

static int output_check(const struct blur_params *p, struct bench_error *err)
{
    struct bench_error why = {0};
    struct stat image, output;
    size_t length = strlen(p->output);
    if (length < 5 || strcasecmp(p->output + length - 4, ".png") != 0)
        return bench_error_set(err, -EINVAL, "output=%s: must end in .png, because it is written as PNG",
                               p->output);
    if (*p->image != '\0' && stat(p->image, &image) == 0 && stat(p->output, &output) == 0 &&
        image.st_dev == output.st_dev && image.st_ino == output.st_ino)
        return bench_error_set(err, -EINVAL, "output=%s: is also the picture to blur; use another name",
                               p->output);
    int code = image_check_writable(p->output, &why);
    if (code < 0)
        return bench_error_set(err, code, "output=%s: %s", p->output, why.message);
    return 0;
}

static int blur_validate(const void *params_, struct bench_error *err)
{
    const struct blur_params *p = params_;
    struct bench_error why = {0};
    struct image image;
    if (*p->image != '\0') {
        int code = image_open(&image, p->image, err);
        if (code < 0)
            return code;
        image_free(&image);
    } else if (image_check_size(p->width, p->height, &why) < 0) {
        return bench_error_set(err, why.code, "width=%d height=%d: %s", (int)p->width, (int)p->height,
                               why.message);
    }
    return *p->output == '\0' ? 0 : output_check(p, err);
}

/* Gradients, hard edges (tiles and fine diagonal lines), and noise, other in each channel. */
static void image_generate(struct image *image, uint64_t seed)
{
    uint8_t *pixel = image->pixels;
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++) {
            uint64_t noise = bench_random_at(seed, (uint64_t)y * IMAGE_SIDE_MAX + (uint64_t)x);
            int tile = (x / 61 + y / 47) & 3, line = (x + 2 * y) % 101 < 2 ? 63 : 0;
            int slope[4] = {x * 64 / image->width, y * 64 / image->height, 63 - x * 64 / image->width,
                            (x + y) & 63};
            for (int c = 0; c < image->channels; c++)
                *pixel++ = (uint8_t)(slope[c] + (tile ^ c) * 32 + line + (noise >> 8 * c & 31));
        }
}

static int blur_image(struct blur *blur, struct bench_error *err)
{
    const struct blur_params *p = blur->params;
    if (*p->image != '\0')
        return image_open(&blur->image, p->image, err);
    int code =
        image_alloc(&blur->image, (int)p->width, (int)p->height, layout_channels[p->channels], err);
    if (code == 0)
        image_generate(&blur->image, blur->seed);
    return code;
}

static int blur_kernel(struct blur *blur)
{
    const struct blur_params *p = blur->params;
    int code;
    if (p->filter == FILTER_BOX) {
        code = box_init(&blur->box, (int)p->radius, NULL);
        blur->scratch_bytes = box_scratch_bytes(&blur->box, &blur->source);
    } else {
        code = gauss_init(&blur->gauss, p->sigma, NULL);
        blur->scratch_bytes = gauss_scratch_bytes(&blur->gauss, &blur->source);
    }
    blur->scratch_bytes = (blur->scratch_bytes + 63) / 64 * 64;
    if (code < 0)
        return code;
    return p->filter == FILTER_BOX ? reference_box(&blur->reference, (int)p->radius)
                                   : reference_gauss(&blur->reference, p->sigma);
}

/* A box starts each range with as many rows of additions as it is high: ranges of that height make
 * that a constant share of the work. */
static uint64_t blur_grain(const struct blur *blur, uint64_t tasks)
{
    uint64_t grain = 1, most = tasks / 16;
    if (blur->params->filter == FILTER_BOX)
        grain += (uint64_t)blur->params->radius / BAND;
    return grain < most ? grain : most > 0 ? most : 1;
}

static void blur_teardown(void *shared)
{
    struct blur *blur = shared;
    reference_free(&blur->reference);
    bench_shared_free(blur->result, image_size_bytes(&blur->image));
    image_free(&blur->image);
    free(blur);
}

static int blur_setup(void **shared, const void *params_, struct bench_plan *plan,
                      struct bench_error *err)
{
    struct blur *blur = calloc(1, sizeof *blur);
    if (!blur)
        return bench_error_set(err, -ENOMEM, "no memory");
    blur->params = params_;
    blur->seed = plan->seed;
    int code = blur_image(blur, err);
    if (code < 0)
        goto fail;
    const struct image *image = &blur->image;
    blur->source = (struct convolve_source){image->pixels, image->width, image->height, image->channels};
    blur->result = bench_shared_alloc(image_size_bytes(image));
    if (!blur->result) {
        code = bench_error_set(err, -ENOMEM, "out of memory for %zu bytes of result",
                               image_size_bytes(image));
        goto fail;
    }
    code = blur_kernel(blur);
    if (code < 0) {
        bench_error_set(err, code, "cannot compute the weights: %s", strerror(-code));
        goto fail;
    }

    plan->tasks = ((uint64_t)image->height + BAND - 1) / BAND;
    plan->grain = blur_grain(blur, plan->tasks);
    plan->work = (double)image->width * image->height;
    plan->work_unit = "pixel";
    *shared = blur;
    return 0;
fail:
    blur_teardown(blur);
    return code;
}

/* No pixel may keep what the run before wrote: each gets a value half the range from its source. */
static int blur_prepare(void *shared, struct bench_error *err)
{
    const struct blur *blur = shared;
    (void)err;
    size_t size_bytes = image_size_bytes(&blur->image);
    const unsigned char *restrict pixels = blur->image.pixels;
    unsigned char *restrict result = blur->result;
    for (size_t i = 0; i < size_bytes; i++)
        result[i] = pixels[i] ^ 0x80;
    return 0;
}

static int blur_lane_init(struct bench_lane *lane)
{
    const struct blur *blur = lane->shared;
    lane->local = aligned_alloc(64, blur->scratch_bytes);
    if (!lane->local)
        return bench_fail(lane, -ENOMEM, "out of memory for %zu bytes of row buffers",
                          blur->scratch_bytes);
    memset(lane->local, 0, blur->scratch_bytes);
    return 0;
}

static void blur_lane_fini(struct bench_lane *lane)
{
    free(lane->local);
}

static int task_row(const struct blur *blur, uint64_t task)
{
    uint64_t row = task * BAND, height = (uint64_t)blur->image.height;
    return (int)(row < height ? row : height);
}

static int blur_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    struct blur *blur = lane->shared;
    int top = task_row(blur, first), bottom = task_row(blur, end);
    if (blur->params->filter == FILTER_BOX)
        box_rows(&blur->box, &blur->source, blur->result, top, bottom, lane->local);
    else
        gauss_rows(&blur->gauss, &blur->source, blur->result, top, bottom, lane->local);
    return 0;
}

static int row_check(struct bench_lane *lane, int y, double *columns, double *expected)
{
    const struct blur *blur = lane->shared;
    int channels = blur->image.channels, row = blur->image.width * channels;
    const uint8_t *got = blur->result + (size_t)y * (size_t)row;
    reference_row(&blur->reference, &blur->source, y, expected, columns);
    for (int i = 0; i < row; i++)
        if (abs(got[i] - (int)lround(expected[i])) > 1)
            return bench_fail(lane, -EBADMSG, "wrong at x=%d y=%d channel %d: %d instead of %.3f",
                              i / channels, y, i % channels, got[i], expected[i]);
    return 0;
}

/* The first and last row of the range, and of every stretch one more that the seed chooses. A stretch
 * is as high as a box, so that checking a large one does not take minutes. */
static int blur_check(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct blur *blur = lane->shared;
    int top = task_row(blur, first), bottom = task_row(blur, end);
    int stretch = blur->params->filter == FILTER_BOX && blur->reference.reach > BAND
                      ? blur->reference.reach
                      : BAND;
    size_t row = (size_t)blur->image.width * (size_t)blur->image.channels;
    size_t edges = 2 * (size_t)blur->reference.reach * (size_t)blur->image.channels;
    double *expected = malloc((2 * row + edges) * sizeof *expected);
    if (!expected)
        return bench_fail(lane, -ENOMEM, "no memory to check a row");
    double *columns = expected + row;
    int code = row_check(lane, top, columns, expected);
    for (int y = top; y < bottom && code == 0; y += stretch) {
        int rows = bottom - y < stretch ? bottom - y : stretch;
        uint64_t chosen = bench_random_at(blur->seed, (uint64_t)y) % (uint64_t)rows;
        code = row_check(lane, y + (int)chosen, columns, expected);
    }
    if (code == 0)
        code = row_check(lane, bottom - 1, columns, expected);
    free(expected);
    return code;
}

/* Every run makes the same picture: the first to be right is kept. */
static int blur_finish(void *shared, struct bench_error *err)
{
    struct blur *blur = shared;
    if (*blur->params->output == '\0' || blur->kept)
        return 0;
    struct bench_error why = {0};
    struct image result = blur->image;
    result.pixels = blur->result;
    int code = image_write(&result, blur->params->output, &why);
    if (code < 0)
        return bench_error_set(err, code, "output=%s: %s", blur->params->output, why.message);
    blur->kept = true;
    return 0;
}

const struct bench_workload BENCH_WORKLOAD(blur) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "blur",
    .summary = "CPU-bound: Gaussian or box blur of a picture, in bands of rows",
    .params = params,
    .params_size = sizeof(struct blur_params),
    .validate = blur_validate,
    .setup = blur_setup,
    .prepare = blur_prepare,
    .lane_init = blur_lane_init,
    .run = blur_run,
    .check = blur_check,
    .finish = blur_finish,
    .lane_fini = blur_lane_fini,
    .teardown = blur_teardown,
};
