/* The names of today for parameters in rows of older builds. */
#include "records/renamed.h"

#include <string.h>

const struct renamed renamed_list[] = {
    {"spin", "rate", "steps_per_us"},
    {"mixed", "rate", "steps_per_us"},
    {NULL, NULL, NULL},
};

const char *renamed_param(const char *workload, const struct param_text *param)
{
    for (const struct renamed *renamed = renamed_list; workload && renamed->workload; renamed++) {
        if (strcmp(workload, renamed->workload) == 0 && param_text_is(param, renamed->was))
            return renamed->name;
    }
    return NULL;
}
