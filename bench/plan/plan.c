/* The matrix: every workload with its parameters under every executor with its own, in all sizes. */
#include "plan/plan.h"

#include "base/memory.h"
#include "base/text.h"
#include "modules/ranks_module.h"
#include "plan/names.h"
#include "plan/within.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A plan that is being made. */
struct making {
    struct plan *plan;
    struct registry *registry;
    const struct plan_request *request;
    struct settings settings;
    struct named_list workloads;
    struct named_list *executors; /* beside each workload */
};

static const char *keep_text(struct plan *plan, char *text)
{
    plan->texts = mem_grow(plan->texts, plan->texts_count, &plan->texts_capacity, sizeof *plan->texts);
    return plan->texts[plan->texts_count++] = text;
}

/* ---- variants ---- */

static bool is_of_ranks(const struct module_info *module, const struct runtime *runtime)
{
    return !runtime && module->kind == MODULE_EXECUTOR && strcmp(module->name, RANKS_EXECUTOR) == 0;
}

/* The variants of a module, made when first needed; if `home` is given, for that. They
 * are valid until the next call. */
static const struct variants *variants_of(struct making *making, const struct named *named,
                                          const struct module_info *home, struct bench_error *err)
{
    struct plan *plan = making->plan;
    for (size_t i = 0; i < plan->variants_count; i++) {
        if (plan->variants[i].list[0]->module == named->module)
            return &plan->variants[i];
    }
    struct variants made;
    if (variants_make(&made, named->module, named->runtime, home, &making->settings, err) < 0)
        return NULL;
    if (is_of_ranks(named->module, named->runtime) &&
        within_sweep(&made, making->registry, &making->settings, err) < 0) {
        variants_free(&made);
        return NULL;
    }
    plan->variants =
        mem_grow(plan->variants, plan->variants_count, &plan->variants_capacity, sizeof *plan->variants);
    plan->variants[plan->variants_count] = made;
    return &plan->variants[plan->variants_count++];
}

/* mixed has a parameter `wait`, and omp another: without a module's name it is the workload's. */
static void find_owners(struct making *making)
{
    for (size_t i = 0; i < making->settings.count; i++) {
        struct setting *setting = &making->settings.list[i];
        for (size_t w = 0; w < making->workloads.count; w++)
            setting->of_workload |=
                param_find(making->workloads.list[w].module->params, setting->name) != NULL;
    }
}

static int check_told(const struct variants *variants, struct bench_error *err)
{
    for (size_t i = 0; i < variants->count; i++) {
        const struct variant *variant = variants->list[i];
        const struct bench_param *lacking = param_set_lacking(&variant->params);
        if (lacking && !variant->unsupported)
            return bench_error_set(err, -EINVAL, "%s: %s must be given (--set %s=...): %s",
                                   variant->module->name, lacking->name, lacking->name, lacking->help);
    }
    return 0;
}

/* ---- cases ---- */

static int add_case(struct making *making, const struct plan_case *like, struct bench_error *err)
{
    struct plan *plan = making->plan;
    if (plan->count == PLAN_CASES_MAX)
        return bench_error_set(err, -EINVAL,
                               "--workers, --inflight and --set make more than %d cases, too many to "
                               "measure; give shorter lists",
                               PLAN_CASES_MAX);
    plan->cases = mem_grow(plan->cases, plan->count, &plan->capacity, sizeof *plan->cases);
    plan->cases[plan->count++] = *like;
    return 0;
}

/* One size, at each rate. */
static int add_rates(struct making *making, struct plan_case *like, struct bench_error *err)
{
    const struct real_list *rates = &making->request->rates;
    int rc = rates->count == 0 ? add_case(making, like, err) : 0;
    for (size_t i = 0; rc == 0 && i < rates->count; i++) {
        like->shape.rate_per_s = rates->numbers[i];
        like->arrivals_s = making->request->arrivals_s;
        if (plan_case_arrivals(like) > ARRIVALS_MOST)
            return bench_error_set(
                err, -EINVAL,
                "--rate: %g a second for %.3g s are %.3g arrivals a run, and there can be "
                "%.3g; take a lower rate or a shorter --time",
                like->shape.rate_per_s, like->arrivals_s, like->shape.rate_per_s * like->arrivals_s,
                (double)ARRIVALS_MOST);
        rc = add_case(making, like, err);
    }
    return rc;
}

