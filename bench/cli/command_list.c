/* `bench list [NAME...]`: the modules there are, or one's parameters. */
#include "base/memory.h"
#include "base/standard_output.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "control/module_ask.h"
#include "modules/param.h"
#include "modules/registry.h"
#include "report/wrap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct list_options {
    struct option_texts names, plugins;
    bool bare;
};

static const struct option_row rows[] = {
    {OPERANDS(struct list_options, names), .completes = COMPLETES_MODULES},
    {"plugin", 'p', "FILE", TEXTS_OPTION(struct list_options, plugins), .completes = COMPLETES_FILES,
     .help = "also load workloads and executors from this .so file"},
    {"names", 'n', NULL, FLAG_OPTION(struct list_options, bare),
     .help = "only names, one a line: workload/NAME, executor/NAME and MODULE.PARAMETER"},
    {0},
};

const struct command_line list_line = {
    .name = "bench list",
    .operands = "[NAME...]",
    .summary = "List the workloads and executors, or the parameters of those that are named.",
    .parts = {{rows, 0}},
};

/* Columns of text without headings. */
static void begin_grid(struct grid *grid, size_t columns)
{
    *grid = (struct grid){.indent = 2, .has_no_headings = true};
    for (size_t i = 0; i < columns; i++)
        grid_column(grid, "", GRID_TEXT | GRID_KEY);
}

static void end_grid(struct grid *grid)
{
    page_grid(&(struct page){.out = stdout, .width = output_width()}, grid);
    grid_free(grid);
}

static void print_kind(struct registry *registry, enum module_kind kind)
{
    struct grid grid;
    begin_grid(&grid, 2);
    for (size_t i = 0; i < registry_count(registry); i++) {
        if (registry_peek(registry, i)->kind != kind)
            continue;
        const struct module_info *module = registry_module(registry, i);
        grid_cell(&grid, "%s", module->name);
        grid_cell(&grid, "%s%s%s", module->missing ? module->missing : module->summary,
                  module->file ? "  from " : "", module->file ? module->file : "");
    }
    end_grid(&grid);
}

/* A runtime's own, as it is now; all that it lacks is said. */
static void print_runtime(struct registry *registry, const struct runtime *runtime)
{
    struct bench_error why = {0};
    const struct module_list *list = registry_modules_of(registry, runtime, &why);
    printf("\n%s: %s  from %s\n", runtime->name, runtime->summary, runtime->file);
    if (!list)
        printf("unavailable: %s\n", text_make_visible(why.message));
    struct grid grid;
    begin_grid(&grid, 3);
    for (size_t i = 0; list && i < list->count; i++) {
        const struct module_info *module = &list->modules[i];
        grid_cell(&grid, "%s", module_kind_word(module->kind));
        grid_cell(&grid, "%s.%s", runtime->name, module->name);
        grid_cell(&grid, "%s%s", module->missing ? "unsupported: " : "",
                  module->missing ? module->missing : module->summary);
    }
    if (list && list->version) {
        grid_cell(&grid, "version");
        grid_cell(&grid, "%s", list->version);
        grid_cell(&grid, "%s", "");
    }
    end_grid(&grid);
}

static void print_all(struct registry *registry)
{
    size_t count;
    registry_complete_own(registry);
    printf("Workloads (--workload):\n");
    print_kind(registry, MODULE_WORKLOAD);
    printf("\nExecutors (--executor):\n");
    print_kind(registry, MODULE_EXECUTOR);
    const struct runtime *runtimes = registry_runtimes(registry, &count);
    for (size_t i = 0; i < count; i++)
        print_runtime(registry, &runtimes[i]);
    printf("\nbench list NAME shows a module's parameters.\n");
}

static void print_parameter(const struct bench_param *entry)
{
    char *allowed = param_allowed(entry);
    struct text help = {0};
    text_add(&help, "%s%s%s%s", entry->help, entry->unit ? " (" : "", entry->unit ? entry->unit : "",
             entry->unit ? ")" : "");
    if (entry->type != BENCH_PARAM_TEXT)
        text_add(&help, "; %s", allowed);
    printf("  %s=%s\n", entry->name,
           !entry->initial     ? "(required)"
           : entry->initial[0] ? entry->initial
                               : "(nothing)");
    wrap_print(stdout, "      ", help.text, output_width(), 6);
    free(help.text);
    free(allowed);
}

static void print_parameters(const struct bench_param *entry)
{
    printf(entry && entry->name ? "Parameters, with their defaults (--set NAME=VALUE):\n"
                                : "No parameters.\n");
    for (; entry && entry->name; entry++)
        print_parameter(entry);
}

