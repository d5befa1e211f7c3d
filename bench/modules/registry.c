/* The modules there are: gathered by name, their tables asked for where they are needed. */
#include "modules/registry.h"

#include "base/memory.h"
#include "base/text.h"
#include "modules/own_modules.h"
#include "modules/ranks_module.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct registry {
    struct module_source source;
    struct module_info **modules; /* each stays where it is */
    size_t size, capacity;
    struct module_list *lists; /* whose texts the modules have */
    size_t lists_size, lists_capacity;
    char **files; /* of plug-ins, owned */
    size_t files_size, files_capacity;
    struct runtime *runtimes;
    struct module_list *of_runtimes; /* one each; not asked for yet where `modules` is NULL */
    size_t runtimes_count;
    bool runtimes_known;
};

static struct module_info *find(const struct registry *registry, enum module_kind kind, const char *name)
{
    for (size_t i = 0; i < registry->size; i++) {
        struct module_info *module = registry->modules[i];
        if (module->kind == kind && strcmp(module->name, name) == 0)
            return module;
    }
    return NULL;
}

bool registry_has(const struct registry *registry, enum module_kind kind, const char *name)
{
    return find(registry, kind, name) != NULL;
}

static void add(struct registry *registry, const struct module_info *module)
{
    registry->modules =
        mem_grow(registry->modules, registry->size, &registry->capacity, sizeof *registry->modules);
    struct module_info *added = mem_alloc(sizeof *added);
    *added = *module;
    registry->modules[registry->size++] = added;
}

/* Keep it as long as the registry. */
static void keep_list(struct registry *registry, const struct module_list *list)
{
    registry->lists =
        mem_grow(registry->lists, registry->lists_size, &registry->lists_capacity, sizeof *list);
    registry->lists[registry->lists_size++] = *list;
}

static const char *keep_file(struct registry *registry, char *path)
{
    registry->files = mem_grow(registry->files, registry->files_size, &registry->files_capacity,
                               sizeof *registry->files);
    return registry->files[registry->files_size++] = path;
}

static void warn(const struct registry *registry, const char *text)
{
    if (registry->source.warn)
        registry->source.warn(registry->source.context, text);
}

/* ---- plug-ins ---- */

static int add_plugin_modules(struct registry *registry, const char *path, struct module_list *list,
                              struct bench_error *err)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct module_info *same = find(registry, list->modules[i].kind, list->modules[i].name);
        if (same)
            return bench_error_set(err, -EEXIST, "%s: %s %s '%s' already exists, in %s", path,
                                   same->kind == MODULE_WORKLOAD ? "a" : "an",
                                   module_kind_word(same->kind), same->name,
                                   same->file ? same->file : "bench itself");
    }
    for (size_t i = 0; i < list->count; i++) {
        list->modules[i].file = path;
        add(registry, &list->modules[i]);
    }
    return 0;
}

static int add_plugin(struct registry *registry, const char *path, struct bench_error *err)
{
    struct module_list list = {0};
    char *full = realpath(path, NULL);
    if (!full)
        return bench_error_set(err, -errno, "plug-in %s: %s", path, strerror(errno));
    keep_file(registry, full);
    for (size_t i = 0; i < registry->size; i++) {
        if (registry->modules[i]->file && strcmp(registry->modules[i]->file, full) == 0)
            return 0; /* named twice */
    }
    int rc = registry->source.list(registry->source.context, full, NULL, &list, err);
    if (rc < 0)
        return rc;
    rc = add_plugin_modules(registry, full, &list, err);
    keep_list(registry, &list);
    return rc;
}

static int only_so(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 3 && strcmp(entry->d_name + length - 3, ".so") == 0;
}

/* Whoever can put a file there has it run by whoever calls bench. */
static void warn_of_folder(const struct registry *registry, const char *folder)
{
    struct stat is;
    const char *what = NULL;
    if (stat(folder, &is) == 0 && is.st_mode & S_IWOTH)
        what = "everybody may write to it";
    else if (folder[0] != '/')
        what = "it depends on the folder that bench is called from";
    if (!what)
        return;
    char *text = mem_format("BENCH_PLUGIN_PATH: plug-ins in '%s' are loaded, although %s", folder, what);
    warn(registry, text);
    free(text);
}

