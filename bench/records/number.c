/* Decimal numbers from text. */
#define _GNU_SOURCE 1 /* strtod_l */
#include "records/number.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char *parse_digits(const char *p, uint64_t *digits)
{
    for (; number_is_digit(*p); p++)
        *digits = 10 * *digits + (uint64_t)(*p - '0');
    return p;
}

/* "e-06": adds to *exponent; NULL if no number follows the e. */
static const char *parse_exponent(const char *p, int *exponent)
{
    bool is_negative = p[1] == '-';
    uint64_t power = 0;
    const char *end;

    p += is_negative || p[1] == '+' ? 2 : 1;
    end = parse_digits(p, &power);
    if (end == p || end - p > 4)
        return NULL;
    *exponent += is_negative ? -(int)power : (int)power;
    return end;
}

/*
 * Digits that make a whole number below 2^53, and a power of ten of at most 22: both are exact doubles,
 * so one multiplication or division, rounded once, gives the nearest double (Clinger, How to Read
 * Floating Point Numbers Accurately, 1990, section 4).
 */
const char *number_parse_fast(const char *text, double *number)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    bool is_negative = *text == '-';
    const char *start = text + is_negative, *p;
    uint64_t digits = 0;
    int exponent = 0;

    p = parse_digits(start, &digits);
    if (p == start)
        return NULL;
    if (*p == '.') {
        const char *fraction = p + 1;

        p = parse_digits(fraction, &digits);
        if (p - fraction > 22)
            return NULL;
        exponent = -(int)(p - fraction);
    }
    if (p - start > 19) /* with the point; more might have overflowed */
        return NULL;
    if (*p == 'e' || *p == 'E')
        p = parse_exponent(p, &exponent);
    if (!p || digits >> 53 != 0 || exponent < -22 || exponent > 22)
        return NULL;
    *number = exponent < 0 ? (double)digits / powers[-exponent] : (double)digits * powers[exponent];
    if (is_negative)
        *number = -*number;
    return p;
}

bool number_parse(const char *text, size_t length, locale_t c_locale, double *number)
{
    char digits[512], *end;

    if (length >= sizeof(digits) || strspn(text, "+-.0123456789eE") < length)
        return false;
    memcpy(digits, text, length);
    digits[length] = '\0';
    *number = strtod_l(digits, &end, c_locale);
    return end == digits + length && isfinite(*number);
}
