/*
 * One launch: a case in one fresh runner, from open to close, its runs made into records. Whatever
 * happens to the runner becomes a record with a status.
 */
#ifndef CONTROL_LAUNCH_H
#define CONTROL_LAUNCH_H

#include "control/child.h"
#include "plan/plan.h"
#include "records/record.h"

/* How often, and how long. */
struct launch_limits {
    uint64_t warmup;
    uint64_t runs;               /* measured runs; 0: as many as fit into time_ns */
    uint64_t min_runs, max_runs; /* where runs is 0 */
    uint64_t time_ns;            /* of measured runs, where runs is 0 */
    uint64_t timeout_ns;         /* of the whole launch; 0: none */
};

/* Who is told. All are called on the controller's thread, between runs. A hook may be NULL. */
struct launch_hooks {
    void *context;
    /* A run has ended, or the launch has: the record is the callee's to copy. Negative: stop. */
    int (*on_record)(void *context, const struct record *record, struct bench_error *err);
    /* A run is about to begin: number `run` of about `runs` in this launch, warm-up included. */
    void (*on_progress)(void *context, uint64_t run, uint64_t runs);
    /* Something the user should know, that is no failure. */
    void (*on_note)(void *context, const char *note);
};

struct launch {
    const struct plan_case *one;
    struct registry *registry;
    const struct child_setup *setup;
    const struct launch_limits *limits;
    const struct launch_hooks *hooks;
    const struct record *session; /* session, host, machine, label: copied into each record */
    int64_t number;               /* from 1 */
};

/*
 * Returns 0 when the launch ended, be it with a failed status; -EINTR when the user wants to end; what
 * on_record returned, if negative. The runner and all its children have ended when this returns.
 */
int launch_run(const struct launch *launch, struct bench_error *err);

/* No runner is started: a record with this status says why. Returns as launch_run does. */
int launch_refuse(const struct launch *launch, const char *status, const char *error,
                  struct bench_error *err);

/* The message that opens the case, for runners by hand too: `op` is "open" or "check". NULL: no memory.
 */
json_t *launch_message(const struct plan_case *one, struct registry *registry, const char *op);

#endif
