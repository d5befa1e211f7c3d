/* `bench advise RUNS.csv`: advice from runs that were made earlier. */
#ifndef CLI_ADVISE_ROWS_H
#define CLI_ADVISE_ROWS_H

#include "cli/options.h"

/*
 * Reads options->operands and says what their rows tell, and which command would tell the rest; nothing
 * is run. options->workloads, executors, settings and label choose the work where there are several.
 * `tell` prints the advice. Returns the exit status, or a negative errno value with `err` filled.
 */
struct advice;
int advise_rows(const struct options *options,
                int (*tell)(void *context, const struct advice *advice, struct bench_error *err),
                void *context, struct bench_error *err);

#endif
