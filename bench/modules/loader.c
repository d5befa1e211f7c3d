/* Opens modules. */
#include "modules/loader.h"

#include "modules/own_modules.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_abi(const char *path, const char *what, uint32_t abi, uint32_t ours,
                     struct bench_error *err)
{
    if (abi == ours)
        return 0;
    return bench_error_set(err, -ENOEXEC,
                           "%s: its %s was compiled for contract version %u, but this bench has %u; "
                           "recompile it against this bench's headers",
                           path, what, abi, ours);
}

static int check_workload(const char *path, const struct bench_workload *workload,
                          struct bench_error *err)
{
    int rc = check_abi(path, "workload", workload->abi, BENCH_WORKLOAD_ABI, err);
    if (rc < 0)
        return rc;
    if (!workload->name || !workload->name[0] || !workload->setup || !workload->run)
        return bench_error_set(err, -ENOEXEC, "%s: its workload lacks a name, setup or run", path);
    const struct module_info info = module_of_workload(workload);
    return module_check(&info, path, &workload->params_size, err);
}

static int check_executor(const char *path, const struct bench_executor *executor,
                          struct bench_error *err)
{
    int rc = check_abi(path, "executor", executor->abi, BENCH_EXECUTOR_ABI, err);
    if (rc < 0)
        return rc;
    if (!executor->name || !executor->name[0] || !executor->run)
        return bench_error_set(err, -ENOEXEC, "%s: its executor lacks a name or run", path);
    const struct module_info info = module_of_executor(executor);
    return module_check(&info, path, &executor->params_size, err);
}

static void step(void (*on_step)(const char *step), const char *path, const char *what)
{
    char text[PATH_MAX + 64];
    snprintf(text, sizeof text, "%s: %s", path, what);
    if (on_step)
        on_step(text);
}

int module_file_open(const char *path, struct module_file *file, void (*on_step)(const char *step),
                     struct bench_error *err)
{
    char *full = realpath(path, NULL); /* dlopen would search other places for a bare name */
    if (!full)
        return bench_error_set(err, -errno, "plug-in %s: %s", path, strerror(errno));
    step(on_step, path, "when it was opened (its constructors)");
    void *handle = dlopen(full, RTLD_NOW | RTLD_LOCAL);
    free(full);
    if (!handle)
        return bench_error_set(err, -ENOEXEC, "%s", dlerror());
    file->workload = dlsym(handle, "bench_workload_module");
    file->executor = dlsym(handle, "bench_executor_module");
    if (!file->workload && !file->executor)
        return bench_error_set(err, -ENOEXEC,
                               "%s: holds no workload and no executor (a plug-in defines "
                               "BENCH_WORKLOAD(name) or BENCH_EXECUTOR(name))",
                               path);
    step(on_step, path, "when its table of parameters was read (does it end with BENCH_PARAM_END?)");
    int rc = file->workload ? check_workload(path, file->workload, err) : 0;
    if (rc == 0 && file->executor)
        rc = check_executor(path, file->executor, err);
    return rc;
}

/* One of bench's own, opened where it has to be. */
static int load_own(enum module_kind kind, const char *name, struct module_file *file,
                    struct bench_error *err)
{
    const struct own_module *own = own_module_find(kind, name);
    char path[PATH_MAX];
    if (!own)
        return own_module_refuse(kind, name, err);
    if (own->missing)
        return bench_error_set(err, -ENOTSUP, "%s '%s' %s", module_kind_word(kind), name, own->missing);
    *file = (struct module_file){own->workload, own->executor};
    if (file->workload || file->executor)
        return 0;
    int rc = own_module_file(kind, name, path, sizeof path);
    if (rc < 0)
        return bench_error_set(err, rc, "%s '%s': cannot find its path: %s", module_kind_word(kind),
                               name, strerror(-rc));
    rc = module_file_open(path, file, NULL, err);
    if (rc == 0 && !(kind == MODULE_WORKLOAD ? (const void *)file->workload : file->executor))
        rc = bench_error_set(err, -ENOEXEC, "%s: holds no %s", path, module_kind_word(kind));
    return rc;
}

int module_load_engine(const char *name, const struct bench_engine **engine, struct bench_error *err)
{
    const struct own_engine *own = own_engines;
    char path[PATH_MAX];
    while (own->name && strcmp(own->name, name) != 0)
        own++;
    if (!own->name)
        return bench_error_set(err, -ENOENT, "no engine '%s'", name);
    if (own->missing)
        return bench_error_set(err, -ENOTSUP, "engine '%s' %s", name, own->missing);
    int rc = own_engine_file(name, path, sizeof path);
    if (rc < 0)
        return bench_error_set(err, rc, "engine '%s': cannot find its path: %s", name, strerror(-rc));
    void *handle =
        dlopen(path, RTLD_NOW | RTLD_GLOBAL); /* MPIs open plug-ins that look for their symbols */
    if (!handle)
        return bench_error_set(err, -ENOEXEC, "%s", dlerror());
    *engine = dlsym(handle, "bench_engine_module");
    if (!*engine)
        return bench_error_set(err, -ENOEXEC, "%s: holds no engine", path);
    return check_abi(path, "engine", (*engine)->abi, BENCH_ENGINE_ABI, err);
}

int module_load_workload(const char *name, const struct module_file *files, size_t count,
                         const struct bench_workload **workload, struct bench_error *err)
{
    struct module_file own = {0};
    for (size_t i = 0; i < count; i++) {
        *workload = files[i].workload;
        if (*workload && strcmp((*workload)->name, name) == 0)
            return 0;
    }
    int rc = load_own(MODULE_WORKLOAD, name, &own, err);
    *workload = own.workload;
    return rc;
}

int module_load_executor(const char *name, const struct module_file *files, size_t count,
                         const struct bench_executor **executor, struct bench_error *err)
{
    struct module_file own = {0};
    for (size_t i = 0; i < count; i++) {
        *executor = files[i].executor;
        if (*executor && strcmp((*executor)->name, name) == 0)
            return 0;
    }
    int rc = load_own(MODULE_EXECUTOR, name, &own, err);
    *executor = own.executor;
    return rc;
}
