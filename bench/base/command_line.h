/* A command's line: parsed by getopt_long, explained by --help, completed for the shell; all of it from
 * tables of options. */
#ifndef BASE_COMMAND_LINE_H
#define BASE_COMMAND_LINE_H

#include "base/option.h"

#include <stdio.h>

/* A table of options, and where its struct lies in the command's. */
struct option_part {
    const struct option_row *rows; /* ended by an empty one; NULL ends the parts */
    size_t offset;
};

enum { COMMAND_LINE_PARTS = 4, COMMAND_LINE_ANSWERED = 1 };

struct command_line {
    const char *name;              /* as it is called: "bench ab" */
    const char *operands;          /* behind the options in the usage; NULL: none */
    const char *summary;           /* one sentence */
    const char *notes;             /* what the help says below the options */
    void (*print_more)(FILE *out); /* between options and notes; NULL: nothing */
    struct option_part parts[COMMAND_LINE_PARTS];
};

/*
 * Parse argv after argv[0] into `target`, which has its defaults; --help and --version are added to the
 * options. 0, COMMAND_LINE_ANSWERED when help or version was all that was wanted and has been printed to
 * stdout, or -EINVAL with a message that begins with the option and names what would be right. Texts are
 * those of argv. On the main thread, since getopt's state is the process's.
 */
int command_line_parse(const struct command_line *line, void *target, int argc, char **argv,
                       struct bench_error *err);

void command_line_help(FILE *out, const struct command_line *line);

/* "  name      text", the text wrapped. */
void command_line_print_item(FILE *out, const char *name, const char *text);

/* An option by its name or letter (of `length` bytes), or NULL. Not the operands. */
const struct option_row *command_line_find(const struct command_line *line, const char *name,
                                           size_t length);
const struct option_row *command_line_letter(const struct command_line *line, char letter);
const struct option_row *command_line_operands(const struct command_line *line);

#endif
