/* Parsing a command line with argp, with messages of our own and help on stdout. */
#ifndef CLI_ARGUMENTS_H
#define CLI_ARGUMENTS_H

#include <bench/error.h>

#include <argp.h>

/* What argp's callbacks get as `input`. A callback that refuses fills `err` and returns EINVAL. */
struct arguments {
    void *options; /* the command's own */
    struct bench_error *err;
};

enum { ARGUMENTS_ANSWERED = 1 };

/*
 * Parse argv after argv[0] for `command` ("bench", "bench list"). `table` is the command's own options,
 * `parse_one` its callback, to be given a struct arguments; --help and --version are added. Returns 0,
 * ARGUMENTS_ANSWERED when help or version was all that was wanted, or -EINVAL with a message that names
 * the nearest option.
 */
int arguments_parse(const char *command, const struct argp_option *table, argp_parser_t parse_one,
                    const char *operands, const char *doc, int argc, char **argv,
                    struct arguments *arguments);

#endif