static int add_folder(struct registry *registry, const char *folder, struct bench_error *err)
{
    struct dirent **entries;
    int found = scandir(folder, &entries, only_so, alphasort), rc = 0;
    if (found < 0)
        return bench_error_set(err, -errno, "BENCH_PLUGIN_PATH: %s: %s", folder, strerror(errno));
    if (found > 0)
        warn_of_folder(registry, folder);
    for (int i = 0; i < found; i++) {
        struct bench_error why = {0};
        char *path = mem_format("%s/%s", folder, entries[i]->d_name);
        if (rc == 0)
            rc = add_plugin(registry, path, &why);
        if (rc == -EINTR)
            *err = why;
        else if (rc < 0) {
            char *text = mem_format("BENCH_PLUGIN_PATH: skipped: %s", why.message);
            warn(registry, text);
            free(text);
            rc = 0;
        }
        free(path);
        free(entries[i]);
    }
    free(entries);
    return rc;
}

static int add_path(struct registry *registry, const char *folders, struct bench_error *err)
{
    char *list = mem_text(folders), *rest = list, *folder;
    int rc = 0;
    while (rc == 0 && (folder = strsep(&rest, ":"))) {
        if (folder[0])
            rc = add_folder(registry, folder, err);
    }
    free(list);
    return rc;
}

/* ---- bench's own ---- */

/* The structs of linked-in modules are constants of this program: to read them runs nothing. */
static void add_own(struct registry *registry)
{
    for (const struct own_module *own = own_modules; own->name; own++) {
        struct module_info module = {.kind = own->kind, .name = own->name, .missing = own->missing};
        if (own->workload)
            module = module_of_workload(own->workload);
        else if (own->executor)
            module = module_of_executor(own->executor);
        add(registry, &module);
    }
    const struct module_info ranks = ranks_module();
    add(registry, &ranks);
}

/* The table of one that is in a .so of bench's own. */
static int complete(struct registry *registry, struct module_info *module, struct bench_error *err)
{
    struct module_list list = {0};
    char path[PATH_MAX];
    if (module->summary || module->missing)
        return 0;
    int rc = own_module_file(module->kind, module->name, path, sizeof path);
    if (rc < 0)
        return bench_error_set(err, rc, "cannot find the path of bench itself: %s", strerror(-rc));
    rc = registry->source.list(registry->source.context, path, NULL, &list, err);
    if (rc < 0)
        return rc;
    rc = bench_error_set(err, -ENOEXEC, "%s: holds no %s '%s'", path, module_kind_word(module->kind),
                         module->name);
    for (size_t i = 0; i < list.count; i++) {
        if (list.modules[i].kind == module->kind && strcmp(list.modules[i].name, module->name) == 0) {
            *module = list.modules[i];
            rc = 0;
        }
    }
    keep_list(registry, &list);
    return rc;
}

void registry_complete_own(struct registry *registry)
{
    struct module_list list = {0};
    struct bench_error why = {0};
    if (registry->source.list(registry->source.context, NULL, NULL, &list, &why) < 0)
        return;
    for (size_t i = 0; i < list.count; i++) {
        struct module_info *module = find(registry, list.modules[i].kind, list.modules[i].name);
        if (module && !module->file && !module->summary && !module->missing)
            *module = list.modules[i];
    }
    keep_list(registry, &list);
}

/* ---- other runtimes ---- */

static void find_runtimes(struct registry *registry)
{
    struct bench_error why = {0};
    if (registry->runtimes_known)
        return;
    registry->runtimes_known = true;
    if (registry->source.runtimes &&
        registry->source.runtimes(registry->source.context, &registry->runtimes,
                                  &registry->runtimes_count, &why) < 0)
        warn(registry, why.message);
    registry->of_runtimes = mem_zero(registry->runtimes_count, sizeof *registry->of_runtimes);
}

const struct runtime *registry_runtimes(struct registry *registry, size_t *count)
{
    find_runtimes(registry);
    *count = registry->runtimes_count;
    return registry->runtimes;
}

