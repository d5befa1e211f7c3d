/* What --rate and --slo make of the other options of `bench [run]`. */
#ifndef CLI_ARRIVAL_OPTIONS_H
#define CLI_ARRIVAL_OPTIONS_H

#include "cli/options_given.h"

/* Checks what goes with them, and shares the time out. -EINVAL with a message that begins with an
 * option. */
int arrival_options_settle(struct options *options, struct bench_error *err);

#endif
