/* The subcommands. Each returns the program's exit status, or a negative errno value with `err` filled:
 * then main says it and exits with status 2, or with 3 where an output could not be written.
 * argv[0] is what the user typed up to the command. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "base/command_line.h"

#include <bench/error.h>

enum exit_status {
    EXIT_OK = 0,
    EXIT_REGRESSION = 1,
    EXIT_USAGE = 2,
    EXIT_CASE = 3, /* a case failed, or results could not be written */
    EXIT_INCONCLUSIVE = 4,
    EXIT_SIGNAL = 128, /* plus the signal's number */
};

struct subcommand {
    const char *name;
    const struct command_line *line;
    int (*run)(int argc, char **argv, struct bench_error *err);
};
extern const struct subcommand subcommands[]; /* the first is the default; ended by one without a name */

/* NULL: there is none of that name. */
const struct subcommand *subcommand_find(const char *name);

/* `bench help [COMMAND]`, and completion for the shell (base/completion.h). */
int command_help(int argc, char **argv, struct bench_error *err);
int command_complete(int argc, char **argv, struct bench_error *err);

int command_run(int argc, char **argv, struct bench_error *err);
int command_advise(int argc, char **argv, struct bench_error *err);
int command_list(int argc, char **argv, struct bench_error *err);
int command_topo(int argc, char **argv, struct bench_error *err);
int command_ab(int argc, char **argv, struct bench_error *err);
int command_compare(int argc, char **argv, struct bench_error *err);
int command_selftest(int argc, char **argv, struct bench_error *err);
int command_report(int argc, char **argv, struct bench_error *err);
int command_history(int argc, char **argv, struct bench_error *err);
int command_serve(int argc, char **argv, struct bench_error *err);
int command_runner(int argc, char **argv, struct bench_error *err);

extern const struct command_line advise_line, run_line, list_line, topo_line, ab_line, compare_line,
    selftest_line, report_line, history_line, serve_line, runner_line;

#endif
