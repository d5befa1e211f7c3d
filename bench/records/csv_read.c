/*
 * Reading the CSV. The file is read in large blocks; a row is parsed where it lies in the block, in one
 * pass, without a function call or a copy per character. A row that reaches over the end of the block
 * is parsed again from its beginning when more has been read. Texts are kept once each: most are the
 * same as in the row above, which one memcmp tells.
 */
#include "records/csv_read.h"

#include "base/memory.h"
#include "records/csv.h"
#include "records/number.h"
#include "records/schema1.h"
#include "records/text_pool.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_BYTES (256u << 10)

#define NOT_PLAIN SIZE_MAX

enum { NEED_MORE = 0, PARSED = 1 }; /* and negative errno values */

/* What is done with a column of the file, in the file's order. */
struct slot {
    enum { SLOT_SKIP, SLOT_TEXT, SLOT_COUNT, SLOT_REAL, SLOT_WORD } kind;
    enum column column; /* COLUMNS: none that is known here */
};

struct csv_reader {
    int fd;
    bool fd_is_owned;
    char *name;
    locale_t c_locale;
    /* next..end is read and not yet parsed; *end is always '\n', so that no loop runs past it. */
    char *buffer, *next, *end;
    size_t capacity;
    bool is_at_end; /* of the file */
    uint64_t line, row_lines, row_line;
    struct slot *slots;
    size_t slots_size;
    struct record record;   /* as the file has it */
    struct record upgraded; /* the same of an older schema, as this one has it */
    struct schema1 schema1; /* how */
    /* Of the record's texts, where they stand in the file as they are, so that the next row's can be
     * compared where it lies; else NOT_PLAIN. */
    size_t lengths[COLUMNS];
    struct text_pool texts;
    char *scratch; /* a quoted field without its quotes, and NUL-terminated numbers */
    size_t scratch_capacity;
    char *note; /* what was left out; NULL */
};

/* A field, where it lies. */
struct field {
    const char *text;
    size_t length;
};

static __attribute__((format(printf, 4, 5))) int row_error(const struct csv_reader *reader,
                                                           const char *at, struct bench_error *err,
                                                           const char *format, ...)
{
    uint64_t line = reader->line;
    const char *line_start = reader->next;
    char what[256];
    va_list args;

    for (const char *p = reader->next; p < at; p++) {
        if (*p == '\n') {
            line++;
            line_start = p + 1;
        }
    }
    va_start(args, format);
    vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    for (char *c = what; *c != '\0'; c++) { /* the file may be anything; a terminal must not suffer */
        if (*c < ' ' || *c > '~')
            *c = '?';
    }
    return bench_error_set(err, -EINVAL, "%s:%llu:%lld: %s", reader->name, (unsigned long long)line,
                           (long long)(at - line_start + 1), what);
}

/* Read another block behind what is not yet parsed. */
static int read_more(struct csv_reader *reader, struct bench_error *err)
{
    size_t kept = (size_t)(reader->end - reader->next);
    ssize_t size;

    memmove(reader->buffer, reader->next, kept);
    if (kept > reader->capacity / 2) { /* long rows: room for as much again */
        reader->capacity *= 2;
        reader->buffer = mem_resize(reader->buffer, reader->capacity + 1, 1);
    }
    reader->next = reader->buffer;
    reader->end = reader->buffer + kept;
    do
        size = read(reader->fd, reader->end, reader->capacity - kept);
    while (size < 0 && errno == EINTR);
    if (size < 0)
        return bench_error_set(err, -errno, "%s: %s", reader->name, strerror(errno));
    reader->is_at_end = size == 0;
    reader->end += size;
    *reader->end = '\n';
    return 0;
}

static void *record_field(struct csv_reader *reader, enum column column)
{
    return (char *)&reader->record + record_columns[column].offset;
}

