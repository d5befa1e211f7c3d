/* A case's name in other programs' formats. */
#include "report/case_name.h"

#include "base/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void tell_text(case_name_part part, void *context, const char *key, const char *value)
{
    if (value != NULL && value[0] != '\0')
        part(context, key, value);
}

static void tell_count(case_name_part part, void *context, const char *key, int64_t count)
{
    char value[24];

    snprintf(value, sizeof value, "%" PRId64, count);
    if (count != RECORD_NO_COUNT)
        part(context, key, value);
}

/* "a=1 b='x y' c=": cut apart in place. */
static void tell_params(case_name_part part, void *context, const char *prefix, char *params)
{
    while (*params != '\0') {
        size_t length = text_word_length(params);
        char *next = params + length + (params[length] == ' '), *value;

        params[length] = '\0';
        value = strchr(params, '=');
        if (value != NULL) {
            *value = '\0';
            char *key = mem_format("%s%s%s", prefix, prefix[0] ? "." : "", params);
            tell_text(part, context, key, value + 1);
            free(key);
        }
        params = next;
    }
}

/* A launch that ended early may be the first, and does not know it. */
static int64_t grain_of(const struct case_result *result)
{
    for (size_t i = 0; i < result->runs_size; i++) {
        if (result->runs[i]->grain != RECORD_NO_COUNT)
            return result->runs[i]->grain;
    }
    return RECORD_NO_COUNT;
}

int case_name_parts(const struct case_result *result, unsigned parts, case_name_part part, void *context)
{
    const struct record *run = result->runs[0];
    char *params = strdup(run->params != NULL ? run->params : "");

    char *executor_params = mem_text(run->executor_params ? run->executor_params : "");
    if (params == NULL)
        return -ENOMEM;
    tell_text(part, context, "executor", run->executor);
    tell_count(part, context, "workers", run->workers);
    if (run->inflight != 1)
        tell_count(part, context, "inflight", run->inflight);
    tell_params(part, context, "", params);
    tell_params(part, context, run->executor ? run->executor : "", executor_params);
    tell_text(part, context, "pin", run->pin);
    if (!same_text(run->places, "cores"))
        tell_text(part, context, "places", run->places);
    tell_text(part, context, "schedule", run->schedule);
    tell_count(part, context, "grain", grain_of(result));
    tell_text(part, context, "side", run->side);
    if (parts & IDENTITY_LABEL)
        tell_text(part, context, "label", run->label);
    if (parts & IDENTITY_MACHINE)
        tell_text(part, context, "machine", run->machine);
    free(params);
    free(executor_params);
    return 0;
}

void case_name_encode(struct text *text, const char *word)
{
    for (; *word != '\0'; word++) {
        unsigned char byte = (unsigned char)*word;

        text_add(text, byte > ' ' && byte <= '~' && byte != '/' && byte != '%' ? "%c" : "%%%02X", byte);
    }
}

static void add_words(void *context, const char *key, const char *value)
{
    text_add(context, " %s=%s", key, value);
}

static void add_path(void *context, const char *key, const char *value)
{
    text_add(context, "/");
    case_name_encode(context, key);
    text_add(context, "=");
    case_name_encode(context, value);
}

static char *taken(struct text *text, int failed)
{
    if (!failed && !text->failed)
        return text->text;
    free(text->text);
    return NULL;
}

char *case_name_words(const struct case_result *result, unsigned parts)
{
    const char *workload = result->runs[0]->workload;
    struct text text = {0};

    text_add(&text, "%s", workload != NULL ? workload : "");
    return taken(&text, case_name_parts(result, parts, add_words, &text));
}

char *case_name_path(const struct case_result *result, unsigned parts)
{
    const char *workload = result->runs[0]->workload;
    struct text text = {0};

    text_add(&text, "%s", "");
    case_name_encode(&text, workload != NULL ? workload : "");
    return taken(&text, case_name_parts(result, parts, add_path, &text));
}
