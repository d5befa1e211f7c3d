/* How cases scale, as JSON. */
#ifndef REPORT_SCALING_JSON_H
#define REPORT_SCALING_JSON_H

#include "results/scaling.h"

#include <jansson.h>

/* An array with an object for each sweep; its keys: results/README.md. A new reference. */
json_t *json_of_scalings(const struct scalings *scalings);

#endif
