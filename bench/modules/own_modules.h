/* The modules that bench itself is made of: those that are linked in, those in .so files beside the
 * program, and those that this build lacks. Nothing of a module runs here. */
#ifndef MODULES_OWN_MODULES_H
#define MODULES_OWN_MODULES_H

#include "modules/module_info.h"

/* One of them. Of a linked-in one there is its struct; of a .so the name, until it is opened. */
struct own_module {
    enum module_kind kind;
    const char *name;
    const struct bench_workload *workload;
    const struct bench_executor *executor;
    const char *missing; /* why it was not built and what to install */
};

extern const struct own_module own_modules[]; /* in the order of listings; ended by one without a name */

/* What connects ranks: in .so files too, "engine-NAME.so". */
struct own_engine {
    const char *name;    /* "openmpi" */
    const char *title;   /* "Open MPI" */
    const char *missing; /* why it was not built and what to install */
};

extern const struct own_engine own_engines[]; /* ended by one without a name */

const struct own_module *own_module_find(enum module_kind kind, const char *name);

/* -ENOENT with a message that there is none of that name, and which is near. */
int own_module_refuse(enum module_kind kind, const char *name, struct bench_error *err);

/* Where this program is. -errno with a message. */
int own_program(char *path, size_t room, struct bench_error *err);

/* The path of a file in bench's own folder of modules, whether it is there or not. 0 or -errno. */
int own_file(const char *name, char *path, size_t room);
/* The same of the .so that a module is in, or an engine. */
int own_module_file(enum module_kind kind, const char *name, char *path, size_t room);
int own_engine_file(const char *name, char *path, size_t room);

#endif
