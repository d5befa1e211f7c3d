/* The record of one run, and access to its fields by column. */
#include "records/record.h"

#include "base/memory.h"
#include "base/text.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const struct column_info record_columns[COLUMNS] = {
#define COLUMN(name, type, group, role) \
    {#name, COLUMN_##type, GROUP_##group, ROLE_##role, offsetof(struct record, name)},
#include "records/columns.def"
};

static const char header[] =
#define COLUMN(name, type, group, role) "," #name
#include "records/columns.def"
    ;

const char *const record_header = header + 1;

static const char *const phases[] = {
    [PHASE_VERIFY] = "verify", [PHASE_WARMUP] = "warmup", [PHASE_MEASURE] = "measure"};
static const char *const statuses[] = {[STATUS_OK] = "ok",
                                       [STATUS_FAILED] = "failed",
                                       [STATUS_CRASHED] = "crashed",
                                       [STATUS_TIMEOUT] = "timeout",
                                       [STATUS_UNSUPPORTED] = "unsupported"};

static unsigned find_word(const char *const *words, size_t count, const char *word)
{
    for (unsigned i = 1; word && i < count; i++) {
        if (strcmp(word, words[i]) == 0)
            return i;
    }
    return 0;
}

const char *phase_word(enum phase phase)
{
    return phases[phase];
}

const char *status_word(enum status status)
{
    return statuses[status];
}

enum phase phase_find(const char *word)
{
    return (enum phase)find_word(phases, sizeof phases / sizeof *phases, word);
}

enum status status_find(const char *word)
{
    return (enum status)find_word(statuses, sizeof statuses / sizeof *statuses, word);
}

const char *column_name(enum column column)
{
    return record_columns[column].name;
}

enum column_type column_type(enum column column)
{
    return record_columns[column].type;
}

enum column column_find(const char *name)
{
    enum column column = 0;
    while (column < COLUMNS && strcmp(record_columns[column].name, name) != 0)
        column++;
    return column;
}

static void *field(const struct record *record, enum column column)
{
    return (char *)(uintptr_t)record + record_columns[column].offset;
}

#define UNKNOWN_TEXT NULL
#define UNKNOWN_COUNT RECORD_NO_COUNT
#define UNKNOWN_REAL NAN
#define UNKNOWN_PHASE PHASE_UNKNOWN
#define UNKNOWN_STATUS STATUS_UNKNOWN
static const struct record unknown = {
#define COLUMN(name, type, group, role) .name = UNKNOWN_##type,
#include "records/columns.def"
};

void record_init(struct record *record)
{
    *record = unknown;
    record->schema = RECORD_SCHEMA;
}

void record_free(struct record *record)
{
    for (enum column column = 0; column < COLUMNS; column++) {
        if (record_columns[column].type == COLUMN_TEXT)
            free(*(char **)field(record, column));
    }
    record_init(record);
}

void record_copy(struct record *to, const struct record *from)
{
    *to = *from;
    for (enum column column = 0; column < COLUMNS; column++) {
        if (record_columns[column].type == COLUMN_TEXT)
            *(char **)field(to, column) = mem_text(*(char **)field(from, column));
    }
}

const char *record_text(const struct record *record, enum column column)
{
    if (record_columns[column].type == COLUMN_PHASE)
        return phase_word(*(enum phase *)field(record, column));
    if (record_columns[column].type == COLUMN_STATUS)
        return status_word(*(enum status *)field(record, column));
    return *(char **)field(record, column);
}

int64_t record_count(const struct record *record, enum column column)
{
    return *(int64_t *)field(record, column);
}

double record_real(const struct record *record, enum column column)
{
    return *(double *)field(record, column);
}

double record_number(const struct record *record, enum column column)
{
    if (record_columns[column].type == COLUMN_REAL)
        return record_real(record, column);
    int64_t count = record_count(record, column);
    return count == RECORD_NO_COUNT ? NAN : (double)count;
}

void record_set_text(struct record *record, enum column column, const char *text)
{
    if (record_columns[column].type == COLUMN_PHASE) {
        *(enum phase *)field(record, column) = phase_find(text);
        return;
    }
    if (record_columns[column].type == COLUMN_STATUS) {
        *(enum status *)field(record, column) = status_find(text);
        return;
    }
    char **own = field(record, column);
    char *copy =
        text && text[0] ? text_mask_secrets(mem_text(text)) : NULL; /* it may be the field's own */
    free(*own);
    *own = copy;
}

void record_set_count(struct record *record, enum column column, int64_t count)
{
    *(int64_t *)field(record, column) = count;
}

void record_set_real(struct record *record, enum column column, double real)
{
    *(double *)field(record, column) = real;
}

/* Do places mean anything: not where the CPUs are listed, or nothing is pinned. */
static bool has_places(const struct shape *shape)
{
    return strcmp(shape->pin, "close") == 0 || strcmp(shape->pin, "spread") == 0;
}

void record_set_shape(struct record *record, const struct shape *shape)
{
    for (const struct knob *knob = knobs; knob->name; knob++) {
        enum column column = column_find(knob->name);
        if (knob->type == KNOB_COUNT)
            record_set_count(record, column, shape_count(shape, knob));
        else if (knob->type == KNOB_REAL)
            record_set_real(record, column, shape_real(shape, knob));
        else
            record_set_text(record, column, shape_text(shape, knob));
    }
    if (shape->grain == 0)
        record->grain = RECORD_NO_COUNT;
    if (shape->rate_per_s == 0)
        record->rate_per_s = NAN;
    if (!has_places(shape))
        record_set_text(record, COLUMN_places, NULL);
}

bool record_is_measured(const struct record *record)
{
    return record->status == STATUS_OK && record->phase == PHASE_MEASURE && !isnan(record->wall_s);
}

bool record_is_reference(const struct record *record)
{
    return record->side && strcmp(record->side, RECORD_REFERENCE) == 0;
}

bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}
