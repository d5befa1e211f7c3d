/* Numbers with units, as people write them. */
#include "base/quantity.h"

#include <ctype.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct unit quantity_time_units[] = {
    {"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}, {NULL, 0},
};
const struct unit quantity_size_units[] = {
    {"B", 1},
    {"KiB", 1ull << 10},
    {"MiB", 1ull << 20},
    {"GiB", 1ull << 30},
    {"TiB", 1ull << 40},
    {"PiB", 1ull << 50},
    {"EiB", 1ull << 60},
    {NULL, 0},
};
const struct unit quantity_count_units[] = {
    {"", 1},
    {"k", 1000},
    {"M", 1000000},
    {"G", 1000000000},
    {"T", 1000000000000},
    {"P", 1000000000000000},
    {"E", 1000000000000000000},
    {NULL, 0},
};

/* Other spellings, and units that are read but not written. */
static const struct unit other_time_units[] = {
    {"\xc2\xb5s", 1000}, /* micro sign */
    {"\xce\xbcs", 1000}, /* Greek mu */
    {"min", 60000000000}, {"h", 3600000000000}, {NULL, 0},
};
static const struct unit other_size_units[] = {
    {"", 1},           {"K", 1ull << 10}, {"M", 1ull << 20},  {"G", 1ull << 30},     {"T", 1ull << 40},
    {"k", 1ull << 10}, {"m", 1ull << 20}, {"g", 1ull << 30},  {"t", 1ull << 40},     {"kB", 1000},
    {"KB", 1000},      {"MB", 1000000},   {"GB", 1000000000}, {"TB", 1000000000000}, {NULL, 0},
};
static const struct unit other_count_units[] = {{"K", 1000}, {NULL, 0}};

/* Plain decimal "12", "1.5", "1e6"; `end` is set after it. No sign, no hex, no inf, no nan. */
static bool decimal(const char *text, long double *value, const char **end)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 && !(text[0] == '.' && isdigit((unsigned char)text[1])))
        return false;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        return false;
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c_locale)
        return false;
    locale_t before = uselocale(c_locale);
    char *after;
    *value = strtold(text, &after);
    uselocale(before);
    freelocale(c_locale);
    *end = after;
    return isfinite(*value);
}

static const struct unit *find_unit(const struct unit *units, const char *name)
{
    while (units->name && strcmp(units->name, name) != 0)
        units++;
    return units->name ? units : NULL;
}

static bool scaled(const char *text, const struct unit *units, const struct unit *others,
                   const char *bare, uint64_t *value)
{
    long double number;
    const char *name;
    if (!decimal(text, &number, &name))
        return false;
    if (!*name && bare)
        name = bare;
    const struct unit *unit = find_unit(units, name);
    if (!unit)
        unit = find_unit(others, name);
    if (!unit)
        return false;
    long double product = number * (long double)unit->scale;
    long double whole = roundl(product);
    if (whole > 0x1p63L || fabsl(product - whole) > 1e-9L * (whole + 1))
        return false;
    *value = (uint64_t)whole;
    return true;
}

bool quantity_count(const char *text, uint64_t *value)
{
    return scaled(text, quantity_count_units, other_count_units, NULL, value);
}

bool quantity_size(const char *text, uint64_t *size_bytes)
{
    return scaled(text, quantity_size_units, other_size_units, NULL, size_bytes);
}

bool quantity_duration(const char *text, uint64_t *duration_ns)
{
    if (strcmp(text, "0") == 0) {
        *duration_ns = 0;
        return true;
    }
    return scaled(text, quantity_time_units, other_time_units, NULL, duration_ns);
}

bool quantity_seconds(const char *text, uint64_t *duration_ns)
{
    return scaled(text, quantity_time_units, other_time_units, "s", duration_ns);
}

bool quantity_real(const char *text, double *value)
{
    bool negative = text[0] == '-';
    long double number;
    const char *end;
    if (!decimal(text + negative, &number, &end) || *end)
        return false;
    double narrow = (double)number;
    if (!isfinite(narrow))
        return false;
    *value = negative ? -narrow : narrow;
    return true;
}

/* The value in the largest unit that divides it, or in the first unit if it is written `bare`. */
static char *exact(char *text, size_t room, uint64_t value, const struct unit *units, const char *bare)
{
    const struct unit *best = units;
    for (const struct unit *unit = units; unit->name && value; unit++) {
        if (value % unit->scale == 0)
            best = unit;
    }
    snprintf(text, room, "%" PRIu64 "%s", value / best->scale,
             !value          ? ""
             : best == units ? bare
                             : best->name);
    return text;
}

char *quantity_format_size(char *text, size_t room, uint64_t size_bytes)
{
    return exact(text, room, size_bytes, quantity_size_units, "");
}

char *quantity_format_duration(char *text, size_t room, uint64_t duration_ns)
{
    return exact(text, room, duration_ns, quantity_time_units, "ns");
}

char *quantity_show_size(char *text, size_t room, double size_bytes)
{
    const struct unit *unit = quantity_size_units;
    for (; unit[1].name && size_bytes >= 1024; unit++)
        size_bytes /= 1024;
    bool whole = unit == quantity_size_units || size_bytes >= 100 || size_bytes == floor(size_bytes);
    snprintf(text, room, "%.*f %s", !whole, size_bytes, unit->name);
    return text;
}

char *quantity_show_seconds(char *text, size_t room, double seconds)
{
    const struct unit *unit = quantity_time_units;
    double value = seconds * 1e9;
    while (unit[1].name && value >= (double)unit[1].scale * 0.9995)
        unit++;
    snprintf(text, room, "%.3g %s", value / (double)unit->scale, unit->name);
    return text;
}

char *quantity_format_real(char *text, size_t room, double value)
{
    bool plain = fabs(value) < 1e15 && rint(value) == value; /* 100, not 1e+02 */
    for (int digits = plain ? 15 : 1; digits <= 17; digits++) {
        snprintf(text, room, "%.*g", digits, value);
        char *point = strchr(text, ',');
        if (point)
            *point = '.'; /* the locale's */
        double back;
        if (quantity_real(text, &back) && back == value)
            break;
    }
    return text;
}
