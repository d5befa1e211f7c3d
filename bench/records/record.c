/* The record of one run, and access to its fields by column. */
#include "records/record.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    enum column_type type;
    size_t offset;
} columns[COLUMNS] = {
#define TEXT(name) {#name, COLUMN_TEXT, offsetof(struct record, name)},
#define COUNT(name) {#name, COLUMN_COUNT, offsetof(struct record, name)},
#define REAL(name) {#name, COLUMN_REAL, offsetof(struct record, name)},
#include "records/columns.def"
};

static const char header[] =
#define TEXT(name) "," #name
#define COUNT(name) "," #name
#define REAL(name) "," #name
#include "records/columns.def"
    ;

const char *const record_header = header + 1;

const char *column_name(enum column column)
{
    return columns[column].name;
}

enum column_type column_type(enum column column)
{
    return columns[column].type;
}

enum column column_find(const char *name)
{
    enum column column = 0;

    while (column < COLUMNS && strcmp(columns[column].name, name) != 0)
        column++;
    return column;
}

static char **text_field(const struct record *record, enum column column)
{
    return (char **)((uintptr_t)record + columns[column].offset);
}

static int64_t *count_field(const struct record *record, enum column column)
{
    return (int64_t *)((uintptr_t)record + columns[column].offset);
}

static double *real_field(const struct record *record, enum column column)
{
    return (double *)((uintptr_t)record + columns[column].offset);
}

void record_init(struct record *record)
{
    *record = (struct record){
#define TEXT(name) .name = NULL,
#define COUNT(name) .name = RECORD_NO_COUNT,
#define REAL(name) .name = NAN,
#include "records/columns.def"
    };
    record->schema = RECORD_SCHEMA;
}

void record_free(struct record *record)
{
#define TEXT(name) free(record->name);
#define COUNT(name)
#define REAL(name)
#include "records/columns.def"
    record_init(record);
}

int record_copy(struct record *to, const struct record *from)
{
    *to = *from;
#define TEXT(name) to->name = NULL;
#define COUNT(name)
#define REAL(name)
#include "records/columns.def"
    for (enum column column = 0; column < COLUMNS; column++) {
        if (columns[column].type == COLUMN_TEXT &&
            record_set_text(to, column, *text_field(from, column)) != 0) {
            record_free(to);
            return -ENOMEM;
        }
    }
    return 0;
}

const char *record_text(const struct record *record, enum column column)
{
    return *text_field(record, column);
}

int64_t record_count(const struct record *record, enum column column)
{
    return *count_field(record, column);
}

double record_real(const struct record *record, enum column column)
{
    return *real_field(record, column);
}

int record_set_text(struct record *record, enum column column, const char *text)
{
    char *copy = NULL;

    if (text != NULL && text[0] != '\0') {
        copy = strdup(text);
        if (copy == NULL)
            return -ENOMEM;
    }
    free(*text_field(record, column));
    *text_field(record, column) = copy;
    return 0;
}

void record_set_count(struct record *record, enum column column, int64_t count)
{
    *count_field(record, column) = count;
}

void record_set_real(struct record *record, enum column column, double real)
{
    *real_field(record, column) = real;
}

static void set_count_from_json(struct record *record, enum column column, const json_t *value)
{
    double real = json_number_value(value);

    if (json_is_integer(value) && json_integer_value(value) >= 0)
        record_set_count(record, column, json_integer_value(value));
    else if (json_is_real(value) && real >= 0 && real < 0x1p63 && real == floor(real))
        record_set_count(record, column, (int64_t)real);
}

int record_set_from_json(struct record *record, const json_t *object)
{
    for (enum column column = COLUMN_schema + 1; column < COLUMNS; column++) {
        const json_t *value = json_object_get(object, columns[column].name);

        if (columns[column].type == COLUMN_TEXT && json_is_string(value)) {
            int failed = record_set_text(record, column, json_string_value(value));
            if (failed)
                return failed;
        } else if (columns[column].type == COLUMN_COUNT) {
            set_count_from_json(record, column, value);
        } else if (columns[column].type == COLUMN_REAL && json_is_number(value)) {
            record_set_real(record, column, json_number_value(value));
        }
    }
    return 0;
}
