/*
 * A launch under way: one case in one fresh runner, opened, run as often as one likes, closed. Each run,
 * and whatever happens to the runner, becomes a record. measure.h makes the runs of a measurement with
 * one; alternate.h has two at once and lets them run in turn.
 */
#ifndef CONTROL_LAUNCH_H
#define CONTROL_LAUNCH_H

#include "control/stopping_rule.h"
#include "control/talk.h"
#include "measure/process_tree.h"
#include "plan/plan.h"
#include "records/record.h"

/* How the measuring of a launch ended, where it was not cut short. */
struct measure_end {
    enum stopping why;
    uint64_t runs;    /* measured */
    uint64_t passes;  /* over the tasks, in each run */
    double precision; /* of the median of these runs (stopping_precision); NaN where they are too few */
};

/* Who is told. All are called on the controller's thread, between runs. A hook may be NULL. */
struct launch_hooks {
    void *context;
    /* A run has ended, or the launch has: the record is the callee's to copy. Negative: stop. */
    int (*on_record)(void *context, const struct record *record, struct bench_error *err);
    /* What rank `rank` did in a run that went well, before that run's own record. NULL: not asked for.
     */
    int (*on_rank)(void *context, int64_t rank, const struct record *record);
    /* Before the record of a measured run: all its latencies, the callee's to copy; none, where the
     * runner does not tell them. They are asked for where there is such a hook. */
    void (*on_latencies)(void *context, const struct record *record, const struct latencies *latencies);
    /* A run is about to begin: number `run` of about `runs` in this launch, warm-up included. */
    void (*on_progress)(void *context, uint64_t run, uint64_t runs);
    /* All runs of measure_launch have ended well. */
    void (*on_end)(void *context, const struct measure_end *end);
    /* Something the user should know, that is not a failure. */
    void (*on_note)(void *context, const char *note);
};

/* What is launched, and how. */
struct launch_request {
    const struct plan_case *one;
    const struct child_setup *setup;
    const struct stopping_limits *limits; /* measure_launch's alone */
    const struct launch_hooks *hooks;
    const struct record *session; /* session, host, machine, label: copied into each record */
    uint64_t timeout_ns;          /* of the whole launch; 0: none */
    int64_t number;               /* from 1 */
    /*
     * How many passes over the tasks a run of this case makes, so that its launches are alike: 0 until
     * its first launch has found out. NULL: one. Several are made only where limits ask for precision.
     * measure_launch's alone.
     */
    uint64_t *passes;
    const char *side;   /* of two that are compared; NULL: there is one */
    enum column column; /* whose value of each run launch->value keeps: a COUNT or a REAL */
};

struct launch {
    const struct launch_request *request;
    struct child child;
    uint64_t deadline_ns;
    uint64_t closing_ns; /* when it was asked to close; 0: not yet */
    bool slow_end;       /* it did not, in time: nothing is waited for any more */
    uint64_t started_ns; /* of the runner */
    char *launcher;      /* that starts its ranks, as one would type it; NULL: as the session says */
    char *scratch;       /* the runner's folder, if it makes it */
    bool is_open;
    char *note;           /* of the answer to open, which is as true of each run; NULL: none */
    struct opened opened; /* what the answer to open promises, while is_open */
    int64_t trace_launch; /* its number in the trace; 0: there is none */
    int64_t trace_bytes;  /* of the run under way */
    bool has_traced;      /* a run */
    uint64_t asked_ns;    /* when the current run was requested */
    int64_t suspended_ns; /* of the machine, until then */
    struct tree_use tree; /* of the runner and its children, until then; where it leaves that to us */
    double wall_s;        /* of the last run; NaN before one was timed, and of one that verifies */
    double value;         /* of the last run, in the request's column; NaN where it has none */
    int64_t tasks;        /* done in it, as the runner says */
};

/* One run to be made. */
struct launch_run {
    enum phase phase;
    uint64_t run, passes; /* run from 1, within its phase */
    int64_t block;        /* RECORD_NO_COUNT: none */
    double slower;        /* on purpose, by this part of its time: 0.01 is 1 % */
    const char *lever;    /* as base/lever.h has it; NULL: as the case's shape says */
    double settle_s;      /* of the lever; 0: as the runner likes */
    bool brief;           /* only the time is needed, so the reply comes sooner */
};

/* What became of a step. A negative errno value instead: all is over, `err` says why. */
enum launch_outcome { LAUNCH_GOES_ON, LAUNCH_OVER };

/*
 * Start the runner and open the case. Whatever is returned, the caller ends the launch. LAUNCH_OVER: a
 * record with a status that is not ok has been given to on_record.
 */
int launch_open(struct launch *launch, const struct launch_request *request, struct bench_error *err);

/* Make a run and its record. */
int launch_run(struct launch *launch, const struct launch_run *what, struct bench_error *err);

/* The same in two halves, so that two runners can be at work at once: ask, then wait. Where one fails,
 * `record` is freed. */
int launch_run_begin(struct launch *launch, const struct launch_run *what, struct record *record,
                     struct bench_error *err);
int launch_run_end(struct launch *launch, const struct launch_run *what, struct record *record,
                   struct bench_error *err);

/* It was asked for several passes in its last run and has done one: it is of version 1, and knows none.
 */
bool launch_knows_one_pass(const struct launch *launch, uint64_t passes);

/* How many passes --max-requests has room for; UINT64_MAX: as many as one likes. */
uint64_t launch_passes_left(const struct launch *launch);

/* Close the case. A runner that does not in time is a note, no failure: all has been measured. */
int launch_close(struct launch *launch, struct bench_error *err);

/* End the runner, its children included; `outcome` is that of the last step. */
void launch_end(struct launch *launch, int outcome);

/*
 * What is known of a case before it is launched: the session, and all that makes it one but a grain that
 * is the workload's to choose. Into `record`, which the caller frees.
 */
void launch_describe(struct record *record, const struct plan_case *one, const struct record *session);

/* No runner is started: a record with this status says why. Negative: what on_record returned. */
int launch_refuse(const struct launch_request *request, enum status status, const char *error,
                  struct bench_error *err);

#endif
