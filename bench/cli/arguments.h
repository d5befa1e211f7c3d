/* Parsing a command line with argp, with messages of our own and help on stdout. */
#ifndef CLI_ARGUMENTS_H
#define CLI_ARGUMENTS_H

#include <bench/error.h>

#include <argp.h>
#include <stdint.h>

/* What argp's callbacks get as `input`. A callback that refuses fills `err` and returns EINVAL. */
struct arguments {
    void *options; /* the command's own */
    struct bench_error *err;
};

enum { ARGUMENTS_ANSWERED = 1, ARGUMENTS_PARTS_MAX = 4 };

/*
 * For callbacks. `refuse` says "OPTION: 'VALUE' must be ALLOWED" and returns EINVAL, as the two others
 * do of what is no whole number in these bounds, or no time over 0; else they return 0.
 */
error_t arguments_refuse(struct arguments *arguments, const char *option, const char *value,
                         const char *allowed);
error_t arguments_count(struct arguments *arguments, const char *option, const char *value,
                        uint64_t least, uint64_t most, uint64_t *count);
error_t arguments_seconds(struct arguments *arguments, const char *option, const char *value,
                          uint64_t *duration_ns);

/* One table of options, and who takes them. */
struct arguments_part {
    const struct argp_option *table;
    argp_parser_t parse_one; /* gets a struct arguments as its input */
    void *options;
};

/*
 * Parse argv after argv[0] for `command` ("bench ab"), whose options are those of all parts; --help and
 * --version are added. Returns 0, ARGUMENTS_ANSWERED when help or version was all that was wanted, or
 * -EINVAL with a message that names the nearest option.
 */
int arguments_parse_parts(const char *command, const struct arguments_part *parts, size_t count,
                          const char *operands, const char *doc, int argc, char **argv,
                          struct bench_error *err);

/* The same for one part. */
int arguments_parse(const char *command, const struct argp_option *table, argp_parser_t parse_one,
                    const char *operands, const char *doc, int argc, char **argv,
                    struct arguments *arguments);

#endif
