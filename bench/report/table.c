/* Results as a table for people. */
#include "report/table.h"
#include "report/groups.h"
#include "report/wrap.h"

#include <errno.h>
#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>
#include <string.h>

static int add_columns(struct libscols_table *table, const struct report_column *const *shown)
{
    for (; *shown != NULL; shown++) {
        if (scols_table_new_column(table, (*shown)->heading, 0,
                                   (*shown)->is_text ? 0 : SCOLS_FL_RIGHT) == NULL)
            return -ENOMEM;
    }
    return 0;
}

static int add_line(struct libscols_table *table, const struct report_column *const *shown,
                    const struct case_result *result)
{
    struct libscols_line *line = scols_table_new_line(table, NULL);
    int failed = line != NULL ? 0 : -ENOMEM;

    for (size_t i = 0; shown[i] != NULL && !failed; i++) {
        char cell[COLUMN_CELL_BYTES];

        column_cell(shown[i], result, cell);
        failed = scols_line_set_data(line, i, cell);
    }
    return failed;
}

static size_t longest_line(const char *text)
{
    size_t longest = 0;

    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        longest = length > longest ? length : longest;
        text += length + (text[length] == '\n');
    }
    return longest;
}

/* A line without the blanks that fill up its last cell. */
static void print_trimmed(FILE *out, const char *text)
{
    while (*text != '\0') {
        size_t line = strcspn(text, "\n"), length = line;

        while (length > 0 && text[length - 1] == ' ')
            length--;
        fprintf(out, "%.*s\n", (int)length, text);
        text += line + (text[line] == '\n');
    }
}

/* The group's cases, under these columns; set closer where it would not fit otherwise. */
static int print_columns(FILE *out, const struct report_column *const *shown,
                         const struct results *group, size_t width)
{
    struct libscols_table *table = scols_new_table();
    char *text = NULL;
    int failed = table != NULL ? add_columns(table, shown) : -ENOMEM;

    for (size_t i = 0; i < group->size && !failed; i++)
        failed = add_line(table, shown, &group->cases[i]);
    if (failed)
        goto out;
    scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
    failed = scols_table_set_column_separator(table, "  ");
    if (!failed)
        failed = scols_print_table_to_string(table, &text);
    if (!failed && width > 0 && longest_line(text) > width) {
        free(text);
        text = NULL;
        failed = scols_table_set_column_separator(table, " ");
        if (!failed)
            failed = scols_print_table_to_string(table, &text);
    }
    if (!failed)
        print_trimmed(out, text);
out:
    free(text);
    scols_unref_table(table);
    return failed;
}

/* Prints and frees the text; NULL is -ENOMEM. */
static int print_wrapped(FILE *out, char *text, size_t width)
{
    if (text == NULL)
        return -ENOMEM;
    wrap_print(out, text, width, 2);
    free(text);
    return 0;
}

/* A group is judged by itself: a column that only another one needs is not shown. */
static int print_group(FILE *out, const struct results *group, unsigned parts,
                       const struct table_options *options)
{
    const struct report_column *shown[REPORT_COLUMNS_MAX], *details[REPORT_COLUMNS_MAX];
    int failed = print_wrapped(out, group_heading(group, parts), options->width);

    columns_choose(group, false, shown);
    if (!failed)
        failed = print_columns(out, shown, group, options->width);
    if (!failed && options->with_details) {
        columns_choose(group, true, details);
        fputc('\n', out);
        failed = print_columns(out, details, group, options->width);
    }
    for (size_t i = 0; i < group->size && !failed; i++) {
        if (strcmp(group->cases[i].status, "ok") != 0)
            failed = print_wrapped(out, group_failure(shown, &group->cases[i]), options->width);
    }
    fputc('\n', out);
    return failed;
}

int table_print(FILE *out, const struct results *results, const struct table_options *options,
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
    for (size_t i = 0; legend[i] != NULL && !failed; i++)
        wrap_print(out, legend[i], options->width, 0);
    if (fflush(out) != 0 || ferror(out))
        failed = errno != 0 ? -errno : -EIO;
    return failed ? bench_error_set(err, failed, "cannot print the table: %s", strerror(-failed)) : 0;
}
