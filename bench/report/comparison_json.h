/* A comparison as JSON: one object, in which numbers that are not known are null. A new reference. */
#ifndef REPORT_COMPARISON_JSON_H
#define REPORT_COMPARISON_JSON_H

#include "results/comparison.h"

#include <jansson.h>

json_t *json_of_comparison(const struct comparison *comparison);

#endif
