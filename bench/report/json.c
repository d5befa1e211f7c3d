/*
 * Results as JSON, for programs:
 *
 *     {"schema": 2, "session": ..., "host": ..., "machine": ..., "label": ..., "cases": [{...}],
 *      "scaling": [{...}]}
 *
 * What identifies the session is taken from the first record; a case of another session says where it
 * differs. A case has its identity, what it comes to, under the names of the summary CSV (null: not
 * known), and "runs": each record's remaining columns, those that were measured, under their names in
 * the CSV.
 */
#include "records/packed.h"
#include "report/fields.h"
#include "report/formats.h"
#include "report/json_stream.h"
#include "report/json_values.h"
#include "report/scaling_json.h"

#include <errno.h>

static bool is_of_session(enum column column)
{
    return record_columns[column].group == GROUP_SESSION;
}

/* What all runs of a case have in common. */
static bool is_of_case(enum column column)
{
    return record_columns[column].group == GROUP_CASE || column == COLUMN_side;
}

static json_t *run_object(const unsigned char *packed)
{
    json_t *object = json_object();
    struct record unpacked, *run = &unpacked;
    record_unpack(run, packed);
    for (enum column column = 0; column < COLUMNS; column++) {
        if (is_of_session(column) || is_of_case(column))
            continue;
        json_t *value = json_of_column(run, column);
        if (!json_is_null(value))
            json_put(object, column_name(column), value);
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
static void put_session(struct json_stream *stream, const struct case_result *result,
                        const struct case_result *first)
{
    for (enum column column = 0; column < COLUMNS; column++) {
        if (!is_of_session(column))
            continue;
        json_t *own = json_of_column(result->identity, column);
        json_t *common = json_of_column(first->identity, column);
        if (!json_equal(own, common))
            json_stream_put(stream, column_name(column), json_incref(own));
        json_decref(own);
        json_decref(common);
    }
}

static void put_case(struct json_stream *stream, const struct case_result *result,
                     const struct case_result *first)
{
    json_stream_open(stream, NULL, '{');
    put_session(stream, result, first);
    for (size_t i = 0; i < fields_size; i++) {
        if (fields[i].column == COLUMNS || is_of_case(fields[i].column))
            json_stream_put(stream, fields[i].name, field_value(result, &fields[i]));
    }
    json_stream_open(stream, "runs", '[');
    for (size_t i = 0; i < result->source->rows_size; i++)
        json_stream_put(stream, NULL, run_object(result->source->rows[i]));
    json_stream_close(stream, ']');
    json_stream_close(stream, '}');
}

int json_results(struct page *page, const struct results *results, struct bench_error *err)
{
    struct json_stream stream = {.out = page->out};
    struct scalings scalings;
    errno = 0;
    json_stream_open(&stream, NULL, '{');
    for (enum column column = 0; column < COLUMNS && results->size > 0; column++) {
        if (is_of_session(column))
            json_stream_put(&stream, column_name(column),
                            json_of_column(results->cases[0].identity, column));
    }
    if (results->size == 0)
        json_stream_put(&stream, "schema", json_integer(RECORD_SCHEMA));
    json_stream_open(&stream, "cases", '[');
    for (size_t i = 0; i < results->size; i++)
        put_case(&stream, &results->cases[i], &results->cases[0]);
    json_stream_close(&stream, ']');
    scalings_of(&scalings, results);
    json_stream_put(&stream, "scaling", json_of_scalings(&scalings));
    scalings_free(&scalings);
    json_stream_close(&stream, '}');
    putc('\n', page->out);
    return page_end(page, "JSON", err);
}
