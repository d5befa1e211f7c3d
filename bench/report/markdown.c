/* What Markdown needs: the one way of escaping, and tables. */
#include "report/markdown.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "report/grid.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH_LEAST = 3 }; /* of a column: its line of dashes may need a colon */

/* Would Markdown take this character for a sign of its own? `before` is the one before it, or 0. What is
 * none stays as it is, since people read the source, too. */
static bool is_sign(char before, const char *at)
{
    bool begins_word = before == '\0' || before == ' ';
    if (*at == '_') /* within a word it is none */
        return !isalnum((unsigned char)before) || !isalnum((unsigned char)at[1]);
    if (*at == '#' && isdigit((unsigned char)at[1])) /* an issue's number */
        return true;
    if (strchr("#+-=>", *at)) /* only where a line begins, and a word may come to stand there */
        return begins_word && (at[1] == ' ' || at[1] == '\0' || at[1] == *at || *at == '>');
    if (*at == '.' || *at == ')')
        return isdigit((unsigned char)before) && (at[1] == ' ' || at[1] == '\0');
    if (*at == ']') /* "[label]" alone is not a link */
        return at[1] && strchr("([:", at[1]);
    return strchr("\\`*<|~&$", *at);
}

char *markdown_escape(const char *text)
{
    struct text escaped = {0};
    char *visible = text_make_visible(mem_text(text)), before = '\0';
    text_add(&escaped, "%s", "");
    for (const char *at = visible; *at; before = *at++) {
        if (*at == '@') /* a backslash would not keep it from being a mention */
            text_add(&escaped, "&#64;");
        else
            text_add(&escaped, "%s%c", is_sign(before, at) ? "\\" : "", *at);
    }
    free(visible);
    return escaped.text;
}

static size_t columns_of(const char *text)
{
    return utf8_columns(text, strlen(text));
}

static void put_cell(FILE *out, const char *text, size_t width, bool is_text)
{
    int padding = (int)(width - columns_of(text));
    fprintf(out, "| %*s%s%*s ", is_text ? 0 : padding, "", text, is_text ? padding : 0, "");
}

/* ":---" for text, "---:" for numbers. */
static void put_rule(FILE *out, size_t width, bool is_text)
{
    fprintf(out, "| %s", is_text ? ":" : "");
    for (size_t i = 1; i < width; i++)
        fputc('-', out);
    fprintf(out, "%s ", is_text ? "" : ":");
}

/* Headings and cells, row by row, escaped. */
static char **escape_all(const struct grid *grid, size_t count)
{
    char **cells = mem_zero(count, sizeof *cells);
    for (size_t i = 0; i < count; i++) {
        size_t columns = grid->columns_size;
        const struct grid_cell *cell = i < columns ? NULL : &grid->cells[i - columns];
        cells[i] = markdown_escape(cell ? cell->text : grid->columns[i].heading);
        if (!cell || !cell->is_loud)
            continue;
        char *loud = mem_format("**%s**", cells[i]);
        free(cells[i]);
        cells[i] = loud;
    }
    return cells;
}

void grid_print_markdown(FILE *out, const struct grid *grid)
{
    size_t columns = grid->columns_size, count = columns * (grid_rows(grid) + 1);
    char **cells = escape_all(grid, count);
    size_t *widths = mem_zero(columns + 1, sizeof *widths);
    for (size_t i = 0; i < count; i++) {
        size_t width = columns_of(cells[i]), *most = &widths[i % columns];
        width = width < WIDTH_LEAST ? WIDTH_LEAST : width;
        *most = width > *most ? width : *most;
    }
    for (size_t i = 0; i < count; i++) {
        size_t c = i % columns;
        put_cell(out, cells[i], widths[c], grid->columns[c].kind & GRID_TEXT);
        if (c + 1 < columns)
            continue;
        fputs("|\n", out);
        for (size_t r = 0; i + 1 == columns && r < columns; r++)
            put_rule(out, widths[r], grid->columns[r].kind & GRID_TEXT);
        fputs(i + 1 == columns ? "|\n" : "", out);
    }
    for (size_t i = 0; i < count; i++)
        free(cells[i]);
    free(cells);
    free(widths);
}
