/* Before anything is measured: can runners be started, can the modules work with their parameters? */
#ifndef CONTROL_PREFLIGHT_H
#define CONTROL_PREFLIGHT_H

#include "control/child.h"
#include "plan/plan.h"
#include "records/record.h"

/* Why a case is not to be launched. Texts are the plan's. */
struct preflight_verdict {
    enum status status; /* STATUS_UNKNOWN: it is */
    const char *error;
};

/*
 * Ask a runner to check each variant of the plan that wants it; executors get the environment that they
 * then say (variant.environment). What is refused is the user's mistake: -EINVAL, with the module's
 * words. A runner that dies or hangs (longer than timeout_ns, unless 0) costs its own cases alone: they
 * get a verdict, as those do whose runtime lacks something. -EINTR when the user wants to end. On
 * success the caller frees the verdicts, one a case, before the plan.
 */
int preflight(struct preflight_verdict **verdicts, struct plan *plan, const struct child_setup *setup,
              uint64_t timeout_ns, struct bench_error *err);
void preflight_free(struct preflight_verdict *verdicts);

#endif
