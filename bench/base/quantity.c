/* Numbers with units, as people write them. */
#include "base/quantity.h"

#include <ctype.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct unit {
    const char *name;
    uint64_t scale;
};

static const struct unit count_units[] = {
    {"", 1},           {"k", 1000},          {"K", 1000}, {"M", 1000000},
    {"G", 1000000000}, {"T", 1000000000000}, {NULL, 0},
};
static const struct unit size_units[] = {
    {"", 1},
    {"B", 1},
    {"K", 1ull << 10},
    {"M", 1ull << 20},
    {"G", 1ull << 30},
    {"T", 1ull << 40},
    {"k", 1ull << 10},
    {"m", 1ull << 20},
    {"g", 1ull << 30},
    {"t", 1ull << 40},
    {"KiB", 1ull << 10},
    {"MiB", 1ull << 20},
    {"GiB", 1ull << 30},
    {"TiB", 1ull << 40},
    {"kB", 1000},
    {"KB", 1000},
    {"MB", 1000000},
    {"GB", 1000000000},
    {"TB", 1000000000000},
    {NULL, 0},
};
static const struct unit duration_units[] = {
    {"ns", 1},           {"us", 1000},      {"\xc2\xb5s", 1000}, /* micro sign */
    {"\xce\xbcs", 1000},                                         /* Greek mu */
    {"ms", 1000000},     {"s", 1000000000}, {"min", 60000000000}, {"h", 3600000000000}, {NULL, 0},
};

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

static bool scaled(const char *text, const struct unit *units, const char *bare, uint64_t *value)
{
    long double number;
    const char *unit;
    if (!decimal(text, &number, &unit))
        return false;
    if (!*unit && bare)
        unit = bare;
    for (; units->name; units++) {
        if (strcmp(units->name, unit) != 0)
            continue;
        long double product = number * (long double)units->scale;
        long double whole = roundl(product);
        if (whole > 0x1p63L || fabsl(product - whole) > 1e-9L * (whole + 1))
            return false;
        *value = (uint64_t)whole;
        return true;
    }
    return false;
}

bool quantity_count(const char *text, uint64_t *value)
{
    return scaled(text, count_units, NULL, value);
}

bool quantity_size(const char *text, uint64_t *size_bytes)
{
    return scaled(text, size_units, NULL, size_bytes);
}

bool quantity_duration(const char *text, uint64_t *duration_ns)
{
    if (strcmp(text, "0") == 0) {
        *duration_ns = 0;
        return true;
    }
    return scaled(text, duration_units, NULL, duration_ns);
}

bool quantity_seconds(const char *text, uint64_t *duration_ns)
{
    return scaled(text, duration_units, "s", duration_ns);
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

/* The largest of the named units that divides the value. */
static char *exact(char *text, size_t room, uint64_t value, const struct unit *units, const char *bare)
{
    const struct unit *best = NULL;
    for (; units->name && value; units++) {
        if (value % units->scale == 0 && (!best || units->scale > best->scale))
            best = units;
    }
    if (best)
        snprintf(text, room, "%" PRIu64 "%s", value / best->scale, best->name);
    else
        snprintf(text, room, "%" PRIu64 "%s", value, value ? bare : "");
    return text;
}

char *quantity_format_size(char *text, size_t room, uint64_t size_bytes)
{
    static const struct unit units[] = {
        {"KiB", 1ull << 10}, {"MiB", 1ull << 20}, {"GiB", 1ull << 30}, {"TiB", 1ull << 40}, {NULL, 0}};
    return exact(text, room, size_bytes, units, "");
}

char *quantity_format_duration(char *text, size_t room, uint64_t duration_ns)
{
    static const struct unit units[] = {
        {"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}, {NULL, 0}};
    return exact(text, room, duration_ns, units, "ns");
}

char *quantity_show_size(char *text, size_t room, double size_bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    for (; unit + 1 < sizeof units / sizeof *units && size_bytes >= 1024; unit++)
        size_bytes /= 1024;
    bool whole = unit == 0 || size_bytes >= 100 || size_bytes == floor(size_bytes);
    snprintf(text, room, "%.*f %s", !whole, size_bytes, units[unit]);
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
