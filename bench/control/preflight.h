/* Before anything is measured: can runners be started, can the workloads work with their parameters? */
#ifndef CONTROL_PREFLIGHT_H
#define CONTROL_PREFLIGHT_H

#include "control/child.h"
#include "plan/plan.h"

/* What checking a case came to, when the runner did not survive it. */
struct preflight_verdict {
    const char *status; /* as in the CSV; NULL: it did */
    char *error;        /* owned */
};

/*
 * Ask a runner to check each distinct workload and parameters of the plan. What is refused is the
 * user's mistake: -EINVAL, with the workload's words. A runner that dies or hangs (longer than
 * timeout_ns, unless 0) costs its own cases alone: they get a verdict. -EINTR when the user wants to
 * end. On success the caller frees the verdicts, one a case.
 */
int preflight(struct preflight_verdict **verdicts, const struct plan *plan, struct registry *registry,
              const struct child_setup *setup, uint64_t timeout_ns, struct bench_error *err);
void verdicts_free(struct preflight_verdict *verdicts, size_t count);

#endif
