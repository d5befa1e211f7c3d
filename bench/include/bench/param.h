/*
 * Parameters: a module's table of what the user can set with `--set name=value`. The harness parses,
 * range-checks and lists them; the module gets a filled struct.
 */
#ifndef BENCH_PARAM_H
#define BENCH_PARAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#include <type_traits>
extern "C" {
#endif

/* How a value is written, and the type of the field that receives it. */
enum bench_param_type {
    BENCH_PARAM_COUNT,    /* int64_t: a whole number; K, M, G and T stand for powers of 1000 */
    BENCH_PARAM_SIZE,     /* uint64_t: bytes; 4096, 4K, 4KiB (powers of 1024), 4kB (of 1000) */
    BENCH_PARAM_DURATION, /* uint64_t: nanoseconds; 10ms, 500us, 1.5s, 0 (a unit is required unless 0) */
    BENCH_PARAM_REAL,     /* double: a finite number */
    BENCH_PARAM_BOOL,     /* bool: yes or no (also true/false, on/off, 1/0) */
    BENCH_PARAM_CHOICE,   /* int: index into `choices` */
    BENCH_PARAM_TEXT, /* const char *: any text, owned by the harness until teardown; "" if not given */
};

struct bench_param {
    const char *name; /* as the user writes it: lower case, no '=' or '.' */
    enum bench_param_type type;
    size_t offset;              /* of the field in the module's parameter struct */
    const char *initial;        /* the default, written as a user would; parsed like any other value */
    double min, max;            /* inclusive; of COUNT, SIZE (bytes), DURATION (nanoseconds), REAL */
    const char *const *choices; /* CHOICE: the words, NULL-terminated */
    const char *unit;           /* of COUNT and REAL, for the listing: "pixel"; NULL for none */
    const char *help;           /* one line: what it does, in the user's words */
    const char *was;            /* the name that it once had, which is still read; NULL: none; or: */
};

/* In place of that name: there was no such parameter once. Rows leave it out while it is at its default,
 * so that cases measured before are still the same. */
#define BENCH_ADDED ""

/*
 * Table entries. T is the parameter struct, F its field, whose type is checked against the entry's at
 * compile time. Last comes the help and, where the parameter once had another name, that name. A table
 * ends with BENCH_PARAM_END:
 *
 *     struct sleep_params { uint64_t duration; int64_t tasks; };
 *     static const struct bench_param params[] = {
 *         BENCH_DURATION(struct sleep_params, duration, "1ms", 0, 3.6e12, "how long a task sleeps"),
 *         BENCH_COUNT(struct sleep_params, tasks, "100", 1, 1e9, NULL, "number of sleeps in a run"),
 *         BENCH_PARAM_END,
 *     };
 */
#define BENCH_COUNT(T, F, initial, min, max, unit, ...) \
    BENCH_ENTRY_(T, F, int64_t, BENCH_PARAM_COUNT, initial, min, max, NULL, unit, __VA_ARGS__)
#define BENCH_SIZE(T, F, initial, min, max, ...) \
    BENCH_ENTRY_(T, F, uint64_t, BENCH_PARAM_SIZE, initial, min, max, NULL, NULL, __VA_ARGS__)
#define BENCH_DURATION(T, F, initial, min, max, ...) \
    BENCH_ENTRY_(T, F, uint64_t, BENCH_PARAM_DURATION, initial, min, max, NULL, NULL, __VA_ARGS__)
#define BENCH_REAL(T, F, initial, min, max, unit, ...) \
    BENCH_ENTRY_(T, F, double, BENCH_PARAM_REAL, initial, min, max, NULL, unit, __VA_ARGS__)
#define BENCH_BOOL(T, F, initial, ...) \
    BENCH_ENTRY_(T, F, bool, BENCH_PARAM_BOOL, initial, 0, 0, NULL, NULL, __VA_ARGS__)
#define BENCH_CHOICE(T, F, initial, words, ...) \
    BENCH_ENTRY_(T, F, int, BENCH_PARAM_CHOICE, initial, 0, 0, words, NULL, __VA_ARGS__)
#define BENCH_TEXT(T, F, initial, ...) \
    BENCH_ENTRY_(T, F, const char *, BENCH_PARAM_TEXT, initial, 0, 0, NULL, NULL, __VA_ARGS__)
/* clang-format off */
#define BENCH_PARAM_END { NULL, BENCH_PARAM_COUNT, 0, NULL, 0, 0, NULL, NULL, NULL, NULL }

#define BENCH_ENTRY_(T, F, field_type, type, initial, min, max, words, unit, ...) \
    { #F, type, BENCH_FIELD_(T, F, field_type), initial, min, max, words, unit, \
      BENCH_FIRST_TWO_(__VA_ARGS__, NULL, NULL) }
#define BENCH_FIRST_TWO_(help, was, ...) help, was
#ifdef __cplusplus
#define BENCH_FIELD_(T, F, type) \
    (offsetof(T, F) + 0 * sizeof(char[std::is_same<decltype(((T *)0)->F), type>::value ? 1 : -1]))
#else
#define BENCH_FIELD_(T, F, type) \
    (offsetof(T, F) + 0 * sizeof(char[_Generic(((T *)0)->F, type : 1, default : -1)]))
#endif
/* clang-format on */

#ifdef __cplusplus
}
#endif
#endif
