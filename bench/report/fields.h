/* What is reported of a case, field by field: the columns of the summary CSV and the keys of JSON. */
#ifndef REPORT_FIELDS_H
#define REPORT_FIELDS_H

#include "results/results.h"

struct field {
    const char *name;
    enum column column; /* of the case's first record; COLUMNS for what follows */
    enum column_type type;
    size_t offset; /* in struct case_result; COUNT is a size_t there, TEXT a pointer */
};

extern const struct field fields[];
extern const size_t fields_size;

struct field_value {
    enum column_type type;
    const char *text;
    int64_t count;
    double real;
};

struct field_value field_of(const struct case_result *result, const struct field *field);

#endif
