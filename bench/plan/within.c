/* The parameters of the executor within ranks. See within.h. */
#include "plan/within.h"

#include "base/memory.h"
#include "base/text.h"
#include "modules/ranks_module.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MOST = 64 };

/* A name that nothing has is the user's mistake; one that was not built makes rows that say so. */
static int find_within(struct variant *variant, struct registry *registry, struct bench_error *err)
{
    struct bench_error why = {0};
    const struct ranks_params params = {
        .threads = strtoll(param_set_get(&variant->params, "threads"), NULL, 10),
        .within = param_set_get(&variant->params, "within")};
    const struct module_info *module =
        registry_find(registry, NULL, MODULE_EXECUTOR, ranks_within(&params), &why);
    if (!module && why.code == -ENOTSUP && !variant->unsupported) {
        variant->unsupported = mem_format("within: %s", why.message);
        return 0;
    }
    if (!module)
        return bench_error_set(err, -EINVAL, "--set: %s: within: %s", RANKS_EXECUTOR, why.message);
    if (module == variant->module)
        return bench_error_set(err, -EINVAL,
                               "--set: %s: within=%s: within a rank there are no ranks, but an executor "
                               "such as pthread",
                               RANKS_EXECUTOR, module->name);
    variant->within = module;
    param_set_free(&variant->within_params); /* a copy of none */
    param_set_init(&variant->within_params, module->params);
    return 0;
}

static int refuse(const struct variants *variants, const struct setting *setting,
                  struct bench_error *err)
{
    const char *names[NAMES_MOST], *within = NULL;
    size_t count = 0;
    for (size_t v = 0; v < variants->count; v++) {
        const struct bench_param *entry = variants->list[v]->within_params.table;
        within = variants->list[v]->within ? variants->list[v]->within->name : within;
        for (; entry && entry->name && count < NAMES_MOST; entry++)
            names[count++] = entry->name;
    }
    const char *nearest = text_nearest(setting->name, names, count);
    return bench_error_set(err, -EINVAL, "--set: no parameter '%s' of %s, which runs within %s%s%s%s",
                           setting->name, within ? within : "what", RANKS_EXECUTOR,
                           nearest ? "; did you mean '" : "", nearest ? nearest : "",
                           nearest ? "'?"
                           : count ? ""
                                   : ": it has none");
}

static bool has(const struct variants *variants, const char *name)
{
    for (size_t v = 0; v < variants->count; v++) {
        if (param_find(variants->list[v]->within_params.table, name))
            return true;
    }
    return false;
}

int within_sweep(struct variants *variants, struct registry *registry, struct settings *settings,
                 struct bench_error *err)
{
    static const char of_within[] = RANKS_EXECUTOR "." WITHIN_PREFIX;
    int rc = 0;
    for (size_t v = 0; rc == 0 && v < variants->count; v++)
        rc = find_within(variants->list[v], registry, err);
    for (size_t i = 0; rc == 0 && i < settings->count; i++) {
        struct setting *setting = &settings->list[i];
        if (!setting->module || strcmp(setting->module, of_within) != 0)
            continue;
        rc = has(variants, setting->name) ? variants_sweep(variants, setting, VARIANT_WITHIN, true, err)
                                          : refuse(variants, setting, err);
        setting->used = true;
    }
    for (size_t v = 0; rc == 0 && v < variants->count; v++)
        variant_finish(variants->list[v]);
    return rc;
}
