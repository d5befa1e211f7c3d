/* Results files into the runs of a history: a row at a time, and only what is needed of it. */
#include "results/history_rows.h"

#include "base/memory.h"
#include "records/csv_read.h"
#include "results/fingerprint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void history_rows_note(struct history_rows *rows, char *note)
{
    rows->notes = mem_resize(rows->notes, rows->notes_size + 1, sizeof *rows->notes);
    rows->notes[rows->notes_size++] = note;
}

static bool is_needed(const struct history_rows *rows, enum column column)
{
    switch (column) {
    case COLUMN_session:
    case COLUMN_time_utc:
    case COLUMN_machine:
    case COLUMN_label:
    case COLUMN_side:
    case COLUMN_phase:
    case COLUMN_status:
    case COLUMN_error:
    case COLUMN_passes:
    case COLUMN_wall_s:
        return true;
    case COLUMN_user_s:
    case COLUMN_sys_s:
        return rows->metric->column == COLUMN_cpu_s;
    default:
        break;
    }
    enum column_role role = record_columns[column].role;
    return role == ROLE_IDENTITY || role == ROLE_ALIKE || role == ROLE_NAME ||
           column == rows->metric->column;
}

/* ---- sessions ---- */

static void put_in_bucket(struct history_rows *rows, size_t number)
{
    const char *name = rows->sessions[number].session;
    size_t at = text_pool_hash(name, strlen(name)) & (rows->buckets_size - 1);
    while (rows->buckets[at] > 0)
        at = (at + 1) & (rows->buckets_size - 1);
    rows->buckets[at] = number + 1;
}

static void grow_buckets(struct history_rows *rows)
{
    if (rows->buckets_size > 2 * rows->sessions_size)
        return;
    rows->buckets_size = rows->buckets_size ? 2 * rows->buckets_size : 64;
    free(rows->buckets);
    rows->buckets = mem_zero(rows->buckets_size, sizeof *rows->buckets);
    for (size_t i = 0; i < rows->sessions_size; i++)
        put_in_bucket(rows, i);
}

/* The number of the row's session, which is new where it was not seen before. */
static size_t find_session(struct history_rows *rows, const struct record *row)
{
    const char *name = row->session ? row->session : "";
    grow_buckets(rows);
    size_t at = text_pool_hash(name, strlen(name)) & (rows->buckets_size - 1);
    for (; rows->buckets[at] > 0; at = (at + 1) & (rows->buckets_size - 1)) {
        if (strcmp(rows->sessions[rows->buckets[at] - 1].session, name) == 0)
            return rows->buckets[at] - 1;
    }
    rows->sessions =
        mem_grow(rows->sessions, rows->sessions_size, &rows->sessions_capacity, sizeof *rows->sessions);
    rows->sessions[rows->sessions_size] = (struct history_session){
        .session = text_pool_text(&rows->texts, name),
        .label = text_pool_text(&rows->texts, row->label),
        .machine = text_pool_text(&rows->texts, row->machine),
        .time_utc = text_pool_text(&rows->texts, row->time_utc ? row->time_utc : ""),
        .file = rows->files,
        .place = rows->sessions_size};
    put_in_bucket(rows, rows->sessions_size);
    return rows->sessions_size++;
}

/* ---- series ---- */

static size_t find_case(struct history_rows *rows, const struct record *row)
{
    struct identity_index *cases = &rows->cases;
    size_t one = identity_index_find(cases, row);
    if (one != IDENTITY_NONE)
        return one;
    struct record *identity = mem_alloc(sizeof *identity);
    record_copy(identity, row);
    return identity_index_add(cases, identity);
}

static size_t find_key(struct history_rows *rows, size_t one)
{
    for (size_t i = 0; i < rows->keys_size; i++) {
        if (rows->keys[i].one == one && rows->keys[i].fingerprint == rows->fingerprint)
            return i;
    }
    rows->keys = mem_grow(rows->keys, rows->keys_size, &rows->keys_capacity, sizeof *rows->keys);
    rows->keys[rows->keys_size] = (struct history_key){one, rows->fingerprint};
    return rows->keys_size++;
}

