/*
 * The values of a module's parameters as canonical texts, checked against its table: all that a
 * controller knows of them. The struct that the module itself gets is filled in the runner (params.h).
 */
#ifndef MODULES_PARAM_SET_H
#define MODULES_PARAM_SET_H

#include "modules/param.h"

struct param_set {
    const struct bench_param *table; /* may be NULL: no parameters */
    char **texts;                    /* one a table entry; NULL: required, and not given yet */
};

/* All at their defaults. The table must outlive the set. */
void param_set_init(struct param_set *set, const struct bench_param *table);
void param_set_copy(struct param_set *to, const struct param_set *from);
void param_set_free(struct param_set *set);

/* -EINVAL with a message that says what is allowed. */
int param_set_value(struct param_set *set, const char *name, const char *text, struct bench_error *err);

/* The value, or NULL where there is no such parameter or it was not given. */
const char *param_set_get(const struct param_set *set, const char *name);
bool param_set_is_default(const struct param_set *set, const struct bench_param *entry);

/* The first that is required and was not given, or NULL. */
const struct bench_param *param_set_lacking(const struct param_set *set);

/* "name=value name=value" in the table's order, each name behind `prefix` and a dot unless it is NULL;
 * for free(). */
char *param_set_format(const struct param_set *set, const char *prefix);

#endif
