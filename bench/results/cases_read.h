/* Results files into cases: a row at a time, and only the requested columns. */
#ifndef RESULTS_CASES_READ_H
#define RESULTS_CASES_READ_H

#include "results/cases.h"

#include <bench/error.h>

/* What a file had. */
struct cases_file {
    size_t rows, measured; /* `measured`: well */
    enum status status;    /* of the first row that is not ok; UNKNOWN: none */
    char error[256];       /* its error, or as much of it */
};

/*
 * Add all rows of a results file, or of stdin where `path` is "-". What was left out of it is a note.
 * -EINVAL with file:line:column for what is none, or another negative errno value. `file` may be NULL.
 */
int cases_read(struct cases *cases, const char *path, struct cases_file *file, struct bench_error *err);

#endif
