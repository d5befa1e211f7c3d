/* Names in options to modules. */
#include "plan/names.h"

#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What is looked for. */
struct search {
    struct registry *registry;
    struct named_list *named;
    enum module_kind kind;
    const char *option;
    const struct runtime *home;
};

void named_list_free(struct named_list *named)
{
    free(named->list);
    *named = (struct named_list){0};
}

static void add(struct named_list *named, const struct module_info *module,
                const struct runtime *runtime, bool exact)
{
    for (size_t i = 0; i < named->count; i++) {
        if (named->list[i].module == module)
            return;
    }
    named->list = mem_grow(named->list, named->count, &named->capacity, sizeof *named->list);
    named->list[named->count++] = (struct named){module, runtime, exact};
}

static bool needs_to_be_told(const struct module_info *module)
{
    for (const struct bench_param *entry = module->params; entry && entry->name; entry++) {
        if (!entry->initial)
            return true;
    }
    return false;
}

static void add_own(const struct search *search)
{
    for (size_t i = 0; i < registry_count(search->registry); i++) {
        if (registry_peek(search->registry, i)->kind != search->kind)
            continue;
        const struct module_info *module = registry_module(search->registry, i);
        if (!module->missing && !(module->flags & MODULE_ON_REQUEST) && !needs_to_be_told(module))
            add(search->named, module, NULL, false);
    }
}

static int add_of(const struct search *search, const struct runtime *runtime, struct bench_error *err)
{
    const struct module_list *list = registry_modules_of(search->registry, runtime, err);
    if (!list)
        return -ENOENT;
    for (size_t i = 0; i < list->count; i++) {
        const struct module_info *module = &list->modules[i];
        if (module->kind == search->kind && !(module->flags & MODULE_ON_REQUEST) &&
            !needs_to_be_told(module))
            add(search->named, module, runtime, true);
    }
    return 0;
}

static int add_all(const struct search *search, const struct runtime *runtime, struct bench_error *err)
{
    if (runtime)
        return add_of(search, runtime, err);
    add_own(search);
    return 0;
}

/* "R.name" */
static int add_qualified(const struct search *search, const char *name, const char *dot,
                         struct bench_error *err)
{
    size_t count;
    char *prefix = mem_text_part(name, (size_t)(dot - name));
    const struct runtime *runtime = registry_runtime(search->registry, prefix);
    free(prefix);
    if (!runtime) {
        const struct runtime *first = registry_runtimes(search->registry, &count);
        return bench_error_set(
            err, -ENOENT, "no runtime '%.*s'%s%s%s (bench list)", (int)(dot - name), name,
            count ? "; there is '" : "; none is installed; cpython is in the package bench-python",
            count ? first->name : "", count ? "'" : "");
    }
    if (strcmp(dot + 1, "all") == 0)
        return add_of(search, runtime, err);
    const struct module_info *module =
        registry_find(search->registry, runtime, search->kind, dot + 1, err);
    if (!module)
        return -ENOENT;
    add(search->named, module, runtime, true);
    return 0;
}

/* A bare name that bench has not: of the only runtime that has it. 1: none has. */
static int add_foreign(const struct search *search, const char *name, struct bench_error *err)
{
    size_t count;
    const struct runtime *runtimes = registry_runtimes(search->registry, &count), *found = NULL;
    const struct module_info *module = NULL;
    for (size_t i = 0; i < count; i++) {
        struct bench_error why = {0};
        const struct module_info *one =
            registry_find(search->registry, &runtimes[i], search->kind, name, &why);
        if (one && module)
            return bench_error_set(err, -EINVAL, "both %s and %s have '%s': write %s.%s or %s.%s", name,
                                   found->name, runtimes[i].name, found->name, name, runtimes[i].name,
                                   name);
        if (one) {
            found = &runtimes[i];
            module = one;
        }
    }
    if (module)
        add(search->named, module, found, false);
    return module ? 0 : 1;
}

static int add_bare(const struct search *search, const char *name, struct bench_error *err)
{
    const struct module_info *module = NULL;
    struct bench_error why = {0};
    if (search->home)
        module = registry_find(search->registry, search->home, search->kind, name, &why);
    if (module) {
        add(search->named, module, search->home, false);
        return 0;
    }
    int rc = registry_has(search->registry, search->kind, name) ? 1 : add_foreign(search, name, err);
    if (rc <= 0)
        return rc;
    module = registry_find(search->registry, NULL, search->kind, name, err);
    if (!module)
        return err->code ? err->code : -ENOENT;
    add(search->named, module, NULL, false);
    return 0;
}

static int add_name(const struct search *search, const char *name, struct bench_error *err)
{
    const char *dot = strchr(name, '.');
    if (strcmp(name, "all") == 0)
        return add_all(search, search->home, err);
    return dot ? add_qualified(search, name, dot, err) : add_bare(search, name, err);
}

static int add_list(const struct search *search, const char *list, struct bench_error *err)
{
    char **names = text_split(list);
    int rc = 0;
    if (!names)
        memory_exhausted();
    for (size_t i = 0; rc == 0 && names[i]; i++) {
        struct bench_error why = {0};
        rc = add_name(search, names[i], &why);
        if (rc < 0)
            bench_error_set(err, rc, "%s: %s", search->option, why.message);
    }
    free(names);
    return rc;
}

int names_workloads(struct named_list *named, struct registry *registry, const char *list,
                    struct bench_error *err)
{
    const struct search search = {
        .registry = registry, .named = named, .kind = MODULE_WORKLOAD, .option = "--workload"};
    return add_list(&search, list, err);
}

int names_executors(struct named_list *named, struct registry *registry, const char *list,
                    const struct runtime *home, struct bench_error *err)
{
    const struct search search = {.registry = registry,
                                  .named = named,
                                  .kind = MODULE_EXECUTOR,
                                  .option = "--executor",
                                  .home = home};
    return add_list(&search, list ? list : "all", err);
}