/* workers x inflight of one variant under another; what it has no use for, once. */
static int add_sizes(struct making *making, struct plan_case *like, struct bench_error *err)
{
    static uint32_t one = 1;
    struct number_list once = {.numbers = &one, .count = 1};
    const struct plan_request *request = making->request;
    bool is_ranked = is_of_ranks(like->executor, like->way->runtime) && request->rank_workers.count;
    const struct number_list *workers = like->executor->flags & MODULE_ONE_WORKER ? &once
                                        : is_ranked ? &request->rank_workers
                                                    : &request->workers;
    const struct number_list *inflight =
        like->executor->flags & MODULE_LANES ? &request->inflight : &once;
    int rc = 0;
    for (size_t w = 0; rc == 0 && w < workers->count; w++) {
        for (size_t i = 0; rc == 0 && i < inflight->count; i++) {
            like->shape.workers = workers->numbers[w];
            like->shape.inflight = inflight->numbers[i];
            rc = add_rates(making, like, err);
        }
    }
    return rc;
}

/* Who does one task after the other when asked to has nobody who could wait for arrivals. */
static const char *without_arrivals(const struct making *making, const struct variant *way)
{
    if (making->request->arrives && is_of_ranks(way->module, way->runtime))
        return "ranks cannot wait for arrivals: which rank is free is known to none of them in time; "
               "threads and event loops can (pthread, uring)";
    bool is_serial = way->module->flags & MODULE_ONE_WORKER && !(way->module->flags & MODULE_LANES);
    return making->request->arrives && is_serial
               ? "a serial executor cannot wait for arrivals; one thread can (pthread -j 1)"
               : NULL;
}

static int add_pair(struct making *making, struct variant *work, struct variant *way,
                    const char *unsupported, struct bench_error *err)
{
    struct plan_case like = {
        .workload = work->module,
        .executor = way->module,
        .work = work,
        .way = way,
        .params = work->text,
        .executor_params = way->text,
        .unsupported = unsupported         ? unsupported
                       : work->unsupported ? work->unsupported
                                           : without_arrivals(making, way),
        .shape = making->request->shape,
    };
    return add_sizes(making, &like, err);
}

/*
 * The workload as an executor's runtime has it: a name means the same work everywhere. Where it has
 * none, it is left as it is, and *unsupported says why.
 */
static struct named workload_for(struct making *making, const struct named *workload,
                                 const struct named *executor, const char **unsupported)
{
    struct bench_error why = {0};
    const char *name = workload->module->name;
    *unsupported = NULL;
    if (executor->runtime == workload->runtime)
        return *workload;
    const struct module_info *module = NULL;
    if (!workload->exact && (executor->runtime || registry_has(making->registry, MODULE_WORKLOAD, name)))
        module = registry_find(making->registry, executor->runtime, MODULE_WORKLOAD, name, &why);
    if (module)
        return (struct named){.module = module, .runtime = executor->runtime};
    *unsupported = keep_text(
        making->plan,
        mem_format("workload '%s' is one of %s, and executor '%s' one of %s, which has no workload of "
                   "that name",
                   name, workload->runtime ? workload->runtime->name : "bench's own",
                   executor->module->name, executor->runtime ? executor->runtime->name : "bench's own"));
    return *workload;
}

static int add_cell(struct making *making, const struct named *workload, const struct named *executor,
                    size_t v, struct bench_error *err)
{
    const char *unsupported;
    struct named there = workload_for(making, workload, executor, &unsupported);
    const struct module_info *home = there.module == workload->module ? NULL : workload->module;
    const struct variants *works = variants_of(making, &there, home, err);
    int rc = works ? check_told(works, err) : -EINVAL;
    if (rc < 0)
        return rc;
    struct variant *work = works->list[v];
    const struct variants *ways = variants_of(making, executor, NULL, err);
    size_t count = ways ? ways->count : 0;
    struct variant **list = ways ? ways->list : NULL;
    for (size_t e = 0; rc == 0 && e < count; e++)
        rc = add_pair(making, work, list[e], unsupported, err);
    return ways ? rc : -EINVAL;
}

/* How many variants of a workload there are is the same in all runtimes: the settings are. */
static int add_workload(struct making *making, size_t w, struct bench_error *err)
{
    const struct named *workload = &making->workloads.list[w];
    const struct variants *works = variants_of(making, workload, NULL, err);
    int rc = works ? check_told(works, err) : -EINVAL;
    size_t count = works ? works->count : 0;
    for (size_t v = 0; rc == 0 && v < count; v++) {
        for (size_t x = 0; rc == 0 && x < making->executors[w].count; x++)
            rc = add_cell(making, workload, &making->executors[w].list[x], v, err);
    }
    return rc;
}

