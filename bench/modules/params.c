#include "modules/params.h"

#include "base/quantity.h"
#include "base/text.h"
#include "base/utf8.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static size_t table_count(const struct bench_param *table)
{
    size_t count = 0;
    while (table && table[count].name)
        count++;
    return count;
}

static void *field(const struct params *params, const struct bench_param *entry)
{
    return (char *)params->data + entry->offset;
}

const struct bench_param *params_find(const struct bench_param *table, const char *name)
{
    const struct bench_param *renamed = NULL;
    for (; table && table->name; table++) {
        if (strcmp(table->name, name) == 0)
            return table;
        if (table->was && strcmp(table->was, name) == 0)
            renamed = table;
    }
    return renamed;
}

void params_free(struct params *params)
{
    for (size_t i = 0; params->texts && i < params->count; i++)
        free(params->texts[i]);
    free(params->texts);
    free(params->data);
    *params = (struct params){0};
}

int params_init(struct params *params, const struct bench_param *table, size_t size,
                struct bench_error *err)
{
    *params = (struct params){.table = table, .count = table_count(table), .size = size};
    params->data = calloc(1, size ? size : 1);
    params->texts = calloc(params->count + 1, sizeof *params->texts);
    if (!params->data || !params->texts) {
        params_free(params);
        return bench_error_set(err, -ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < params->count; i++) {
        int rc = params_set(params, table[i].name, table[i].initial, err);
        if (rc < 0) {
            params_free(params);
            return rc;
        }
    }
    return 0;
}

int params_copy(struct params *to, const struct params *from, struct bench_error *err)
{
    int rc = params_init(to, from->table, from->size, err);
    for (size_t i = 0; rc == 0 && i < from->count; i++) {
        char *value = params_value(from, &from->table[i]);
        rc = value ? params_set(to, from->table[i].name, value, err)
                   : bench_error_set(err, -ENOMEM, "out of memory");
        free(value);
        if (rc < 0)
            params_free(to);
    }
    return rc;
}

static char *format_bound(const struct bench_param *entry, double bound, char *text, size_t room)
{
    switch (entry->type) {
    case BENCH_PARAM_SIZE:
        return quantity_format_size(text, room, (uint64_t)bound);
    case BENCH_PARAM_DURATION:
        return quantity_format_duration(text, room, (uint64_t)bound);
    default:
        return quantity_format_real(text, room, bound);
    }
}

char *params_allowed(const struct bench_param *entry)
{
    struct text text = {0};
    char low[32], high[32];
    switch (entry->type) {
    case BENCH_PARAM_BOOL:
        text_add(&text, "yes or no");
        break;
    case BENCH_PARAM_CHOICE:
        for (size_t i = 0; entry->choices[i]; i++) {
            const char *between = i == 0 ? "" : entry->choices[i + 1] ? ", " : " or ";
            text_add(&text, "%s%s", between, entry->choices[i]);
        }
        break;
    case BENCH_PARAM_TEXT:
        text_add(&text, "any text");
        break;
    default:
        text_add(&text, "%s to %s", format_bound(entry, entry->min, low, sizeof low),
                 format_bound(entry, entry->max, high, sizeof high));
    }
    return text.text;
}

static const char *kind(const struct bench_param *entry)
{
    switch (entry->type) {
    case BENCH_PARAM_COUNT:
        return "a whole number, ";
    case BENCH_PARAM_SIZE:
        return "a size such as 4096, 64KiB or 1M, ";
    case BENCH_PARAM_DURATION:
        return "a time with its unit such as 500us or 10ms, ";
    case BENCH_PARAM_REAL:
        return "a number, ";
    default:
        return "";
    }
}

static int refuse(const struct bench_param *entry, const char *value, struct bench_error *err)
{
    char *allowed = params_allowed(entry);
    int rc = bench_error_set(err, -EINVAL, "%s=%s: must be %s%s", entry->name, value, kind(entry),
                             allowed ? allowed : "");
    free(allowed);
    return rc;
}

static bool parse_bool(const char *value, bool *out)
{
    static const char *const yes[] = {"yes", "true", "on", "1"}, *const no[] = {"no", "false", "off",
                                                                                "0"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (strcasecmp(value, yes[i]) == 0 || strcasecmp(value, no[i]) == 0) {
            *out = strcasecmp(value, yes[i]) == 0;
            return true;
        }
    }
    return false;
}

static bool parse_choice(const struct bench_param *entry, const char *value, int *out)
{
    for (int i = 0; entry->choices[i]; i++) {
        if (strcmp(entry->choices[i], value) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

static bool in_range(const struct bench_param *entry, double value)
{
    return value >= entry->min && value <= entry->max;
}

static int set_text(struct params *params, const struct bench_param *entry, const char *value,
                    struct bench_error *err)
{
    if (!utf8_is_valid(value))
        return bench_error_set(err, -EINVAL, "%s=%s: must be UTF-8 text", entry->name, value);
    char *copy = strdup(value);
    if (!copy)
        return bench_error_set(err, -ENOMEM, "out of memory");
    size_t at = (size_t)(entry - params->table);
    free(params->texts[at]);
    params->texts[at] = copy;
    *(const char **)field(params, entry) = copy;
    return 0;
}

int params_set(struct params *params, const char *name, const char *value, struct bench_error *err)
{
    const struct bench_param *entry = params_find(params->table, name);
    if (!entry)
        return bench_error_set(err, -EINVAL, "no parameter '%s'", name);
    void *at = field(params, entry);
    uint64_t number;
    double real;
    switch (entry->type) {
    case BENCH_PARAM_COUNT: {
        bool negative = value[0] == '-';
        if (!quantity_count(value + negative, &number) ||
            !in_range(entry, negative ? -(double)number : (double)number))
            return refuse(entry, value, err);
        *(int64_t *)at = negative ? -(int64_t)number : (int64_t)number;
        return 0;
    }
    case BENCH_PARAM_SIZE:
    case BENCH_PARAM_DURATION: {
        bool parsed = entry->type == BENCH_PARAM_SIZE ? quantity_size(value, &number)
                                                      : quantity_duration(value, &number);
        if (!parsed || !in_range(entry, (double)number))
            return refuse(entry, value, err);
        *(uint64_t *)at = number;
        return 0;
    }
    case BENCH_PARAM_REAL:
        if (!quantity_real(value, &real) || !in_range(entry, real))
            return refuse(entry, value, err);
        *(double *)at = real;
        return 0;
    case BENCH_PARAM_BOOL:
        return parse_bool(value, at) ? 0 : refuse(entry, value, err);
    case BENCH_PARAM_CHOICE:
        return parse_choice(entry, value, at) ? 0 : refuse(entry, value, err);
    case BENCH_PARAM_TEXT:
        return set_text(params, entry, value, err);
    }
    return bench_error_set(err, -EINVAL, "parameter '%s' has no known type", name);
}

char *params_value(const struct params *params, const struct bench_param *entry)
{
    const void *at = field(params, entry);
    char number[40];
    switch (entry->type) {
    case BENCH_PARAM_COUNT: {
        int64_t count = *(const int64_t *)at;
        snprintf(number, sizeof number, "%lld", (long long)count);
        return strdup(number);
    }
    case BENCH_PARAM_SIZE:
        return strdup(quantity_format_size(number, sizeof number, *(const uint64_t *)at));
    case BENCH_PARAM_DURATION:
        return strdup(quantity_format_duration(number, sizeof number, *(const uint64_t *)at));
    case BENCH_PARAM_REAL:
        return strdup(quantity_format_real(number, sizeof number, *(const double *)at));
    case BENCH_PARAM_BOOL:
        return strdup(*(const bool *)at ? "yes" : "no");
    case BENCH_PARAM_CHOICE:
        return strdup(entry->choices[*(const int *)at]);
    case BENCH_PARAM_TEXT:
        return strdup(*(const char *const *)at);
    }
    return NULL;
}

bool params_is_default(const struct params *params, const struct bench_param *entry)
{
    struct params initial;
    if (params_init(&initial, params->table, params->size, NULL) < 0)
        return false;
    char *is = params_value(params, entry), *was = params_value(&initial, entry);
    bool same = is && was && strcmp(is, was) == 0;
    free(is);
    free(was);
    params_free(&initial);
    return same;
}

char *params_format(const struct params *params, bool only_changed)
{
    struct text text = {0};
    text_add(&text, "%s", "");
    for (size_t i = 0; i < params->count; i++) {
        const struct bench_param *entry = &params->table[i];
        if (only_changed && params_is_default(params, entry))
            continue;
        char *value = params_value(params, entry);
        if (!value)
            text.failed = true;
        else {
            text_add(&text, "%s%s=", text.length ? " " : "", entry->name);
            if (value[0])
                text_add_word(&text, value);
        }
        free(value);
    }
    if (text.failed) {
        free(text.text);
        return NULL;
    }
    return text.text;
}
