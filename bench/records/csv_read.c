/*
 * Reading the CSV: its header, and rows, from large blocks. A row that reaches over the end of a block
 * is parsed again when more has been read.
 */
#include "records/csv_read.h"

#include "base/memory.h"
#include "records/csv_row.h"
#include "records/schema1.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_BYTES (256u << 10)

struct csv_reader {
    int fd;
    bool fd_is_owned;
    char *name;
    char *buffer; /* the block */
    size_t capacity;
    struct csv_row_parser row;
    struct record upgraded; /* a row of an older schema, as this one has it */
    struct schema1 schema1; /* how */
    char *note;             /* what was left out; NULL */
};

/* Read another block behind what is not yet parsed. */
static int read_more(struct csv_reader *reader, struct bench_error *err)
{
    size_t kept = (size_t)(reader->row.end - reader->row.next);
    ssize_t size;

    memmove(reader->buffer, reader->row.next, kept);
    if (kept > reader->capacity / 2) { /* long rows: room for as much again */
        reader->capacity *= 2;
        reader->buffer = mem_resize(reader->buffer, reader->capacity + 1, 1);
    }
    reader->row.next = reader->buffer;
    reader->row.end = reader->buffer + kept;
    do
        size = read(reader->fd, reader->row.end, reader->capacity - kept);
    while (size < 0 && errno == EINTR);
    if (size < 0)
        return bench_error_set(err, -errno, "%s: %s", reader->row.name, strerror(errno));
    reader->row.is_at_end = size == 0;
    reader->row.end += size;
    *reader->row.end = '\n';
    return 0;
}

static bool skip_blank_line(struct csv_reader *reader)
{
    size_t length = reader->row.next[0] == '\r' ? 2 : 1;

    if ((size_t)(reader->row.end - reader->row.next) < length || reader->row.next[length - 1] != '\n')
        return false;
    reader->row.next += length;
    reader->row.line++;
    return true;
}

/* Is what is left the beginning of a line, as a power failure or a full disk leaves it? */
static bool is_torn(const struct csv_reader *reader)
{
    return reader->row.is_at_end && reader->row.next < reader->row.end &&
           !memchr(reader->row.next, '\n', (size_t)(reader->row.end - reader->row.next));
}

int csv_read_next(struct csv_reader *reader, const struct record **record, struct bench_error *err)
{
    for (;;) {
        struct bench_error why = {0};
        int status = CSV_ROW_NEEDS_MORE;
        while (skip_blank_line(reader))
            continue;
        if (reader->row.next < reader->row.end)
            status = csv_row_parse(&reader->row, &why);
        else if (reader->row.is_at_end)
            return 0;
        if (status < 0 && is_torn(reader)) {
            reader->note = mem_format("%s: its last line is cut off and was ignored (%s)",
                                      reader->row.name, why.message);
            reader->row.next = reader->row.end;
            return 0;
        }
        if (status < 0 && err)
            *err = why;
        if (status == CSV_ROW_NEEDS_MORE)
            status = read_more(reader, err);
        else if (status == CSV_ROW_PARSED)
            *record = reader->row.record.schema == RECORD_SCHEMA
                          ? &reader->row.record
                          : schema1_upgrade(&reader->schema1, &reader->row.texts, &reader->row.record,
                                            &reader->upgraded);
        if (status != 0)
            return status;
    }
}

const char *csv_read_note(const struct csv_reader *reader)
{
    return reader->note;
}

/* What some programs do to a header: a byte-order mark, quotes around names, CRLF. */
static void clean_header(char *line)
{
    char *to = line;
    if (strncmp(line, "\xEF\xBB\xBF", 3) == 0)
        line += 3;
    for (; *line; line++) {
        if (*line != '"' && *line != '\r')
            *to++ = *line;
    }
    *to = '\0';
}

/* Without these it is something else: a summary, or no file of ours. */
static const enum column required[] = {COLUMN_schema, COLUMN_workload, COLUMN_executor,
                                       COLUMN_phase,  COLUMN_status,   COLUMN_wall_s};

static int check_columns(const struct csv_reader *reader, struct bench_error *err)
{
    size_t times[COLUMNS] = {0};
    for (size_t i = 0; i < reader->row.slots_size; i++) {
        if (reader->row.slots[i].column < COLUMNS && ++times[reader->row.slots[i].column] > 1)
            return bench_error_set(err, -EINVAL, "%s:1: the column '%s' appears twice", reader->row.name,
                                   column_name(reader->row.slots[i].column));
    }
    for (size_t i = 0; i < sizeof required / sizeof *required; i++) {
        if (times[required[i]] == 0)
            return bench_error_set(err, -EINVAL,
                                   "%s:1: not a file of runs (bench -o FILE): it has no column '%s'",
                                   reader->row.name, column_name(required[i]));
    }
    return 0;
}

