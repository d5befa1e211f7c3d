/* Modules with their parameters at certain values. */
#include "plan/variant.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

void variant_free(struct variant *variant)
{
    if (!variant)
        return;
    param_set_free(&variant->params);
    param_set_free(&variant->runner_params);
    param_set_free(&variant->within_params);
    if (variant->learnt)
        param_set_free(variant->learnt);
    free(variant->learnt);
    text_free_all(variant->command);
    text_free_all(variant->environment);
    free(variant->version);
    free(variant->error);
    free(variant->unsupported);
    free(variant->text);
    free(variant);
}

void variants_free(struct variants *variants)
{
    for (size_t i = 0; i < variants->count; i++)
        variant_free(variants->list[i]);
    free(variants->list);
    *variants = (struct variants){0};
}

/* But for what is made of the parameters (variant_finish). */
static struct variant *variant_copy(const struct variant *from)
{
    struct variant *variant = mem_zero(1, sizeof *variant);
    variant->module = from->module;
    variant->runtime = from->runtime;
    param_set_copy(&variant->params, &from->params);
    param_set_copy(&variant->runner_params, &from->runner_params);
    variant->within = from->within;
    param_set_copy(&variant->within_params, &from->within_params);
    variant->unsupported = mem_text(from->unsupported);
    variant->split = from->split;
    return variant;
}

/* ---- what is made of the parameters ---- */

/* A word of the command, each {NAME} replaced by the parameter's value. */
static char *command_word(const char *word, const struct param_set *params)
{
    struct text text = {0};
    text_add(&text, "%s", "");
    for (const struct bench_param *entry; *word;) {
        const char *end = word[0] == '{' ? strchr(word, '}') : NULL;
        char *name = end ? mem_text_part(word + 1, (size_t)(end - word - 1)) : NULL;
        entry = name ? param_find(params->table, name) : NULL;
        free(name);
        if (entry) {
            text_add(&text, "%s", param_set_get(params, entry->name));
            word = end + 1;
        } else {
            text_add(&text, "%c", *word++);
        }
    }
    return text.text;
}

char **runtime_command(const struct runtime *runtime, const struct param_set *params)
{
    size_t count = 0, words = 0;
    while (runtime->command[count])
        count++;
    char **command = mem_zero(count + 1, sizeof *command);
    for (size_t i = 0; i < count; i++) {
        char *word = command_word(runtime->command[i], params);
        if (word[0])
            command[words++] = word;
        else
            free(word);
    }
    return command;
}

static void add_text(struct text *all, char *part)
{
    text_add(all, "%s%s", all->length && part[0] ? " " : "", part);
    free(part);
}

void variant_finish(struct variant *variant)
{
    bool runs = variant->module->kind == MODULE_EXECUTOR && variant->runtime;
    struct text all = {0};
    if (runs)
        add_text(&all, param_set_format(&variant->runner_params, variant->runtime->name));
    add_text(&all, param_set_format(&variant->params, NULL));
    if (variant->within)
        add_text(&all, param_set_format(&variant->within_params, WITHIN_PREFIX));
    free(variant->text);
    variant->text = all.text;
    if (runs && !variant->command)
        variant->command = runtime_command(variant->runtime, &variant->runner_params);
}

/* ---- sweeps ---- */

static struct param_set *set_of(struct variant *variant, enum variant_params which)
{
    return which == VARIANT_RUNNER   ? &variant->runner_params
           : which == VARIANT_WITHIN ? &variant->within_params
                                     : &variant->params;
}

static const char *owner_of(const struct variant *variant, enum variant_params which)
{
    return which == VARIANT_RUNNER   ? variant->runtime->name
           : which == VARIANT_WITHIN ? variant->within->name
                                     : variant->module->name;
}

/* Give one value; what an away runtime refuses makes the variant unsupported. */
static int give(struct variant *variant, const struct setting *setting, const char *value,
                enum variant_params which, bool at_home, struct bench_error *err)
{
    struct bench_error why = {0};
    struct param_set *params = set_of(variant, which);
    int rc = param_set_value(params, setting->name, value, &why);
    const struct bench_param *entry = param_find(params->table, setting->name);
    if (entry && entry->type == BENCH_PARAM_TEXT && setting->values[1])
        variant->split = entry->name;
    if (rc < 0 && at_home)
        return bench_error_set(err, rc, "--set: %s: %s", owner_of(variant, which), why.message);
    if (rc < 0 && !variant->unsupported)
        variant->unsupported =
            mem_format("%s of %s: %s", variant->module->name,
                       variant->runtime ? variant->runtime->name : "bench itself", why.message);
    return 0;
}

