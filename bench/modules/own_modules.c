/* The table of bench's own modules, and where those are that are not linked in. */
#include "modules/own_modules.h"

#include "base/text.h"

#include "modules/table.h" /* made by CMake: X-macros BUILTIN_, LOADABLE_, MISSING_MODULES; ENGINES */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The one symbol of each built-in module. */
#define WORKLOAD(module) extern const struct bench_workload bench_workload_##module;
#define EXECUTOR(module) extern const struct bench_executor bench_executor_##module;
BUILTIN_MODULES(WORKLOAD, EXECUTOR)
#undef WORKLOAD
#undef EXECUTOR

const struct own_module own_modules[] = {
#define WORKLOAD(module) {MODULE_WORKLOAD, #module, &bench_workload_##module, NULL, NULL},
#define EXECUTOR(module) {MODULE_EXECUTOR, #module, NULL, &bench_executor_##module, NULL},
    BUILTIN_MODULES(WORKLOAD, EXECUTOR)
#undef WORKLOAD
#undef EXECUTOR
#define WORKLOAD(module) {MODULE_WORKLOAD, #module, NULL, NULL, NULL},
#define EXECUTOR(module) {MODULE_EXECUTOR, #module, NULL, NULL, NULL},
        LOADABLE_MODULES(WORKLOAD, EXECUTOR)
#undef WORKLOAD
#undef EXECUTOR
#define WORKLOAD(module, reason) {MODULE_WORKLOAD, #module, NULL, NULL, reason},
#define EXECUTOR(module, reason) {MODULE_EXECUTOR, #module, NULL, NULL, reason},
            MISSING_MODULES(WORKLOAD, EXECUTOR)
#undef WORKLOAD
#undef EXECUTOR
                {0},
};

const struct own_engine own_engines[] = {
#define ENGINE(engine, title, reason) {#engine, title, reason},
    ENGINES(ENGINE)
#undef ENGINE
        {0},
};

const struct own_module *own_module_find(enum module_kind kind, const char *name)
{
    for (const struct own_module *own = own_modules; own->name; own++) {
        if (own->kind == kind && strcmp(own->name, name) == 0)
            return own;
    }
    return NULL;
}

int own_module_refuse(enum module_kind kind, const char *name, struct bench_error *err)
{
    const char *names[sizeof own_modules / sizeof *own_modules];
    size_t count = 0;
    for (const struct own_module *own = own_modules; own->name; own++) {
        if (own->kind == kind)
            names[count++] = own->name;
    }
    const char *nearest = text_nearest(name, names, count);
    return bench_error_set(err, -ENOENT, "no %s '%s'%s%s%s (bench list shows what there is)",
                           module_kind_word(kind), name, nearest ? "; did you mean '" : "",
                           nearest ? nearest : "", nearest ? "'?" : "");
}

int own_program(char *path, size_t room, struct bench_error *err)
{
    ssize_t length = readlink("/proc/self/exe", path, room - 1);
    if (length < 0)
        return bench_error_set(err, -errno,
                               "cannot find the path of bench itself: /proc/self/exe: %s; /proc must be "
                               "mounted (mount -t proc proc /proc)",
                               strerror(errno));
    path[length] = '\0';
    return 0;
}

/* ../lib/bench beside the program's folder. */
int own_file(const char *name, char *path, size_t room)
{
    char program[PATH_MAX];
    int rc = own_program(program, sizeof program, NULL);
    if (rc < 0)
        return rc;
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(program, '/');
        if (slash)
            *slash = '\0';
    }
    int written = snprintf(path, room, "%s/" BENCH_MODULE_FOLDER "/%s", program, name);
    return written < 0 || (size_t)written >= room ? -ENAMETOOLONG : 0;
}

int own_module_file(enum module_kind kind, const char *name, char *path, size_t room)
{
    char file[NAME_MAX];
    snprintf(file, sizeof file, "%s-%s.so", module_kind_word(kind), name);
    return own_file(file, path, room);
}

int own_engine_file(const char *name, char *path, size_t room)
{
    char file[NAME_MAX];
    snprintf(file, sizeof file, "engine-%s.so", name);
    return own_file(file, path, room);
}
