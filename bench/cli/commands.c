/* Which commands there are, and `bench help`. */
#include "cli/commands.h"

#include "base/command_line.h"
#include "base/standard_output.h"

#include <errno.h>
#include <string.h>

const struct subcommand subcommands[] = {
    {"run", &run_line, command_run},
    {"advise", &advise_line, command_advise},
    {"ab", &ab_line, command_ab},
    {"compare", &compare_line, command_compare},
    {"report", &report_line, command_report},
    {"history", &history_line, command_history},
    {"selftest", &selftest_line, command_selftest},
    {"list", &list_line, command_list},
    {"topo", &topo_line, command_topo},
    {"serve", &serve_line, command_serve},
    {"runner", &runner_line, command_runner},
    {NULL, NULL, NULL},
};

const struct subcommand *subcommand_find(const char *name)
{
    for (const struct subcommand *command = subcommands; command->name; command++) {
        if (strcmp(command->name, name) == 0)
            return command;
    }
    return NULL;
}

/* The commands as rows, so that they are printed as options are. */
static int print_commands(struct bench_error *err)
{
    printf("Usage: bench [run] OPTION...\n"
           "       bench COMMAND [OPTION...]\n"
           "Which way of running work concurrently is fastest on this machine?\n\n");
    for (const struct subcommand *command = subcommands; command->name; command++)
        command_line_print_item(stdout, command->name, command->line->summary);
    printf("\nbench help COMMAND, or bench COMMAND --help, explains one.\n");
    int written = standard_output_end(err);
    if (written < 0)
        return written;
    return EXIT_OK;
}

int command_help(int argc, char **argv, struct bench_error *err)
{
    char option[] = "--help";
    if (argc < 2 || argv[1][0] == '-')
        return print_commands(err);
    const struct subcommand *command = subcommand_find(argv[1]);
    if (!command)
        return bench_error_set(err, -EINVAL, "help: no command '%s' (bench help)", argv[1]);
    char *words[] = {argv[1], option, NULL};
    return command->run(2, words, err);
}
