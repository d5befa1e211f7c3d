/* A module's parameter struct, filled from texts. */
#include "modules/params.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

void params_free(struct params *params)
{
    for (size_t i = 0; i < params->count; i++)
        free(params->texts[i]);
    free(params->texts);
    free(params->data);
    *params = (struct params){0};
}

int params_init(struct params *params, const struct bench_param *table, size_t size,
                struct bench_error *err)
{
    size_t count = param_count(table);
    *params = (struct params){.table = table,
                              .count = count,
                              .size = size,
                              .data = mem_zero(1, size),
                              .texts = mem_zero(count, sizeof *params->texts)};
    for (size_t i = 0; i < count; i++) {
        int rc = params_set(params, table[i].name, table[i].initial, err);
        if (rc < 0) {
            params_free(params);
            return rc;
        }
    }
    return 0;
}

int params_set(struct params *params, const char *name, const char *text, struct bench_error *err)
{
    const struct bench_param *entry;
    union param_value value;
    int rc = param_read_named(params->table, name, text, &entry, &value, err);
    if (rc < 0)
        return rc;
    if (entry->type == BENCH_PARAM_TEXT) {
        size_t at = (size_t)(entry - params->table);
        char *copy = mem_text(text); /* `text` may be what is freed now */
        free(params->texts[at]);
        value.text = params->texts[at] = copy;
    }
    memcpy((char *)params->data + entry->offset, &value, param_size(entry->type));
    return 0;
}
