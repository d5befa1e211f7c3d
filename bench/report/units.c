/* Numbers as people read them. */
#include "report/units.h"

#include "base/quantity.h"

#include <math.h>
#include <stdbool.h>
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

/* The first unit in which the rounded value stays below the next one. */
static const struct unit *scale(double *value, const struct unit *unit)
{
    for (; unit[1].name; unit++) {
        double step = (double)(unit[1].scale / unit->scale);
        if (fabs(*value) < step - 0.5)
            break;
        *value /= step;
    }
    return unit;
}

const char *units_seconds(char *text, double seconds)
{
    double value = seconds * 1e9;
    if (!isfinite(seconds))
        return unknown(text);
    const struct unit *unit = scale(&value, quantity_time_units);
    int length = put_digits(text, value);
    snprintf(text + length, (size_t)(UNITS_TEXT - length), " %s", value == 0 ? "s" : unit->name);
    return text;
}

static void put_amount(char *text, double amount, const char *unit)
{
    bool is_bytes = unit && strcmp(unit, "byte") == 0;
    const struct unit *prefix = scale(&amount, is_bytes ? quantity_size_units : quantity_count_units);
    int length = put_digits(text, amount);
    size_t room = (size_t)(UNITS_TEXT - length);
    if (is_bytes)
        snprintf(text + length, room, " %s", prefix->name);
    else if (unit || prefix->name[0])
        snprintf(text + length, room, " %s%.20s", prefix->name, unit ? unit : "");
}

/* "1 process", "8 processes", "8 requests". */
static const char *plural_end(const char *unit, double amount)
{
    size_t length = strlen(unit);
    return amount == 1 ? "" : length > 0 && unit[length - 1] == 's' ? "es" : "s";
}

const char *units_amount(char *text, double amount, const char *unit)
{
    bool is_few = fabs(amount) < 1000 && rint(amount) == amount;
    if (!isfinite(amount))
        return unknown(text);
    if (!is_few || (unit && strcmp(unit, "byte") == 0))
        put_amount(text, amount, unit);
    else if (unit)
        snprintf(text, UNITS_TEXT, "%.0f %.20s%s", amount, unit, plural_end(unit, amount));
    else
        snprintf(text, UNITS_TEXT, "%.0f", amount);
    return text;
}

const char *units_rate(char *text, double per_s, const char *unit)
{
    if (!isfinite(per_s))
        return unknown(text);
    put_amount(text, per_s, unit);
    strncat(text, "/s", UNITS_TEXT - 1 - strlen(text));
    return text;
}

const char *units_metric(char *text, double value, const char *unit, const char *work_unit)
{
    if (strcmp(unit, "s") == 0)
        return units_seconds(text, value);
    if (strcmp(unit, "/s") == 0)
        return units_rate(text, value, work_unit);
    return units_amount(text, value, *unit ? unit : NULL);
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

/* Digits after the point that a change needs. */
static int digits_of(double change)
{
    return fabs(change) < 0.00995 ? 2 : fabs(change) < 0.0995 ? 1 : 0;
}

const char *units_change(char *text, double ratio)
{
    if (!isfinite(ratio))
        return unknown(text);
    snprintf(text, UNITS_TEXT, "%+.*f %%", digits_of(ratio - 1), 100 * (ratio - 1));
    return text;
}

const char *units_change_interval(char *text, const struct interval *ratio)
{
    double low = ratio->low - 1, high = ratio->high - 1, largest = fmax(fabs(low), fabs(high));
    int digits = largest < 0.00995 ? 2 : high - low < 0.095 ? 1 : digits_of(largest);
    if (!interval_known(*ratio))
        return unknown(text);
    snprintf(text, UNITS_TEXT, "%+.*f .. %+.*f %%", digits, 100 * low, digits, 100 * high);
    return text;
}

const char *units_times(char *text, double ratio, const struct interval *interval)
{
    double arm = (interval->high - interval->low) / 2;
    int digits = arm < 0.00995 ? 3 : 2;
    if (!isfinite(ratio))
        return unknown(text);
    if (interval_known(*interval) && ratio < 1000 && arm > ratio / 4)
        snprintf(text, UNITS_TEXT, "%.2f (%.2f .. %.2f)", ratio, interval->low, interval->high);
    else if (interval_known(*interval) && ratio < 1000)
        snprintf(text, UNITS_TEXT, "%.*f +- %.*f", digits, ratio, digits, arm);
    else
        units_ratio(text, ratio);
    return text;
}
