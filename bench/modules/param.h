/* One parameter of a module: text read, checked against the entry of its table, and written back in
 * canonical form. */
#ifndef MODULES_PARAM_H
#define MODULES_PARAM_H

#include <bench/error.h>
#include <bench/param.h>

/* A value as the field of a module's struct holds it; every member begins where the union does. */
union param_value {
    int64_t count;
    uint64_t quantity; /* bytes or nanoseconds */
    double real;
    bool truth;
    int choice;
    const char *text; /* not owned */
};

/* Bytes of the field that receives such a value; 0: there is no such type. */
size_t param_size(enum bench_param_type type);

size_t param_count(const struct bench_param *table); /* which may be NULL */

/* The entry called `name`, else the one that once was, or NULL. */
const struct bench_param *param_find(const struct bench_param *table, const char *name);

/* -EINVAL with a message that says the allowed range or words when the value is not allowed. */
int param_read(const struct bench_param *entry, const char *text, union param_value *value,
               struct bench_error *err);

/* The same of the entry called `name`, which *entry then is. */
int param_read_named(const struct bench_param *table, const char *name, const char *text,
                     const struct bench_param **entry, union param_value *value,
                     struct bench_error *err);

/* In canonical form, which param_read takes for the same value; for free(). */
char *param_write(const struct bench_param *entry, const union param_value *value);

/* What is allowed, for messages and listings: "1 to 4096", "yes or no", "a, b or c"; for free(). */
char *param_allowed(const struct bench_param *entry);

#endif
