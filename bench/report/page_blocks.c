/* Headings, remarks and tables as JSON. */
#include "report/page_blocks.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static json_t *string_of(const char *text)
{
    char *copy = mem_text(text);
    json_t *string = json_string(text_make_visible(copy));
    free(copy);
    return string;
}

/* Lines of code are made fit one by one: a line end is a control character. */
static json_t *lines_of(const char *text)
{
    json_t *lines = json_array();
    char *copy = mem_text(text), *rest = copy;
    for (char *line; (line = strsep(&rest, "\n"));)
        json_array_append_new(lines, string_of(line));
    free(copy);
    return lines;
}

void page_blocks_text(json_t *blocks, const char *kind, const char *text)
{
    json_t *block = json_object();
    json_object_set_new(block, "kind", json_string(kind));
    if (strcmp(kind, "code") == 0)
        json_object_set_new(block, "lines", lines_of(text));
    else
        json_object_set_new(block, "text", string_of(text));
    json_array_append_new(blocks, block);
}

void page_blocks_grid(json_t *blocks, const struct grid *grid)
{
    json_t *block = json_object(), *columns = json_array(), *rows = json_array(), *loud = json_array();
    for (size_t c = 0; c < grid->columns_size; c++) {
        json_t *column = json_array();
        json_array_append_new(column, string_of(grid->columns[c].heading));
        json_array_append_new(column, json_boolean(!(grid->columns[c].kind & GRID_TEXT)));
        json_array_append_new(columns, column);
    }
    for (size_t r = 0; r < grid_rows(grid); r++) {
        json_t *row = json_array();
        for (size_t c = 0; c < grid->columns_size; c++) {
            const struct grid_cell *cell = &grid->cells[r * grid->columns_size + c];
            json_array_append_new(row, string_of(cell->text));
            if (cell->is_loud)
                json_array_append_new(loud, json_pack("[i,i]", (int)r, (int)c));
        }
        json_array_append_new(rows, row);
    }
    json_object_set_new(block, "kind", json_string("grid"));
    json_object_set_new(block, "columns", columns);
    json_object_set_new(block, "rows", rows);
    json_object_set_new(block, "loud", loud);
    json_array_append_new(blocks, block);
}