/* The columns of a header line, in whatever order; those not known here are passed over. */
static int read_columns(struct csv_reader *reader, const char *line, struct bench_error *err)
{
    static const int kinds[] = {[COLUMN_TEXT] = SLOT_TEXT,
                                [COLUMN_COUNT] = SLOT_COUNT,
                                [COLUMN_REAL] = SLOT_REAL,
                                [COLUMN_PHASE] = SLOT_WORD,
                                [COLUMN_STATUS] = SLOT_WORD};
    size_t capacity = 0;
    for (;;) {
        char name[64];
        size_t length = strcspn(line, ",");
        snprintf(name, sizeof name, "%.*s", length < sizeof name ? (int)length : 0, line);
        enum column column = column_find(name);
        reader->row.slots =
            mem_grow(reader->row.slots, reader->row.slots_size, &capacity, sizeof *reader->row.slots);
        reader->row.slots[reader->row.slots_size++] = (struct csv_slot){
            .column = column, .kind = column < COLUMNS ? kinds[column_type(column)] : SLOT_SKIP};
        if (line[length] == '\0')
            return check_columns(reader, err);
        line += length + 1;
    }
}

static int read_header(struct csv_reader *reader, struct bench_error *err)
{
    char *line_end = NULL;
    int rc = 0;
    while (!line_end && !reader->row.is_at_end &&
           reader->row.end - reader->row.next < (ptrdiff_t)BLOCK_BYTES && rc == 0) {
        rc = read_more(reader, err);
        line_end = memchr(reader->row.next, '\n', (size_t)(reader->row.end - reader->row.next));
    }
    if (rc < 0)
        return rc;
    if (reader->row.next == reader->row.end)
        return bench_error_set(err, -EINVAL,
                               "%s: empty; a results file begins with a line of column names",
                               reader->row.name);
    if (!line_end)
        line_end = reader->row.end;
    *line_end = '\0';
    clean_header(reader->row.next);
    if (!strchr(reader->row.next, ',') && strchr(reader->row.next, ';'))
        rc = bench_error_set(err, -EINVAL, "%s:1: columns are separated by ';'; save it with commas",
                             reader->row.name);
    else
        rc = read_columns(reader, reader->row.next, err);
    *line_end = '\n'; /* where it is the end, the sentinel */
    reader->row.next = line_end < reader->row.end ? line_end + 1 : line_end;
    reader->row.line = 2;
    return rc;
}

static int open_reader(struct csv_reader **out, int fd, bool fd_is_owned, const char *name,
                       struct bench_error *err)
{
    struct csv_reader *reader = mem_zero(1, sizeof *reader);
    *out = NULL;
    reader->fd = fd;
    reader->fd_is_owned = fd_is_owned;
    reader->row.name = reader->name = mem_text(name);
    reader->row.c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (reader->row.c_locale == (locale_t)0)
        memory_exhausted();
    reader->capacity = BLOCK_BYTES;
    reader->buffer = mem_alloc(reader->capacity + 1);
    reader->row.next = reader->row.end = reader->buffer;
    record_init(&reader->row.record);
    int rc = read_header(reader, err);
    if (rc < 0)
        csv_read_close(reader);
    else
        *out = reader;
    return rc;
}

int csv_read_open(struct csv_reader **reader, const char *path, struct bench_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    *reader = NULL;
    if (fd < 0)
        return bench_error_set(err, -errno, "%s: %s", path, strerror(errno));
    return open_reader(reader, fd, true, path, err);
}

int csv_read_open_input(struct csv_reader **reader, const char *path, struct bench_error *err)
{
    return strcmp(path, "-") == 0 ? csv_read_open_fd(reader, STDIN_FILENO, "stdin", err)
                                  : csv_read_open(reader, path, err);
}

int csv_read_open_fd(struct csv_reader **reader, int fd, const char *name, struct bench_error *err)
{
    return open_reader(reader, fd, false, name, err);
}

void csv_read_skip(struct csv_reader *reader, enum column column)
{
    for (size_t i = 0; i < reader->row.slots_size; i++) {
        if (reader->row.slots[i].column == column)
            reader->row.slots[i].kind = SLOT_SKIP;
    }
}

void csv_read_close(struct csv_reader *reader)
{
    if (!reader)
        return;
    csv_row_parser_free(&reader->row);
    free(reader->note);
    free(reader->buffer);
    free(reader->name);
    if (reader->fd_is_owned)
        close(reader->fd);
    free(reader);
}