static void set_text(struct csv_reader *reader, enum column column, struct field field)
{
    bool is_plain = field.text != reader->scratch && (field.length == 0 || field.text[0] != '\'');
    reader->lengths[column] = is_plain ? field.length : NOT_PLAIN;
    if (field.length > 0 && field.text[0] == '\'' && csv_is_formula(field.text, field.length)) {
        field.text++;
        field.length--;
    }
    *(char **)record_field(reader, column) =
        field.length > 0 ? text_pool_keep(&reader->texts, field.text, field.length) : NULL;
}

static bool set_word(struct csv_reader *reader, enum column column, struct field field)
{
    char word[16] = "";
    if (field.length < sizeof word)
        memcpy(word, field.text, field.length);
    enum phase *phase = record_field(reader, column);
    enum status *status = record_field(reader, column);
    if (column_type(column) == COLUMN_PHASE)
        *phase = phase_find(word);
    else
        *status = status_find(word);
    return field.length == 0 || record_text(&reader->record, column);
}

static bool set_real(struct csv_reader *reader, enum column column, struct field field)
{
    double real = NAN;

    if (field.length > 0 && !number_parse(field.text, field.length, reader->c_locale, &real))
        return false;
    record_set_real(&reader->record, column, real);
    return true;
}

static bool set_count(struct csv_reader *reader, enum column column, struct field field)
{
    int64_t count = RECORD_NO_COUNT;
    double real;

    if (field.length > 0 && strspn(field.text, "0123456789") >= field.length) {
        count = 0;
        for (size_t i = 0; i < field.length; i++) {
            if (__builtin_mul_overflow(count, 10, &count) ||
                __builtin_add_overflow(count, field.text[i] - '0', &count))
                return false;
        }
    } else if (field.length > 0) { /* 12.0, 1e6 */
        if (!number_parse(field.text, field.length, reader->c_locale, &real) || real < 0 ||
            real >= 0x1p63 || real != floor(real))
            return false;
        count = (int64_t)real;
    }
    record_set_count(&reader->record, column, count);
    return true;
}

static int set_field(struct csv_reader *reader, enum column column, struct field field, const char *at,
                     struct bench_error *err)
{
    static const char *const wants[] = {
        [COLUMN_COUNT] = "a whole number from 0",
        [COLUMN_REAL] = "a number",
        [COLUMN_PHASE] = "verify, warmup or measure",
        [COLUMN_STATUS] = "ok, failed, crashed, timeout or unsupported",
    };
    if (column == COLUMNS)
        return 0;
    bool good = true;
    switch (column_type(column)) {
    case COLUMN_TEXT:
        set_text(reader, column, field);
        break;
    case COLUMN_COUNT:
        good = set_count(reader, column, field);
        break;
    case COLUMN_REAL:
        good = set_real(reader, column, field);
        break;
    case COLUMN_PHASE:
    case COLUMN_STATUS:
        good = set_word(reader, column, field);
        break;
    }
    if (good)
        return 0;
    return row_error(reader, at, err, "%s: '%.*s' is not %s%s", column_name(column),
                     field.length < 40 ? (int)field.length : 40, field.text, wants[column_type(column)],
                     memchr(field.text, ',', field.length) ? ", which has a point, not a comma" : "");
}

/* The column's name, for messages. */
static const char *slot_name(enum column column)
{
    return column < COLUMNS ? column_name(column) : "an unknown column";
}

/* What ends an unquoted field, well or badly. */
static const bool ends_field[256] = {
    [','] = true, ['\n'] = true, ['\r'] = true, ['"'] = true, [0] = true};

static int need_more(struct csv_reader *reader, enum column column, const char *field,
                     struct bench_error *err)
{
    if (reader->end - field > (ptrdiff_t)CSV_FIELD_MAX_BYTES)
        return row_error(reader, field, err, "%s: longer than %u bytes", slot_name(column),
                         CSV_FIELD_MAX_BYTES);
    return NEED_MORE;
}

