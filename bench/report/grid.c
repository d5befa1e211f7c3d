/* A table as it is built, before anybody knows what it is printed as. */
#include "report/grid.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdlib.h>

void grid_column(struct grid *grid, const char *heading, unsigned kind)
{
    grid->columns =
        mem_grow(grid->columns, grid->columns_size, &grid->columns_capacity, sizeof *grid->columns);
    grid->columns[grid->columns_size++] =
        (struct grid_column){text_make_visible(mem_text(heading)), kind};
}

static void add(struct grid *grid, char *text, bool is_loud)
{
    grid->cells = mem_grow(grid->cells, grid->cells_size, &grid->cells_capacity, sizeof *grid->cells);
    grid->cells[grid->cells_size++] = (struct grid_cell){text_make_visible(text), is_loud};
}

void grid_cell(struct grid *grid, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = mem_vformat(format, arguments);
    va_end(arguments);
    add(grid, text, false);
}

void grid_loud_cell(struct grid *grid, const char *text)
{
    add(grid, mem_text(text), true);
}

size_t grid_rows(const struct grid *grid)
{
    return grid->columns_size ? grid->cells_size / grid->columns_size : 0;
}

void grid_free(struct grid *grid)
{
    for (size_t i = 0; i < grid->columns_size; i++)
        free(grid->columns[i].heading);
    for (size_t i = 0; i < grid->cells_size; i++)
        free(grid->cells[i].text);
    free(grid->columns);
    free(grid->cells);
    *grid = (struct grid){0};
}
