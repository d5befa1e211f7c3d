#include "modules/registry.h"

#include "base/text.h"
#include "modules/table.h" /* made by CMake: X-macros BUILTIN_, LOADABLE_ and MISSING_MODULES */

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct registry {
    struct module *modules;
    size_t count, size;
    char **owned; /* text of plug-ins and of reasons */
    size_t owned_count;
};

/* The one symbol of each built-in module. */
#define WORKLOAD(module) extern const struct bench_workload bench_workload_##module;
#define EXECUTOR(module) extern const struct bench_executor bench_executor_##module;
BUILTIN_MODULES(WORKLOAD, EXECUTOR)
#undef WORKLOAD
#undef EXECUTOR

static const char *kind_word(enum module_kind kind)
{
    return kind == MODULE_WORKLOAD ? "workload" : "executor";
}

static struct module *module_find(const struct registry *registry, enum module_kind kind,
                                  const char *name)
{
    for (size_t i = 0; i < registry->count; i++) {
        struct module *module = &registry->modules[i];
        if (module->kind == kind && strcmp(module->name, name) == 0)
            return module;
    }
    return NULL;
}

static struct module *module_add(struct registry *registry, enum module_kind kind, const char *name)
{
    if (registry->count == registry->size) {
        size_t size = registry->size ? registry->size * 2 : 32;
        struct module *grown = realloc(registry->modules, size * sizeof *grown);
        if (!grown)
            return NULL;
        registry->modules = grown;
        registry->size = size;
    }
    struct module *module = &registry->modules[registry->count++];
    *module = (struct module){.kind = kind, .name = name};
    return module;
}

/* Hand text over to the registry; NULL when out of memory. */
static const char *own(struct registry *registry, char *text)
{
    char **grown = text ? realloc(registry->owned, (registry->owned_count + 1) * sizeof *grown) : NULL;
    if (!grown) {
        free(text);
        return NULL;
    }
    registry->owned = grown;
    return grown[registry->owned_count++] = text;
}

static int check_abi(const char *file, const char *what, uint32_t abi, uint32_t ours,
                     struct bench_error *err)
{
    if (abi == ours)
        return 0;
    return bench_error_set(err, -ENOEXEC,
                           "%s: its %s was compiled for contract version %u, this bench has %u; "
                           "compile it again with this bench's headers",
                           file, what, abi, ours);
}

static int check_workload(const char *file, const struct bench_workload *workload,
                          struct bench_error *err)
{
    int rc = check_abi(file, "workload", workload->abi, BENCH_WORKLOAD_ABI, err);
    if (rc < 0)
        return rc;
    if (!workload->name || !workload->name[0] || !workload->setup || !workload->run)
        return bench_error_set(err, -ENOEXEC, "%s: its workload lacks a name, setup or run", file);
    return 0;
}

static int check_executor(const char *file, const struct bench_executor *executor,
                          struct bench_error *err)
{
    int rc = check_abi(file, "executor", executor->abi, BENCH_EXECUTOR_ABI, err);
    if (rc < 0)
        return rc;
    if (!executor->name || !executor->name[0] || !executor->run)
        return bench_error_set(err, -ENOEXEC, "%s: its executor lacks a name or run", file);
    return 0;
}

static int open_file(const char *file, const struct bench_workload **workload,
                     const struct bench_executor **executor, struct bench_error *err)
{
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return bench_error_set(err, -ENOEXEC, "%s", dlerror());
    *workload = dlsym(handle, "bench_workload_module");
    *executor = dlsym(handle, "bench_executor_module");
    if (!*workload && !*executor)
        return bench_error_set(err, -ENOEXEC,
                               "%s: holds no workload and no executor (a plug-in defines "
                               "BENCH_WORKLOAD(name) or BENCH_EXECUTOR(name))",
                               file);
    int rc = *workload ? check_workload(file, *workload, err) : 0;
    if (rc == 0 && *executor)
        rc = check_executor(file, *executor, err);
    return rc;
}

