/* Numbers as people read them. */
#include "report/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *unknown(char *text)
{
    return strcpy(text, "-");
}

/* Three significant digits, but no fewer than the whole part has; rounding may carry: 9.996 is 10.0. */
static int put_digits(char *text, double value)
{
    double size = fabs(value);

    if (size > 0 && size < 0.9995)
        return snprintf(text, UNITS_TEXT, "%.3g", value);
    return snprintf(text, UNITS_TEXT, "%.*f",
                    size == 0 || size >= 99.95 ? 0
                    : size >= 9.995            ? 1
                                               : 2,
                    value);
}

/* The first prefix with which the rounded value stays below the step. */
static int scale(double *value, double step, int prefixes)
{
    int prefix = 0;

    for (; prefix < prefixes - 1 && fabs(*value) >= step - 0.5; prefix++)
        *value /= step;
    return prefix;
}

const char *units_seconds(char *text, double seconds)
{
    static const char *const units[] = {"ns", "us", "ms", "s"};
    double value = seconds * 1e9;
    int unit, length;

    if (!isfinite(seconds))
        return unknown(text);
    unit = scale(&value, 1000, 4);
    if (value == 0)
        unit = 3;
    length = put_digits(text, value);
    snprintf(text + length, (size_t)(UNITS_TEXT - length), " %s", units[unit]);
    return text;
}

const char *units_amount(char *text, double amount, const char *unit)
{
    static const char *const decimal[] = {"", "k", "M", "G", "T", "P", "E"};
    static const char *const binary[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    int prefix, length;

    if (!isfinite(amount))
        return unknown(text);
    if (unit != NULL && strcmp(unit, "byte") == 0) {
        prefix = scale(&amount, 1024, 7);
        length = put_digits(text, amount);
        snprintf(text + length, (size_t)(UNITS_TEXT - length), " %s", binary[prefix]);
        return text;
    }
    prefix = scale(&amount, 1000, 7);
    length = put_digits(text, amount);
    if (unit != NULL || prefix > 0)
        snprintf(text + length, (size_t)(UNITS_TEXT - length), " %s%.20s", decimal[prefix],
                 unit != NULL ? unit : "");
    return text;
}

const char *units_rate(char *text, double per_s, const char *unit)
{
    if (!isfinite(per_s))
        return unknown(text);
    units_amount(text, per_s, unit);
    strncat(text, "/s", UNITS_TEXT - 1 - strlen(text));
    return text;
}

const char *units_percent(char *text, double ratio)
{
    if (!isfinite(ratio))
        return unknown(text);
    snprintf(text, UNITS_TEXT, "%.*f %%", fabs(ratio) < 0.0995 ? 1 : 0, 100 * ratio);
    return text;
}

const char *units_ratio(char *text, double ratio)
{
    if (!isfinite(ratio))
        return unknown(text);
    if (fabs(ratio) < 9.995)
        snprintf(text, UNITS_TEXT, "%.2f", ratio);
    else
        put_digits(text, ratio);
    return text;
}
