/* Pictures: what is read, what is refused and why, and that a file is written whole or not at all. */
#include "workloads/blur/image.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <png.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/test_image_XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int folder_make(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int folder_remove(void **state)
{
    (void)state;
    return rmdir(folder); /* fails if a test left something behind */
}

static void file_make(const char *path, const void *bytes, size_t size_bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size_bytes, file), size_bytes);
    assert_int_equal(fclose(file), 0);
}

static int files_in_folder(void)
{
    int count = 0;
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    while (readdir(entries) != NULL)
        count++;
    closedir(entries);
    return count - 2;
}

/* A PNG of 3x2 made by libpng: `row` is given for both rows. */
struct png_file {
    uint8_t bytes[4096];
    size_t size_bytes;
};

static void png_append(png_structp png, png_bytep bytes, size_t count)
{
    struct png_file *file = png_get_io_ptr(png);
    assert_true(file->size_bytes + count <= sizeof file->bytes);
    memcpy(file->bytes + file->size_bytes, bytes, count);
    file->size_bytes += count;
}

static struct png_file png_make(int color, int bits, int interlace, const uint8_t *row)
{
    static const png_color palette[2] = {{10, 20, 30}, {40, 50, 60}};
    struct png_file file = {.size_bytes = 0};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_bytep rows[2] = {(png_bytep)row, (png_bytep)row};
    png_set_write_fn(png, &file, png_append, NULL);
    png_set_IHDR(png, info, 3, 2, bits, color, interlace, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    if (color == PNG_COLOR_TYPE_PALETTE)
        png_set_PLTE(png, info, palette, 2);
    png_write_info(png, info);
    png_write_image(png, rows);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return file;
}

static void assert_row(const struct png_file *file, int channels, const uint8_t *row)
{
    struct image image;
    struct bench_error err = {0};
    assert_int_equal(image_parse(&image, file->bytes, file->size_bytes, &err), 0);
    assert_int_equal(image.channels, channels);
    assert_memory_equal(image.pixels, row, (size_t)(3 * channels));
    assert_memory_equal(image.pixels + 3 * channels, row, (size_t)(3 * channels));
    image_free(&image);
}

static void assert_refused(const void *bytes, size_t size_bytes, const char *reason)
{
    struct image image = {.pixels = NULL};
    struct bench_error err = {0};
    assert_int_not_equal(image_parse(&image, bytes, size_bytes, &err), 0);
    assert_non_null(strstr(err.message, reason));
    assert_null(image.pixels);
}

static void assert_unreadable(const char *path, const char *reason)
{
    struct image image;
    struct bench_error err = {0};
    assert_int_not_equal(image_read(&image, path, &err), 0);
    assert_non_null(strstr(err.message, reason));
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    static uint8_t pixels[5 * 7 * 4];
    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)(i * 37);
    for (int channels = 1; channels <= 4; channels += channels == 1 ? 2 : 1) {
        struct image image = {5, 7, channels, pixels}, back;
        struct bench_error err = {0};
        const char *path = in_folder("a.png");
        assert_int_equal(image_write(&image, path, &err), 0);
        assert_int_equal(image_read(&back, path, &err), 0);
        assert_int_equal(back.width, 5);
        assert_int_equal(back.height, 7);
        assert_int_equal(back.channels, channels);
        assert_memory_equal(back.pixels, pixels, image_size_bytes(&image));
        image_free(&back);
        unlink(path);
    }
}

static void palettes_become_rgb(void **state)
{
    (void)state;
    struct png_file file = png_make(PNG_COLOR_TYPE_PALETTE, 1, 0, (const uint8_t[]){0x40});
    assert_row(&file, 3, (const uint8_t[]){10, 20, 30, 40, 50, 60, 10, 20, 30});
}

static void fewer_than_eight_bits_fill_the_range(void **state)
{
    (void)state;
    struct png_file file = png_make(PNG_COLOR_TYPE_GRAY, 2, 0, (const uint8_t[]){0x1c});
    assert_row(&file, 1, (const uint8_t[]){0, 85, 255});
}

static void sixteen_bits_are_scaled_to_eight(void **state)
{
    (void)state;
    struct png_file file =
        png_make(PNG_COLOR_TYPE_GRAY, 16, 0, (const uint8_t[]){0xff, 0xff, 0x80, 0x80, 0x00, 0xff});
    assert_row(&file, 1, (const uint8_t[]){255, 128, 1});
}

static void gray_with_alpha_becomes_rgba(void **state)
{
    (void)state;
    struct png_file file =
        png_make(PNG_COLOR_TYPE_GRAY_ALPHA, 8, 0, (const uint8_t[]){1, 2, 3, 4, 5, 6});
    assert_row(&file, 4, (const uint8_t[]){1, 1, 1, 2, 3, 3, 3, 4, 5, 5, 5, 6});
}