/* ---- what nothing took ---- */

static void collect_names(const struct setting *setting, const struct named_list *named,
                          const char **names, size_t *count, bool *chosen)
{
    for (size_t i = 0; i < named->count; i++) {
        const struct module_info *module = named->list[i].module;
        if (!setting_names(setting, module))
            continue;
        *chosen = true;
        for (const struct bench_param *entry = module->params; entry && entry->name && *count < 256;
             entry++)
            names[(*count)++] = entry->name;
    }
}

/* A setting that no chosen module took: say what was probably meant. */
static int refuse_unused(const struct making *making, const struct setting *setting,
                         struct bench_error *err)
{
    const char *names[256];
    size_t count = 0;
    bool chosen = false;
    collect_names(setting, &making->workloads, names, &count, &chosen);
    for (size_t w = 0; w < making->workloads.count; w++)
        collect_names(setting, &making->executors[w], names, &count, &chosen);
    if (!chosen)
        return bench_error_set(err, -EINVAL,
                               "--set %s.%s: '%s' is not among the chosen workloads and executors",
                               setting->module, setting->name, setting->module);
    const char *of = setting->module ? setting->module : "any chosen workload or executor";
    const char *nearest = text_nearest(setting->name, names, count);
    return bench_error_set(
        err, -EINVAL, "--set: no parameter '%s' of %s%s%s%s (bench list NAME shows them)", setting->name,
        of, nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

static int check_used(const struct making *making, struct bench_error *err)
{
    for (size_t i = 0; i < making->settings.count; i++) {
        if (!making->settings.list[i].used)
            return refuse_unused(making, &making->settings.list[i], err);
    }
    return 0;
}

/* Where nothing can be run, that is the user's mistake, and no row. */
static int check_possible(const struct plan *plan, struct bench_error *err)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (!plan->cases[i].unsupported)
            return 0;
    }
    return plan->count ? bench_error_set(err, -EINVAL, "--executor: %s", plan->cases[0].unsupported) : 0;
}

/* ---- all of it ---- */

static int name_modules(struct making *making, struct bench_error *err)
{
    const struct plan_request *request = making->request;
    int rc = names_workloads(&making->workloads, making->registry, request->workloads, err);
    making->executors = mem_zero(making->workloads.count, sizeof *making->executors);
    for (size_t w = 0; rc == 0 && w < making->workloads.count; w++)
        rc = names_executors(&making->executors[w], making->registry, request->executors,
                             making->workloads.list[w].runtime, err);
    return rc;
}

int plan_make(struct plan *plan, struct registry *registry, const struct plan_request *request,
              struct bench_error *err)
{
    struct making making = {.plan = plan, .registry = registry, .request = request};
    *plan = (struct plan){0};
    int rc = settings_parse(&making.settings, request->settings, request->settings_count, err);
    if (rc == 0)
        rc = name_modules(&making, err);
    if (rc == 0)
        find_owners(&making);
    for (size_t w = 0; rc == 0 && w < making.workloads.count; w++)
        rc = add_workload(&making, w, err);
    if (rc == 0)
        rc = check_used(&making, err);
    if (rc == 0)
        rc = check_possible(plan, err);
    if (rc < 0)
        plan_free(plan);
    for (size_t w = 0; making.executors && w < making.workloads.count; w++)
        named_list_free(&making.executors[w]);
    free(making.executors);
    named_list_free(&making.workloads);
    settings_free(&making.settings);
    return rc;
}

void plan_add_reference(struct plan *plan, const struct plan *from)
{
    for (size_t i = 0; i < from->count; i++) {
        plan->cases = mem_grow(plan->cases, plan->count, &plan->capacity, sizeof *plan->cases);
        plan_case_copy(&plan->cases[plan->count], &from->cases[i]);
        plan->cases[plan->count++].is_reference = true;
    }
}

void plan_free(struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        plan_case_free(&plan->cases[i]);
    for (size_t i = 0; i < plan->variants_count; i++)
        variants_free(&plan->variants[i]);
    for (size_t i = 0; i < plan->texts_count; i++)
        free(plan->texts[i]);
    free(plan->variants);
    free(plan->texts);
    free(plan->cases);
    *plan = (struct plan){0};
}
