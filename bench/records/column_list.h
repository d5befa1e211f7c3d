/* Columns in an order of the user's, ended by COLUMNS. */
#ifndef RECORDS_COLUMN_LIST_H
#define RECORDS_COLUMN_LIST_H

#include "records/record.h"

#include <bench/error.h>

/* The columns of a list of names; "all", and NULL, are all of them. NULL with `err` filled (-EINVAL) for
 * a name that is none. For free(). */
enum column *column_list_parse(const char *list, struct bench_error *err);

/* Their header line; for free(). */
char *column_list_header(const enum column *columns);

#endif
