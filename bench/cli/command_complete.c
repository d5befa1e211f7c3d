/* `bench --complete WORD...`: what the last word may become, for scripts/completion.bash. */
#include "base/completion.h"
#include "base/memory.h"
#include "base/standard_output.h"
#include "base/text.h"
#include "cli/commands.h"
#include "control/module_ask.h"
#include "modules/registry.h"

#include <stdlib.h>
#include <string.h>

/* ---- modules ---- */

/* With the plug-ins that the words name; NULL where they cannot be opened. */
static struct registry *open_registry(const struct completion *completion, struct module_asker *asker)
{
    const struct option_row plugin = {.name = "plugin", .letter = 'p'};
    const char *home = getenv("HOME"), *file;
    char **paths = NULL;
    size_t count = 0;
    for (size_t at = 0; (file = completion_value(completion, &plugin, &at)) != NULL;) {
        bool is_of_home = home && strncmp(file, "~/", 2) == 0;
        paths = mem_resize(paths, count + 1, sizeof *paths);
        paths[count++] = mem_format("%s%s", is_of_home ? home : "", file + is_of_home);
    }
    struct registry *registry;
    const struct module_source source = module_ask_source(asker);
    if (registry_open(&registry, &source, (const char *const *)paths, count, NULL) < 0)
        registry = NULL;
    while (count > 0)
        free(paths[--count]);
    free(paths);
    return registry;
}

static void offer_modules(const struct completion *completion, const struct registry *registry,
                          bool (*is_wanted)(enum module_kind kind))
{
    for (size_t i = 0; i < registry_count(registry); i++) {
        const struct module_info *module = registry_peek(registry, i);
        if (is_wanted(module->kind) && !module->missing)
            completion_offer_list(completion, module->name);
    }
}

/* Those of other runtimes, as RUNTIME.NAME. */
static void offer_foreign(const struct completion *completion, struct registry *registry,
                          bool (*is_wanted)(enum module_kind kind))
{
    size_t count;
    const struct runtime *runtimes = registry_runtimes(registry, &count);
    for (size_t r = 0; r < count; r++) {
        const struct module_list *list = registry_modules_of(registry, &runtimes[r], NULL);
        for (size_t i = 0; list && i < list->count; i++) {
            char *name = mem_format("%s.%s", runtimes[r].name, list->modules[i].name);
            if (is_wanted(list->modules[i].kind))
                completion_offer_list(completion, name);
            free(name);
        }
    }
}

static bool is_workload(enum module_kind kind)
{
    return kind == MODULE_WORKLOAD;
}

static bool is_executor(enum module_kind kind)
{
    return kind == MODULE_EXECUTOR;
}

static bool is_any(enum module_kind kind)
{
    (void)kind;
    return true;
}

/* ---- parameters ---- */

/* What has been chosen by -w or -x so far: ",blur,spin,"; "" where nothing was. */
static char *find_chosen(const struct completion *completion, enum module_kind kind)
{
    const struct option_row option = kind == MODULE_WORKLOAD
                                         ? (struct option_row){.name = "workload", .letter = 'w'}
                                         : (struct option_row){.name = "executor", .letter = 'x'};
    struct text chosen = {0};
    const char *list;
    text_add(&chosen, "%s", "");
    for (size_t at = 0; (list = completion_value(completion, &option, &at)) != NULL;)
        text_add(&chosen, "%s%s,", chosen.length ? "" : ",", list);
    return chosen.text;
}

static bool is_in(const char *chosen, const char *name)
{
    char *listed = mem_format(",%s,", name);
    bool is = strstr(chosen, listed) || strstr(chosen, ",all,");
    free(listed);
    return is;
}

static const struct bench_param *table_of(struct registry *registry, size_t index)
{
    const struct module_info *module = registry_module(registry, index);
    return module->missing ? NULL : module->params;
}

/* Values of one parameter; the word is what has been typed of them. */
static void offer_values(const struct completion *completion, const struct bench_param *entry)
{
    switch (entry->type) {
    case BENCH_PARAM_CHOICE:
        for (const char *const *word = entry->choices; *word; word++)
            completion_offer_list(completion, *word);
        break;
    case BENCH_PARAM_BOOL:
        completion_offer_list(completion, "yes");
        completion_offer_list(completion, "no");
        break;
    case BENCH_PARAM_TEXT:
        completion_offer_files(completion);
        break;
    default: /* the default shows how such a value is written */
        completion_offer_list(completion, entry->initial ? entry->initial : "");
    }
}

