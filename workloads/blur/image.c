/*
 * Pictures: PPM and PGM by hand, PNG by libpng. libpng leaves by longjmp, so the functions that it is
 * called from keep everything it must not lose in one struct, made outside of them.
 */
#include "image.h"

#include "draft.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* No picture within the limits needs a larger file: 16-bit RGBA, not compressed, and some for text. */
#define FILE_SIZE_MAX (8 * IMAGE_PIXELS_MAX + (INT64_C(64) << 20))
/* Deflate makes at most 1032 bytes of one (zlib's technical details, "Maximum compression factor"). */
#define DEFLATE_RATIO_MAX 1032

int image_check_size(int64_t width, int64_t height, struct bench_error *err)
{
    if (width < 1 || height < 1)
        return bench_error_set(err, -EINVAL, "%" PRId64 "x%" PRId64 " pixels: at least 1x1", width,
                               height);
    if (width > IMAGE_SIDE_MAX || height > IMAGE_SIDE_MAX || width * height > IMAGE_PIXELS_MAX)
        return bench_error_set(
            err, -EFBIG, "%" PRId64 "x%" PRId64 " pixels: at most %d a side and %" PRId64 " in all",
            width, height, IMAGE_SIDE_MAX, IMAGE_PIXELS_MAX);
    return 0;
}

size_t image_size_bytes(const struct image *image)
{
    return (size_t)image->width * (size_t)image->height * (size_t)image->channels;
}

int image_alloc(struct image *image, int width, int height, int channels, struct bench_error *err)
{
    struct image made = {.width = width, .height = height, .channels = channels};
    made.pixels = malloc(image_size_bytes(&made));
    if (!made.pixels)
        return bench_error_set(err, -ENOMEM, "out of memory for %zu bytes of pixels",
                               image_size_bytes(&made));
    *image = made;
    return 0;
}

void image_free(struct image *image)
{
    free(image->pixels);
    image->pixels = NULL;
}

/* Bytes not yet read. */
struct reader {
    const uint8_t *at, *end;
};

/* The next number of a PPM header, after white space and comments; -1 if there is none. Numbers of ten
 * digits and more, which are all too large, are read as 10^9. */
static int64_t netpbm_number(struct reader *in)
{
    while (in->at < in->end && (isspace(*in->at) || *in->at == '#')) {
        if (*in->at++ == '#')
            while (in->at < in->end && *in->at != '\n' && *in->at != '\r')
                in->at++;
    }
    if (in->at == in->end || !isdigit(*in->at))
        return -1;
    int64_t number = 0;
    for (; in->at < in->end && isdigit(*in->at); in->at++)
        if (number < 1000000000)
            number = number * 10 + (*in->at - '0');
    return number < 1000000000 ? number : 1000000000;
}

static int netpbm_parse(struct image *image, struct reader in, struct bench_error *err)
{
    int channels = in.at[1] == '6' ? 3 : 1;
    in.at += 2;
    int64_t width = netpbm_number(&in);
    int64_t height = netpbm_number(&in);
    int64_t maximum = netpbm_number(&in);
    if (width < 0 || height < 0 || maximum < 0 || in.at == in.end || !isspace(*in.at))
        return bench_error_set(err, -EINVAL, "its PPM or PGM header is damaged or cut short");
    in.at++;
    if (maximum != 255)
        return bench_error_set(err, -EINVAL, "its largest value is %" PRId64 ": only 255 can be read",
                               maximum);
    int code = image_check_size(width, height, err);
    if (code < 0)
        return code;

    size_t want = (size_t)width * (size_t)height * (size_t)channels, have = (size_t)(in.end - in.at);
    if (have < want)
        return bench_error_set(err, -EINVAL, "cut short: %zu of %zu bytes of pixels", have, want);
    code = image_alloc(image, (int)width, (int)height, channels, err);
    if (code == 0)
        memcpy(image->pixels, in.at, want);
    return code;
}

/* All that one libpng call sequence works on, so that it outlives a longjmp. */
struct png_work {
    png_structp png;
    png_infop info;
    struct reader in;
    FILE *out;
    struct image made;
    struct bench_error *err;
    int code;
};

static void png_failed(png_structp png, png_const_charp reason)
{
    struct png_work *work = png_get_error_ptr(png);
    if (work->code == 0)
        work->code = bench_error_set(work->err, -EINVAL, "PNG: %s", reason);
    png_longjmp(png, 1);
}

