/* A wide table as CSV. */
#include "report/pivot_csv.h"

#include "records/csv.h"
#include "report/pivot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Medians stand side by side, since a chart is made of neighbouring columns. */
static int write_header(struct csv *csv, const struct pivot *pivot, const char *key,
                        struct bench_error *err)
{
    csv_text(csv, key);
    for (size_t way = 0; way < pivot->ways_size; way++)
        csv_text(csv, pivot->ways[way]);
    for (size_t way = 0; way < pivot->ways_size; way++) {
        struct text low = {0}, high = {0};
        text_add(&low, "%s low", pivot->ways[way]);
        text_add(&high, "%s high", pivot->ways[way]);
        csv_text(csv, low.text);
        csv_text(csv, high.text);
        free(low.text);
        free(high.text);
    }
    return csv_end_row(csv, err);
}

static int write_row(struct csv *csv, const struct pivot *pivot, size_t value, struct bench_error *err)
{
    if (pivot->is_numeric)
        csv_real(csv, strtod(pivot->values[value], NULL));
    else
        csv_text(csv, pivot->values[value]);
    for (size_t way = 0; way < pivot->ways_size; way++) {
        const struct case_result *cell = pivot_cell(pivot, value, way);
        csv_real(csv, cell ? cell->wall_s.median : NAN);
    }
    for (size_t way = 0; way < pivot->ways_size; way++) {
        const struct case_result *cell = pivot_cell(pivot, value, way);
        csv_real(csv, cell ? cell->median_s.low : NAN);
        csv_real(csv, cell ? cell->median_s.high : NAN);
    }
    return csv_end_row(csv, err);
}

int pivot_csv_results(struct page *page, const struct results *results, const char *key,
                      struct bench_error *err)
{
    struct pivot pivot;
    struct csv csv;
    int rc = pivot_make(&pivot, results, key, NULL, NULL, err);
    if (rc == 0)
        rc = csv_open_fd(&csv, fileno(page->out), "the wide table", NULL, err);
    if (rc < 0)
        goto out;
    csv.has_decimal_comma = page->has_decimal_comma;
    rc = write_header(&csv, &pivot, key, err);
    for (size_t value = 0; rc == 0 && value < pivot.values_size; value++)
        rc = write_row(&csv, &pivot, value, err);
    int closed = csv_close(&csv, err);
    rc = rc < 0 ? rc : closed;
out:
    pivot_free(&pivot);
    return rc;
}
