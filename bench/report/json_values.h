/* JSON of our kinds of values. A new reference each, which is the caller's; never NULL, as jansson
 * takes its memory from base/memory.h.
 */
#ifndef REPORT_JSON_VALUES_H
#define REPORT_JSON_VALUES_H

#include "records/record.h"
#include "report/page.h"

#include <jansson.h>
#include <stdint.h>

/* NULL is null; a byte that is not UTF-8 becomes U+FFFD. */
json_t *json_of_text(const char *text);
/* RECORD_NO_COUNT is null. */
json_t *json_of_count(int64_t count);
/* What is not finite is null; a whole number has no point. */
json_t *json_of_real(double real);
/* Seven digits of it: more than a picture shows, and half the bytes. */
json_t *json_of_short_real(double real);

/* The value of a record's column, whatever its type. */
json_t *json_of_column(const struct record *record, enum column column);

/* Into an object, under a key from anywhere, and at an array's end. Both take the reference. */
void json_put(json_t *object, const char *key, json_t *value);
void json_add(json_t *array, json_t *value);

/*
 * Print `value`, indented, and a line end; flush. Takes the reference. 0 or a negative errno value with
 * `err` filled.
 */
int json_write(struct page *page, json_t *value, struct bench_error *err);

#endif
