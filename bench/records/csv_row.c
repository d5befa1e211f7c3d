/*
 * Parsing a row of CSV where it lies in a block, in one pass, without a function call or a copy per
 * character. Texts are kept once each: most are the same as in the row above, which one memcmp tells.
 */
#include "records/csv_row.h"

#include "base/memory.h"
#include "records/csv.h"
#include "records/number.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOT_PLAIN SIZE_MAX

/* A field, where it lies. */
struct field {
    const char *text;
    size_t length;
};

static __attribute__((format(printf, 4, 5))) int row_error(const struct csv_row_parser *parser,
                                                           const char *at, struct bench_error *err,
                                                           const char *format, ...)
{
    uint64_t line = parser->line;
    const char *line_start = parser->next;
    char what[256];
    va_list args;

    for (const char *p = parser->next; p < at; p++) {
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
    return bench_error_set(err, -EINVAL, "%s:%llu:%lld: %s", parser->name, (unsigned long long)line,
                           (long long)(at - line_start + 1), what);
}

static void *record_field(struct csv_row_parser *parser, enum column column)
{
    return (char *)&parser->record + record_columns[column].offset;
}

static void set_text(struct csv_row_parser *parser, enum column column, struct field field)
{
    bool is_plain = field.text != parser->scratch && (field.length == 0 || field.text[0] != '\'');
    parser->lengths[column] = is_plain ? field.length : NOT_PLAIN;
    if (field.length > 0 && field.text[0] == '\'' && csv_is_formula(field.text, field.length)) {
        field.text++;
        field.length--;
    }
    *(char **)record_field(parser, column) =
        field.length > 0 ? text_pool_keep(&parser->texts, field.text, field.length) : NULL;
}

static bool set_word(struct csv_row_parser *parser, enum column column, struct field field)
{
    char word[16] = "";
    if (field.length < sizeof word)
        memcpy(word, field.text, field.length);
    enum phase *phase = record_field(parser, column);
    enum status *status = record_field(parser, column);
    if (column_type(column) == COLUMN_PHASE)
        *phase = phase_find(word);
    else
        *status = status_find(word);
    return field.length == 0 || record_text(&parser->record, column);
}

static bool set_real(struct csv_row_parser *parser, enum column column, struct field field)
{
    double real = NAN;

    if (field.length > 0 && !number_parse(field.text, field.length, parser->c_locale, &real))
        return false;
    record_set_real(&parser->record, column, real);
    return true;
}

static bool set_count(struct csv_row_parser *parser, enum column column, struct field field)
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
        if (!number_parse(field.text, field.length, parser->c_locale, &real) || real < 0 ||
            real >= 0x1p63 || real != floor(real))
            return false;
        count = (int64_t)real;
    }
    record_set_count(&parser->record, column, count);
    return true;
}

