/* The defaults of workloads' parameters, as a page asks for them. */
#include "cli/defaults.h"

#include "base/memory.h"
#include "modules/param_set.h"

#include <stdlib.h>
#include <string.h>

/* The caller frees it; NULL: not known. */
static char *read_defaults(const struct defaults *defaults, const char *workload)
{
    struct registry *registry = defaults->registry;
    for (size_t i = 0; registry && i < registry_count(registry); i++) {
        const struct module_info *module = registry_peek(registry, i);
        struct param_set set;
        if (module->kind != MODULE_WORKLOAD || strcmp(module->name, workload) != 0)
            continue;
        if (defaults->is_own)
            module = registry_module(registry, i);
        if (!module->params)
            return NULL;
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
    char *text = read_defaults(defaults, workload);
    defaults->texts =
        mem_grow(defaults->texts, defaults->size, &defaults->capacity, sizeof *defaults->texts);
    defaults->texts[defaults->size++] = (struct default_text){mem_text(workload), text};
    return text;
}

void defaults_open(struct defaults *defaults, struct registry *registry)
{
    struct bench_error ignored = {0};
    *defaults = (struct defaults){
        .known = {defaults_of, defaults}, .registry = registry, .asker = {.kept_only = true}};
    if (registry)
        return;
    const struct module_source source = module_ask_source(&defaults->asker);
    defaults->is_own = registry_open(&defaults->registry, &source, NULL, 0, &ignored) == 0;
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
