/* The command line that runs again what rows are of. */
#ifndef CLI_ROWS_COMMAND_H
#define CLI_ROWS_COMMAND_H

#include "base/text.h"
#include "records/record.h"
#include "report/case_name.h"

/* The work: " -w blur --plugin ./mine.so -s radius=4"; parameters that are known to be at their defaults
 * are left out. */
void rows_command_work(struct text *command, const struct record *run,
                       const struct case_defaults *defaults);

/* How it is run: " -x omp -s omp.wait=active -j 2 -i 64 --pin spread", but for what `sweeps` says
 * ("workers" or "inflight"; "": nothing). */
void rows_command_way(struct text *command, const struct record *run, bool has_params,
                      const char *sweeps);

#endif
