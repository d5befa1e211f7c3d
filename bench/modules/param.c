/* One parameter: text to value and back, and what is allowed. */
#include "modules/param.h"

#include "base/memory.h"
#include "base/quantity.h"
#include "base/text.h"
#include "base/utf8.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

size_t param_size(enum bench_param_type type)
{
    static const size_t sizes[] = {
        [BENCH_PARAM_COUNT] = sizeof(int64_t),     [BENCH_PARAM_SIZE] = sizeof(uint64_t),
        [BENCH_PARAM_DURATION] = sizeof(uint64_t), [BENCH_PARAM_REAL] = sizeof(double),
        [BENCH_PARAM_BOOL] = sizeof(bool),         [BENCH_PARAM_CHOICE] = sizeof(int),
        [BENCH_PARAM_TEXT] = sizeof(const char *),
    };
    return (size_t)type < sizeof sizes / sizeof *sizes ? sizes[type] : 0;
}

size_t param_count(const struct bench_param *table)
{
    size_t count = 0;
    while (table && table[count].name)
        count++;
    return count;
}

const struct bench_param *param_find(const struct bench_param *table, const char *name)
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

char *param_allowed(const struct bench_param *entry)
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

static int refuse(const struct bench_param *entry, const char *text, struct bench_error *err)
{
    char *allowed = param_allowed(entry);
    int rc =
        bench_error_set(err, -EINVAL, "%s=%s: must be %s%s", entry->name, text, kind(entry), allowed);
    free(allowed);
    return rc;
}

static bool read_bool(const char *text, bool *truth)
{
    static const char *const yes[] = {"yes", "true", "on", "1"}, *const no[] = {"no", "false", "off",
                                                                                "0"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (strcasecmp(text, yes[i]) == 0 || strcasecmp(text, no[i]) == 0) {
            *truth = strcasecmp(text, yes[i]) == 0;
            return true;
        }
    }
    return false;
}

static bool read_choice(const struct bench_param *entry, const char *text, int *choice)
{
    for (int i = 0; entry->choices[i]; i++) {
        if (strcmp(entry->choices[i], text) == 0) {
            *choice = i;
            return true;
        }
    }
    return false;
}

static bool in_range(const struct bench_param *entry, double value)
{
    return value >= entry->min && value <= entry->max;
}

static bool read_count(const struct bench_param *entry, const char *text, int64_t *count)
{
    uint64_t size;
    bool negative = text[0] == '-';
    if (!quantity_count(text + negative, &size) || size > INT64_MAX)
        return false;
    *count = negative ? -(int64_t)size : (int64_t)size;
    return in_range(entry, (double)*count);
}

int param_read(const struct bench_param *entry, const char *text, union param_value *value,
               struct bench_error *err)
{
    bool read = false;
    switch (entry->type) {
    case BENCH_PARAM_COUNT:
        read = read_count(entry, text, &value->count);
        break;
    case BENCH_PARAM_SIZE:
        read = quantity_size(text, &value->quantity) && in_range(entry, (double)value->quantity);
        break;
    case BENCH_PARAM_DURATION:
        read = quantity_duration(text, &value->quantity) && in_range(entry, (double)value->quantity);
        break;
    case BENCH_PARAM_REAL:
        read = quantity_real(text, &value->real) && in_range(entry, value->real);
        break;
    case BENCH_PARAM_BOOL:
        read = read_bool(text, &value->truth);
        break;
    case BENCH_PARAM_CHOICE:
        read = read_choice(entry, text, &value->choice);
        break;
    case BENCH_PARAM_TEXT:
        if (!utf8_is_valid(text))
            return bench_error_set(err, -EINVAL, "%s=%s: must be UTF-8 text", entry->name, text);
        value->text = text;
        read = true;
    }
    return read ? 0 : refuse(entry, text, err);
}

int param_read_named(const struct bench_param *table, const char *name, const char *text,
                     const struct bench_param **entry, union param_value *value, struct bench_error *err)
{
    *entry = param_find(table, name);
    if (!*entry)
        return bench_error_set(err, -EINVAL, "no parameter '%s'", name);
    return param_read(*entry, text, value, err);
}

char *param_write(const struct bench_param *entry, const union param_value *value)
{
    char number[40];
    switch (entry->type) {
    case BENCH_PARAM_COUNT:
        return mem_format("%" PRId64, value->count);
    case BENCH_PARAM_SIZE:
        return mem_text(quantity_format_size(number, sizeof number, value->quantity));
    case BENCH_PARAM_DURATION:
        return mem_text(quantity_format_duration(number, sizeof number, value->quantity));
    case BENCH_PARAM_REAL:
        return mem_text(quantity_format_real(number, sizeof number, value->real));
    case BENCH_PARAM_BOOL:
        return mem_text(value->truth ? "yes" : "no");
    case BENCH_PARAM_CHOICE:
        return mem_text(entry->choices[value->choice]);
    case BENCH_PARAM_TEXT:
        break;
    }
    return mem_text(value->text);
}
