/*
 * Which workloads and executors there are: those built in, those in .so files beside the program that
 * are opened only when named, and the user's plug-ins.
 */
#ifndef MODULES_REGISTRY_H
#define MODULES_REGISTRY_H

#include <bench/executor.h>

struct registry;

enum module_kind { MODULE_WORKLOAD, MODULE_EXECUTOR };

/* A module as the listing shows it. Text lives as long as the registry. */
struct module {
    enum module_kind kind;
    const char *name;
    const char *file;                      /* the plug-in it came from, or NULL */
    const char *missing;                   /* why it was not built and what to install, or NULL */
    const struct bench_workload *workload; /* NULL until it is opened; one of the two */
    const struct bench_executor *executor;
};

/*
 * `plugins` (count of them, paths) are opened now: a file that is no plug-in is an error. Every *.so in
 * the folders of BENCH_PLUGIN_PATH (separated by ':') is opened as well. Main thread. On success the
 * caller closes it; modules stay loaded, since code once run may have left threads and handlers.
 */
int registry_open(struct registry **registry, const char *const *plugins, size_t count,
                  struct bench_error *err);
void registry_close(struct registry *registry);

/*
 * The module of that name, opened. Errors name the nearest name, or say why it is missing and what to
 * install: -ENOENT, -ENOTSUP.
 */
const struct bench_workload *registry_workload(struct registry *, const char *name,
                                               struct bench_error *err);
const struct bench_executor *registry_executor(struct registry *, const char *name,
                                               struct bench_error *err);

/* The plug-in file a module came from, or NULL for bench's own. */
const char *registry_file(struct registry *, enum module_kind kind, const char *name);

/* All modules, by kind and then in the order they were built; opens each. One that cannot be opened has
 * the reason in `missing`. */
size_t registry_count(const struct registry *);
const struct module *registry_module(struct registry *, size_t index);

/* All, without opening: name and kind only. */
const struct module *registry_peek(const struct registry *, size_t index);

/* The path of a file in bench's own folder of modules, whether it is there or not. 0 or -errno. */
int registry_own_file(const char *name, char *path, size_t room);

#endif