static size_t find_series(struct history_rows *rows, const struct record *row)
{
    if (!rows->fingerprint || row->machine != rows->machine || row->runtime != rows->runtime) {
        char *fingerprint = fingerprint_make(row->machine, row->runtime);
        rows->fingerprint = text_pool_text(&rows->texts, fingerprint);
        rows->machine = row->machine;
        rows->runtime = row->runtime;
        free(fingerprint);
    }
    size_t one = find_case(rows, row);
    const struct history_key *last = rows->keys_size ? &rows->keys[rows->key] : NULL;
    const struct history_key *next = last && rows->key + 1 < rows->keys_size ? last + 1 : NULL;
    if (next && next->one == one && next->fingerprint == rows->fingerprint)
        rows->key++; /* as in the session before */
    else if (!last || last->one != one || last->fingerprint != rows->fingerprint)
        rows->key = find_key(rows, one);
    return rows->key;
}

/* ---- runs ---- */

static double value_of(const struct history_rows *rows, const struct record *row)
{
    enum column column = rows->metric->column;
    double value = record_number(row, column);
    if (column == COLUMN_cpu_s && isnan(value))
        value = row->user_s + row->sys_s;
    if (record_columns[column].role == ROLE_PER_PASS && row->passes > 1)
        value /= (double)row->passes;
    return value;
}

static void take(struct history_rows *rows, const struct record *row)
{
    rows->count++;
    if (row->side && !record_is_reference(row)) {
        rows->paired++;
        return;
    }
    if (row->status != STATUS_OK && row->status != STATUS_UNKNOWN) {
        if (rows->failed++ == 0)
            rows->failure = mem_format("%s, session %s: %s%s%s", row->workload ? row->workload : "?",
                                       row->session ? row->session : "?", status_word(row->status),
                                       row->error ? ": " : "", row->error ? row->error : "");
        return;
    }
    double value = record_is_measured(row) ? value_of(rows, row) : NAN;
    if (!(value > 0) || !isfinite(value))
        return;
    if (!rows->session_text || row->session != rows->session_text) {
        rows->session = find_session(rows, row);
        rows->session_text = row->session;
    }
    struct history_session *session = &rows->sessions[rows->session];
    if (row->time_utc && (!*session->time_utc || strcmp(row->time_utc, session->time_utc) < 0))
        session->time_utc = text_pool_text(&rows->texts, row->time_utc);
    rows->runs = mem_grow(rows->runs, rows->runs_size, &rows->runs_capacity, sizeof *rows->runs);
    rows->runs[rows->runs_size++] = (struct history_run){
        .session = (uint32_t)rows->session, .series = (uint32_t)find_series(rows, row), .value = value};
}

int history_rows_read(struct history_rows *rows, const char *path, struct bench_error *err)
{
    const struct record *row;
    struct csv_reader *reader;
    int rc = csv_read_open_input(&reader, path, err);
    if (rc < 0)
        return rc;
    for (enum column column = 0; column < COLUMNS; column++) {
        if (!is_needed(rows, column))
            csv_read_skip(reader, column);
    }
    while ((rc = csv_read_next(reader, &row, err)) == 1)
        take(rows, row);
    if (csv_read_note(reader))
        history_rows_note(rows, mem_text(csv_read_note(reader)));
    csv_read_close(reader);
    /* The next reader's texts may lie where this one's did. */
    rows->machine = rows->runtime = rows->fingerprint = rows->session_text = NULL;
    rows->files++;
    return rc;
}

void history_rows_free(struct history_rows *rows)
{
    for (size_t i = 0; i < rows->cases.size; i++) {
        struct record *identity = (struct record *)rows->cases.entries[i].record;
        record_free(identity);
        free(identity);
    }
    for (size_t i = 0; i < rows->notes_size; i++)
        free(rows->notes[i]);
    identity_index_free(&rows->cases);
    text_pool_free(&rows->texts);
    free(rows->sessions);
    free(rows->notes);
    free(rows->keys);
    free(rows->runs);
    free(rows->buckets);
    free(rows->failure);
    *rows = (struct history_rows){0};
}