const struct runtime *registry_runtime(struct registry *registry, const char *name)
{
    find_runtimes(registry);
    for (size_t i = 0; i < registry->runtimes_count; i++) {
        if (strcmp(registry->runtimes[i].name, name) == 0)
            return &registry->runtimes[i];
    }
    return NULL;
}

const struct module_list *registry_modules_of(struct registry *registry, const struct runtime *runtime,
                                              struct bench_error *err)
{
    struct module_list *list = &registry->of_runtimes[runtime - registry->runtimes];
    if (!list->modules && registry->source.list(registry->source.context, NULL, runtime, list, err) < 0)
        return NULL;
    return list;
}

/* ---- by name ---- */

static int refuse_name(const struct registry *registry, enum module_kind kind, const char *name,
                       struct bench_error *err)
{
    const char **names = mem_zero(registry->size, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < registry->size; i++) {
        if (registry->modules[i]->kind == kind)
            names[count++] = registry->modules[i]->name;
    }
    const char *nearest = text_nearest(name, names, count);
    free(names);
    if (nearest)
        return bench_error_set(err, -ENOENT, "no %s '%s'; did you mean '%s'? (bench list)",
                               module_kind_word(kind), name, nearest);
    return bench_error_set(err, -ENOENT, "no %s '%s' (bench list shows what there is)",
                           module_kind_word(kind), name);
}

static const struct module_info *find_of_runtime(struct registry *registry,
                                                 const struct runtime *runtime, enum module_kind kind,
                                                 const char *name, struct bench_error *err)
{
    const struct module_list *list = registry_modules_of(registry, runtime, err);
    for (size_t i = 0; list && i < list->count; i++) {
        if (list->modules[i].kind == kind && strcmp(list->modules[i].name, name) == 0)
            return &list->modules[i];
    }
    if (list)
        bench_error_set(err, -ENOENT, "%s has no %s '%s' (bench list shows what there is)",
                        runtime->name, module_kind_word(kind), name);
    return NULL;
}

const struct module_info *registry_find(struct registry *registry, const struct runtime *runtime,
                                        enum module_kind kind, const char *name, struct bench_error *err)
{
    if (runtime)
        return find_of_runtime(registry, runtime, kind, name, err);
    struct module_info *module = find(registry, kind, name);
    if (!module) {
        refuse_name(registry, kind, name, err);
        return NULL;
    }
    if (complete(registry, module, err) < 0)
        return NULL;
    if (!module->missing)
        return module;
    bench_error_set(err, -ENOTSUP, "%s '%s' %s", module_kind_word(kind), name, module->missing);
    return NULL;
}

size_t registry_count(const struct registry *registry)
{
    return registry->size;
}

const struct module_info *registry_peek(const struct registry *registry, size_t index)
{
    return registry->modules[index];
}

const struct module_info *registry_module(struct registry *registry, size_t index)
{
    struct module_info *module = registry->modules[index];
    struct bench_error why = {0};
    if (complete(registry, module, &why) < 0)
        module->missing = keep_file(registry, mem_text(why.message));
    return module;
}

/* ---- from open to close ---- */

int registry_open(struct registry **out, const struct module_source *source, const char *const *plugins,
                  size_t count, struct bench_error *err)
{
    struct registry *registry = mem_zero(1, sizeof *registry);
    const char *folders = getenv("BENCH_PLUGIN_PATH");
    int rc = 0;
    registry->source = *source;
    add_own(registry);
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = add_plugin(registry, plugins[i], err);
    if (rc == 0 && folders)
        rc = add_path(registry, folders, err);
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
    for (size_t i = 0; i < registry->runtimes_count; i++) {
        module_list_free(&registry->of_runtimes[i]);
        runtime_free(&registry->runtimes[i]);
    }
    for (size_t i = 0; i < registry->lists_size; i++)
        module_list_free(&registry->lists[i]);
    for (size_t i = 0; i < registry->files_size; i++)
        free(registry->files[i]);
    for (size_t i = 0; i < registry->size; i++)
        free(registry->modules[i]);
    free(registry->of_runtimes);
    free(registry->runtimes);
    free(registry->lists);
    free(registry->files);
    free(registry->modules);
    free(registry);
}
