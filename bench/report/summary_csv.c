/* Results as CSV with one row per case. */
#include "report/summary_csv.h"
#include "records/csv.h"
#include "report/fields.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Separated by commas; the caller frees it. */
static char *make_header(void)
{
    char *header = NULL;
    size_t size;
    FILE *stream = open_memstream(&header, &size);

    if (stream == NULL)
        return NULL;
    for (size_t i = 0; i < fields_size; i++)
        fprintf(stream, "%s%s", i > 0 ? "," : "", fields[i].name);
    if (fclose(stream) == 0)
        return header;
    free(header);
    return NULL;
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
    char *header = make_header();
    if (header == NULL)
        return bench_error_set(err, -ENOMEM, "%s: %s", path, strerror(ENOMEM));
    int failed = csv_open(csv, path, header, err);
    free(header);
    return failed;
}

int summary_csv_open_fd(struct csv *csv, int fd, const char *name, struct bench_error *err)
{
    char *header = make_header();
    if (header == NULL)
        return bench_error_set(err, -ENOMEM, "%s: %s", name, strerror(ENOMEM));
    int failed = csv_open_fd(csv, fd, name, header, err);
    free(header);
    return failed;
}

int summary_csv_write(struct csv *csv, const struct results *results, struct bench_error *err)
{
    int failed = 0;
    for (size_t i = 0; i < results->size && !failed; i++)
        failed = write_case(csv, &results->cases[i], err);
    return failed;
}