static void png_warned(png_structp png, png_const_charp reason)
{
    (void)png;
    (void)reason;
}

static void png_take(png_structp png, png_bytep bytes, size_t count)
{
    struct reader *in = png_get_io_ptr(png);
    if ((size_t)(in->end - in->at) < count)
        png_error(png, "cut short");
    memcpy(bytes, in->at, count);
    in->at += count;
}

/* A failure of ours, inside the calls to libpng: leave as it would. */
static void png_check(struct png_work *work, int code)
{
    work->code = code;
    if (code < 0)
        png_longjmp(work->png, 1);
}

/* Header, and what libpng is to turn the pixels into: 8-bit gray, RGB or RGBA. */
static void png_read_header(struct png_work *work)
{
    png_structp png = work->png;
    png_read_info(png, work->info);
    png_uint_32 width = png_get_image_width(png, work->info);
    png_uint_32 height = png_get_image_height(png, work->info);
    png_check(work, image_check_size(width, height, work->err));

    uint64_t inflated = (uint64_t)png_get_rowbytes(png, work->info) * height;
    if (inflated / DEFLATE_RATIO_MAX > (uint64_t)(work->in.end - work->in.at))
        png_error(png, "cut short: fewer bytes than its size needs");

    png_set_scale_16(png);
    png_set_expand(png);
    if (png_get_color_type(png, work->info) == PNG_COLOR_TYPE_GRAY_ALPHA ||
        (png_get_color_type(png, work->info) == PNG_COLOR_TYPE_GRAY &&
         png_get_valid(png, work->info, PNG_INFO_tRNS)))
        png_set_gray_to_rgb(png);
}

static int png_read_pixels(struct png_work *work)
{
    png_structp png = work->png;
    if (setjmp(png_jmpbuf(png)))
        return work->code;
    png_set_read_fn(png, &work->in, png_take);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX); /* ours are checked, with our words */
    /* Nothing is needed of what may stand beside the pixels (text, profiles), so skip it unread. */
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_read_header(work);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, work->info);

    png_check(work, image_alloc(&work->made, (int)png_get_image_width(png, work->info),
                                (int)png_get_image_height(png, work->info),
                                png_get_channels(png, work->info), work->err));
    size_t row_bytes = png_get_rowbytes(png, work->info);
    if (row_bytes * (size_t)work->made.height != image_size_bytes(&work->made))
        png_error(png, "unexpected layout of pixels");
    if (passes > 1) /* a pass reads what the ones before have written */
        memset(work->made.pixels, 0, image_size_bytes(&work->made));
    for (int pass = 0; pass < passes; pass++)
        for (int y = 0; y < work->made.height; y++)
            png_read_row(png, work->made.pixels + (size_t)y * row_bytes, NULL);
    png_read_end(png, NULL);
    return 0;
}

static int png_parse(struct image *image, struct reader in, struct bench_error *err)
{
    struct png_work work = {.in = in, .err = err};
    int code;
    work.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &work, png_failed, png_warned);
    if (!work.png)
        return bench_error_set(err, -ENOMEM, "libpng could not be started");
    work.info = png_create_info_struct(work.png);
    if (!work.info) {
        code = bench_error_set(err, -ENOMEM, "out of memory for a PNG header");
        goto fail_info;
    }
    code = png_read_pixels(&work);
    if (code < 0)
        image_free(&work.made);
    else
        *image = work.made;
fail_info:
    png_destroy_read_struct(&work.png, &work.info, NULL);
    return code;
}

int image_parse(struct image *image, const uint8_t *bytes, size_t size_bytes, struct bench_error *err)
{
    struct reader in = {bytes, bytes + size_bytes};
    if (size_bytes >= 8 && png_sig_cmp(bytes, 0, 8) == 0)
        return png_parse(image, in, err);
    if (size_bytes >= 3 && bytes[0] == 'P' && (bytes[1] == '5' || bytes[1] == '6') &&
        (isspace(bytes[2]) || bytes[2] == '#'))
        return netpbm_parse(image, in, err);
    if (size_bytes == 0)
        return bench_error_set(err, -EINVAL, "empty");
    return bench_error_set(err, -EINVAL, "not a PNG, PPM (P6) or PGM (P5) file");
}

