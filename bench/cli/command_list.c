/* `bench list [NAME...]`: the modules there are, or one's parameters. */
#include "base/text.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "modules/params.h"
#include "modules/registry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct list_options {
    const char **names, **plugins; /* owned */
    size_t names_count, plugins_count;
    bool bare;
};

static const struct argp_option table[] = {
    {"plugin", 'p', "FILE", 0, "also what this .so holds", 0},
    {"names", 'n', 0, 0, "only names, one a line, as workload/NAME, executor/NAME and MODULE.PARAMETER",
     0},
    {0},
};

static int append(const char ***list, size_t *count, const char *text)
{
    const char **grown = realloc(*list, (*count + 1) * sizeof *grown);
    if (!grown)
        return ENOMEM;
    *list = grown;
    grown[(*count)++] = text;
    return 0;
}

static error_t parse_one(int key, char *value, struct argp_state *state)
{
    struct list_options *options = ((struct arguments *)state->input)->options;
    switch (key) {
    case 'p':
        return append(&options->plugins, &options->plugins_count, value);
    case 'n':
        options->bare = true;
        return 0;
    case ARGP_KEY_ARG:
        return append(&options->names, &options->names_count, value);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

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
    struct arguments arguments = {.options = &options, .err = err};
    struct registry *registry = NULL;
    int rc = arguments_parse("bench list", table, parse_one, "[NAME...]",
                             "What workloads and executors there are, or the parameters of one.", argc,
                             argv, &arguments);
    if (rc == 0)
        rc = registry_open(&registry, options.plugins, options.plugins_count, err);
    if (rc == 0 && options.bare)
        print_bare(registry);
    else if (rc == 0 && options.names_count == 0)
        print_all(registry);
    for (size_t i = 0; rc == 0 && i < options.names_count; i++)
        rc = print_named(registry, options.names[i], err);
    if (rc == 0 && fflush(stdout) != 0)
        rc = bench_error_set(err, -errno, "stdout: %s", strerror(errno));
    registry_close(registry);
    free(options.names);
    free(options.plugins);
    return rc == ARGUMENTS_ANSWERED ? EXIT_OK : rc;
}
