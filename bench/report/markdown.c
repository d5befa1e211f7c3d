/* Results as Markdown. */
#include "report/markdown.h"
#include "base/text.h"
#include "base/utf8.h"
#include "report/groups.h"
#include "report/wrap.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH_LEAST 3 /* of a column: its line of dashes may need a colon */

/* Would Markdown take this character for a sign of its own? `before` is the one before it, or 0. */
static bool is_sign(char before, const char *at)
{
    bool begins_word = before == '\0' || before == ' ';

    if (*at == '_') /* within a word it is none */
        return !isalnum((unsigned char)before) || !isalnum((unsigned char)at[1]);
    if (strchr("#+-=>", *at) != NULL) /* only where a line begins, and a word may come to stand there */
        return begins_word && (at[1] == ' ' || at[1] == '\0' || at[1] == *at || *at == '>');
    if (*at == '.' || *at == ')')
        return isdigit((unsigned char)before) && (at[1] == ' ' || at[1] == '\0');
    if (*at == ']') /* "[label]" alone is no link */
        return at[1] != '\0' && strchr("([:", at[1]) != NULL;
    return strchr("\\`*<|~&$", *at) != NULL;
}

/* The caller frees it; NULL: no memory. */
static char *escape(const char *words)
{
    struct text text = {0};
    char before = '\0';

    text_add(&text, "%s", "");
    for (; *words != '\0'; before = *words++)
        text_add(&text, "%s%c", is_sign(before, words) ? "\\" : "", *words);
    if (!text.failed)
        return text.text;
    free(text.text);
    return NULL;
}

static size_t characters(const char *text)
{
    size_t count = 0;

    for (size_t size; *text != '\0'; text += size, count++) {
        size = utf8_length(text);
        size += size == 0;
    }
    return count;
}

/* A table's cells, escaped, row by row, the first the headings. */
struct grid {
    char **cells;
    size_t rows, shown;
    size_t widths[REPORT_COLUMNS_MAX];
    bool is_text[REPORT_COLUMNS_MAX];
};

static void grid_free(struct grid *grid)
{
    for (size_t i = 0; grid->cells != NULL && i < grid->rows * grid->shown; i++)
        free(grid->cells[i]);
    free(grid->cells);
}

static int grid_make(struct grid *grid, const struct report_column *const *shown,
                     const struct results *group)
{
    *grid = (struct grid){.rows = group->size + 1};
    while (shown[grid->shown] != NULL)
        grid->shown++;
    grid->cells = calloc(grid->rows * grid->shown, sizeof *grid->cells);
    for (size_t i = 0; grid->cells != NULL && i < grid->rows * grid->shown; i++) {
        const struct report_column *column = shown[i % grid->shown];
        size_t *width = &grid->widths[i % grid->shown], length;
        char cell[COLUMN_CELL_BYTES];

        if (i >= grid->shown)
            column_cell(column, &group->cases[i / grid->shown - 1], cell);
        grid->cells[i] = escape(i >= grid->shown ? text_make_visible(cell) : column->heading);
        if (grid->cells[i] == NULL)
            return -ENOMEM;
        length = characters(grid->cells[i]);
        *width = length > *width ? length : *width;
        *width = *width < WIDTH_LEAST ? WIDTH_LEAST : *width;
        grid->is_text[i % grid->shown] = column->is_text;
    }
    return grid->cells != NULL ? 0 : -ENOMEM;
}

static void put_cell(FILE *out, const char *gap, const char *cell, size_t width, bool is_text)
{
    int padding = (int)(width - characters(cell));

    fprintf(out, "|%s%*s%s%*s%s", gap, is_text ? 0 : padding, "", cell, is_text ? padding : 0, "", gap);
}

/* ":---" for text, "---:" for numbers. */
static void put_rule(FILE *out, const char *gap, size_t width, bool is_text)
{
    fprintf(out, "|%s%s", gap, is_text ? ":" : "");
    for (size_t i = 1; i < width; i++)
        fputc('-', out);
    fprintf(out, "%s%s", is_text ? "" : ":", gap);
}

static void grid_print(FILE *out, const struct grid *grid, size_t most)
{
    size_t width = 1;
    const char *gap;

    for (size_t c = 0; c < grid->shown; c++)
        width += grid->widths[c] + 3;
    gap = most > 0 && width > most ? "" : " ";
    for (size_t row = 0; row < grid->rows; row++) {
        for (size_t c = 0; c < grid->shown; c++)
            put_cell(out, gap, grid->cells[row * grid->shown + c], grid->widths[c], grid->is_text[c]);
        fputs("|\n", out);
        for (size_t c = 0; row == 0 && c < grid->shown; c++)
            put_rule(out, gap, grid->widths[c], grid->is_text[c]);
        fputs(row == 0 ? "|\n" : "", out);
    }
}

static int print_columns(FILE *out, const struct results *group, bool of_details, size_t width)
{
    const struct report_column *shown[REPORT_COLUMNS_MAX];
    struct grid grid;
    int failed;

    columns_choose(group, of_details, shown);
    failed = grid_make(&grid, shown, group);
    if (!failed)
        grid_print(out, &grid, width);
    grid_free(&grid);
    fputc('\n', out);
    return failed;
}

/* A paragraph, or an item of a list where `mark` is "- ". Frees the text; NULL is -ENOMEM. */
static int print_text(FILE *out, const char *mark, char *text, size_t width)
{
    char *escaped = text != NULL ? escape(text_make_visible(text)) : NULL, *line = NULL;
    int length = escaped != NULL ? asprintf(&line, "%s%s", mark, escaped) : -1;

    if (length >= 0) {
        wrap_print(out, line, width, strlen(mark));
        free(line);
    }
    free(escaped);
    free(text);
    return length >= 0 ? 0 : -ENOMEM;
}

static int print_group(FILE *out, const struct results *group, unsigned parts,
                       const struct table_options *options)
{
    const struct report_column *shown[REPORT_COLUMNS_MAX];
    bool has_failures = false;
    int failed = print_text(out, "", group_heading(group, parts), options->width);

    fputc('\n', out);
    if (!failed)
        failed = print_columns(out, group, false, options->width);
    if (!failed && options->with_details)
        failed = print_columns(out, group, true, options->width);
    columns_choose(group, false, shown);
    for (size_t i = 0; i < group->size && !failed; i++) {
        if (strcmp(group->cases[i].status, "ok") == 0)
            continue;
        has_failures = true;
        failed = print_text(out, "- ", group_failure(shown, &group->cases[i]), options->width);
    }
    fputs(has_failures ? "\n" : "", out);
    return failed;
}

int markdown_print(FILE *out, const struct results *results, const struct table_options *options,
                   struct bench_error *err)
{
    unsigned parts = results_parts(results);
    const char *legend[COLUMNS_LEGEND_MAX];
    int failed = 0;

    errno = 0;
    for (size_t work = 0; work < results->works && !failed; work++) {
        struct results group;

        failed = group_of(results, work, &group);
        if (!failed)
            failed = print_group(out, &group, parts, options);
        free(group.cases);
    }
    columns_legend(results, options->with_details, legend);
    for (size_t i = 0; legend[i] != NULL && !failed; i++) {
        fputs(i > 0 ? "\n" : "", out);
        failed = print_text(out, "", strdup(legend[i]), options->width);
    }
    if (!failed && (fflush(out) != 0 || ferror(out)))
        failed = errno != 0 ? -errno : -EIO;
    return failed ? bench_error_set(err, failed, "cannot print Markdown: %s", strerror(-failed)) : 0;
}
