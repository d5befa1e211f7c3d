/* UTF-8, in text that came from outside and may be anything. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* What stands for a byte that is not UTF-8: U+FFFD. */
#define UTF8_REPLACEMENT "\xEF\xBF\xBD"

/*
 * Length in bytes, 1 to 4, of the well-formed character that `text` begins with; 0 when its first byte
 * begins none (Unicode 15, table 3-7: no surrogates, no overlong forms). `text` is NUL-terminated and
 * not empty.
 */
size_t utf8_length(const char *text);

/* Is the well-formed character that `text` begins with one for controlling terminals: C0, DEL or C1? */
bool utf8_is_control(const char *text);

/*
 * Columns that a terminal gives to the first `size` bytes of `text`, which is well-formed: two for what
 * is wide in East Asia and for pictures (UAX #11), none for what combines with the character before.
 * Whatever the locale.
 */
size_t utf8_columns(const char *text, size_t size);

/* Is all of it well-formed? */
bool utf8_is_valid(const char *text);

#endif