static int scan_unquoted(struct csv_reader *reader, enum column column, const char **at,
                         struct bench_error *err)
{
    const char *start = *at, *p = start;
    while (!ends_field[(unsigned char)*p])
        p++;
    if (p == reader->end && !reader->is_at_end)
        return need_more(reader, column, start, err);
    if (*p == '"')
        return row_error(reader, p, err, "%s: a quote inside an unquoted field", slot_name(column));
    struct field field = {start, (size_t)(p - start)};
    *at = p;
    if (field.length > CSV_FIELD_MAX_BYTES)
        return row_error(reader, start, err, "%s: longer than %u bytes", slot_name(column),
                         CSV_FIELD_MAX_BYTES);
    int rc = set_field(reader, column, field, start, err);
    return rc < 0 ? rc : PARSED;
}

static void scratch_reserve(struct csv_reader *reader, size_t size)
{
    if (size <= reader->scratch_capacity)
        return;
    reader->scratch_capacity = 2 * size;
    reader->scratch = mem_resize(reader->scratch, reader->scratch_capacity, 1);
}

/* A field in quotes: to the closing one, with each "" made one. */
static int scan_quoted(struct csv_reader *reader, enum column column, const char **at,
                       struct bench_error *err)
{
    const char *start = *at, *p = start + 1, *part = p;
    struct field field = {NULL, 0};
    uint64_t lines = 0;
    for (;; p++) {
        if (p == reader->end) {
            if (reader->is_at_end)
                return row_error(reader, start, err, "%s: this quote is not closed", slot_name(column));
            return need_more(reader, column, start, err);
        }
        if (*p == '\0')
            return row_error(reader, p, err, "%s: a NUL byte", slot_name(column));
        lines += *p == '\n';
        if (*p != '"')
            continue;
        scratch_reserve(reader, field.length + (size_t)(p - part) + 2);
        memcpy(reader->scratch + field.length, part, (size_t)(p - part));
        field.length += (size_t)(p - part);
        part = ++p; /* the second of a pair is text */
        if (p == reader->end && !reader->is_at_end)
            return need_more(reader, column, start, err);
        if (p == reader->end || *p != '"')
            break;
    }
    if (*p == '"' || !ends_field[(unsigned char)*p])
        return row_error(reader, p, err, "%s: text after the closing quote", slot_name(column));
    if (field.length > CSV_FIELD_MAX_BYTES)
        return row_error(reader, start, err, "%s: longer than %u bytes", slot_name(column),
                         CSV_FIELD_MAX_BYTES);
    reader->scratch[field.length] = '\0';
    field.text = reader->scratch;
    int rc = set_field(reader, column, field, start, err);
    reader->row_lines += lines;
    *at = p;
    return rc < 0 ? rc : PARSED;
}

static int scan_field(struct csv_reader *reader, enum column column, const char **at,
                      struct bench_error *err)
{
    return **at == '"' ? scan_quoted(reader, column, at, err) : scan_unquoted(reader, column, at, err);
}

/*
 * The common cases of each type, in line; false for all others, which are scan_field's. A field that is
 * complete here ends in a comma, so it cannot have been cut off by the end of the block.
 */
static inline bool parse_text(struct csv_reader *reader, enum column column, const char **at)
{
    char **text = record_field(reader, column);
    size_t length = reader->lengths[column];
    if (**at == ',') {
        *text = NULL;
        return true;
    }
    if (!*text || (size_t)(reader->end - *at) <= length || (*at)[length] != ',' ||
        memcmp(*at, *text, length) != 0)
        return false;
    *at += length;
    return true;
}

static inline bool parse_count(struct csv_reader *reader, enum column column, const char **at)
{
    const char *digit = *at;
    int64_t count = 0;
    while (number_is_digit(*digit) && digit - *at < 18)
        count = 10 * count + (*digit++ - '0');
    if (*digit != ',')
        return false;
    *(int64_t *)record_field(reader, column) = digit == *at ? RECORD_NO_COUNT : count;
    *at = digit;
    return true;
}

