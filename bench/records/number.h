/* Decimal numbers from text, independent of the user's locale. */
#ifndef RECORDS_NUMBER_H
#define RECORDS_NUMBER_H

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>

static inline bool number_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/*
 * The decimal number that `text` begins with, if it is one of the common kind, which needs no library:
 * returns where it ends, or NULL (*number may have changed), which says nothing: ask number_parse. There
 * must be a character after the number that cannot belong to it.
 */
const char *number_parse_fast(const char *text, double *number);

/* Any finite decimal number that fills `length` bytes, the nearest double. `text` as above. */
bool number_parse(const char *text, size_t length, locale_t c_locale, double *number);

#endif
