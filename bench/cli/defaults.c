/* The defaults of workloads' parameters, as a page asks for them. */
#include "cli/defaults.h"

#include "base/memory.h"
#include "modules/param_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* For free(); NULL: not known. */
static char *read_defaults(const struct registry *registry, const char *workload)
{
    for (size_t i = 0; registry && i < registry_count(registry); i++) {
        const struct module_info *module = registry_peek(registry, i);
        struct param_set set;
        if (module->kind != MODULE_WORKLOAD || !module->params || strcmp(module->name, workload) != 0)
            continue;
        param_set_init(&set, module->params);
        char *text = param_set_format(&set, NULL);
        param_set_free(&set);
        return text;
    }
    return NULL;
}

static const char *defaults_of(void *context, const char *workload)
{
    struct defaults *defaults = context;
    for (size_t i = 0; i < defaults->size; i++) {
        if (strcmp(defaults->texts[i].workload, workload) == 0)
            return defaults->texts[i].text;
    }
    char *text = read_defaults(defaults->registry, workload);
    defaults->texts =
        mem_grow(defaults->texts, defaults->size, &defaults->capacity, sizeof *defaults->texts);
    defaults->texts[defaults->size++] = (struct default_text){mem_text(workload), text};
    return text;
}

/* Results are read without asking what others wrote, and without starting anything. */
static int list_nothing(void *context, const char *file, const struct runtime *runtime,
                        struct module_list *list, struct bench_error *err)
{
    (void)context;
    (void)runtime;
    (void)list;
    return bench_error_set(err, -ENOTSUP, "%s: is not asked", file ? file : "a runner");
}

void defaults_open(struct defaults *defaults, struct registry *registry)
{
    static const struct module_source nobody = {.list = list_nothing};
    struct bench_error ignored = {0};
    *defaults = (struct defaults){.known = {defaults_of, defaults}, .registry = registry};
    if (registry)
        return;
    defaults->is_own = registry_open(&defaults->registry, &nobody, NULL, 0, &ignored) == 0;
    if (!defaults->is_own)
        defaults->registry = NULL;
}

void defaults_close(struct defaults *defaults)
{
    for (size_t i = 0; i < defaults->size; i++) {
        free(defaults->texts[i].workload);
        free(defaults->texts[i].text);
    }
    free(defaults->texts);
    if (defaults->is_own)
        registry_close(defaults->registry);
    *defaults = (struct defaults){0};
}