static inline bool parse_real(struct csv_reader *reader, enum column column, const char **at)
{
    double *real = record_field(reader, column);
    if (**at == ',') {
        *real = NAN;
        return true;
    }
    const char *behind = number_parse_fast(*at, real);
    if (!behind || *behind != ',')
        return false;
    *at = behind;
    return true;
}

static inline bool skip_field(const char **at)
{
    const char *p = *at;
    while (!ends_field[(unsigned char)*p])
        p++;
    if (*p != ',')
        return false;
    *at = p;
    return true;
}

static inline bool parse_field(struct csv_reader *reader, const struct slot *slot, const char **at)
{
    switch (slot->kind) {
    case SLOT_SKIP:
        return skip_field(at);
    case SLOT_TEXT:
        return parse_text(reader, slot->column, at);
    case SLOT_COUNT:
        return parse_count(reader, slot->column, at);
    case SLOT_REAL:
        return parse_real(reader, slot->column, at);
    default:
        return false;
    }
}

/* Moves from the end of a field to the start of the next. */
static int end_column(const struct csv_reader *reader, size_t i, const char **at,
                      struct bench_error *err)
{
    const char *p = *at;
    bool is_last = i + 1 == reader->slots_size;
    if (*p == ',' && !is_last) {
        *at = p + 1;
        return PARSED;
    }
    if (*p == ',')
        return row_error(reader, p, err, "more than %zu columns; numbers have a point, not a comma",
                         reader->slots_size);
    if (*p == '\0')
        return row_error(reader, p, err, "%s: a NUL byte", slot_name(reader->slots[i].column));
    if (*p == '\r' && p + 1 == reader->end && !reader->is_at_end)
        return NEED_MORE;
    if (*p == '\r' && p[1] == '\n')
        p++;
    if (*p != '\n')
        return row_error(reader, p, err, "%s: a carriage return that does not end a line",
                         slot_name(reader->slots[i].column));
    if (!is_last)
        return row_error(reader, p, err, "the row ends after %zu of %zu columns", i + 1,
                         reader->slots_size);
    *at = p < reader->end ? p + 1 : p;
    return PARSED;
}

static int parse_row(struct csv_reader *reader, struct bench_error *err)
{
    const char *p = reader->next;
    int status;
    reader->row_lines = 1;
    for (size_t i = 0; i < reader->slots_size; i++) {
        const struct slot *slot = &reader->slots[i];
        enum column column = slot->kind == SLOT_SKIP ? COLUMNS : slot->column;
        if (!parse_field(reader, slot, &p) && (status = scan_field(reader, column, &p, err)) != PARSED)
            return status;
        if (*p == ',' && i + 1 < reader->slots_size)
            p++;
        else if ((status = end_column(reader, i, &p, err)) != PARSED)
            return status;
    }
    if (reader->record.schema != 1 && reader->record.schema != RECORD_SCHEMA)
        return row_error(reader, reader->next, err, "schema: must be 1 or %d", RECORD_SCHEMA);
    reader->next += p - reader->next;
    reader->row_line = reader->line;
    reader->line += reader->row_lines;
    return PARSED;
}

static bool skip_blank_line(struct csv_reader *reader)
{
    size_t length = reader->next[0] == '\r' ? 2 : 1;

    if ((size_t)(reader->end - reader->next) < length || reader->next[length - 1] != '\n')
        return false;
    reader->next += length;
    reader->line++;
    return true;
}

/* Is what is left the beginning of a line, as a power failure or a full disk leaves it? */
static bool is_torn(const struct csv_reader *reader)
{
    return reader->is_at_end && reader->next < reader->end &&
           !memchr(reader->next, '\n', (size_t)(reader->end - reader->next));
}

