/* Which modules names in options mean, in which runtime. */
#ifndef PLAN_NAMES_H
#define PLAN_NAMES_H

#include "modules/registry.h"

/* A module and whose it is; `runtime` NULL: bench's own. */
struct named {
    const struct module_info *module;
    const struct runtime *runtime;
    bool exact; /* a workload that was named with its runtime: no other's of that name will do */
};

struct named_list {
    struct named *list;
    size_t count, capacity;
};

/*
 * The workloads of a list: "all" are bench's own but for those that need to be told something, "R.all"
 * runtime R's, "R.name" one of R's, and a bare name bench's own, or that of the only runtime that has
 * it. Each once. Errors begin with "--workload: ": -EINVAL, -ENOENT, -ENOTSUP.
 */
int names_workloads(struct named_list *named, struct registry *registry, const char *list,
                    struct bench_error *err);

/*
 * The executors of a list that stand beside a workload of `home` (NULL: bench's own): bare names are
 * home's first, and then as above. `list` NULL: home's, but for those that want to be named.
 */
int names_executors(struct named_list *named, struct registry *registry, const char *list,
                    const struct runtime *home, struct bench_error *err);

void named_list_free(struct named_list *named);

#endif