/* NAME= of each parameter, or the values of the one that has been typed; with `prefix` before it. */
static void offer_table(struct completion *completion, const struct bench_param *entry,
                        const char *prefix)
{
    char *word = completion->word;
    const char *equals = strchr(word, '=');
    for (; entry && entry->name; entry++) {
        char *name = mem_format("%s%s=", prefix, entry->name);
        if (!equals)
            completion_offer(completion, name);
        else if (strncmp(word, name, strlen(name)) == 0) {
            completion->word = word + strlen(name);
            offer_values(completion, entry);
            completion->word = word;
        }
        free(name);
    }
}

/* Of the chosen modules, or of all where none is chosen; these with their module's name. */
static void offer_settings(struct completion *completion, struct registry *registry)
{
    char *chosen[] = {find_chosen(completion, MODULE_WORKLOAD),
                      find_chosen(completion, MODULE_EXECUTOR)};
    bool is_none_chosen = !chosen[0][0] && !chosen[1][0];
    for (size_t i = 0; i < registry_count(registry); i++) {
        const struct module_info *module = registry_peek(registry, i);
        const char *of_kind = chosen[module->kind == MODULE_EXECUTOR];
        char *prefix = mem_format("%s.", module->name);
        bool is_named = strncmp(completion->word, prefix, strlen(prefix)) == 0;
        if (is_none_chosen || (is_named && !of_kind[0]) || is_in(of_kind, module->name)) {
            const struct bench_param *table = table_of(registry, i);
            if (is_none_chosen || is_named)
                offer_table(completion, table, prefix);
            else
                offer_table(completion, table, "");
        }
        free(prefix);
    }
    free(chosen[0]);
    free(chosen[1]);
}

static void offer(struct completion *completion, const struct option_row *row)
{
    struct module_asker asker = {0};
    struct registry *registry = open_registry(completion, &asker);
    if (!registry)
        return;
    if (row->completes == COMPLETES_SETTINGS)
        offer_settings(completion, registry);
    else {
        bool (*is_wanted)(enum module_kind kind) = row->completes == COMPLETES_WORKLOADS   ? is_workload
                                                   : row->completes == COMPLETES_EXECUTORS ? is_executor
                                                                                           : is_any;
        offer_modules(completion, registry, is_wanted);
        offer_foreign(completion, registry, is_wanted);
    }
    if (row->completes == COMPLETES_WORKLOADS || row->completes == COMPLETES_EXECUTORS)
        completion_offer_list(completion, "all");
    registry_close(registry);
}

/* ---- which command ---- */

static void offer_commands(const struct completion *completion)
{
    for (const struct subcommand *command = subcommands; command->name; command++)
        completion_offer(completion, command->name);
}

/* With a baseline, --format is a comparison's. */
static const struct command_line *choose_line(const struct completion *completion,
                                              const struct subcommand *command)
{
    const struct option_row baseline = {.name = "baseline"};
    size_t at = 0, last = completion->count - 1;
    bool is_format = (last > 0 && strcmp(completion->words[last - 1], "--format") == 0) ||
                     strncmp(completion->words[last], "--format=", 9) == 0;
    return is_format && command->run == command_run && completion_value(completion, &baseline, &at)
               ? &compare_line
               : command->line;
}

int command_complete(int argc, char **argv, struct bench_error *err)
{
    struct completion completion;
    completion_open(&completion, argc - 1, argv + 1, stdout);
    completion.hook = offer;
    const char *first = completion.words[0];
    const struct subcommand *command = completion.count > 1 ? subcommand_find(first) : NULL;
    bool is_help = completion.count == 2 && strcmp(first, "help") == 0;
    if (is_help || (completion.count == 1 && first[0] != '-')) {
        offer_commands(&completion);
        if (!is_help)
            completion_offer(&completion, "help");
    } else if (command && command->run == command_serve) {
        argv[1] = argv[0]; /* "--complete", in the place of "serve" */
        return command_serve(argc, argv, err);
    } else {
        completion_of_line(&completion, choose_line(&completion, command ? command : &subcommands[0]),
                           command ? 1 : 0);
    }
    completion_close(&completion);
    int written = standard_output_end(err);
    if (written < 0)
        return written;
    return EXIT_OK;
}
