/* Modules that can be run: linked in, or in .so files that are opened. In a runner alone, since a file
 * that is opened runs code of its own and has effects on its whole process. */
#ifndef MODULES_LOADER_H
#define MODULES_LOADER_H

#include "modules/module_info.h"

#include <bench/engine.h>

/* What a file holds: one of either kind, or both. */
struct module_file {
    const struct bench_workload *workload;
    const struct bench_executor *executor;
};

/*
 * Open a .so and check its tables. -ENOEXEC, the message begins with the file. `on_step` hears what is
 * about to be done, so that a crash can be told with it; it may be NULL. What was opened stays so: code
 * that has run may have left threads and handlers. Main thread.
 */
int module_file_open(const char *path, struct module_file *file, void (*on_step)(const char *step),
                     struct bench_error *err);

/*
 * The module of that name: in one of `files`, which are opened, or else bench's own. -ENOENT: there is
 * none; -ENOTSUP: it was not built.
 */
int module_load_workload(const char *name, const struct module_file *files, size_t count,
                         const struct bench_workload **workload, struct bench_error *err);
int module_load_executor(const char *name, const struct module_file *files, size_t count,
                         const struct bench_executor **executor, struct bench_error *err);

/* The engine of that name, which stays loaded. The same errors. */
int module_load_engine(const char *name, const struct bench_engine **engine, struct bench_error *err);

#endif
