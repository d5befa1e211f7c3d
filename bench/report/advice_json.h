/* Advice as JSON: a new reference. Its keys: docs/advice.md. */
#ifndef REPORT_ADVICE_JSON_H
#define REPORT_ADVICE_JSON_H

#include "results/advice.h"

#include <jansson.h>

json_t *json_of_advice(const struct advice *advice);

#endif
