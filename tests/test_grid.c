/* Tables as text: what happens where they are wider than the terminal. */
#include "report/grid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *text_of(struct grid *grid, size_t width)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    grid_print_text(out, grid, width);
    fclose(out);
    return text;
}

static void assert_text(struct grid *grid, size_t width, const char *expected)
{
    char *text = text_of(grid, width);

    assert_string_equal(text, expected);
    free(text);
}

static void make(struct grid *grid)
{
    grid_column(grid, "executor", GRID_TEXT | GRID_KEY);
    grid_column(grid, "median", GRID_NUMBER);
    grid_column(grid, "rate", GRID_NUMBER);
    grid_cell(grid, "serial");
    grid_cell(grid, "12.3 ms");
    grid_cell(grid, "1.20 GiB/s");
    grid_cell(grid, "omp");
    grid_cell(grid, "6.1 ms");
    grid_cell(grid, "%s", "");
}

static void columns_come_closer_where_it_would_not_fit(void **state)
{
    struct grid grid = {0};

    (void)state;
    make(&grid);
    assert_text(&grid, 29,
                "executor   median        rate\n"
                "serial    12.3 ms  1.20 GiB/s\n"
                "omp        6.1 ms\n");
    assert_text(&grid, 27,
                "executor  median       rate\n"
                "serial   12.3 ms 1.20 GiB/s\n"
                "omp       6.1 ms\n");
    grid_free(&grid);
}

static void table_is_cut_with_its_keys_repeated(void **state)
{
    struct grid grid = {0};

    (void)state;
    make(&grid);
    assert_text(&grid, 22,
                "executor   median\n"
                "serial    12.3 ms\n"
                "omp        6.1 ms\n"
                "\n"
                "executor        rate\n"
                "serial    1.20 GiB/s\n"
                "omp\n");
    grid_free(&grid);
}

static void numbers_are_never_broken(void **state)
{
    struct grid grid = {0};
    char *text;

    (void)state;
    make(&grid);
    text = text_of(&grid, 5);
    assert_non_null(strstr(text, "12.3 ms\n"));
    assert_non_null(strstr(text, "1.20 GiB/s\n"));
    free(text);
    grid_free(&grid);
}

static void long_texts_are_broken_before_the_table_is_cut(void **state)
{
    struct grid grid = {0};

    (void)state;
    grid_column(&grid, "command", GRID_TEXT | GRID_KEY);
    grid_column(&grid, "median", GRID_NUMBER);
    grid_cell(&grid, "a program with a great many words behind it");
    grid_cell(&grid, "1.00 s");
    assert_text(&grid, 40,
                "command                           median\n"
                "a program with a great many       1.00 s\n"
                "words behind it\n");
    grid_free(&grid);
}

static void width_is_that_of_what_is_seen(void **state)
{
    struct grid grid = {0};

    (void)state;
    grid_column(&grid, "label", GRID_TEXT | GRID_KEY);
    grid_column(&grid, "n", GRID_NUMBER);
    grid_cell(&grid, "%s",
              "gr\xC3\xB6\xC3\x9F"
              "er");
    grid_cell(&grid, "1");
    grid_cell(&grid, "%s", "\xE9\x80\x9F\xE5\xBA\xA6"); /* two characters, of two columns each */
    grid_cell(&grid, "2");
    grid_cell(&grid, "%s",
              "e\xCC\x81"
              "te\xFF"); /* a combining accent, and no UTF-8 */
    grid_cell(&grid, "3");
    assert_text(&grid, 80,
                "label   n\n"
                "gr\xC3\xB6\xC3\x9F"
                "er  1\n"
                "\xE9\x80\x9F\xE5\xBA\xA6    2\n"
                "e\xCC\x81"
                "te?    3\n");
    grid_free(&grid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_come_closer_where_it_would_not_fit),
        cmocka_unit_test(table_is_cut_with_its_keys_repeated),
        cmocka_unit_test(numbers_are_never_broken),
        cmocka_unit_test(long_texts_are_broken_before_the_table_is_cut),
        cmocka_unit_test(width_is_that_of_what_is_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
