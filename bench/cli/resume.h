/* `bench run --resume`: cases that the file of --output holds complete are not run again. */
#ifndef CLI_RESUME_H
#define CLI_RESUME_H

#include "cli/context.h"
#include "cli/output.h"

/*
 * Which cases of the plan, by their places, that file holds complete: as many launches as are asked for
 * (--launches), each verified and with as many measured runs as are asked for (--runs, else --min-runs,
 * or fewer where the time was over), and no run that went wrong. Label and machine must be this call's.
 * Their rows go into `output`, which is open, so that they are told with the others. *done is for
 * free(), count values. Without --resume, and without that file, none is. 0, or a negative errno value
 * with `err` filled.
 */
int resume_open(bool **done, struct output *output, const struct context *context,
                struct bench_error *err);

#endif
