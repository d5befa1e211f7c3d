/* Results as JSON. */
#include "report/json.h"
#include "base/utf8.h"
#include "report/fields.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* JSON is UTF-8; what is not becomes U+FFFD. */
static json_t *text_value(const char *text)
{
    size_t size;
    char *clean;
    FILE *stream;
    json_t *value;

    if (text == NULL)
        return json_null();
    value = json_string(text);
    if (value != NULL)
        return value;
    stream = open_memstream(&clean, &size);
    if (stream == NULL)
        return NULL;
    while (*text != '\0') {
        size_t length = utf8_length(text);

        fprintf(stream, "%.*s", length != 0 ? (int)length : 3, length != 0 ? text : UTF8_REPLACEMENT);
        text += length != 0 ? length : 1;
    }
    if (fclose(stream) != 0)
        return NULL;
    value = json_string(clean);
    free(clean);
    return value;
}

static json_t *count_value(int64_t count)
{
    return count == RECORD_NO_COUNT ? json_null() : json_integer(count);
}

static json_t *real_value(double real)
{
    if (!isfinite(real))
        return json_null();
    bool whole = rint(real) == real && fabs(real) < 0x1p53; /* 135 tasks, not 135.0 */
    return whole ? json_integer((json_int_t)real) : json_real(real);
}

static json_t *column_value(const struct record *record, enum column column)
{
    switch (column_type(column)) {
    case COLUMN_TEXT:
        return text_value(record_text(record, column));
    case COLUMN_COUNT:
        return count_value(record_count(record, column));
    default:
        return real_value(record_real(record, column));
    }
}

static bool is_of_session(enum column column)
{
    return column == COLUMN_schema || column == COLUMN_session || column == COLUMN_host ||
           column == COLUMN_machine || column == COLUMN_label;
}

/* What all runs of a case have in common. */
static bool is_of_case(enum column column)
{
    return column >= COLUMN_workload && column <= COLUMN_side;
}

static json_t *run_object(const struct record *run)
{
    json_t *object = json_object();

    for (enum column column = 0; object != NULL && column < COLUMNS; column++) {
        json_t *value;

        if (is_of_session(column) || is_of_case(column))
            continue;
        value = column_value(run, column);
        if (json_is_null(value))
            continue;
        if (json_object_set_new(object, column_name(column), value) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *field_value(const struct case_result *result, const struct field *field)
{
    struct field_value value = field_of(result, field);

    switch (value.type) {
    case COLUMN_TEXT:
        return text_value(value.text);
    case COLUMN_COUNT:
        return count_value(value.count);
    default:
        return real_value(value.real);
    }
}

static json_t *case_object(const struct case_result *result)
{
    json_t *object = json_object(), *runs = json_array();
    int failed = object == NULL || runs == NULL;

    for (size_t i = 0; i < fields_size && !failed; i++) {
        if (fields[i].column == COLUMNS || is_of_case(fields[i].column))
            failed = json_object_set_new(object, fields[i].name, field_value(result, &fields[i]));
    }
    for (size_t i = 0; i < result->runs_size && !failed; i++)
        failed = json_array_append_new(runs, run_object(result->runs[i]));
    if (!failed)
        failed = json_object_set(object, "runs", runs);
    json_decref(runs);
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *session_object(const struct results *results)
{
    json_t *object = json_object(), *cases = json_array();
    int failed = object == NULL || cases == NULL;

    for (enum column column = 0; column < COLUMNS && results->size > 0 && !failed; column++) {
        if (is_of_session(column))
            failed = json_object_set_new(object, column_name(column),
                                         column_value(results->cases[0].runs[0], column));
    }
    if (!failed && results->size == 0)
        failed = json_object_set_new(object, "schema", json_integer(RECORD_SCHEMA));
    for (size_t i = 0; i < results->size && !failed; i++)
        failed = json_array_append_new(cases, case_object(&results->cases[i]));
    if (!failed)
        failed = json_object_set(object, "cases", cases);
    json_decref(cases);
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

int json_print(FILE *out, const struct results *results, struct bench_error *err)
{
    json_t *object = session_object(results);
    int failed = 0;

    if (object == NULL)
        return bench_error_set(err, -ENOMEM, "cannot print JSON: %s", strerror(ENOMEM));
    errno = 0;
    if (json_dumpf(object, out, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) != 0 ||
        fputc('\n', out) == EOF || fflush(out) != 0)
        failed = errno != 0 ? -errno : -EIO;
    json_decref(object);
    return failed ? bench_error_set(err, failed, "cannot print JSON: %s", strerror(-failed)) : 0;
}