static int file_size(int fd, size_t *size_bytes, struct bench_error *err)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return bench_error_set(err, -errno, "%s", strerror(errno));
    if (S_ISDIR(status.st_mode))
        return bench_error_set(err, -EISDIR, "a folder, not a picture");
    if (!S_ISREG(status.st_mode))
        return bench_error_set(err, -EINVAL, "not a regular file");
    if (status.st_size > FILE_SIZE_MAX)
        return bench_error_set(err, -EFBIG, "%jd bytes: at most %jd", (intmax_t)status.st_size,
                               (intmax_t)FILE_SIZE_MAX);
    *size_bytes = (size_t)status.st_size;
    return 0;
}

/* Up to *size_bytes, which becomes what there was: a file may shrink meanwhile. */
static int file_read(int fd, uint8_t *bytes, size_t *size_bytes, struct bench_error *err)
{
    size_t got = 0;
    while (got < *size_bytes) {
        ssize_t n = read(fd, bytes + got, *size_bytes - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return bench_error_set(err, -errno, "cannot be read: %s", strerror(errno));
        if (n == 0)
            break;
        got += (size_t)n;
    }
    *size_bytes = got;
    return 0;
}

int image_read(struct image *image, const char *path, struct bench_error *err)
{
    /* O_NONBLOCK: opening a FIFO that nobody writes to must not wait. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return bench_error_set(err, -errno, "cannot be opened: %s", strerror(errno));
    size_t size_bytes = 0;
    uint8_t *bytes = NULL;
    int code = file_size(fd, &size_bytes, err);
    if (code < 0)
        goto fail_size;
    bytes = malloc(size_bytes + 1);
    if (!bytes) {
        code = bench_error_set(err, -ENOMEM, "out of memory for %zu bytes", size_bytes);
        goto fail_size;
    }
    code = file_read(fd, bytes, &size_bytes, err);
    if (code == 0)
        code = image_parse(image, bytes, size_bytes, err);
    free(bytes);
fail_size:
    close(fd);
    return code;
}

int image_check_writable(const char *path, struct bench_error *err)
{
    struct draft draft;
    int code = draft_open(&draft, path, err);
    if (code == 0)
        draft_drop(&draft);
    return code;
}

static void png_give(png_structp png, png_bytep bytes, size_t count)
{
    struct png_work *work = png_get_error_ptr(png);
    if (fwrite(bytes, 1, count, work->out) != count)
        png_check(work, bench_error_set(work->err, -errno, "cannot be written: %s", strerror(errno)));
}

static void png_flushed(png_structp png)
{
    (void)png; /* fclose does */
}

static int png_write_pixels(struct png_work *work, const struct image *image)
{
    static const int colors[] = {
        [1] = PNG_COLOR_TYPE_GRAY, [3] = PNG_COLOR_TYPE_RGB, [4] = PNG_COLOR_TYPE_RGBA};
    png_structp png = work->png;
    if (setjmp(png_jmpbuf(png)))
        return work->code;
    png_set_write_fn(png, NULL, png_give, png_flushed);
    png_set_compression_level(png, 3);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
    png_set_IHDR(png, work->info, (png_uint_32)image->width, (png_uint_32)image->height, 8,
                 colors[image->channels], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, work->info);
    size_t row_bytes = (size_t)image->width * (size_t)image->channels;
    for (int y = 0; y < image->height; y++)
        png_write_row(png, image->pixels + (size_t)y * row_bytes);
    png_write_end(png, NULL);
    return 0;
}

static int png_write_file(const struct image *image, FILE *out, struct bench_error *err)
{
    struct png_work work = {.out = out, .err = err};
    int code;
    work.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &work, png_failed, png_warned);
    if (!work.png)
        return bench_error_set(err, -ENOMEM, "libpng could not be started");
    work.info = png_create_info_struct(work.png);
    if (!work.info)
        code = bench_error_set(err, -ENOMEM, "out of memory for a PNG header");
    else
        code = png_write_pixels(&work, image);
    png_destroy_write_struct(&work.png, &work.info);
    return code;
}

int image_write(const struct image *image, const char *path, struct bench_error *err)
{
    struct draft draft;
    int code = draft_open(&draft, path, err);
    if (code < 0)
        return code;
    code = png_write_file(image, draft.out, err);
    if (code == 0)
        return draft_publish(&draft, err);
    draft_drop(&draft);
    return code;
}
