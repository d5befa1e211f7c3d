/* What --set says: which parameter of which module gets which values. */
#ifndef PLAN_SETTING_H
#define PLAN_SETTING_H

#include "modules/module_info.h"

#include <stdbool.h>
#include <stddef.h>

/* One --set, taken apart. */
struct setting {
    char *text;         /* the storage */
    const char *module; /* "spin", "cpython", "cpython.spin"; NULL: of whichever module has it */
    const char *name;
    char **values;    /* NULL-terminated */
    bool of_workload; /* a chosen workload has it: executors are left out, unless named */
    bool used;
};

struct settings {
    struct setting *list;
    size_t count;
};

/* -EINVAL with a message that begins with "--set: ". Freed in either case by settings_free. */
int settings_parse(struct settings *settings, const char *const *texts, size_t count,
                   struct bench_error *err);
void settings_free(struct settings *settings);

/* Is it for this module, as far as the module's name is given? */
bool setting_names(const struct setting *setting, const struct module_info *module);

#endif
