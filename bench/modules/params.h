/* The values of a module's parameter table: parsed from text, checked, and written back as text. */
#ifndef MODULES_PARAMS_H
#define MODULES_PARAMS_H

#include <bench/error.h>
#include <bench/param.h>

/* `data` is the module's parameter struct. Owns everything it points to. */
struct params {
    const struct bench_param *table; /* may be NULL: no parameters */
    size_t count, size;
    void *data;
    char **texts; /* storage of TEXT values, one a table entry */
};

/* All parameters at their defaults. On failure nothing is left. */
int params_init(struct params *params, const struct bench_param *table, size_t size,
                struct bench_error *err);
int params_copy(struct params *to, const struct params *from, struct bench_error *err);
void params_free(struct params *params);

/* Entry called `name`, else the one that once was, or NULL. */
const struct bench_param *params_find(const struct bench_param *table, const char *name);

/* Set one; -EINVAL with a message that says the allowed range or words when the value is not allowed. */
int params_set(struct params *params, const char *name, const char *value, struct bench_error *err);

/* One entry's value in canonical form, for the caller to free; parses back to the same. NULL: no memory.
 */
char *params_value(const struct params *params, const struct bench_param *entry);
/* The same of what the entry's default is. */
bool params_is_default(const struct params *params, const struct bench_param *entry);

/* "name=value name=value" in the table's order, all or only those that are not the default; for free().
 */
char *params_format(const struct params *params, bool only_changed);

/* What is allowed, for messages and listings: "1 to 4096", "yes or no", "a, b or c"; for free(). */
char *params_allowed(const struct bench_param *entry);

#endif
