/*
 * A table: headings and cells, whatever it is printed as. Zero-initialise, name the columns, add the
 * cells row by row, print it on a page, free it.
 */
#ifndef REPORT_GRID_H
#define REPORT_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
    GRID_NUMBER = 0, /* aligned right, never broken */
    GRID_TEXT = 1,   /* aligned left; broken in lines where it would not fit */
    GRID_KEY = 2,    /* says which row it is: repeated where a table is cut in two */
};

struct grid {
    struct grid_column {
        char *heading;
        unsigned kind; /* of the above */
    } * columns;
    struct grid_cell {
        char *text;
        bool is_loud; /* what must not be overlooked */
    } * cells;        /* row by row, fit for a terminal */
    size_t columns_size, columns_capacity, cells_size, cells_capacity;
    size_t indent;        /* blanks before each line, as text */
    bool has_no_headings; /* and no line for them */
};

void grid_column(struct grid *grid, const char *heading, unsigned kind);

/* The next cell, of the next row after the last column. A loud one calls for attention. */
void grid_cell(struct grid *grid, const char *format, ...) __attribute__((format(printf, 2, 3)));
void grid_loud_cell(struct grid *grid, const char *text);

size_t grid_rows(const struct grid *grid);
void grid_free(struct grid *grid);

/*
 * As text, in lines of `width` columns (0: any). Where it would be wider, columns come closer, then long
 * texts are broken, and at last the table is cut: its later columns follow below, behind the key ones
 * again. Numbers are never broken, so that a line is longer where not even one fits.
 */
void grid_print_text(FILE *out, const struct grid *grid, size_t width);

/* Prints a table in GitHub Flavored Markdown (github.github.com/gfm, 4.10). */
void grid_print_markdown(FILE *out, const struct grid *grid);

#endif