static void interlaced_pictures_are_put_together(void **state)
{
    (void)state;
    const uint8_t row[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    struct png_file file = png_make(PNG_COLOR_TYPE_RGB, 8, PNG_INTERLACE_ADAM7, row);
    assert_row(&file, 3, row);
}

static void ppm_headers_may_have_comments(void **state)
{
    (void)state;
    static const char text[] = "P6 # pixels\n#two\n2 1# one\n255\nabcdef";
    struct image image;
    assert_int_equal(image_parse(&image, (const uint8_t *)text, sizeof text - 1, NULL), 0);
    assert_int_equal(image.width, 2);
    assert_memory_equal(image.pixels, "abcdef", 6);
    image_free(&image);
}

static void pgm_is_gray(void **state)
{
    (void)state;
    struct image image;
    assert_int_equal(image_parse(&image, (const uint8_t *)"P5 2 1 255 ab", 13, NULL), 0);
    assert_int_equal(image.channels, 1);
    image_free(&image);
}

static void the_name_does_not_tell_the_format(void **state)
{
    (void)state;
    struct image image;
    const char *path = in_folder("wrong.png");
    file_make(path, "P5 2 1 255 ab", 13);
    assert_int_equal(image_read(&image, path, NULL), 0);
    image_free(&image);
    unlink(path);
}

static void a_png_cut_short_anywhere_is_refused(void **state)
{
    (void)state;
    struct png_file file =
        png_make(PNG_COLOR_TYPE_RGB, 8, 0, (const uint8_t[]){1, 2, 3, 4, 5, 6, 7, 8, 9});
    for (size_t size_bytes = 8; size_bytes < file.size_bytes; size_bytes++)
        assert_refused(file.bytes, size_bytes, "PNG: cut short");
}

static void a_damaged_png_is_refused_in_the_words_of_libpng(void **state)
{
    (void)state;
    struct png_file file =
        png_make(PNG_COLOR_TYPE_RGB, 8, 0, (const uint8_t[]){1, 2, 3, 4, 5, 6, 7, 8, 9});
    file.bytes[file.size_bytes - 20] ^= 1; /* in IDAT */
    assert_refused(file.bytes, file.size_bytes, "PNG: IDAT: ");
}

static void a_ppm_cut_short_is_refused(void **state)
{
    (void)state;
    assert_refused("P6 2 1 255 abcde", 16, "cut short: 5 of 6 bytes");
    assert_refused("P6 2 1 25", 9, "header");
    assert_refused("P6 2", 4, "header");
}

static void what_is_no_picture_is_refused(void **state)
{
    (void)state;
    assert_refused("", 0, "empty");
    assert_refused("GIF89a", 6, "not a PNG, PPM (P6) or PGM (P5) file");
    assert_refused("P6", 2, "not a PNG");
    assert_refused("P3 1 1 255 0 0 0", 16, "not a PNG");
    assert_refused("P6 x 1 255 ", 11, "header");
}

static void sixteen_bit_ppm_is_refused(void **state)
{
    (void)state;
    assert_refused("P6 1 1 65535 abcdef", 19, "largest value is 65535: only 255");
}

static void sizes_beyond_the_limit_are_refused_before_pixels_are_looked_for(void **state)
{
    (void)state;
    assert_refused("P6 60000 60000 255 ", 19, "60000x60000 pixels: at most 65535 a side and 268435456");
    assert_refused("P6 99999999999999999999 1 255 ", 30, "at most");
    assert_refused("P6 0 1 255 ", 11, "at least 1x1");
}

/* A valid PNG header that promises `side` x `side` pixels, with little behind it. */
static struct png_file png_bomb(uint32_t side)
{
    struct png_file file = png_make(PNG_COLOR_TYPE_GRAY, 8, 0, (const uint8_t[]){1, 2, 3});
    uint8_t *header = file.bytes + 12; /* "IHDR", width, height, five bytes; then the checksum */
    uint32_t sum = 0xffffffff;
    for (int i = 0; i < 8; i++)
        header[4 + i] = (uint8_t)(side >> (24 - i % 4 * 8));
    for (int i = 0; i < 17; i++) {
        sum ^= header[i];
        for (int bit = 0; bit < 8; bit++)
            sum = sum >> 1 ^ (sum & 1 ? 0xedb88320 : 0);
    }
    for (int i = 0; i < 4; i++)
        header[17 + i] = (uint8_t)(~sum >> (24 - i * 8));
    return file;
}

static void a_png_that_promises_too_much_is_refused(void **state)
{
    (void)state;
    struct png_file file = png_bomb(60000);
    assert_refused(file.bytes, file.size_bytes, "60000x60000 pixels: at most");
    file = png_bomb(16384);
    assert_refused(file.bytes, file.size_bytes, "fewer bytes than its size needs");
    file = png_bomb(0);
    assert_refused(file.bytes, file.size_bytes, "PNG: ");
}

static void what_is_no_file_is_refused(void **state)
{
    (void)state;
    assert_unreadable(in_folder("missing.png"), "No such file");
    assert_unreadable(folder, "a folder");
    assert_unreadable("/dev/zero", "not a regular file");
}

static void a_pipe_that_nobody_writes_to_is_refused_at_once(void **state)
{
    (void)state;
    const char *path = in_folder("pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_unreadable(path, "not a regular file");
    unlink(path);
}

static void a_name_that_cannot_be_written_is_told_beforehand(void **state)
{
    (void)state;
    struct bench_error err = {0};
    assert_int_equal(image_check_writable(in_folder("none/a.png"), &err), -ENOENT);
    assert_non_null(strstr(err.message, "directory"));
    assert_int_not_equal(image_check_writable("/proc/a.png", NULL), 0);
    assert_int_not_equal(image_check_writable(folder, NULL), 0);
    assert_int_not_equal(image_check_writable("/dev/full", NULL), 0);
}

static void asking_whether_it_can_be_written_leaves_nothing(void **state)
{
    (void)state;
    assert_int_equal(image_check_writable(in_folder("a.png"), NULL), 0);
    assert_int_equal(files_in_folder(), 0);
}

/* As on a full disk: a file may not grow beyond 1000 bytes. */
static void a_failed_write_leaves_the_old_file_alone(void **state)
{
    (void)state;
    static uint8_t pixels[100 * 100];
    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)(i * i * 2654435761u >> 7);
    struct image image = {100, 100, 1, pixels};
    struct bench_error err = {0};
    struct rlimit before, small;
    char *path = strdup(in_folder("a.png"));
    file_make(path, "old", 3);

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 1000;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int code = image_write(&image, path, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);

    assert_int_equal(code, -EFBIG);
    assert_non_null(strstr(err.message, "cannot be written: File too large"));
    assert_int_equal(files_in_folder(), 1);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, 3);
    unlink(path);
    free(path);
}

