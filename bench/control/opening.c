/* From a case to the message that opens it. */
#include "control/opening.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

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

/* Parses "NAME=VALUE". */
static void add_environment(struct opening *opening, char *const *variables)
{
    for (; variables && *variables; variables++) {
        const char *equals = strchr(*variables, '=');
        char *name = mem_text_part(*variables, (size_t)(equals - *variables));
        opening->names = mem_resize(opening->names, opening->names_count + 1, sizeof *opening->names);
        opening->names[opening->names_count++] = name;
        entries_add(&opening->message.open.env, name, equals + 1);
    }
}

void opening_make(struct opening *opening, const struct plan_case *one, char *const *counters,
                  enum op op)
{
    *opening = (struct opening){.message = {.op = op}};
    struct open_asked *open = &opening->message.open;
    const char *workload_file = one->workload->file, *executor_file = one->executor->file;
    open->workload = one->workload->name;
    open->executor = one->executor->name;
    open->shape = one->shape;
    open->max_requests = open->trace_launch = -1;
    open->arrivals_most = plan_case_arrivals(one) ? plan_case_arrivals(one) : -1;
    add_params(&open->params, one->work->learnt ? one->work->learnt : &one->work->params);
    add_params(&open->executor_params, &one->way->params);
    if (one->way->runtime)
        add_params(&open->runner_params, &one->way->runner_params);
    add_environment(opening, one->way->environment);
    for (; counters && *counters; counters++)
        names_add(&open->counters, *counters);
    if (workload_file)
        names_add(&open->plugins, workload_file);
    if (executor_file && (!workload_file || strcmp(workload_file, executor_file) != 0))
        names_add(&open->plugins, executor_file);
}

void opening_free(struct opening *opening)
{
    message_free(&opening->message);
    for (size_t i = 0; i < opening->names_count; i++)
        free(opening->names[i]);
    free(opening->names);
    *opening = (struct opening){0};
}
