/* `bench list [NAME...]`: the modules there are, or one's parameters. */
#include "base/text.h"
#include "cli/commands.h"
#include "modules/params.h"
#include "modules/registry.h"

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

static const char *summary(const struct module *module)
{
    return module->workload   ? module->workload->summary
           : module->executor ? module->executor->summary
                              : "";
}

static const struct bench_param *parameters(const struct module *module)
{
    return module->workload   ? module->workload->params
           : module->executor ? module->executor->params
                              : NULL;
}

static void print_kind(struct registry *registry, enum module_kind kind)
{
    for (size_t i = 0; i < registry_count(registry); i++) {
        if (registry_peek(registry, i)->kind != kind)
            continue;
        const struct module *module = registry_module(registry, i);
        printf("  %-10s %s%s%s%s\n", module->name, module->missing ? "" : summary(module),
               module->missing ? module->missing : "", module->file ? "  from " : "",
               module->file ? module->file : "");
    }
}

static void print_all(struct registry *registry)
{
    printf("Workloads (--workload):\n");
    print_kind(registry, MODULE_WORKLOAD);
    printf("\nExecutors (--executor):\n");
    print_kind(registry, MODULE_EXECUTOR);
    printf("\nbench list NAME shows a module's parameters.\n");
}

static void print_parameter(const struct bench_param *entry)
{
    char *allowed = params_allowed(entry);
    printf("  %s=%s\n      %s%s%s%s", entry->name, entry->initial[0] ? entry->initial : "(nothing)",
           entry->help, entry->unit ? " (" : "", entry->unit ? entry->unit : "", entry->unit ? ")" : "");
    if (entry->type != BENCH_PARAM_TEXT)
        printf("; %s", allowed ? allowed : "");
    printf("\n");
    free(allowed);
}

static void print_module(const struct module *module)
{
    printf("%s: %s\n", module->name, module->missing ? module->missing : summary(module));
    const struct bench_param *entry = parameters(module);
    if (!module->missing)
        printf(entry && entry->name ? "Parameters, with their defaults (--set NAME=VALUE):\n"
                                    : "No parameters.\n");
    for (; entry && entry->name; entry++)
        print_parameter(entry);
}

static int print_named(struct registry *registry, const char *name, struct bench_error *err)
{
    size_t count = registry_count(registry), found = 0;
    const char *names[count];
    for (size_t i = 0; i < count; i++) {
        names[i] = registry_peek(registry, i)->name;
        if (strcmp(names[i], name) == 0) {
            print_module(registry_module(registry, i));
            found++;
        }
    }
    if (found)
        return 0;
    const char *nearest = text_nearest(name, names, count);
    return bench_error_set(err, -ENOENT, "list: no workload and no executor '%s'%s%s%s", name,
                           nearest ? "; did you mean '" : "", nearest ? nearest : "",
                           nearest ? "'?" : "");
}

/* For completion: what can stand after -w, -x and -s. */
static void print_bare(struct registry *registry)
{
    for (size_t i = 0; i < registry_count(registry); i++) {
        const struct module *module = registry_module(registry, i);
        if (module->missing)
            continue;
        printf("%s/%s\n", module->kind == MODULE_WORKLOAD ? "workload" : "executor", module->name);
        for (const struct bench_param *entry = parameters(module); entry && entry->name; entry++)
            printf("%s.%s\n", module->name, entry->name);
    }
}

int command_list(int argc, char **argv, struct bench_error *err)
{
    struct list_options options = {0};
    struct registry *registry = NULL;
    int rc = command_line_parse(&list_line, &options, argc, argv, err);
    if (rc == 0)
        rc = registry_open(&registry, options.plugins.texts, options.plugins.count, err);
    if (rc == 0 && options.bare)
        print_bare(registry);
    else if (rc == 0 && options.names.count == 0)
        print_all(registry);
    for (size_t i = 0; rc == 0 && i < options.names.count; i++)
        rc = print_named(registry, options.names.texts[i], err);
    if (rc == 0 && fflush(stdout) != 0)
        rc = bench_error_set(err, -errno, "stdout: %s", strerror(errno));
    registry_close(registry);
    option_texts_free(&options.names);
    option_texts_free(&options.plugins);
    return rc == COMMAND_LINE_ANSWERED ? EXIT_OK : rc;
}
