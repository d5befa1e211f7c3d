/*
 * Which workloads and executors there are, as a controller knows them: bench's own, the user's plug-ins,
 * and those of other runtimes. No module is opened here: tables of what is not linked in come from a
 * source, which asks runners, and only of modules that are named.
 */
#ifndef MODULES_REGISTRY_H
#define MODULES_REGISTRY_H

#include "modules/module_info.h"
#include "modules/runtime.h"

struct registry;

/* Where tables come from, and who hears of what is passed over. */
struct module_source {
    void *context;
    /* What a file, or a runtime's runner, has, or with neither bench itself: all of its own modules,
     * what is missing with the reason. Freed by module_list_free. -errno with a message. */
    int (*list)(void *context, const char *file, const struct runtime *runtime, struct module_list *list,
                struct bench_error *err);
    /* All runtimes with a manifest, into an array for runtime_free and free. */
    int (*runtimes)(void *context, struct runtime **runtimes, size_t *count, struct bench_error *err);
    void (*warn)(void *context, const char *text); /* may be NULL */
};

/*
 * `plugins` (count of them, paths) are listed now: a file that is not a plug-in is an error. Of every
 * *.so in the folders of BENCH_PLUGIN_PATH (separated by ':') it costs a warning. Main thread. On
 * success the caller closes it, which ends all that it has told.
 */
int registry_open(struct registry **registry, const struct module_source *source,
                  const char *const *plugins, size_t count, struct bench_error *err);
void registry_close(struct registry *registry);

/*
 * The module of that name, its table known: bench's own or a plug-in's with `runtime` NULL. Errors name
 * the nearest name, or say why it is missing and what to install: -ENOENT, -ENOTSUP.
 */
const struct module_info *registry_find(struct registry *registry, const struct runtime *runtime,
                                        enum module_kind kind, const char *name,
                                        struct bench_error *err);

/* Is there one of bench's own or a plug-in? Asks nobody. */
bool registry_has(const struct registry *registry, enum module_kind kind, const char *name);

/* Ask for the tables of all of bench's own modules at once, for whoever wants to see them all: one
 * runner is started, and not one for each. What cannot be had so is asked for when it is its turn. */
void registry_complete_own(struct registry *registry);

/* bench's own and plug-ins, by kind and then in the order they were built. registry_module asks for its
 * table where it has to; one whose table cannot be had has the reason in `missing`. */
size_t registry_count(const struct registry *registry);
const struct module_info *registry_peek(const struct registry *registry, size_t index);
const struct module_info *registry_module(struct registry *registry, size_t index);

/* The runtimes. *count is 0 where manifests cannot be read, which has been warned of. */
const struct runtime *registry_runtimes(struct registry *registry, size_t *count);
const struct runtime *registry_runtime(struct registry *registry, const char *name);
/* The modules of a runtime, listed once. */
const struct module_list *registry_modules_of(struct registry *registry, const struct runtime *runtime,
                                              struct bench_error *err);

#endif
