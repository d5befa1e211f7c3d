#include "plan/plan.h"

#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One -s, taken apart. */
struct setting {
    char *text;         /* the storage */
    const char *module; /* NULL: of whichever module has it */
    const char *name;
    char **values;
    bool of_workload; /* a chosen workload has it: executors are left out, unless named */
    bool used;
};

struct settings {
    struct setting *list;
    size_t count;
};

/* A module's parameter sets: one for each combination of swept values. */
struct variants {
    struct params *list;
    size_t count;
};

static int out_of_memory(struct bench_error *err)
{
    return bench_error_set(err, -ENOMEM, "out of memory");
}

static int setting_parse(struct setting *setting, const char *text, struct bench_error *err)
{
    setting->text = strdup(text);
    if (!setting->text)
        return out_of_memory(err);
    char *equals = strchr(setting->text, '=');
    if (!equals || equals == setting->text)
        return bench_error_set(
            err, -EINVAL, "--set: '%s' must be NAME=VALUE or MODULE.NAME=VALUE, such as radius=4", text);
    *equals = '\0';
    char *dot = strchr(setting->text, '.');
    if (dot)
        *dot = '\0';
    setting->module = dot ? setting->text : NULL;
    setting->name = dot ? dot + 1 : setting->text;
    setting->values = text_split(equals + 1);
    return setting->values ? 0 : out_of_memory(err);
}

static void settings_free(struct settings *settings)
{
    for (size_t i = 0; i < settings->count; i++) {
        free(settings->list[i].text);
        free(settings->list[i].values);
    }
    free(settings->list);
}

