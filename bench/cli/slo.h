/* `bench --slo`: how much load each case can take. */
#ifndef CLI_SLO_H
#define CLI_SLO_H

#include "cli/context.h"
#include "cli/defaults.h"
#include "cli/output.h"
#include "control/preflight.h"

/*
 * Find it for each case of the context's plan, and tell it on stdout; runs go to `output`, which is
 * open. The exit status, or a negative errno value with `err` filled: -EINTR when the user wants to end.
 */
int slo_run(struct context *context, const struct preflight_verdict *verdicts, struct output *output,
            struct bench_error *err);

#endif
