/* What an open case consists of: for the files of the runner that make, run and close one. */
#ifndef RUNNER_CASE_STATE_H
#define RUNNER_CASE_STATE_H

#include "machine/steal.h"
#include "measure/counters.h"
#include "modules/loader.h"
#include "modules/params.h"
#include "protocol/message.h"
#include "runner/clock_watch.h"
#include "runner/scratch.h"
#include "runner/team.h"

struct ranked;

struct open_case {
    struct module_file *files; /* of plug-ins */
    size_t files_count;
    const struct bench_workload *workload;
    const struct bench_executor *executor;
    struct params workload_params, executor_params;
    struct params ranks_params; /* where its workers are ranks */
    struct bench_plan plan;
    struct scratch scratch;
    void *shared; /* the workload's */
    void *state;  /* the executor's */
    struct team *team;
    struct ranks *ranks;     /* of which this runner is one; NULL: it is alone */
    struct ranked *ranked;   /* what rank 0 puts together from all of them, and each keeps for it */
    unsigned long *all_cpus; /* of all workers together */
    struct counters counters;
    struct clock_watch clock;
    struct steal_meter steal;
    bool is_set_up;     /* the workload is */
    bool opened;        /* the executor is */
    bool broken;        /* a run has failed: workers may be lost, lanes half made */
    int64_t opening_ns; /* what opening the executor took; the first run's start-up */
};

/* A hook has not returned 0. What it should have said is a negative errno value; EIO means -EIO. */
int hook_failed(int rc, const char *what, struct bench_error *err);

/* Set the environment, load the modules and read their parameters; the case is for case_close() either
 * way. */
int case_load(struct open_case *open_case, const struct open_asked *request, struct bench_error *err);

/* -ENOTSUP: the executor does not offer what the workload needs. */
int case_check_needs(const struct open_case *open_case, struct bench_error *err);

#endif
