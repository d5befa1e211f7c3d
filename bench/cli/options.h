/* The command line of `bench [run]`. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/options_given.h"

/*
 * Parse argv after argv[0]. Returns 0, and the caller frees the options; 1 when --help or --version has
 * been answered; -EINVAL with a message that begins with the option.
 */
int options_parse(struct options *options, int argc, char **argv, struct bench_error *err);
/* For commands that have these options and more: the defaults, and the rows. */
void options_begin(struct options *options);
extern const struct option_row options_rows[];

void options_free(struct options *options);

#endif
