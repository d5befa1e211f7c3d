/* Results as CSV with one row per case. */
#include "report/summary_csv.h"

#include "report/fields.h"
#include "report/formats.h"

#include <stdio.h>
#include <stdlib.h>

/* The caller frees it. */
static char *make_header(const char *separator)
{
    struct text header = {0};
    for (size_t i = 0; i < fields_size; i++)
        text_add(&header, "%s%s", i > 0 ? separator : "", fields[i].name);
    return header.text;
}

static int write_case(struct csv *csv, const struct case_result *result, struct bench_error *err)
{
    for (size_t i = 0; i < fields_size; i++) {
        struct field_value value = field_of(result, &fields[i]);
        if (value.type == COLUMN_TEXT)
            csv_text(csv, value.text);
        else if (value.type == COLUMN_COUNT)
            csv_count(csv, value.count);
        else
            csv_real(csv, value.real);
    }
    return csv_end_row(csv, err);
}

int summary_csv_open(struct csv *csv, const char *path, struct bench_error *err)
{
    char *header = make_header(",");
    int rc = csv_open(csv, path, header, err);
    free(header);
    return rc;
}

int summary_csv_write(struct csv *csv, const struct results *results, struct bench_error *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < results->size; i++)
        rc = write_case(csv, &results->cases[i], err);
    return rc;
}

int csv_results(struct page *page, const struct results *results, struct bench_error *err)
{
    struct csv csv;
    char *header = make_header(page->has_decimal_comma ? ";" : ",");
    int rc = csv_open_fd(&csv, fileno(page->out), "the summary", header, err);
    free(header);
    if (rc < 0)
        return rc;
    csv.has_decimal_comma = page->has_decimal_comma;
    rc = summary_csv_write(&csv, results, err);
    int closed = csv_close(&csv, err);
    return rc < 0 ? rc : closed;
}
