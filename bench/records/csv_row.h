/* One row of CSV, from the block in which it lies into a record. For csv_read.c. */
#ifndef RECORDS_CSV_ROW_H
#define RECORDS_CSV_ROW_H

#include "records/record.h"
#include "records/text_pool.h"

#include <bench/error.h>
#include <locale.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is done with a column of the file, in the file's order. */
struct csv_slot {
    enum { SLOT_SKIP, SLOT_TEXT, SLOT_COUNT, SLOT_REAL, SLOT_WORD } kind;
    enum column column; /* COLUMNS: none that is known here */
};

/* Begins as all zeros, with a name, a locale, slots and the bytes, and a record that is initialised. */
struct csv_row_parser {
    const char *name; /* of the file, for messages; the caller's, as the bytes are */
    locale_t c_locale;
    /* next..end is read and not yet parsed; *end is always '\n', so that no loop runs past it. */
    char *next, *end;
    bool is_at_end; /* no bytes come after `end` */
    uint64_t line, row_lines;
    struct csv_slot *slots;
    size_t slots_size;
    struct record record; /* as the file has it; its texts live as long as the parser */
    /* Of the record's texts, where they stand in the file as they are, so that the next row's can be
     * compared where it lies. */
    size_t lengths[COLUMNS];
    struct text_pool texts;
    char *scratch; /* a quoted field without its quotes, and NUL-terminated numbers */
    size_t scratch_capacity;
};

enum { CSV_ROW_NEEDS_MORE = 0, CSV_ROW_PARSED = 1 };

/*
 * The row at `next` into the record: CSV_ROW_PARSED, with `next` behind it; CSV_ROW_NEEDS_MORE where it
 * reaches over `end`, and is to be parsed again from its beginning when more has been read; or -EINVAL
 * with file:line:column and what is wrong.
 */
int csv_row_parse(struct csv_row_parser *parser, struct bench_error *err);

/* Frees locale, slots and all that it has allocated. */
void csv_row_parser_free(struct csv_row_parser *parser);

#endif
