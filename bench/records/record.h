/*
 * The record of one run: what one row of the CSV holds. Its fields, their names and their order come
 * from columns.def, so a column is added in one place.
 */
#ifndef RECORDS_RECORD_H
#define RECORDS_RECORD_H

#include <jansson.h>
#include <stdint.h>

#define RECORD_SCHEMA 1
#define RECORD_NO_COUNT INT64_C(-1) /* a COUNT that was not measured; a REAL is NaN, a TEXT is NULL */

/* COLUMN_schema, COLUMN_session, ... in the order of the CSV, then how many there are. */
enum column {
#define TEXT(name) COLUMN_##name,
#define COUNT(name) COLUMN_##name,
#define REAL(name) COLUMN_##name,
#include "records/columns.def"
    COLUMNS,
};

enum column_type {
    COLUMN_TEXT,
    COLUMN_COUNT,
    COLUMN_REAL,
};

/* TEXT fields are owned by the record. All seconds are seconds, all sizes bytes. */
struct record {
#define TEXT(name) char *name;
#define COUNT(name) int64_t name;
#define REAL(name) double name;
#include "records/columns.def"
};

/* "schema,session,...": the CSV's header line, without its line end. */
extern const char *const record_header;

const char *column_name(enum column column);
enum column_type column_type(enum column column);
/* The column of that name; COLUMNS if there is none. */
enum column column_find(const char *name);

/* Everything unknown, but `schema`. Needs no record_free until a text is set. */
void record_init(struct record *record);
/* Frees the texts; the record is as after record_init. */
void record_free(struct record *record);
/* A copy with its own texts into `to`, which is overwritten. -ENOMEM: `to` is as after record_init. */
int record_copy(struct record *to, const struct record *from);

/* Access by column, which must have that type. */
const char *record_text(const struct record *record, enum column column);
int64_t record_count(const struct record *record, enum column column);
double record_real(const struct record *record, enum column column);
/* Copies `text`; NULL and "" both mean unknown. 0 or -ENOMEM; on failure the old text stays. */
int record_set_text(struct record *record, enum column column, const char *text);
void record_set_count(struct record *record, enum column column, int64_t count);
void record_set_real(struct record *record, enum column column, double real);

/*
 * Copy from a runner's reply those members whose key is a column's name and whose value fits it: a
 * string for TEXT, a whole number from 0 for COUNT (2.0 too: not every language has integers), a
 * number for REAL. All others, and `schema`, are left alone. 0 or -ENOMEM.
 */
int record_set_from_json(struct record *record, const json_t *object);

#endif
