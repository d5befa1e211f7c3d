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
};

/*
 * Table entries. T is the parameter struct, F its field, whose type is checked against the entry's at
 * compile time. A table ends with BENCH_PARAM_END:
 *
 *     struct sleep_params { uint64_t duration; int64_t tasks; };
 *     static const struct bench_param params[] = {
 *         BENCH_DURATION(struct sleep_params, duration, "1ms", 0, 3.6e12, "how long a task sleeps"),
 *         BENCH_COUNT(struct sleep_params, tasks, "100", 1, 1e9, NULL, "number of sleeps in a run"),
 *         BENCH_PARAM_END,
 *     };
 */
#ifndef __cplusplus
#define BENCH_FIELD_(T, F, type) \
    (offsetof(T, F) + 0 * sizeof(char[_Generic(((T *)0)->F, type : 1, default : -1)]))
#define BENCH_COUNT(T, F, initial, min, max, unit, help)                                        \
    {                                                                                           \
#F, BENCH_PARAM_COUNT, BENCH_FIELD_(T, F, int64_t), initial, min, max, NULL, unit, help \
    }
#define BENCH_SIZE(T, F, initial, min, max, help)                                               \
    {                                                                                           \
#F, BENCH_PARAM_SIZE, BENCH_FIELD_(T, F, uint64_t), initial, min, max, NULL, NULL, help \
    }
#define BENCH_DURATION(T, F, initial, min, max, help)                                               \
    {                                                                                               \
#F, BENCH_PARAM_DURATION, BENCH_FIELD_(T, F, uint64_t), initial, min, max, NULL, NULL, help \
    }
#define BENCH_REAL(T, F, initial, min, max, unit, help)                                       \
    {                                                                                         \
#F, BENCH_PARAM_REAL, BENCH_FIELD_(T, F, double), initial, min, max, NULL, unit, help \
    }
#define BENCH_BOOL(T, F, initial, help)                                                 \
    {                                                                                   \
#F, BENCH_PARAM_BOOL, BENCH_FIELD_(T, F, bool), initial, 0, 0, NULL, NULL, help \
    }
#define BENCH_CHOICE(T, F, initial, words, help)                                          \
    {                                                                                     \
#F, BENCH_PARAM_CHOICE, BENCH_FIELD_(T, F, int), initial, 0, 0, words, NULL, help \
    }
#define BENCH_TEXT(T, F, initial, help)                                                         \
    {                                                                                           \
#F, BENCH_PARAM_TEXT, BENCH_FIELD_(T, F, const char *), initial, 0, 0, NULL, NULL, help \
    }
#define BENCH_PARAM_END                                          \
    {                                                            \
        NULL, BENCH_PARAM_COUNT, 0, NULL, 0, 0, NULL, NULL, NULL \
    }
#endif

#ifdef __cplusplus
}
#endif
#endif
