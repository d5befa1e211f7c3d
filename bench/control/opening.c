/* From a case to the message that opens it. */
#include "control/opening.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Until opening_free. */
static const char *keep_name(struct opening *opening, char *name)
{
    opening->names = mem_resize(opening->names, opening->names_count + 1, sizeof *opening->names);
    opening->names[opening->names_count++] = name;
    return name;
}

static void add_params(struct entries *entries, const struct param_set *params)
{
    for (const struct bench_param *entry = params->table; entry && entry->name; entry++) {
        const char *value = param_set_get(params, entry->name);
        if (!value)
            continue;
        entries_add(entries, entry->name, value);
        if (entry->was && strcmp(entry->was, BENCH_ADDED) != 0)
            entries->list[entries->count - 1].was = entry->was;
    }
}

static void add_within(struct opening *opening, const struct variant *way)
{
    const struct bench_param *entry = way->within ? way->within_params.table : NULL;
    for (; entry && entry->name; entry++)
        entries_add(&opening->message.open.executor_params,
                    keep_name(opening, mem_format("%s.%s", WITHIN_PREFIX, entry->name)),
                    param_set_get(&way->within_params, entry->name));
}

static void add_file(struct names *plugins, const char *file)
{
    for (size_t i = 0; file && i < plugins->count; i++) {
        if (strcmp(plugins->list[i], file) == 0)
            return;
    }
    if (file)
        names_add(plugins, file);
}

/* Parses "NAME=VALUE". */
static void add_environment(struct opening *opening, char *const *variables)
{
    for (; variables && *variables; variables++) {
        const char *equals = strchr(*variables, '=');
        char *name = mem_text_part(*variables, (size_t)(equals - *variables));
        entries_add(&opening->message.open.env, keep_name(opening, name), equals + 1);
    }
}

void opening_make(struct opening *opening, const struct plan_case *one, char *const *counters,
                  enum op op)
{
    *opening = (struct opening){.message = {.op = op}};
    struct open_asked *open = &opening->message.open;
    open->workload = one->workload->name;
    open->executor = one->executor->name;
    open->shape = one->shape;
    open->max_requests = open->trace_launch = -1;
    open->arrivals_most = plan_case_arrivals(one) ? plan_case_arrivals(one) : -1;
    add_params(&open->params, one->work->learnt ? one->work->learnt : &one->work->params);
    add_params(&open->executor_params, &one->way->params);
    add_within(opening, one->way);
    if (one->way->runtime)
        add_params(&open->runner_params, &one->way->runner_params);
    add_environment(opening, one->way->environment);
    for (; counters && *counters; counters++)
        names_add(&open->counters, *counters);
    add_file(&open->plugins, one->workload->file);
    add_file(&open->plugins, one->executor->file);
    add_file(&open->plugins, one->way->within ? one->way->within->file : NULL);
}

void opening_free(struct opening *opening)
{
    message_free(&opening->message);
    for (size_t i = 0; i < opening->names_count; i++)
        free(opening->names[i]);
    free(opening->names);
    *opening = (struct opening){0};
}