/* Of executors within ranks, one may have the parameter and another not. */
static bool takes(const struct variant *variant, const struct setting *setting,
                  enum variant_params which)
{
    return which != VARIANT_WITHIN || param_find(variant->within_params.table, setting->name);
}

int variants_sweep(struct variants *variants, const struct setting *setting, enum variant_params which,
                   bool at_home, struct bench_error *err)
{
    size_t values = 0;
    int rc = 0;
    while (setting->values[values])
        values++;
    struct variants swept = {.list = mem_zero(variants->count * values, sizeof *swept.list)};
    for (size_t v = 0; v < variants->count; v++) {
        bool is_taken = takes(variants->list[v], setting, which);
        for (size_t i = 0; rc == 0 && i < (is_taken ? values : 1); i++) {
            struct variant *variant = variant_copy(variants->list[v]);
            swept.list[swept.count++] = variant;
            if (is_taken)
                rc = give(variant, setting, setting->values[i], which, at_home, err);
        }
    }
    variants_free(variants);
    *variants = swept;
    return rc;
}

static bool is_of_runner(const struct setting *setting, const struct variant *variant)
{
    return variant->runtime && variant->module->kind == MODULE_EXECUTOR && setting->module &&
           strcmp(setting->module, variant->runtime->name) == 0 &&
           param_find(variant->runtime->params, setting->name);
}

/* Does the setting speak of a parameter that the module has or, away from home, should have? */
static bool is_of_module(const struct setting *setting, const struct module_info *module,
                         const struct module_info *home)
{
    if (!setting_names(setting, module))
        return false;
    if (module->kind == MODULE_EXECUTOR && setting->of_workload && !setting->module)
        return false;
    return param_find(module->params, setting->name) ||
           (home && param_find(home->params, setting->name));
}

int variants_make(struct variants *variants, const struct module_info *module,
                  const struct runtime *runtime, const struct module_info *home,
                  struct settings *settings, struct bench_error *err)
{
    struct variant *first = mem_zero(1, sizeof *first);
    int rc = 0;
    first->module = module;
    first->runtime = runtime;
    param_set_init(&first->params, module->params);
    param_set_init(&first->runner_params, runtime ? runtime->params : NULL);
    *variants = (struct variants){.list = mem_alloc(sizeof first), .count = 1};
    variants->list[0] = first;
    for (size_t i = 0; rc == 0 && i < settings->count; i++) {
        struct setting *setting = &settings->list[i];
        bool of_runner = is_of_runner(setting, variants->list[0]);
        if (!of_runner && !is_of_module(setting, module, home))
            continue;
        rc = variants_sweep(variants, setting, of_runner ? VARIANT_RUNNER : VARIANT_OWN,
                            !home || of_runner, err);
        setting->used = true;
    }
    for (size_t i = 0; rc == 0 && i < variants->count; i++)
        variant_finish(variants->list[i]);
    if (rc < 0)
        variants_free(variants);
    return rc;
}

int variant_with(struct variant **with, const struct variant *variant, const char *name,
                 const char *value, struct bench_error *err)
{
    struct variant *copy = variant_copy(variant);
    int rc = param_set_value(&copy->params, name, value, err);
    if (rc < 0) {
        variant_free(copy);
        return rc;
    }
    variant_finish(copy);
    *with = copy;
    return 0;
}

void variant_learn(struct variant *variant, const char *name, const char *value)
{
    const struct bench_param *entry = param_find(variant->params.table, name);
    if (!entry || !param_set_is_default(&variant->params, entry))
        return;
    if (!variant->learnt) {
        variant->learnt = mem_zero(1, sizeof *variant->learnt);
        param_set_copy(variant->learnt, &variant->params);
    }
    struct bench_error ignored; /* what is no value of it is left to the launches themselves */
    param_set_value(variant->learnt, name, value, &ignored);
}
