/* The struct that a module gets its parameters in, filled from texts. In the runner alone. */
#ifndef MODULES_PARAMS_H
#define MODULES_PARAMS_H

#include "modules/param.h"

/* `data` is the module's parameter struct. Owns everything it points to. */
struct params {
    const struct bench_param *table; /* may be NULL: no parameters */
    size_t count, size;
    void *data;
    char **texts; /* storage of TEXT values, one a table entry */
};

/* All parameters at their defaults, of a table that module_check() has passed. On failure nothing is
 * left. */
int params_init(struct params *params, const struct bench_param *table, size_t size,
                struct bench_error *err);
void params_free(struct params *params);

/* Set one; -EINVAL with a message that says what there is, or what is allowed. */
int params_set(struct params *params, const char *name, const char *text, struct bench_error *err);

#endif
