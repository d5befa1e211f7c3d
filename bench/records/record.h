/*
 * The record of one run: what one row of the CSV holds. Its fields, their names and their order come
 * from columns.def, so a column is added in one place.
 */
#ifndef RECORDS_RECORD_H
#define RECORDS_RECORD_H

#include "base/shape.h"

#include <stdbool.h>
#include <stdint.h>

#define RECORD_SCHEMA 2
#define RECORD_NO_COUNT INT64_C(-1) /* a COUNT that was not measured; a REAL is NaN, a TEXT is NULL */

/* What kind of run it was. */
enum phase { PHASE_UNKNOWN, PHASE_VERIFY, PHASE_WARMUP, PHASE_MEASURE };

/* What became of it. */
enum status {
    STATUS_UNKNOWN,
    STATUS_OK,
    STATUS_FAILED,
    STATUS_CRASHED,
    STATUS_TIMEOUT,
    STATUS_UNSUPPORTED,
};

/* The words of the CSV: "verify", "ok". NULL of UNKNOWN. */
const char *phase_word(enum phase phase);
const char *status_word(enum status status);
/* UNKNOWN of what is none of them, NULL included. */
enum phase phase_find(const char *word);
enum status status_find(const char *word);

/* COLUMN_schema, COLUMN_session, ... in the order of the CSV, then how many there are. */
enum column {
#define COLUMN(name, type, group, role) COLUMN_##name,
#include "records/columns.def"
    COLUMNS,
};

enum column_type { COLUMN_TEXT, COLUMN_COUNT, COLUMN_REAL, COLUMN_PHASE, COLUMN_STATUS };
enum column_group { GROUP_SESSION, GROUP_CASE, GROUP_RUN, GROUP_MEASURED };
enum column_role { ROLE_PLAIN, ROLE_IDENTITY, ROLE_ALIKE, ROLE_NAME, ROLE_PER_PASS };

/* What a column is: a row of columns.def. */
struct column_info {
    const char *name;
    enum column_type type;
    enum column_group group;
    enum column_role role;
    size_t offset; /* in struct record */
};

/* TEXT fields are owned by the record. All seconds are seconds, all sizes bytes. */
#define RECORD_TEXT char *
#define RECORD_COUNT int64_t
#define RECORD_REAL double
#define RECORD_PHASE enum phase
#define RECORD_STATUS enum status
struct record {
#define COLUMN(name, type, group, role) RECORD_##type name;
#include "records/columns.def"
};

/* "schema,session,...": the CSV's header line, without its line end. */
extern const char *const record_header;

extern const struct column_info record_columns[COLUMNS];

const char *column_name(enum column column);
enum column_type column_type(enum column column);
/* The column of that name; COLUMNS if there is none. */
enum column column_find(const char *name);

/* Everything unknown, but `schema`. Needs no record_free until a text is set. */
void record_init(struct record *record);
/* Frees the texts; the record is as after record_init. */
void record_free(struct record *record);
/* A copy with its own texts into `to`, which is overwritten. */
void record_copy(struct record *to, const struct record *from);

/* Access by column, which must have that type; the text of PHASE and STATUS is their word. */
const char *record_text(const struct record *record, enum column column);
int64_t record_count(const struct record *record, enum column column);
double record_real(const struct record *record, enum column column);
/* The value of a COUNT or a REAL; NaN where it is unknown. */
double record_number(const struct record *record, enum column column);
/* Copies `text`, with secrets masked; NULL and "" both mean unknown. PHASE and STATUS take their words.
 */
void record_set_text(struct record *record, enum column column, const char *text);
void record_set_count(struct record *record, enum column column, int64_t count);
void record_set_real(struct record *record, enum column column, double real);

/*
 * The knobs of a case into the columns of their names. What is not set stays unknown: a grain that
 * the workload is to choose, the rate of a closed loop, places where the policy knows none.
 */
void record_set_shape(struct record *record, const struct shape *shape);

/* Is it a run that counts: measured, ok, and timed? */
bool record_is_measured(const struct record *record);

/* Is it of the work that `run --reference-work` adds, whose `side` is RECORD_REFERENCE? */
#define RECORD_REFERENCE "reference"
bool record_is_reference(const struct record *record);

/* What an open loop's notes begin with where the backlog grew until the end; part of the protocol. */
#define RECORD_OVERLOADED "overloaded"

/* Do two texts say the same; two NULLs do. */
bool same_text(const char *a, const char *b);

#endif
