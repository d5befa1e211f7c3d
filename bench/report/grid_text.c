/* A table as text that fits a terminal. */
#include "report/grid.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "report/wrap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    GAP = 2,         /* between columns; 1 where it would not fit otherwise */
    TEXT_LEAST = 24, /* so narrow a text is not broken for the table's sake */
};

/* How a table is laid out: the width of each column, and how far the columns are apart. */
struct layout {
    const struct grid *grid;
    FILE *out;
    size_t width; /* of a line */
    size_t *widths;
    size_t gap;
};

static size_t columns_of(const char *text)
{
    return utf8_columns(text, strlen(text));
}

static bool is_text(const struct grid *grid, size_t column)
{
    return grid->columns[column].kind & GRID_TEXT;
}

static bool is_key(const struct grid *grid, size_t column)
{
    return grid->columns[column].kind & GRID_KEY;
}

static void find_widths(struct layout *layout)
{
    const struct grid *grid = layout->grid;
    for (size_t c = 0; c < grid->columns_size; c++) {
        layout->widths[c] = grid->has_no_headings ? 0 : columns_of(grid->columns[c].heading);
        for (size_t i = c; i < grid->cells_size; i += grid->columns_size) {
            size_t own = columns_of(grid->cells[i].text);
            layout->widths[c] = own > layout->widths[c] ? own : layout->widths[c];
        }
    }
}

/* The width of a line with all columns. */
static size_t total(const struct layout *layout)
{
    size_t sum = layout->grid->indent;
    for (size_t c = 0; c < layout->grid->columns_size; c++)
        sum += layout->widths[c] + (c > 0 ? layout->gap : 0);
    return sum;
}

/* Take from the widest text what is too much, as long as that is not too narrow. */
static void narrow_texts(struct layout *layout)
{
    while (total(layout) > layout->width) {
        size_t widest = SIZE_MAX, over = total(layout) - layout->width;
        for (size_t c = 0; c < layout->grid->columns_size; c++) {
            if (is_text(layout->grid, c) && layout->widths[c] > TEXT_LEAST &&
                (widest == SIZE_MAX || layout->widths[c] > layout->widths[widest]))
                widest = c;
        }
        if (widest == SIZE_MAX)
            return;
        size_t most = layout->widths[widest] - TEXT_LEAST;
        layout->widths[widest] -= over < most ? over : most;
    }
}

/* Which columns a part of the table has, from `first` on: the key ones and as many others as fit.
 * Returns the first that is left for the next part. */
static size_t choose(const struct layout *layout, size_t first, bool *shown)
{
    const struct grid *grid = layout->grid;
    size_t used = grid->indent, others = 0, c;
    for (c = 0; c < grid->columns_size; c++) {
        shown[c] = is_key(grid, c);
        used += shown[c] ? layout->widths[c] + layout->gap : 0;
    }
    for (c = first; c < grid->columns_size; c++) {
        if (is_key(grid, c))
            continue;
        if (others > 0 && used + layout->widths[c] > layout->width)
            break;
        used += layout->widths[c] + layout->gap;
        shown[c] = true;
        others++;
    }
    return c;
}

/* Into how many tables it has to be cut. */
static size_t count_parts(const struct layout *layout)
{
    bool *shown = mem_zero(layout->grid->columns_size + 1, sizeof *shown);
    size_t parts = 0;
    for (size_t first = 0; first < layout->grid->columns_size; parts++)
        first = choose(layout, first, shown);
    free(shown);
    return parts;
}

static void lay_out(struct layout *layout)
{
    find_widths(layout);
    layout->gap = GAP;
    if (total(layout) > layout->width)
        layout->gap = 1;
    if (total(layout) > layout->width) {
        layout->gap = GAP;
        narrow_texts(layout);
        size_t parts = count_parts(layout);
        layout->gap = 1;
        if (count_parts(layout) == parts)
            layout->gap = GAP;
    }
}

/* One cell of a line, padded but for blanks at the line's end, which `pending` counts. */
static void put(const struct layout *layout, size_t column, const char *text, size_t length,
                size_t *pending)
{
    size_t padding = layout->widths[column] - utf8_columns(text, length);
    bool left = is_text(layout->grid, column);
    if (length > 0)
        fprintf(layout->out, "%*s%.*s", (int)(*pending + (left ? 0 : padding)), "", (int)length, text);
    *pending = (length > 0 ? left ? padding : 0 : *pending + layout->widths[column]) + layout->gap;
}

/* A row, in as many lines as its longest text needs; `rest` is what is left of each cell. */
static void put_row(const struct layout *layout, const bool *shown, const char **rest)
{
    for (bool more = true; more;) {
        size_t pending = layout->grid->indent;
        more = false;
        for (size_t c = 0; c < layout->grid->columns_size; c++) {
            if (!shown[c])
                continue;
            size_t length = columns_of(rest[c]) <= layout->widths[c]
                                ? strlen(rest[c])
                                : wrap_length(rest[c], layout->widths[c], true);
            put(layout, c, rest[c], length, &pending);
            rest[c] += length;
            rest[c] += strspn(rest[c], " ");
            more = more || *rest[c];
        }
        fputc('\n', layout->out);
    }
}

static void put_part(const struct layout *layout, const bool *shown)
{
    const struct grid *grid = layout->grid;
    const char **rest = mem_zero(grid->columns_size, sizeof *rest);
    for (size_t c = 0; c < grid->columns_size; c++)
        rest[c] = grid->columns[c].heading;
    if (!grid->has_no_headings)
        put_row(layout, shown, rest);
    for (size_t row = 0; row < grid_rows(grid); row++) {
        for (size_t c = 0; c < grid->columns_size; c++)
            rest[c] = grid->cells[row * grid->columns_size + c].text;
        put_row(layout, shown, rest);
    }
    free(rest);
}

void grid_print_text(FILE *out, const struct grid *grid, size_t width)
{
    struct layout layout = {.grid = grid,
                            .out = out,
                            .width = width ? width : SIZE_MAX,
                            .widths = mem_zero(grid->columns_size + 1, sizeof *layout.widths)};
    bool *shown = mem_zero(grid->columns_size + 1, sizeof *shown);
    lay_out(&layout);
    for (size_t first = 0; first < grid->columns_size;) {
        if (first > 0)
            fputc('\n', out);
        first = choose(&layout, first, shown);
        put_part(&layout, shown);
    }
    free(shown);
    free(layout.widths);
}
