/*
 * The keys of messages and replies as tables: a row says a key, its type, and where its value lies in a
 * struct, and serves the encoder and the decoder alike. What is wrong with a value is said in words for
 * the author of a runner.
 */
#ifndef PROTOCOL_FIELDS_H
#define PROTOCOL_FIELDS_H

#include <bench/error.h>

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_type {
    FIELD_COUNT, /* int64_t; negative: not known */
    FIELD_REAL,  /* double; NaN: not known */
    FIELD_FLAG,  /* bool */
    FIELD_TEXT,  /* const char *; NULL: not known */
};

struct field {
    const char *key; /* NULL ends a table */
    enum field_type type;
    size_t offset;
    int64_t least; /* of numbers */
};

/* All that is known, under its key. */
void fields_encode(json_t *object, const struct field *fields, const void *from);

/*
 * Those that `object` has; what it does not have, or has as null, stays as it is. Texts are the
 * object's. -EINVAL: "wall_s is "fast", a text; it must be a number of 0 or more".
 */
int fields_decode(const json_t *object, const struct field *fields, void *into, struct bench_error *err);

/* One value by itself. A whole number may have come as a real: not every language has integers. */
int value_count(const char *key, const json_t *value, int64_t least, int64_t *count,
                struct bench_error *err);
int value_real(const char *key, const json_t *value, double least, double *real,
               struct bench_error *err);
int value_text(const char *key, const json_t *value, const char **text, struct bench_error *err);

/* -EINVAL: "KEY is VALUE; it must be WHAT". */
int value_wrong(const char *key, const json_t *value, const char *what, struct bench_error *err);

/* Names with their values, in their order. The list is the owner's to free, the texts are not. */
struct entry {
    const char *name, *value;
    const char *was; /* the name that version 1 has for it; NULL: the same */
};
struct entries {
    struct entry *list;
    size_t count;
};
void entries_add(struct entries *entries, const char *name, const char *value);
void entries_free(struct entries *entries);

json_t *entries_encode(const struct entries *entries, bool old_names);

/*
 * An object of texts, numbers and truth values into entries of texts, as they are written in options:
 * yes and no. Texts that the object does not have in this form are kept in `document`, which lives as
 * long as the entries. -EINVAL.
 */
int entries_decode(struct entries *entries, const char *key, const json_t *object, json_t *document,
                   struct bench_error *err);

/* A list of texts, which are the array's. */
struct names {
    const char **list;
    size_t count;
};
void names_add(struct names *names, const char *name);
void names_free(struct names *names);
json_t *names_encode(const struct names *names);
int names_decode(struct names *names, const char *key, const json_t *array, const char *what,
                 struct bench_error *err);

/* An object as a line of its own, its line end included; for free(). Frees the object. NULL: a text in
 * it is not UTF-8. */
char *line_encode(json_t *object);

/*
 * A line as an object, which the caller owns; NULL, with the reason in `err`: "a message must be a JSON
 * object on one line: ..."; `what` begins it.
 */
json_t *line_decode(const char *line, size_t length, const char *what, struct bench_error *err);

#endif
