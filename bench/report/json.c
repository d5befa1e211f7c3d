/* Results as JSON. */
#include "report/json.h"
#include "report/fields.h"
#include "report/json_values.h"

#include <errno.h>
#include <string.h>

static json_t *column_value(const struct record *record, enum column column)
{
    switch (column_type(column)) {
    case COLUMN_TEXT:
        return json_of_text(record_text(record, column));
    case COLUMN_COUNT:
        return json_of_count(record_count(record, column));
    default:
        return json_of_real(record_real(record, column));
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
        return json_of_text(value.text);
    case COLUMN_COUNT:
        return json_of_count(value.count);
    default:
        return json_of_real(value.real);
    }
}

/* What the session of a case has unlike that of the first, which stands at the top. */
static int add_session(json_t *object, const struct case_result *result, const struct case_result *first)
{
    int failed = 0;

    for (enum column column = 0; column < COLUMNS && !failed; column++) {
        json_t *own, *common;

        if (!is_of_session(column))
            continue;
        own = column_value(result->runs[0], column);
        common = column_value(first->runs[0], column);
        if (own == NULL || common == NULL)
            failed = -ENOMEM;
        else if (!json_equal(own, common))
            failed = json_object_set(object, column_name(column), own);
        json_decref(own);
        json_decref(common);
    }
    return failed;
}

static json_t *case_object(const struct case_result *result, const struct case_result *first)
{
    json_t *object = json_object(), *runs = json_array();
    int failed = object == NULL || runs == NULL;

    if (!failed)
        failed = add_session(object, result, first);
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
        failed = json_array_append_new(cases, case_object(&results->cases[i], &results->cases[0]));
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
    return json_write(out, session_object(results), err);
}