static int plugin_add(struct registry *registry, const char *path, enum module_kind kind,
                      const void *module, const char *name, struct bench_error *err)
{
    const struct module *same = module_find(registry, kind, name);
    if (same && (same->workload == module || same->executor == module))
        return 0; /* the same file, named twice */
    if (same)
        return bench_error_set(err, -EEXIST, "%s: there is a %s '%s' already, in %s", path,
                               kind_word(kind), name, same->file ? same->file : "bench itself");
    struct module *added = module_add(registry, kind, name);
    const char *file = own(registry, realpath(path, NULL));
    if (!added || !file)
        return bench_error_set(err, -ENOMEM, "out of memory");
    added->file = file;
    if (kind == MODULE_WORKLOAD)
        added->workload = module;
    else
        added->executor = module;
    return 0;
}

static int plugin_open(struct registry *registry, const char *path, struct bench_error *err)
{
    const struct bench_workload *workload = NULL;
    const struct bench_executor *executor = NULL;
    char *full = realpath(path, NULL); /* dlopen would search other places for a bare name */
    if (!full)
        return bench_error_set(err, -errno, "plug-in %s: %s", path, strerror(errno));
    int rc = open_file(full, &workload, &executor, err);
    free(full);
    if (rc == 0 && workload)
        rc = plugin_add(registry, path, MODULE_WORKLOAD, workload, workload->name, err);
    if (rc == 0 && executor)
        rc = plugin_add(registry, path, MODULE_EXECUTOR, executor, executor->name, err);
    return rc;
}

static int plugin_only_so(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 3 && strcmp(entry->d_name + length - 3, ".so") == 0;
}

static int folder_open(struct registry *registry, const char *folder, struct bench_error *err)
{
    struct dirent **entries;
    int found = scandir(folder, &entries, plugin_only_so, alphasort);
    if (found < 0)
        return bench_error_set(err, -errno, "BENCH_PLUGIN_PATH: %s: %s", folder, strerror(errno));
    int rc = 0;
    for (int i = 0; i < found; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (rc == 0)
            rc = plugin_open(registry, path, err);
        free(entries[i]);
    }
    free(entries);
    return rc;
}

static int path_open(struct registry *registry, const char *folders, struct bench_error *err)
{
    char *list = strdup(folders), *rest = list, *folder;
    int rc = list ? 0 : bench_error_set(err, -ENOMEM, "out of memory");
    while (rc == 0 && (folder = strsep(&rest, ":"))) {
        if (folder[0])
            rc = folder_open(registry, folder, err);
    }
    free(list);
    return rc;
}

