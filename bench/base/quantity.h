/* Numbers with units, as people write them, to and from values. C locale whatever the program's is. */
#ifndef BASE_QUANTITY_H
#define BASE_QUANTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The units in which numbers are written, each larger than the one before; ended by one without a name.
 * All are understood when read, beside other spellings.
 */
struct unit {
    const char *name;
    uint64_t scale; /* in the first one's */
};
extern const struct unit quantity_time_units[];  /* ns us ms s */
extern const struct unit quantity_size_units[];  /* B KiB MiB ... EiB */
extern const struct unit quantity_count_units[]; /* "" k M ... E */

/*
 * Parse the whole of `text`; false, with nothing stored, when it is not such a number (no digits, an
 * unknown unit, text after it, not finite, does not fit). Fractions are fine where the result is whole
 * ("1.5KiB"). No function takes a sign but quantity_real.
 *
 * count: 12, 10k, 1.5M, 2G, 1T, 1P, 1E (powers of 1000).
 * size: bytes; K, M, G, T and KiB ... EiB are powers of 1024; kB, MB, GB, TB of 1000; B or nothing: 1.
 * duration: nanoseconds; ns, us, ms, s, min, h; only 0 needs no unit.
 * seconds: as duration, but a bare number is seconds.
 */
bool quantity_count(const char *text, uint64_t *value);
bool quantity_size(const char *text, uint64_t *size_bytes);
bool quantity_duration(const char *text, uint64_t *duration_ns);
bool quantity_seconds(const char *text, uint64_t *duration_ns);
bool quantity_real(const char *text, double *value);

/*
 * The shortest exact text that parses back to the value: 4KiB, 10ms, 0.1. `room` of 32 is enough;
 * returns `text`.
 */
char *quantity_format_size(char *text, size_t room, uint64_t size_bytes);
char *quantity_format_duration(char *text, size_t room, uint64_t duration_ns);
char *quantity_format_real(char *text, size_t room, double value);

/* A size for people, rounded: "4.5 GiB", "64 B". `room` as above; returns `text`. */
char *quantity_show_size(char *text, size_t room, double size_bytes);

/* The same of a time: "4.51 ms", "120 ns". */
char *quantity_show_seconds(char *text, size_t room, double seconds);

#endif