static int set_field(struct csv_row_parser *parser, enum column column, struct field field,
                     const char *at, struct bench_error *err)
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
        set_text(parser, column, field);
        break;
    case COLUMN_COUNT:
        good = set_count(parser, column, field);
        break;
    case COLUMN_REAL:
        good = set_real(parser, column, field);
        break;
    case COLUMN_PHASE:
    case COLUMN_STATUS:
        good = set_word(parser, column, field);
        break;
    }
    if (good)
        return 0;
    return row_error(parser, at, err, "%s: '%.*s' is not %s%s", column_name(column),
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

static int need_more(struct csv_row_parser *parser, enum column column, const char *field,
                     struct bench_error *err)
{
    if (parser->end - field > (ptrdiff_t)CSV_FIELD_MAX_BYTES)
        return row_error(parser, field, err, "%s: longer than %u bytes", slot_name(column),
                         CSV_FIELD_MAX_BYTES);
    return CSV_ROW_NEEDS_MORE;
}

static int scan_unquoted(struct csv_row_parser *parser, enum column column, const char **at,
                         struct bench_error *err)
{
    const char *start = *at, *p = start;
    while (!ends_field[(unsigned char)*p])
        p++;
    if (p == parser->end && !parser->is_at_end)
        return need_more(parser, column, start, err);
    if (*p == '"')
        return row_error(parser, p, err, "%s: a quote inside an unquoted field", slot_name(column));
    struct field field = {start, (size_t)(p - start)};
    *at = p;
    if (field.length > CSV_FIELD_MAX_BYTES)
        return row_error(parser, start, err, "%s: longer than %u bytes", slot_name(column),
                         CSV_FIELD_MAX_BYTES);
    int rc = set_field(parser, column, field, start, err);
    return rc < 0 ? rc : CSV_ROW_PARSED;
}

static void scratch_reserve(struct csv_row_parser *parser, size_t size)
{
    if (size <= parser->scratch_capacity)
        return;
    parser->scratch_capacity = 2 * size;
    parser->scratch = mem_resize(parser->scratch, parser->scratch_capacity, 1);
}

/* A field in quotes: to the closing one, with each "" made one. */
static int scan_quoted(struct csv_row_parser *parser, enum column column, const char **at,
                       struct bench_error *err)
{
    const char *start = *at, *p = start + 1, *part = p;
    struct field field = {NULL, 0};
    uint64_t lines = 0;
    for (;; p++) {
        if (p == parser->end) {
            if (parser->is_at_end)
                return row_error(parser, start, err, "%s: this quote is not closed", slot_name(column));
            return need_more(parser, column, start, err);
        }
        if (*p == '\0')
            return row_error(parser, p, err, "%s: a NUL byte", slot_name(column));
        lines += *p == '\n';
        if (*p != '"')
            continue;
        scratch_reserve(parser, field.length + (size_t)(p - part) + 2);
        memcpy(parser->scratch + field.length, part, (size_t)(p - part));
        field.length += (size_t)(p - part);
        part = ++p; /* the second of a pair is text */
        if (p == parser->end && !parser->is_at_end)
            return need_more(parser, column, start, err);
        if (p == parser->end || *p != '"')
            break;
    }
    if (*p == '"' || !ends_field[(unsigned char)*p])
        return row_error(parser, p, err, "%s: text after the closing quote", slot_name(column));
    if (field.length > CSV_FIELD_MAX_BYTES)
        return row_error(parser, start, err, "%s: longer than %u bytes", slot_name(column),
                         CSV_FIELD_MAX_BYTES);
    parser->scratch[field.length] = '\0';
    field.text = parser->scratch;
    int rc = set_field(parser, column, field, start, err);
    parser->row_lines += lines;
    *at = p;
    return rc < 0 ? rc : CSV_ROW_PARSED;
}

static int scan_field(struct csv_row_parser *parser, enum column column, const char **at,
                      struct bench_error *err)
{
    return **at == '"' ? scan_quoted(parser, column, at, err) : scan_unquoted(parser, column, at, err);
}

/*
 * The common cases of each type, in line; false for all others, which are scan_field's. A field that is
 * complete here ends in a comma, so it cannot have been cut off by the end of the block.
 */
static inline bool parse_text(struct csv_row_parser *parser, enum column column, const char **at)
{
    char **text = record_field(parser, column);
    size_t length = parser->lengths[column];
    if (**at == ',') {
        *text = NULL;
        return true;
    }
    if (!*text || (size_t)(parser->end - *at) <= length || (*at)[length] != ',' ||
        memcmp(*at, *text, length) != 0)
        return false;
    *at += length;
    return true;
}

static inline bool parse_count(struct csv_row_parser *parser, enum column column, const char **at)
{
    const char *digit = *at;
    int64_t count = 0;
    while (number_is_digit(*digit) && digit - *at < 18)
        count = 10 * count + (*digit++ - '0');
    if (*digit != ',')
        return false;
    *(int64_t *)record_field(parser, column) = digit == *at ? RECORD_NO_COUNT : count;
    *at = digit;
    return true;
}

static inline bool parse_real(struct csv_row_parser *parser, enum column column, const char **at)
{
    double *real = record_field(parser, column);
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

static inline bool parse_field(struct csv_row_parser *parser, const struct csv_slot *slot,
                               const char **at)
{
    switch (slot->kind) {
    case SLOT_SKIP:
        return skip_field(at);
    case SLOT_TEXT:
        return parse_text(parser, slot->column, at);
    case SLOT_COUNT:
        return parse_count(parser, slot->column, at);
    case SLOT_REAL:
        return parse_real(parser, slot->column, at);
    default:
        return false;
    }
}

/* Moves from the end of a field to the start of the next. */
static int end_column(const struct csv_row_parser *parser, size_t i, const char **at,
                      struct bench_error *err)
{
    const char *p = *at;
    bool is_last = i + 1 == parser->slots_size;
    if (*p == ',' && !is_last) {
        *at = p + 1;
        return CSV_ROW_PARSED;
    }
    if (*p == ',')
        return row_error(parser, p, err, "more than %zu columns; numbers have a point, not a comma",
                         parser->slots_size);
    if (*p == '\0')
        return row_error(parser, p, err, "%s: a NUL byte", slot_name(parser->slots[i].column));
    if (*p == '\r' && p + 1 == parser->end && !parser->is_at_end)
        return CSV_ROW_NEEDS_MORE;
    if (*p == '\r' && p[1] == '\n')
        p++;
    if (*p != '\n')
        return row_error(parser, p, err, "%s: a carriage return that does not end a line",
                         slot_name(parser->slots[i].column));
    if (!is_last)
        return row_error(parser, p, err, "the row ends after %zu of %zu columns", i + 1,
                         parser->slots_size);
    *at = p < parser->end ? p + 1 : p;
    return CSV_ROW_PARSED;
}

int csv_row_parse(struct csv_row_parser *parser, struct bench_error *err)
{
    const char *p = parser->next;
    int status;
    parser->row_lines = 1;
    for (size_t i = 0; i < parser->slots_size; i++) {
        const struct csv_slot *slot = &parser->slots[i];
        enum column column = slot->kind == SLOT_SKIP ? COLUMNS : slot->column;
        if (!parse_field(parser, slot, &p) &&
            (status = scan_field(parser, column, &p, err)) != CSV_ROW_PARSED)
            return status;
        if (*p == ',' && i + 1 < parser->slots_size)
            p++;
        else if ((status = end_column(parser, i, &p, err)) != CSV_ROW_PARSED)
            return status;
    }
    if (parser->record.schema != 1 && parser->record.schema != RECORD_SCHEMA)
        return row_error(parser, parser->next, err, "schema: must be 1 or %d", RECORD_SCHEMA);
    parser->next += p - parser->next;
    parser->line += parser->row_lines;
    return CSV_ROW_PARSED;
}

void csv_row_parser_free(struct csv_row_parser *parser)
{
    text_pool_free(&parser->texts);
    free(parser->slots);
    free(parser->scratch);
    if (parser->c_locale != (locale_t)0)
        freelocale(parser->c_locale);
}
