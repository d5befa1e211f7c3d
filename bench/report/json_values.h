/* JSON of our kinds of values. A new reference each, which is the caller's; NULL: no memory. */
#ifndef REPORT_JSON_VALUES_H
#define REPORT_JSON_VALUES_H

#include <bench/error.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/* NULL is null; a byte that is not UTF-8 becomes U+FFFD. */
json_t *json_of_text(const char *text);
/* RECORD_NO_COUNT is null. */
json_t *json_of_count(int64_t count);
/* What is not finite is null; a whole number has no point. */
json_t *json_of_real(double real);

/*
 * Print `value`, indented, and a line end; flush `out`. Takes the reference; NULL is -ENOMEM, as it
 * comes from what could not be made. 0 or a negative errno value with `err` filled.
 */
int json_write(FILE *out, json_t *value, struct bench_error *err);

#endif