/* It is killed in the middle: by its file's growing beyond 1000 bytes. */
static void a_write_that_is_killed_leaves_nothing(void **state)
{
    (void)state;
    int unnamed = open(in_folder(""), O_TMPFILE | O_WRONLY, 0600);
    if (unnamed < 0)
        skip(); /* no file system for it */
    close(unnamed);
    static uint8_t pixels[100 * 100];
    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)(i * i * 2654435761u >> 7);
    pid_t writer = fork();
    if (writer == 0) {
        const struct rlimit small = {1000, 1000}, none = {0, 0};
        const struct image image = {100, 100, 1, pixels};
        struct bench_error err = {0};
        signal(SIGXFSZ, SIG_DFL);
        setrlimit(RLIMIT_CORE, &none);
        setrlimit(RLIMIT_FSIZE, &small);
        image_write(&image, in_folder("a.png"), &err);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(writer, &status, 0), writer);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(files_in_folder(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(palettes_become_rgb),
        cmocka_unit_test(fewer_than_eight_bits_fill_the_range),
        cmocka_unit_test(sixteen_bits_are_scaled_to_eight),
        cmocka_unit_test(gray_with_alpha_becomes_rgba),
        cmocka_unit_test(interlaced_pictures_are_put_together),
        cmocka_unit_test(ppm_headers_may_have_comments),
        cmocka_unit_test(pgm_is_gray),
        cmocka_unit_test(the_name_does_not_tell_the_format),
        cmocka_unit_test(a_png_cut_short_anywhere_is_refused),
        cmocka_unit_test(a_damaged_png_is_refused_in_the_words_of_libpng),
        cmocka_unit_test(a_ppm_cut_short_is_refused),
        cmocka_unit_test(what_is_no_picture_is_refused),
        cmocka_unit_test(sixteen_bit_ppm_is_refused),
        cmocka_unit_test(sizes_beyond_the_limit_are_refused_before_pixels_are_looked_for),
        cmocka_unit_test(a_png_that_promises_too_much_is_refused),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(a_pipe_that_nobody_writes_to_is_refused_at_once),
        cmocka_unit_test(a_name_that_cannot_be_written_is_told_beforehand),
        cmocka_unit_test(asking_whether_it_can_be_written_leaves_nothing),
        cmocka_unit_test(a_failed_write_leaves_the_old_file_alone),
        cmocka_unit_test(a_write_that_is_killed_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
