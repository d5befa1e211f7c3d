/* Named numbers in a record's texts. */
#include "records/counters.h"

#include "base/memory.h"
#include "records/param_text.h"

#include <math.h>
#include <stdlib.h>

void counter_add(struct record *record, enum column column, const char *name, double value)
{
    const char *before = record_text(record, column);
    char *all =
        mem_format("%s%s%s=%.15g", before ? before : "", before && *before ? " " : "", name, value);
    record_set_text(record, column, all);
    free(all);
}

double counter_find(const struct record *record, enum column column, const char *name)
{
    const char *at = record_text(record, column);
    struct param_text param;
    while (param_text_next(&at, &param)) {
        if (param_text_is(&param, name))
            return strtod(param.value, NULL);
    }
    return NAN;
}
