/* From what the user asked for to the cases to run: lists and sweeps make a matrix. */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "base/shape.h"
#include "modules/params.h"
#include "modules/registry.h"
#include "plan/list.h"

/* What the user asked for. Texts are the caller's. */
struct plan_request {
    const char *workloads, *executors; /* lists of names, or "all" */
    struct number_list workers, inflight;
    const char *const *settings; /* "[module.]name=value[,value...]" */
    size_t settings_count;
    struct shape shape; /* of every case, but for workers and inflight */
};

/* One cell of the matrix. */
struct plan_case {
    const struct bench_workload *workload;
    const struct bench_executor *executor;
    struct params workload_params, executor_params;
    char *params;       /* all of them as the CSV has them: the executor's as EXECUTOR.name=value */
    struct shape shape; /* its texts are the request's */
};

struct plan {
    struct plan_case *cases; /* workload and its parameters slowest, then executor, workers, inflight */
    size_t count;
};

/*
 * Make the cases. Errors begin with the option that is wrong and are -EINVAL, but -ENOENT for a name
 * that nothing has and -ENOTSUP for a module that was not built. The caller frees the plan; registry
 * and request must outlive it.
 */
int plan_make(struct plan *plan, struct registry *registry, const struct plan_request *request,
              struct bench_error *err);
void plan_free(struct plan *plan);

/* A copy of its own, which the caller frees; -ENOMEM. */
int plan_case_copy(struct plan_case *to, const struct plan_case *from, struct bench_error *err);
void plan_case_free(struct plan_case *one);

/* Set a parameter of the workload; -EINVAL as params_set. */
int plan_case_set(struct plan_case *one, const char *name, const char *value, struct bench_error *err);

/* Say which case it is in a few words: "http under uv, 2 workers, 64 in flight". As snprintf(). */
int plan_case_name(char *text, size_t size, const struct plan_case *one);

#endif