static int settings_parse(struct settings *settings, const struct plan_request *request,
                          struct bench_error *err)
{
    *settings = (struct settings){.list = calloc(request->settings_count + 1, sizeof *settings->list)};
    if (!settings->list)
        return out_of_memory(err);
    for (size_t i = 0; i < request->settings_count; i++) {
        settings->count++;
        int rc = setting_parse(&settings->list[i], request->settings[i], err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static void variants_free(struct variants *variants)
{
    for (size_t i = 0; i < variants->count; i++)
        params_free(&variants->list[i]);
    free(variants->list);
    *variants = (struct variants){0};
}

/* Replace each variant by one for each value of the setting. */
static int variants_sweep(struct variants *variants, const char *module, const struct setting *setting,
                          struct bench_error *err)
{
    size_t values = 0;
    while (setting->values[values])
        values++;
    struct variants swept = {.list = calloc(variants->count * values, sizeof *swept.list)};
    if (!swept.list)
        return out_of_memory(err);
    for (size_t i = 0; i < variants->count * values; i++) {
        struct bench_error why = {0};
        int rc = params_copy(&swept.list[i], &variants->list[i / values], &why);
        swept.count += rc == 0;
        if (rc == 0)
            rc = params_set(&swept.list[i], setting->name, setting->values[i % values], &why);
        if (rc < 0) {
            variants_free(&swept);
            return bench_error_set(err, rc, "--set: %s: %s", module, why.message);
        }
    }
    variants_free(variants);
    *variants = swept;
    return 0;
}

static int variants_make(struct variants *variants, enum module_kind kind, const char *module,
                         const struct bench_param *table, size_t size, struct settings *settings,
                         struct bench_error *err)
{
    struct bench_error why = {0};
    *variants = (struct variants){.list = calloc(1, sizeof *variants->list)};
    if (!variants->list)
        return out_of_memory(err);
    int rc = params_init(&variants->list[0], table, size, &why);
    if (rc < 0) {
        variants_free(variants);
        return bench_error_set(err, rc, "%s: a default of its own table is wrong: %s", module,
                               why.message);
    }
    variants->count = 1;
    for (size_t i = 0; rc == 0 && i < settings->count; i++) {
        struct setting *setting = &settings->list[i];
        if (setting->module && strcmp(setting->module, module) != 0)
            continue;
        if (!params_find(table, setting->name))
            continue;
        if (kind == MODULE_EXECUTOR && setting->of_workload && !setting->module)
            continue;
        setting->used = true;
        rc = variants_sweep(variants, module, setting, err);
    }
    if (rc < 0)
        variants_free(variants);
    return rc;
}

/* The chosen modules of one kind. */
struct chosen {
    const void **modules;
    size_t count;
};

static const void *module_of(struct registry *registry, enum module_kind kind, const char *name,
                             struct bench_error *err)
{
    if (kind == MODULE_WORKLOAD)
        return registry_workload(registry, name, err);
    return registry_executor(registry, name, err);
}

static void chosen_add(struct chosen *chosen, const void *module)
{
    for (size_t i = 0; i < chosen->count; i++) {
        if (chosen->modules[i] == module)
            return;
    }
    chosen->modules[chosen->count++] = module;
}

static int choose(struct chosen *chosen, struct registry *registry, enum module_kind kind,
                  const char *option, const char *list, struct bench_error *err)
{
    char **names = text_split(list);
    size_t room = registry_count(registry);
    chosen->modules = calloc(room + 1, sizeof *chosen->modules);
    int rc = names && chosen->modules ? 0 : out_of_memory(err);
    for (size_t i = 0; rc == 0 && names[i]; i++) {
        bool all = strcmp(names[i], "all") == 0;
        for (size_t m = 0; all && m < room; m++) {
            const struct module *module = registry_peek(registry, m);
            if (module->kind == kind && !registry_module(registry, m)->missing)
                chosen_add(chosen, module_of(registry, kind, registry_peek(registry, m)->name, NULL));
        }
        if (all)
            continue;
        struct bench_error why = {0};
        const void *module = module_of(registry, kind, names[i], &why);
        if (module)
            chosen_add(chosen, module);
        else
            rc = bench_error_set(err, why.code, "%s: %s", option, why.message);
    }
    free(names);
    return rc;
}

/* A setting that no chosen module took: say what was probably meant. */
static int refuse_unused(const struct setting *setting, const struct chosen *workloads,
                         const struct chosen *executors, struct bench_error *err)
{
    const char *names[256];
    size_t count = 0;
    bool module_chosen = false;
    for (size_t i = 0; i < workloads->count + executors->count; i++) {
        const struct bench_workload *workload = i < workloads->count ? workloads->modules[i] : NULL;
        const struct bench_executor *executor =
            workload ? NULL : executors->modules[i - workloads->count];
        const char *name = workload ? workload->name : executor->name;
        const struct bench_param *table = workload ? workload->params : executor->params;
        if (setting->module && strcmp(name, setting->module) != 0)
            continue;
        module_chosen = true;
        for (; table && table->name && count < 256; table++)
            names[count++] = table->name;
    }
    if (!module_chosen)
        return bench_error_set(err, -EINVAL,
                               "--set %s.%s: '%s' is not among the chosen workloads and executors",
                               setting->module, setting->name, setting->module);
    const char *of = setting->module ? setting->module : "any chosen workload or executor";
    const char *nearest = text_nearest(setting->name, names, count);
    return bench_error_set(
        err, -EINVAL, "--set: no parameter '%s' of %s%s%s%s (bench list NAME shows them)", setting->name,
        of, nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

static char *all_params(const struct params *workload_params, const char *executor,
                        const struct params *executor_params)
{
    char *own = params_format(workload_params, false);
    struct text text = {0};
    text_add(&text, "%s", own ? own : "");
    text.failed = text.failed || !own;
    free(own);
    for (size_t i = 0; i < executor_params->count; i++) {
        const struct bench_param *entry = &executor_params->table[i];
        char *value = params_value(executor_params, entry);
        text_add(&text, "%s%s.%s=", text.length ? " " : "", executor, entry->name);
        if (value && value[0])
            text_add_word(&text, value);
        text.failed = text.failed || !value;
        free(value);
    }
    if (!text.failed)
        return text.text;
    free(text.text);
    return NULL;
}

void plan_case_free(struct plan_case *one)
{
    params_free(&one->workload_params);
    params_free(&one->executor_params);
    free(one->params);
    one->params = NULL;
}

/* Its parameters as the CSV has them. */
static int case_describe(struct plan_case *one, struct bench_error *err)
{
    free(one->params);
    one->params = all_params(&one->workload_params, one->executor->name, &one->executor_params);
    return one->params ? 0 : out_of_memory(err);
}

/* Like another, with these parameters. */
static int case_make(struct plan_case *one, const struct plan_case *like,
                     const struct params *workload_params, const struct params *executor_params,
                     struct bench_error *err)
{
    *one = *like;
    one->workload_params = one->executor_params = (struct params){0};
    one->params = NULL;
    int rc = params_copy(&one->workload_params, workload_params, err);
    if (rc == 0)
        rc = params_copy(&one->executor_params, executor_params, err);
    if (rc == 0)
        rc = case_describe(one, err);
    if (rc < 0)
        plan_case_free(one);
    return rc;
}

int plan_case_copy(struct plan_case *to, const struct plan_case *from, struct bench_error *err)
{
    return case_make(to, from, &from->workload_params, &from->executor_params, err);
}

int plan_case_set(struct plan_case *one, const char *name, const char *value, struct bench_error *err)
{
    int rc = params_set(&one->workload_params, name, value, err);
    return rc == 0 ? case_describe(one, err) : rc;
}

static int case_add(struct plan *plan, const struct plan_case *like,
                    const struct params *workload_params, const struct params *executor_params,
                    struct bench_error *err)
{
    struct plan_case *grown = realloc(plan->cases, (plan->count + 1) * sizeof *grown);
    if (!grown)
        return out_of_memory(err);
    plan->cases = grown;
    int rc = case_make(&plan->cases[plan->count], like, workload_params, executor_params, err);
    plan->count += rc == 0;
    return rc;
}

/* workers x inflight of one workload variant under one executor variant; what it has no use for, once.
 */
static int add_sizes(struct plan *plan, struct plan_case *like, const struct plan_request *request,
                     const struct params *workload_params, const struct params *executor_params,
                     struct bench_error *err)
{
    static uint32_t one = 1;
    struct number_list once = {.numbers = &one, .count = 1};
    const struct number_list *workers =
        like->executor->flags & BENCH_ONE_WORKER ? &once : &request->workers;
    const struct number_list *inflight =
        like->executor->flags & BENCH_HAS_LANES ? &request->inflight : &once;
    for (size_t w = 0; w < workers->count; w++) {
        for (size_t i = 0; i < inflight->count; i++) {
            like->shape.workers = workers->numbers[w];
            like->shape.inflight = inflight->numbers[i];
            int rc = case_add(plan, like, workload_params, executor_params, err);
            if (rc < 0)
                return rc;
        }
    }
    return 0;
}

static int add_workload(struct plan *plan, const struct bench_workload *workload,
                        const struct chosen *executors, const struct variants *of_executors,
                        struct settings *settings, const struct plan_request *request,
                        struct bench_error *err)
{
    struct variants variants;
    struct plan_case like = {.workload = workload, .shape = request->shape};
    int rc = variants_make(&variants, MODULE_WORKLOAD, workload->name, workload->params,
                           workload->params_size, settings, err);
    for (size_t v = 0; rc == 0 && v < variants.count; v++) {
        for (size_t x = 0; rc == 0 && x < executors->count; x++) {
            like.executor = executors->modules[x];
            for (size_t e = 0; rc == 0 && e < of_executors[x].count; e++)
                rc = add_sizes(plan, &like, request, &variants.list[v], &of_executors[x].list[e], err);
        }
    }
    variants_free(&variants);
    return rc;
}

/* mixed has a parameter `wait`, and omp another: without a module's name it is the workload's. */
static void find_owners(struct settings *settings, const struct chosen *workloads)
{
    for (size_t i = 0; i < settings->count; i++) {
        for (size_t w = 0; w < workloads->count; w++) {
            const struct bench_workload *workload = workloads->modules[w];
            struct setting *setting = &settings->list[i];
            setting->of_workload |= params_find(workload->params, setting->name) != NULL;
        }
    }
}

static int fill(struct plan *plan, const struct chosen *workloads, const struct chosen *executors,
                struct settings *settings, const struct plan_request *request, struct bench_error *err)
{
    struct variants *of_executors = calloc(executors->count + 1, sizeof *of_executors);
    int rc = of_executors ? 0 : out_of_memory(err);
    find_owners(settings, workloads);
    for (size_t x = 0; rc == 0 && x < executors->count; x++) {
        const struct bench_executor *executor = executors->modules[x];
        rc = variants_make(&of_executors[x], MODULE_EXECUTOR, executor->name, executor->params,
                           executor->params_size, settings, err);
    }
    for (size_t w = 0; rc == 0 && w < workloads->count; w++)
        rc = add_workload(plan, workloads->modules[w], executors, of_executors, settings, request, err);
    for (size_t x = 0; of_executors && x < executors->count; x++)
        variants_free(&of_executors[x]);
    free(of_executors);
    for (size_t i = 0; rc == 0 && i < settings->count; i++) {
        if (!settings->list[i].used)
            rc = refuse_unused(&settings->list[i], workloads, executors, err);
    }
    return rc;
}

int plan_make(struct plan *plan, struct registry *registry, const struct plan_request *request,
              struct bench_error *err)
{
    struct chosen workloads = {0}, executors = {0};
    struct settings settings;
    *plan = (struct plan){0};
    int rc = settings_parse(&settings, request, err);
    if (rc == 0)
        rc = choose(&workloads, registry, MODULE_WORKLOAD, "--workload", request->workloads, err);
    if (rc == 0)
        rc = choose(&executors, registry, MODULE_EXECUTOR, "--executor", request->executors, err);
    if (rc == 0)
        rc = fill(plan, &workloads, &executors, &settings, request, err);
    if (rc < 0)
        plan_free(plan);
    settings_free(&settings);
    free(workloads.modules);
    free(executors.modules);
    return rc;
}

void plan_free(struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        plan_case_free(&plan->cases[i]);
    free(plan->cases);
    *plan = (struct plan){0};
}

int plan_case_name(char *text, size_t size, const struct plan_case *one)
{
    char lanes[32] = "";
    if (one->shape.inflight > 1)
        snprintf(lanes, sizeof lanes, ", %" PRId64 " in flight", one->shape.inflight);
    return snprintf(text, size, "%s under %s, %" PRId64 " worker%s%s", one->workload->name,
                    one->executor->name, one->shape.workers, one->shape.workers == 1 ? "" : "s", lanes);
}