static bool add_own_modules(struct registry *registry)
{
    struct module *added;
    bool complete = true;
#define WORKLOAD(module)                                          \
    if ((added = module_add(registry, MODULE_WORKLOAD, #module))) \
        added->workload = &bench_workload_##module;               \
    complete = complete && added;
#define EXECUTOR(module)                                          \
    if ((added = module_add(registry, MODULE_EXECUTOR, #module))) \
        added->executor = &bench_executor_##module;               \
    complete = complete && added;
    BUILTIN_MODULES(WORKLOAD, EXECUTOR)
#undef WORKLOAD
#undef EXECUTOR
#define WORKLOAD(module) complete = module_add(registry, MODULE_WORKLOAD, #module) && complete;
#define EXECUTOR(module) complete = module_add(registry, MODULE_EXECUTOR, #module) && complete;
    LOADABLE_MODULES(WORKLOAD, EXECUTOR)
#undef WORKLOAD
#undef EXECUTOR
#define WORKLOAD(module, reason)                                  \
    if ((added = module_add(registry, MODULE_WORKLOAD, #module))) \
        added->missing = reason;                                  \
    complete = complete && added;
#define EXECUTOR(module, reason)                                  \
    if ((added = module_add(registry, MODULE_EXECUTOR, #module))) \
        added->missing = reason;                                  \
    complete = complete && added;
    MISSING_MODULES(WORKLOAD, EXECUTOR)
#undef WORKLOAD
#undef EXECUTOR
    return complete;
}

int registry_open(struct registry **out, const char *const *plugins, size_t count,
                  struct bench_error *err)
{
    struct registry *registry = calloc(1, sizeof *registry);
    int rc = registry && add_own_modules(registry) ? 0 : bench_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = plugin_open(registry, plugins[i], err);
    const char *folders = getenv("BENCH_PLUGIN_PATH");
    if (rc == 0 && folders)
        rc = path_open(registry, folders, err);
    if (rc < 0) {
        registry_close(registry);
        return rc;
    }
    *out = registry;
    return 0;
}

void registry_close(struct registry *registry)
{
    if (!registry)
        return;
    for (size_t i = 0; i < registry->owned_count; i++)
        free(registry->owned[i]);
    free(registry->owned);
    free(registry->modules);
    free(registry);
}

/* Where bench's own loadable modules are: ../lib/bench beside the program's folder. */
int registry_own_file(const char *name, char *path, size_t room)
{
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length < 0)
        return -errno;
    program[length] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(program, '/');
        if (slash)
            *slash = '\0';
    }
    int written = snprintf(path, room, "%s/" BENCH_MODULE_FOLDER "/%s", program, name);
    return written < 0 || (size_t)written >= room ? -ENAMETOOLONG : 0;
}

static int module_open(struct module *module, struct bench_error *err)
{
    if (module->missing)
        return bench_error_set(err, -ENOTSUP, "%s '%s' %s", kind_word(module->kind), module->name,
                               module->missing);
    if (module->workload || module->executor)
        return 0;
    char file[NAME_MAX], path[PATH_MAX];
    const struct bench_workload *workload = NULL;
    const struct bench_executor *executor = NULL;
    snprintf(file, sizeof file, "%s-%s.so", kind_word(module->kind), module->name);
    int rc = registry_own_file(file, path, sizeof path);
    if (rc < 0)
        return bench_error_set(err, rc, "%s '%s': cannot tell where it is: %s", kind_word(module->kind),
                               module->name, strerror(-rc));
    rc = open_file(path, &workload, &executor, err);
    if (rc < 0)
        return rc;
    module->workload = module->kind == MODULE_WORKLOAD ? workload : NULL;
    module->executor = module->kind == MODULE_EXECUTOR ? executor : NULL;
    if (!module->workload && !module->executor)
        return bench_error_set(err, -ENOEXEC, "%s: holds no %s", path, kind_word(module->kind));
    return 0;
}

static struct module *module_get(struct registry *registry, enum module_kind kind, const char *name,
                                 struct bench_error *err)
{
    struct module *module = module_find(registry, kind, name);
    if (module)
        return module_open(module, err) < 0 ? NULL : module;
    const char *names[registry->count];
    size_t count = 0;
    for (size_t i = 0; i < registry->count; i++) {
        if (registry->modules[i].kind == kind)
            names[count++] = registry->modules[i].name;
    }
    const char *nearest = text_nearest(name, names, count);
    if (nearest)
        bench_error_set(err, -ENOENT, "no %s '%s'; did you mean '%s'? (bench list)", kind_word(kind),
                        name, nearest);
    else
        bench_error_set(err, -ENOENT, "no %s '%s' (bench list shows what there is)", kind_word(kind),
                        name);
    return NULL;
}

const struct bench_workload *registry_workload(struct registry *registry, const char *name,
                                               struct bench_error *err)
{
    struct module *module = module_get(registry, MODULE_WORKLOAD, name, err);
    return module ? module->workload : NULL;
}

const struct bench_executor *registry_executor(struct registry *registry, const char *name,
                                               struct bench_error *err)
{
    struct module *module = module_get(registry, MODULE_EXECUTOR, name, err);
    return module ? module->executor : NULL;
}

const char *registry_file(struct registry *registry, enum module_kind kind, const char *name)
{
    struct module *module = module_find(registry, kind, name);
    return module ? module->file : NULL;
}

size_t registry_count(const struct registry *registry)
{
    return registry->count;
}

const struct module *registry_peek(const struct registry *registry, size_t index)
{
    return &registry->modules[index];
}

const struct module *registry_module(struct registry *registry, size_t index)
{
    struct module *module = &registry->modules[index];
    struct bench_error err = {0};
    if (!module->missing && module_open(module, &err) < 0) {
        const char *reason = own(registry, strdup(err.message));
        module->missing = reason ? reason : "could not be opened";
    }
    return module;
}
