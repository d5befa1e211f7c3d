/*
 * Reading back what csv_write_record wrote, also after a spreadsheet, pandas or R have saved it again:
 * LF or CRLF, quotes where they were not needed, a byte-order mark, 12.0 for 12, blank lines, no line
 * end after the last row, columns in another order, some more, some missing, rows of schema 1 (which
 * come as schema 2 has them: records/schema1.h). Anything else is refused with file:line:column: what
 * was wrong; but the last line, where it is cut off, is left out with a note.
 */
#ifndef RECORDS_CSV_READ_H
#define RECORDS_CSV_READ_H

#include "records/record.h"

#include <bench/error.h>

struct csv_reader;

/* Open the file and check its header. On failure *reader is NULL. */
int csv_read_open(struct csv_reader **reader, const char *path, struct bench_error *err);
/* The same of a file as users name it: - is stdin. */
int csv_read_open_input(struct csv_reader **reader, const char *path, struct bench_error *err);
/* The same for an open descriptor, which stays the caller's; `name` is for messages. */
int csv_read_open_fd(struct csv_reader **reader, int fd, const char *name, struct bench_error *err);

/* From now on, pass over this column: it is unknown in every row. Of a million rows, keeping texts that
 * nobody asks for takes longer than reading the rest. */
void csv_read_skip(struct csv_reader *reader, enum column column);

/*
 * The next row: 1 with *record set, 0 at the end, or a negative errno value; -EINVAL for a bad row,
 * after which reading cannot go on. *record is the reader's: it is overwritten by the next call, and
 * record_copy is the way to keep it. Its texts live until csv_read_close, and equal texts of one
 * reader are the same pointer, so rows can be grouped by comparing pointers.
 */
int csv_read_next(struct csv_reader *reader, const struct record **record, struct bench_error *err);

/* What was left out of what has been read, for people: a last line that is cut off. NULL: nothing. The
 * reader's. */
const char *csv_read_note(const struct csv_reader *reader);

/* NULL may be closed. */
void csv_read_close(struct csv_reader *reader);

#endif