/* What options mean to it, or do not. */
static void print_flags(const struct module_info *module)
{
    if (module->flags & MODULE_ONE_WORKER)
        printf("Always one worker, whatever --workers says.\n");
    if (module->flags & MODULE_LANES)
        printf("Each worker has --inflight lanes.\n");
    if (module->flags & MODULE_SCHEDULES_ITSELF)
        printf("It hands out tasks by itself: --schedule has no effect.\n");
    if (module->flags & MODULE_ON_REQUEST)
        printf("Used only when named: all does not include it.\n");
}

static void print_module(const struct module_info *module)
{
    char *title = mem_format("%s%s%s: ", module->runtime ? module->runtime : "",
                             module->runtime ? "." : "", module->name);
    wrap_print(stdout, title, module->missing ? module->missing : module->summary, output_width(), 2);
    free(title);
    if (!module->summary)
        return;
    print_flags(module);
    print_parameters(module->params);
}

/* ---- by name ---- */

/* "NAME" or "RUNTIME.NAME", among a runtime's; how many. */
static size_t print_named_of(struct registry *registry, const struct runtime *runtime, const char *name)
{
    const size_t prefix = strlen(runtime->name);
    size_t found = 0;
    const struct module_list *list = registry_modules_of(registry, runtime, NULL);
    if (strncmp(name, runtime->name, prefix) == 0 && name[prefix] == '.')
        name += prefix + 1;
    if (strcmp(name, runtime->name) == 0) {
        printf("%s: %s\n", runtime->name, runtime->summary);
        print_parameters(runtime->params);
        found++;
    }
    for (size_t i = 0; list && i < list->count; i++) {
        if (strcmp(list->modules[i].name, name) == 0) {
            print_module(&list->modules[i]);
            found++;
        }
    }
    return found;
}

static int refuse_name(const struct registry *registry, const char *name, struct bench_error *err)
{
    size_t count = registry_count(registry);
    const char **names = mem_zero(count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = registry_peek(registry, i)->name;
    const char *nearest = text_nearest(name, names, count);
    free(names);
    return bench_error_set(err, -ENOENT, "list: no workload and no executor '%s'%s%s%s", name,
                           nearest ? "; did you mean '" : "", nearest ? nearest : "",
                           nearest ? "'?" : "");
}

static int print_named(struct registry *registry, const char *name, struct bench_error *err)
{
    size_t found = 0, count;
    for (size_t i = 0; i < registry_count(registry); i++) {
        if (strcmp(registry_peek(registry, i)->name, name) == 0) {
            print_module(registry_module(registry, i));
            found++;
        }
    }
    const struct runtime *runtimes = registry_runtimes(registry, &count);
    for (size_t i = 0; i < count; i++)
        found += print_named_of(registry, &runtimes[i], name);
    return found ? 0 : refuse_name(registry, name, err);
}

/* ---- for completion: what can stand after -w, -x and -s ---- */

static void print_bare_module(const struct module_info *module)
{
    const char *runtime = module->runtime, *dot = runtime ? "." : "";
    runtime = runtime ? runtime : "";
    printf("%s/%s%s%s\n", module_kind_word(module->kind), runtime, dot, module->name);
    for (const struct bench_param *entry = module->params; entry && entry->name; entry++)
        printf("%s%s%s.%s\n", runtime, dot, module->name, entry->name);
}

static void print_bare(struct registry *registry)
{
    size_t count;
    for (size_t i = 0; i < registry_count(registry); i++) {
        const struct module_info *module = registry_module(registry, i);
        if (!module->missing)
            print_bare_module(module);
    }
    const struct runtime *runtimes = registry_runtimes(registry, &count);
    for (size_t r = 0; r < count; r++) {
        const struct module_list *list = registry_modules_of(registry, &runtimes[r], NULL);
        for (size_t i = 0; list && i < list->count; i++) {
            if (!list->modules[i].missing)
                print_bare_module(&list->modules[i]);
        }
    }
}

static void say_warning(const char *text)
{
    char *said = mem_format("bench: warning: %s", text);
    fprintf(stderr, "%s\n", text_make_visible(said));
    free(said);
}

int command_list(int argc, char **argv, struct bench_error *err)
{
    struct list_options options = {0};
    struct registry *registry = NULL;
    int rc = command_line_parse(&list_line, &options, argc, argv, err);
    struct module_asker asker = {.fresh = !options.bare, .warn = options.bare ? NULL : say_warning};
    const struct module_source source = module_ask_source(&asker);
    if (rc == 0)
        rc = registry_open(&registry, &source, options.plugins.texts, options.plugins.count, err);
    if (rc == 0 && options.bare)
        print_bare(registry);
    else if (rc == 0 && options.names.count == 0)
        print_all(registry);
    for (size_t i = 0; rc == 0 && i < options.names.count; i++)
        rc = print_named(registry, options.names.texts[i], err);
    if (rc == 0)
        rc = standard_output_end(err);
    registry_close(registry);
    option_texts_free(&options.names);
    option_texts_free(&options.plugins);
    return rc == COMMAND_LINE_ANSWERED ? EXIT_OK : rc;
}
