/*
 * Pictures of 8 bits a channel: read from PNG, binary PPM (P6) and PGM (P5), written as PNG. What is
 * read is hostile until proven a picture: every size is checked before memory is allocated for it.
 *
 * Failures are told in `err` without the file's name: "not a PNG, PPM or PGM file".
 */
#ifndef KERNELS_IMAGE_H
#define KERNELS_IMAGE_H

#include <bench/error.h>

#include <stddef.h>
#include <stdint.h>

#define IMAGE_SIDE_MAX 65535
#define IMAGE_PIXELS_MAX (INT64_C(1) << 28)

/* Interleaved channels, rows without gaps from the top. 1 channel: gray, 3: RGB, 4: RGBA. */
struct image {
    int width, height, channels;
    uint8_t *pixels; /* owned; image_free */
};

/* Both sides at least 1, at most IMAGE_SIDE_MAX, and at most IMAGE_PIXELS_MAX together; else -EFBIG. */
int image_check_size(int64_t width, int64_t height, struct bench_error *err);

size_t image_size_bytes(const struct image *image);

/* On failure nothing is allocated and *image is not changed. */
int image_alloc(struct image *image, int width, int height, int channels, struct bench_error *err);
void image_free(struct image *image);

/*
 * Which format it is, the first bytes tell, not the name. PNG palettes and fewer than 8 bits are
 * expanded, 16 bits scaled to 8, transparency becomes an alpha channel, gray with alpha becomes RGBA;
 * gamma and colour profiles are not applied. What follows the picture is ignored. On failure nothing is
 * allocated and *image is not changed.
 */
int image_parse(struct image *image, const uint8_t *bytes, size_t size_bytes, struct bench_error *err);
int image_read(struct image *image, const char *path, struct bench_error *err);

/*
 * Write `path` as PNG, whole or not at all: a temporary file in the same folder takes its place when it
 * is complete. `pixels` are image->width x height x channels.
 */
int image_write(const struct image *image, const char *path, struct bench_error *err);

/* Could image_write write it now? Leaves nothing behind. */
int image_check_writable(const char *path, struct bench_error *err);

#endif
