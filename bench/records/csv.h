/*
 * Writing CSV: RFC 4180, but rows end in LF, which spreadsheets and pandas read just as well and after
 * which grep, cut and awk do not find a CR in the last column. The C locale's numbers in any locale, at
 * most 15 significant digits, empty for unknown.
 *
 * Text stays what it is, quoted where it must be (line ends in it too), with two exceptions that keep
 * the file readable for everyone: text that a spreadsheet would take for a formula gets an apostrophe
 * in front (csv_read takes it away), and a byte that is not UTF-8 becomes U+FFFD.
 *
 * A row is built field by field in memory and appended by one write(2), so that a crash or a kill
 * leaves whole rows; when the disk fills up in the middle of a row, the part written is taken back.
 */
#ifndef RECORDS_CSV_H
#define RECORDS_CSV_H

#include "records/record.h"

#include <bench/error.h>
#include <locale.h>
#include <stdbool.h>
#include <stddef.h>

/* A field that is longer is refused when it is read. */
#define CSV_FIELD_MAX_BYTES (10u << 20)

/* One CSV being written. One thread at a time. */
struct csv {
    int fd;
    bool fd_is_owned;
    bool is_new;            /* csv_open made the file */
    bool was_torn;          /* its last line was cut off, and csv_open has removed it */
    bool has_decimal_comma; /* 1,5 and columns apart by ';', as spreadsheets want it in much of Europe;
                             * to be set before the first field, and bench does not read such files */
    bool is_terminal; /* whoever looks at it is safe from control characters: they are shown as ? */
    const char *name; /* for messages; the caller's */
    locale_t c_locale;
    char *row; /* the row being built */
    size_t row_size, row_capacity;
    /* Waits until a pipe or terminal can be written to: 0, or what ends the waiting. NULL: for ever. */
    int (*wait)(void *context, int fd);
    void *wait_context;
};

/*
 * Append to the file `path`, which must live as long as `csv`; a new or empty one gets `header` (column
 * names separated by commas) as its first line. A file whose first line is not `header` is refused
 * untouched, with -EINVAL. A last line that is cut off, as after a power failure, is removed; one that
 * only lacks its line end gets it. On failure nothing is left open.
 */
int csv_open(struct csv *csv, const char *path, const char *header, struct bench_error *err);

/* Write to an open descriptor, which stays the caller's; `name` is for messages. Writes the header;
 * NULL: none. */
int csv_open_fd(struct csv *csv, int fd, const char *name, const char *header, struct bench_error *err);

/* Add a field to the row: NULL or "", negative, and not finite are unknown. */
void csv_text(struct csv *csv, const char *text);
void csv_count(struct csv *csv, int64_t count);
void csv_real(struct csv *csv, double real);

/* Write the row. The next field begins a new one, also after a failure. */
int csv_end_row(struct csv *csv, struct bench_error *err);

/* Write a row of these columns, which end in COLUMNS. */
int csv_write_columns(struct csv *csv, const struct record *record, const enum column *columns,
                      struct bench_error *err);

/* Write a whole row under the header `record_header`. */
int csv_write_record(struct csv *csv, const struct record *record, struct bench_error *err);

/*
 * Would a spreadsheet take this text for a formula, or drop the tab or line end it begins with and then
 * do so (OWASP, "CSV Injection")? True as well of such a text behind apostrophes: one apostrophe more
 * in front neutralises it, and one less restores exactly what was there.
 */
bool csv_is_formula(const char *text, size_t length);

/* Close a file to which no row was written; if csv_open made it, it is gone again. */
void csv_withdraw(struct csv *csv);

/* Some file systems report a full disk only here. Nothing is left open, also after a failure. */
int csv_close(struct csv *csv, struct bench_error *err);

#endif
