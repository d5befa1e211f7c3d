/*
 * Reading the CSV. The file is read in large blocks; a row is parsed where it lies in the block, in one
 * pass, without a function call or a copy per character. A row that reaches over the end of the block
 * is parsed again from its beginning when more has been read. Texts are kept once each: most are the
 * same as in the row above, which one memcmp tells.
 */
#include "records/csv_read.h"
#include "records/csv.h"
#include "records/number.h"
#include "records/renamed.h"
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
    struct record record;
    /* Of the record's texts, where they stand in the file as they are, so that the next row's can be
     * compared where it lies; else NOT_PLAIN. */
    size_t lengths[COLUMNS];
    bool is_skipped[COLUMNS];
    struct text_pool texts;
    char *scratch; /* a quoted field without its quotes, and NUL-terminated numbers */
    size_t scratch_capacity;
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

static int out_of_memory(const struct csv_reader *reader, struct bench_error *err)
{
    return bench_error_set(err, -ENOMEM, "%s: %s", reader->name, strerror(ENOMEM));
}

/* Read another block behind what is not yet parsed. */
static int read_more(struct csv_reader *reader, struct bench_error *err)
{
    size_t kept = (size_t)(reader->end - reader->next);
    ssize_t size;

    memmove(reader->buffer, reader->next, kept);
    if (kept > reader->capacity / 2) { /* long rows: room for as much again */
        char *buffer = realloc(reader->buffer, 2 * reader->capacity + 1);

        if (buffer == NULL) {
            reader->next = reader->buffer;
            return out_of_memory(reader, err);
        }
        reader->buffer = buffer;
        reader->capacity *= 2;
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

static int set_text(struct csv_reader *reader, enum column column, struct field field,
                    struct bench_error *err)
{
    bool is_plain = field.text != reader->scratch && (field.length == 0 || field.text[0] != '\'');
    char *text = NULL, renamed[RENAMED_ROOM];

    if (column == COLUMN_params &&
        renamed_params(reader->record.workload, field.text, field.length, renamed)) {
        field = (struct field){renamed, strlen(renamed)};
        is_plain = false;
    }
    reader->lengths[column] = is_plain ? field.length : NOT_PLAIN;
    if (field.length > 0 && field.text[0] == '\'' && csv_is_formula(field.text, field.length)) {
        field.text++;
        field.length--;
    }
    if (field.length > 0 && !reader->is_skipped[column]) {
        text = text_pool_keep(&reader->texts, field.text, field.length);
        if (text == NULL)
            return out_of_memory(reader, err);
    }
    switch (column) {
#define TEXT(name)                  \
    case COLUMN_##name:             \
        reader->record.name = text; \
        break;
#define COUNT(name)
#define REAL(name)
#include "records/columns.def"
    default:
        break;
    }
    return 0;
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
        [COLUMN_COUNT] = "a whole number from 0", [COLUMN_REAL] = "a number"};
    enum column_type type = column_type(column);

    if (field.length > CSV_FIELD_MAX_BYTES)
        return row_error(reader, at, err, "%s: longer than %u bytes", column_name(column),
                         CSV_FIELD_MAX_BYTES);
    if (type == COLUMN_TEXT)
        return set_text(reader, column, field, err);
    if (type == COLUMN_COUNT ? set_count(reader, column, field) : set_real(reader, column, field))
        return 0;
    return row_error(reader, at, err, "%s: '%.*s' is not %s%s", column_name(column),
                     field.length < 40 ? (int)field.length : 40, field.text, wants[type],
                     memchr(field.text, ',', field.length) != NULL ? ", which has a point, not a comma"
                                                                   : "");
}

/* What ends an unquoted field, well or badly. */
static const bool ends_field[256] = {
    [','] = true, ['\n'] = true, ['\r'] = true, ['"'] = true, [0] = true};

static int need_more(const struct csv_reader *reader, enum column column, const char *field,
                     struct bench_error *err)
{
    if (reader->end - field > (ptrdiff_t)CSV_FIELD_MAX_BYTES)
        return row_error(reader, field, err, "%s: longer than %u bytes", column_name(column),
                         CSV_FIELD_MAX_BYTES);
    return NEED_MORE;
}

static int scan_unquoted(struct csv_reader *reader, enum column column, const char **at,
                         struct bench_error *err)
{
    const char *start = *at, *p = start;
    struct field field = {start, 0};
    int failed;

    while (!ends_field[(unsigned char)*p])
        p++;
    if (p == reader->end && !reader->is_at_end)
        return need_more(reader, column, start, err);
    if (*p == '"')
        return row_error(reader, p, err, "%s: a quote inside a field that is not quoted",
                         column_name(column));
    field.length = (size_t)(p - start);
    failed = set_field(reader, column, field, start, err);
    *at = p;
    return failed ? failed : PARSED;
}

static bool scratch_reserve(struct csv_reader *reader, size_t size)
{
    char *scratch;

    if (size <= reader->scratch_capacity)
        return true;
    scratch = realloc(reader->scratch, 2 * size);
    if (scratch == NULL)
        return false;
    reader->scratch = scratch;
    reader->scratch_capacity = 2 * size;
    return true;
}

/* A field in quotes: to the closing one, with each "" made one. */
static int scan_quoted(struct csv_reader *reader, enum column column, const char **at,
                       struct bench_error *err)
{
    const char *start = *at, *p = start + 1, *part = p;
    struct field field = {NULL, 0};
    uint64_t lines = 0;
    int failed;

    for (;; p++) {
        if (p == reader->end) {
            if (reader->is_at_end)
                return row_error(reader, start, err, "%s: this quote is never closed",
                                 column_name(column));
            return need_more(reader, column, start, err);
        }
        if (*p == '\0')
            return row_error(reader, p, err, "%s: a NUL byte", column_name(column));
        lines += *p == '\n';
        if (*p != '"')
            continue;
        if (!scratch_reserve(reader, field.length + (size_t)(p - part) + 2))
            return out_of_memory(reader, err);
        memcpy(reader->scratch + field.length, part, (size_t)(p - part));
        field.length += (size_t)(p - part);
        part = ++p; /* the second of a pair is text */
        if (p == reader->end && !reader->is_at_end)
            return need_more(reader, column, start, err);
        if (p == reader->end || *p != '"')
            break;
    }
    if (*p == '"' || !ends_field[(unsigned char)*p])
        return row_error(reader, p, err, "%s: text after the closing quote", column_name(column));
    reader->scratch[field.length] = '\0';
    field.text = reader->scratch;
    failed = set_field(reader, column, field, start, err);
    reader->row_lines += lines;
    *at = p;
    return failed ? failed : PARSED;
}

static int scan_field(struct csv_reader *reader, enum column column, const char **at,
                      struct bench_error *err)
{
    return **at == '"' ? scan_quoted(reader, column, at, err) : scan_unquoted(reader, column, at, err);
}

/*
 * The common cases of each type, in line; all others by scan_field. A field that is complete here ends
 * in a comma, so it cannot have been cut off by the end of the block.
 */
#define PARSE_TEXT(name)                                                              \
    if (*p == ',') {                                                                  \
        reader->record.name = NULL;                                                   \
    } else if (reader->record.name != NULL &&                                         \
               (size_t)(reader->end - p) > reader->lengths[COLUMN_##name] &&          \
               p[reader->lengths[COLUMN_##name]] == ',' &&                            \
               memcmp(p, reader->record.name, reader->lengths[COLUMN_##name]) == 0) { \
        p += reader->lengths[COLUMN_##name];                                          \
    } else if ((status = scan_field(reader, COLUMN_##name, &p, err)) != PARSED) {     \
        return status;                                                                \
    }

#define PARSE_COUNT(name)                                                             \
    {                                                                                 \
        const char *digit = p;                                                        \
        int64_t count = 0;                                                            \
        while (number_is_digit(*digit) && digit - p < 18)                             \
            count = 10 * count + (*digit++ - '0');                                    \
        if (*digit == ',') {                                                          \
            reader->record.name = digit == p ? RECORD_NO_COUNT : count;               \
            p = digit;                                                                \
        } else if ((status = scan_field(reader, COLUMN_##name, &p, err)) != PARSED) { \
            return status;                                                            \
        }                                                                             \
    }

#define PARSE_REAL(name)                                                                          \
    {                                                                                             \
        const char *behind;                                                                       \
        if (*p == ',')                                                                            \
            reader->record.name = NAN;                                                            \
        else if ((behind = number_parse_fast(p, &reader->record.name)) != NULL && *behind == ',') \
            p = behind;                                                                           \
        else if ((status = scan_field(reader, COLUMN_##name, &p, err)) != PARSED)                 \
            return status;                                                                        \
    }

static int row_too_short(const struct csv_reader *reader, enum column column, const char *at,
                         struct bench_error *err)
{
    if (at == reader->end)
        return row_error(reader, at, err,
                         "the last line is cut off after %d of %d columns; remove it to read the rest",
                         (int)column + 1, COLUMNS);
    return row_error(reader, at, err, "the row ends after %d of %d columns", (int)column + 1, COLUMNS);
}

/* From where a field ended to where the next begins. */
static int end_column(const struct csv_reader *reader, enum column column, const char **at,
                      struct bench_error *err)
{
    const char *p = *at;

    if (*p == ',' && column < COLUMNS - 1) {
        *at = p + 1;
        return PARSED;
    }
    if (*p == ',')
        return row_error(reader, p, err, "more than %d columns; numbers have a point, not a comma",
                         COLUMNS);
    if (*p == '\0')
        return row_error(reader, p, err, "%s: a NUL byte", column_name(column));
    if (*p == '\r' && p + 1 == reader->end && !reader->is_at_end)
        return NEED_MORE;
    if (*p == '\r' && p[1] == '\n')
        p++;
    if (*p != '\n')
        return row_error(reader, p, err, "%s: a carriage return that ends no line", column_name(column));
    if (column < COLUMNS - 1)
        return row_too_short(reader, column, p, err);
    *at = p < reader->end ? p + 1 : p;
    return PARSED;
}

static int parse_row(struct csv_reader *reader, struct bench_error *err)
{
    const char *p = reader->next;
    int status;

    reader->row_lines = 1;
#define END_COLUMN(name)                                                      \
    if (*p == ',' && COLUMN_##name < COLUMNS - 1)                             \
        p++;                                                                  \
    else if ((status = end_column(reader, COLUMN_##name, &p, err)) != PARSED) \
        return status;
#define TEXT(name) PARSE_TEXT(name) END_COLUMN(name)
#define COUNT(name) PARSE_COUNT(name) END_COLUMN(name)
#define REAL(name) PARSE_REAL(name) END_COLUMN(name)
#include "records/columns.def"
    if (reader->record.schema != RECORD_SCHEMA)
        return row_error(reader, reader->next, err, "schema: not %d, the one this program reads",
                         RECORD_SCHEMA);
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

int csv_read_next(struct csv_reader *reader, const struct record **record, struct bench_error *err)
{
    for (;;) {
        int status = NEED_MORE;

        while (skip_blank_line(reader))
            continue;
        if (reader->next < reader->end)
            status = parse_row(reader, err);
        else if (reader->is_at_end)
            return 0;
        if (status == NEED_MORE)
            status = read_more(reader, err);
        else if (status == PARSED)
            *record = &reader->record;
        if (status != 0)
            return status;
    }
}

/* What some programs do to a header: a byte-order mark, quotes around names, CRLF. */
static void clean_header(char *line)
{
    char *to = line;

    if (strncmp(line, "\xEF\xBB\xBF", 3) == 0)
        line += 3;
    for (; *line != '\0'; line++) {
        if (*line != '"' && *line != '\r')
            *to++ = *line;
    }
    *to = '\0';
}

static int read_header(struct csv_reader *reader, struct bench_error *err)
{
    char *line_end = NULL;
    int failed = 0;

    while (line_end == NULL && !reader->is_at_end &&
           reader->end - reader->next < (ptrdiff_t)BLOCK_BYTES && !failed) {
        failed = read_more(reader, err);
        line_end = memchr(reader->next, '\n', (size_t)(reader->end - reader->next));
    }
    if (failed)
        return failed;
    if (reader->next == reader->end)
        return bench_error_set(
            err, -EINVAL, "%s: empty; a results file begins with a line of column names", reader->name);
    if (line_end == NULL)
        line_end = reader->end;
    *line_end = '\0';
    clean_header(reader->next);
    if (strchr(reader->next, ',') == NULL && strchr(reader->next, ';') != NULL)
        return bench_error_set(err, -EINVAL, "%s:1: columns are separated by ';'; save it with commas",
                               reader->name);
    failed = csv_check_header(reader->name, reader->next, record_header,
                              "not a results file of schema 1", err);
    *line_end = '\n'; /* where it is the end, the sentinel */
    reader->next = line_end < reader->end ? line_end + 1 : line_end;
    reader->line = 2;
    return failed;
}

static int open_reader(struct csv_reader **out, int fd, bool fd_is_owned, const char *name,
                       struct bench_error *err)
{
    struct csv_reader *reader = calloc(1, sizeof(*reader));
    int failed;

    *out = NULL;
    if (reader == NULL)
        goto no_reader;
    reader->fd = fd;
    reader->fd_is_owned = fd_is_owned;
    reader->name = strdup(name);
    reader->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    reader->capacity = BLOCK_BYTES;
    reader->buffer = malloc(reader->capacity + 1);
    if (reader->name == NULL || reader->c_locale == (locale_t)0 || reader->buffer == NULL)
        goto no_parts;
    reader->next = reader->end = reader->buffer;
    record_init(&reader->record);
    failed = read_header(reader, err);
    if (failed)
        csv_read_close(reader);
    else
        *out = reader;
    return failed;

no_parts:
    csv_read_close(reader);
    fd_is_owned = false;
no_reader:
    if (fd_is_owned)
        close(fd);
    return bench_error_set(err, -ENOMEM, "%s: %s", name, strerror(ENOMEM));
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
    reader->is_skipped[column] = true;
}

void csv_read_close(struct csv_reader *reader)
{
    if (reader == NULL)
        return;
    text_pool_free(&reader->texts);
    free(reader->scratch);
    free(reader->buffer);
    if (reader->c_locale != (locale_t)0)
        freelocale(reader->c_locale);
    free(reader->name);
    if (reader->fd_is_owned)
        close(reader->fd);
    free(reader);
}
