/* A command line of the user's as a program to be started: its words, and where the program is. */
#ifndef WORKLOADS_EXEC_COMMAND_LINE_H
#define WORKLOADS_EXEC_COMMAND_LINE_H

#include <bench/error.h>

#include <stdbool.h>
#include <wordexp.h>

struct command_line {
    const char *text; /* as it was given; not owned */
    char *program;    /* path of the executable file */
    char **words;     /* NULL-terminated; the first is what the program is told as its own name */
    wordexp_t expanded;
    char *by_shell[4]; /* the words where /bin/sh is the program */
};

/*
 * Take `text` apart as a shell does: quotes, variables, ~ and file names with * are expanded, here and
 * once. What needs a shell (| & ; < >, $(...) and $1 outside of quotes) is an error that says so, as is
 * a program that is not there or cannot be executed; messages begin with "command". The line refers to
 * itself and to `text`: neither may move before command_line_free.
 */
int command_line_split(struct command_line *line, const char *text, struct bench_error *err);

/* Leave it to a shell: /bin/sh -c TEXT. Cannot fail. */
void command_line_to_shell(struct command_line *line, const char *text);

void command_line_free(struct command_line *line);

#endif
