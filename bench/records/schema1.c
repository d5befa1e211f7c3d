/* Rows of schema 1, as schema 2 has them. */
#include "records/schema1.h"

#include "base/text.h"
#include "records/param_text.h"
#include "records/renamed.h"

#include <stdlib.h>
#include <string.h>

static char *keep(struct text_pool *texts, const char *text)
{
    return text && text[0] ? text_pool_text(texts, text) : NULL;
}

/* Does the parameter belong to the executor? It then begins with its name and a dot. */
static bool is_of_executor(const struct param_text *param, const char *executor)
{
    size_t length = executor ? strlen(executor) : 0;
    return length > 0 && param->name_length > length && param->name[length] == '.' &&
           memcmp(param->name, executor, length) == 0;
}

static void split_params(struct schema1 *schema1, struct text_pool *texts)
{
    struct text own = {0}, executors = {0};
    struct param_text param;
    const char *at = schema1->params;
    while (param_text_next(&at, &param)) {
        if (is_of_executor(&param, schema1->executor)) {
            size_t prefix = strlen(schema1->executor) + 1;
            text_add(&executors, "%s%.*s", executors.length ? " " : "",
                     (int)(param.word_length - prefix), param.word + prefix);
        } else {
            const char *today = renamed_param(schema1->workload, &param);
            size_t length = today ? strlen(today) : param.name_length;
            text_add(&own, "%s%.*s%.*s", own.length ? " " : "", (int)length, today ? today : param.name,
                     (int)(param.word_length - param.name_length), param.word + param.name_length);
        }
    }
    schema1->new_params = keep(texts, own.text);
    schema1->new_executor_params = keep(texts, executors.text);
    free(own.text);
    free(executors.text);
}

static void split_pin(struct schema1 *schema1, struct text_pool *texts)
{
    const char *blank = schema1->pin ? strchr(schema1->pin, ' ') : NULL;
    bool has_places = same_text(schema1->pin, "close") || same_text(schema1->pin, "spread");
    schema1->new_pin = blank ? text_pool_keep(texts, schema1->pin, (size_t)(blank - schema1->pin))
                             : keep(texts, schema1->pin);
    schema1->new_places = keep(texts, blank ? blank + 1 : has_places ? "cores" : NULL);
}

const struct record *schema1_upgrade(struct schema1 *schema1, struct text_pool *texts,
                                     const struct record *row, struct record *upgraded)
{
    if (row->params != schema1->params || row->executor != schema1->executor ||
        row->workload != schema1->workload) {
        schema1->params = row->params;
        schema1->executor = row->executor;
        schema1->workload = row->workload;
        split_params(schema1, texts);
    }
    if (row->pin != schema1->pin) {
        schema1->pin = row->pin;
        split_pin(schema1, texts);
    }
    *upgraded = *row;
    upgraded->schema = RECORD_SCHEMA;
    upgraded->runtime = keep(texts, "bench 0.1");
    upgraded->clock = keep(texts, "release");
    upgraded->params = schema1->new_params;
    upgraded->executor_params = schema1->new_executor_params;
    upgraded->pin = schema1->new_pin;
    upgraded->places = schema1->new_places;
    upgraded->cpu_s = row->user_s + row->sys_s;
    return upgraded;
}
