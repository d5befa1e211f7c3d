/* Before rows are appended to a file that has some. For csv.c. */
#ifndef RECORDS_CSV_APPEND_H
#define RECORDS_CSV_APPEND_H

#include <bench/error.h>
#include <stdbool.h>
#include <sys/types.h>

/*
 * May rows under `header` be appended to the file, which `fd` appends to and which has `size_bytes`? A
 * byte-order mark and a CR, which editors add, do no harm. A last line that is cut off is removed
 * (*was_torn), and one that only lacks its line end gets it. -EINVAL, with the file untouched, for other
 * columns, or another negative errno value.
 */
int csv_append_prepare(const char *path, int fd, off_t size_bytes, const char *header, bool *was_torn,
                       struct bench_error *err);

#endif
