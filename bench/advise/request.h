/* What the adviser is asked, and whom it tells meanwhile. */
#ifndef ADVISE_REQUEST_H
#define ADVISE_REQUEST_H

#include "control/launch.h"
#include "control/preflight.h"

struct advise_hooks {
    void *context;
    /* A run has ended, as in launch_hooks. */
    int (*on_record)(void *context, const struct record *record, struct bench_error *err);
    void (*on_note)(void *context, const struct plan_case *one, const char *note);
    /* What other machines are asked to bear: told before it is done, and whoever listens. */
    void (*on_announce)(void *context, const char *text);
    /* What is done now, and which part of the time there is has gone. */
    void (*on_progress)(void *context, const struct plan_case *one, const char *what, double part);
};

struct advise_request {
    const struct plan
        *plan; /* of one work; a case for each executor, one lane each, or those of the user */
    const struct preflight_verdict *verdicts; /* of its cases */
    const struct child_setup *setup;
    const struct record *session;
    const struct advise_hooks *hooks;
    uint64_t time_ns, timeout_ns;
    uint64_t seed;
    double cpus;        /* CPUs that may be used, within the quota; at least 1 */
    double memory_room; /* bytes; NaN: not known */
    bool has_ladder;    /* workers and lanes are the adviser's to choose */
};

#endif