int csv_read_next(struct csv_reader *reader, const struct record **record, struct bench_error *err)
{
    for (;;) {
        struct bench_error why = {0};
        int status = NEED_MORE;
        while (skip_blank_line(reader))
            continue;
        if (reader->next < reader->end)
            status = parse_row(reader, &why);
        else if (reader->is_at_end)
            return 0;
        if (status < 0 && is_torn(reader)) {
            reader->note = mem_format("%s: its last line is cut off and was ignored (%s)", reader->name,
                                      why.message);
            reader->next = reader->end;
            return 0;
        }
        if (status < 0 && err)
            *err = why;
        if (status == NEED_MORE)
            status = read_more(reader, err);
        else if (status == PARSED)
            *record = reader->record.schema == RECORD_SCHEMA
                          ? &reader->record
                          : schema1_upgrade(&reader->schema1, &reader->texts, &reader->record,
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
    for (size_t i = 0; i < reader->slots_size; i++) {
        if (reader->slots[i].column < COLUMNS && ++times[reader->slots[i].column] > 1)
            return bench_error_set(err, -EINVAL, "%s:1: the column '%s' appears twice", reader->name,
                                   column_name(reader->slots[i].column));
    }
    for (size_t i = 0; i < sizeof required / sizeof *required; i++) {
        if (times[required[i]] == 0)
            return bench_error_set(err, -EINVAL,
                                   "%s:1: not a file of runs (bench -o FILE): it has no column '%s'",
                                   reader->name, column_name(required[i]));
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
        reader->slots = mem_grow(reader->slots, reader->slots_size, &capacity, sizeof *reader->slots);
        reader->slots[reader->slots_size++] = (struct slot){
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
    while (!line_end && !reader->is_at_end && reader->end - reader->next < (ptrdiff_t)BLOCK_BYTES &&
           rc == 0) {
        rc = read_more(reader, err);
        line_end = memchr(reader->next, '\n', (size_t)(reader->end - reader->next));
    }
    if (rc < 0)
        return rc;
    if (reader->next == reader->end)
        return bench_error_set(
            err, -EINVAL, "%s: empty; a results file begins with a line of column names", reader->name);
    if (!line_end)
        line_end = reader->end;
    *line_end = '\0';
    clean_header(reader->next);
    if (!strchr(reader->next, ',') && strchr(reader->next, ';'))
        rc = bench_error_set(err, -EINVAL, "%s:1: columns are separated by ';'; save it with commas",
                             reader->name);
    else
        rc = read_columns(reader, reader->next, err);
    *line_end = '\n'; /* where it is the end, the sentinel */
    reader->next = line_end < reader->end ? line_end + 1 : line_end;
    reader->line = 2;
    return rc;
}

static int open_reader(struct csv_reader **out, int fd, bool fd_is_owned, const char *name,
                       struct bench_error *err)
{
    struct csv_reader *reader = mem_zero(1, sizeof *reader);
    *out = NULL;
    reader->fd = fd;
    reader->fd_is_owned = fd_is_owned;
    reader->name = mem_text(name);
    reader->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (reader->c_locale == (locale_t)0)
        memory_exhausted();
    reader->capacity = BLOCK_BYTES;
    reader->buffer = mem_alloc(reader->capacity + 1);
    reader->next = reader->end = reader->buffer;
    record_init(&reader->record);
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

int csv_read_open_fd(struct csv_reader **reader, int fd, const char *name, struct bench_error *err)
{
    return open_reader(reader, fd, false, name, err);
}

void csv_read_skip(struct csv_reader *reader, enum column column)
{
    for (size_t i = 0; i < reader->slots_size; i++) {
        if (reader->slots[i].column == column)
            reader->slots[i].kind = SLOT_SKIP;
    }
}

void csv_read_close(struct csv_reader *reader)
{
    if (!reader)
        return;
    text_pool_free(&reader->texts);
    free(reader->slots);
    free(reader->note);
    free(reader->scratch);
    free(reader->buffer);
    if (reader->c_locale != (locale_t)0)
        freelocale(reader->c_locale);
    free(reader->name);
    if (reader->fd_is_owned)
        close(reader->fd);
    free(reader);
}
