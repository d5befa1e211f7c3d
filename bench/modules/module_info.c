/* What is known of a module: made from the structs of the contract; the words that messages have. */
#include "modules/module_info.h"

#include <jansson.h>
#include <stdlib.h>

const struct module_word module_flag_words[] = {
    {"one_worker", MODULE_ONE_WORKER},
    {"lanes", MODULE_LANES},
    {"schedules_itself", MODULE_SCHEDULES_ITSELF},
    {"checked", MODULE_CHECKED},
    {"on_request", MODULE_ON_REQUEST},
    {NULL, 0},
};

const struct module_word module_need_words[] = {
    {"one_address_space", BENCH_NEEDS_ONE_ADDRESS_SPACE},
    {"shared_memory", BENCH_NEEDS_SHARED_MEMORY},
    {NULL, 0},
};

const char *module_type_word(enum bench_param_type type)
{
    static const char *const words[] = {
        [BENCH_PARAM_COUNT] = "count", [BENCH_PARAM_SIZE] = "size", [BENCH_PARAM_DURATION] = "duration",
        [BENCH_PARAM_REAL] = "real",   [BENCH_PARAM_BOOL] = "bool", [BENCH_PARAM_CHOICE] = "choice",
        [BENCH_PARAM_TEXT] = "text",
    };
    return (size_t)type < sizeof words / sizeof *words ? words[type] : NULL;
}

const char *module_kind_word(enum module_kind kind)
{
    return kind == MODULE_WORKLOAD ? "workload" : "executor";
}

struct module_info module_of_workload(const struct bench_workload *workload)
{
    return (struct module_info){.kind = MODULE_WORKLOAD,
                                .name = workload->name,
                                .summary = workload->summary,
                                .params = workload->params,
                                .flags = workload->validate ? MODULE_CHECKED : 0,
                                .needs = workload->needs};
}

struct module_info module_of_executor(const struct bench_executor *executor)
{
    unsigned flags = executor->environment ? MODULE_CHECKED : 0;
    flags |= executor->flags & BENCH_ONE_WORKER ? MODULE_ONE_WORKER : 0;
    flags |= executor->flags & BENCH_HAS_LANES ? MODULE_LANES : 0;
    flags |= executor->flags & BENCH_OWN_SCHEDULE ? MODULE_SCHEDULES_ITSELF : 0;
    return (struct module_info){.kind = MODULE_EXECUTOR,
                                .name = executor->name,
                                .summary = executor->summary,
                                .params = executor->params,
                                .flags = flags,
                                .offers = executor->offers};
}

void module_list_free(struct module_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->tables[i]);
    free(list->tables);
    free(list->modules);
    json_decref(list->document);
    *list = (struct module_list){0};
}
