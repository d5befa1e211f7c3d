/* All the records of some results files, in memory. */
#ifndef RECORDS_RECORD_LIST_H
#define RECORDS_RECORD_LIST_H

#include "records/record.h"

#include <bench/error.h>
#include <stddef.h>

/*
 * Begins as all zeros. The records' texts are those of the readers, which live as long as the list: no
 * record_free of one of them, and equal texts of one file are one.
 */
struct record_list {
    struct record *records;
    size_t size, capacity;
    struct csv_reader **readers;
    size_t readers_size;
};

/*
 * Append all rows of a results file, or of stdin where `path` is "-". The records may move: pointers to
 * those that were read before are no longer good. A negative errno value with `err` filled, as
 * csv_read_open and csv_read_next do; the list holds what was read until then.
 */
int record_list_read(struct record_list *list, const char *path, struct bench_error *err);

void record_list_free(struct record_list *list);

#endif
