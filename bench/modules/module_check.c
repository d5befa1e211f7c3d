/* Whether what a module says of itself can be worked with. */
#include "modules/module_info.h"

#include "modules/param.h"

#include "base/utf8.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PARAMS_MAX = 256 };

/* Where a fault was found: said before each. */
struct place {
    const char *from;
    const struct module_info *info;
    const char *param; /* NULL: of the module as a whole */
    struct bench_error *err;
};

__attribute__((format(printf, 2, 3))) static int fault(const struct place *place, const char *format,
                                                       ...)
{
    char text[BENCH_ERROR_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return bench_error_set(
        place->err, -ENOEXEC, "%s: %s '%s'%s%s%s: %s", place->from, module_kind_word(place->info->kind),
        place->info->name ? place->info->name : "", place->param ? ", parameter '" : "",
        place->param ? place->param : "", place->param ? "'" : "", text);
}

/* Names stand in lists, before dots and equals signs, and in rows. */
static int check_name(const struct place *place, const char *name)
{
    if (!name || !name[0])
        return fault(place, "has no name");
    if (strcmp(name, "all") == 0)
        return fault(place, "the name 'all' means all modules; take another");
    for (const char *c = name; *c; c++) {
        char said[32];
        snprintf(said, sizeof said,
                 *c == ' '               ? "a blank"
                 : *c > ' ' && *c <= '~' ? "'%c'"
                                         : "the byte 0x%02x",
                 (unsigned char)*c);
        if (*c <= ' ' || *c > '~' || strchr(",.=/\\'\"", *c))
            return fault(place, "a name must not have %s in it; letters, digits, - and _ are fine",
                         said);
    }
    return 0;
}

static int check_text(const struct place *place, const char *what, const char *text)
{
    if (!text || !text[0])
        return fault(place, "has no %s", what);
    if (!utf8_is_valid(text))
        return fault(place, "its %s is not UTF-8 text", what);
    return 0;
}

static int check_choices(const struct place *place, const struct bench_param *entry)
{
    if (!entry->choices || !entry->choices[0])
        return fault(place, "has no choices (a list of words that ends with NULL)");
    for (size_t i = 0; entry->choices[i]; i++) {
        if (i == PARAMS_MAX)
            return fault(place, "its list of choices has over %d words, or does not end with NULL",
                         PARAMS_MAX);
        if (!entry->choices[i][0] || !utf8_is_valid(entry->choices[i]))
            return fault(place, "one of its choices is empty or not UTF-8 text");
    }
    return 0;
}

static int check_range(const struct place *place, const struct bench_param *entry)
{
    bool quantity = entry->type == BENCH_PARAM_SIZE || entry->type == BENCH_PARAM_DURATION;
    if (!isfinite(entry->min) || !isfinite(entry->max) || entry->min > entry->max)
        return fault(place, "its range is %g to %g: the first must be less than the second", entry->min,
                     entry->max);
    if (quantity && (entry->min < 0 || entry->max >= 0x1p64))
        return fault(place, "its range is %g to %g: bytes and times are 0 to 2^64 - 1", entry->min,
                     entry->max);
    return 0;
}

/* What only a table in C has: where its fields are. */
static int check_field(const struct place *place, const struct bench_param *entry, size_t struct_size)
{
    size_t size = param_size(entry->type);
    if (struct_size == 0)
        return fault(place, ".params_size is missing: the size of the module's parameter struct");
    if (entry->offset > struct_size || size > struct_size - entry->offset)
        return fault(place,
                     "its field, %zu bytes at %zu, lies outside the struct of %zu bytes (.params_size)",
                     size, entry->offset, struct_size);
    if (entry->offset % size)
        return fault(place, "its field at %zu is not aligned for its type", entry->offset);
    for (const struct bench_param *other = place->info->params; other < entry; other++) {
        if (entry->offset < other->offset + param_size(other->type) &&
            other->offset < entry->offset + size)
            return fault(place, "parameter '%s' uses the same field", other->name);
    }
    return 0;
}

static int check_entry(struct place *place, const struct bench_param *entry, const size_t *fields)
{
    bool ranged = entry->type <= BENCH_PARAM_REAL;
    struct bench_error why = {0};
    union param_value value;
    place->param = NULL;
    int rc = check_name(place, entry->name);
    place->param = entry->name;
    if (rc == 0 && param_size(entry->type) == 0)
        rc = fault(place, "has no known type (does the table end with BENCH_PARAM_END?)");
    if (rc == 0 && param_find(place->info->params, entry->name) != entry)
        rc = fault(place, "is in the table twice");
    if (rc == 0)
        rc = check_text(place, "help", entry->help);
    if (rc == 0 && entry->unit)
        rc = check_text(place, "unit", entry->unit);
    if (rc == 0 && fields && !entry->initial)
        rc = fault(place, "has no default (\"\" is an empty text)");
    if (rc == 0 && entry->type == BENCH_PARAM_CHOICE)
        rc = check_choices(place, entry);
    if (rc == 0 && ranged)
        rc = check_range(place, entry);
    if (rc == 0 && entry->initial && param_read(entry, entry->initial, &value, &why) < 0)
        rc = fault(place, "its default is not allowed: %s", why.message);
    if (rc == 0 && fields)
        rc = check_field(place, entry, *fields);
    return rc;
}

int module_check(const struct module_info *info, const char *from, const size_t *fields,
                 struct bench_error *err)
{
    struct place place = {.from = from, .info = info, .err = err};
    int rc = check_name(&place, info->name);
    if (rc < 0 || (info->missing && !info->summary))
        return rc; /* all that is known of it */
    rc = check_text(&place, "summary", info->summary);
    if (rc == 0 && fields && *fields > 0 && !info->params)
        return fault(&place,
                     ".params is missing: .params_size is that of the struct which it describes");
    for (size_t i = 0; rc == 0 && info->params && info->params[i].name; i++) {
        if (i == PARAMS_MAX)
            return fault(&place,
                         "its table has over %d parameters, or does not end with BENCH_PARAM_END",
                         PARAMS_MAX);
        rc = check_entry(&place, &info->params[i], fields);
    }
    return rc;
}
