/* Which subcommand; the only place that exits. */
#include "base/text.h"
#include "cli/commands.h"
#include "modules/registry.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

struct command_entry {
    const char *name;
    int (*run)(int argc, char **argv, struct bench_error *err);
};

static const struct command_entry commands[] = {
    {"run", command_run},           {"ab", command_ab},
    {"compare", command_compare},   {"report", command_report},
    {"selftest", command_selftest}, {"list", command_list},
    {"topo", command_topo},         {"serve", command_serve},
    {"runner", command_runner},
};

static int dispatch(int argc, char **argv, struct bench_error *err)
{
    if (argc < 2 || argv[1][0] == '-')
        return command_run(argc, argv, err);
    const char *names[sizeof commands / sizeof *commands];
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        names[i] = commands[i].name;
        if (strcmp(argv[1], names[i]) == 0)
            return commands[i].run(argc - 1, argv + 1, err);
    }
    struct registry *registry;
    if (registry_open(&registry, NULL, 0, NULL) == 0) {
        bool is_workload = registry_workload(registry, argv[1], NULL) != NULL;
        registry_close(registry);
        if (is_workload)
            return bench_error_set(err, -EINVAL, "no command '%s'; did you mean 'bench --workload %s'?",
                                   argv[1], argv[1]);
    }
    const char *nearest = text_nearest(argv[1], names, sizeof names / sizeof *names);
    return bench_error_set(err, -EINVAL, "no command '%s'%s%s%s (bench --help)", argv[1],
                           nearest ? "; did you mean '" : "", nearest ? nearest : "",
                           nearest ? "'?" : "");
}

int main(int argc, char **argv)
{
    struct bench_error err = {0};
    setlocale(LC_CTYPE, ""); /* the width of the user's characters; numbers stay as they are in C */
    int status = dispatch(argc, argv, &err);
    if (status >= 0)
        return status;
    fprintf(stderr, "bench: %s\n", err.message[0] ? text_make_visible(err.message) : strerror(-status));
    return EXIT_USAGE;
}
