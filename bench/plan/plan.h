/* From the user's request to the cases to run: lists and sweeps make a matrix. */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "base/shape.h"
#include "modules/registry.h"
#include "plan/list.h"
#include "plan/variant.h"

#include <stdbool.h>

/* The user's request. Texts are the caller's. */
struct plan_request {
    const char *workloads, *executors; /* lists of names; executors NULL: each workload's own */
    struct number_list workers, inflight;
    struct number_list rank_workers; /* where workers are ranks: max is another number there; or none */
    struct real_list rates;          /* arrivals a second; empty: closed loops */
    double arrivals_s;               /* for how long they come in each run */
    bool arrives;                    /* rates are given here, or will be found */
    const char *const *settings;     /* "[module.]name=value[,value...]" */
    size_t settings_count;
    struct shape shape; /* of every case, but for workers, inflight and rate_per_s */
};

/* One cell of the matrix. What is pointed to is the plan's and shared by cases. */
struct plan_case {
    const struct module_info *workload, *executor;
    struct variant *work, *way;           /* the workload and the executor with their parameters */
    const char *params, *executor_params; /* "name=value ..." of either */
    const char *unsupported;              /* why no runner need be asked; or NULL */
    struct shape shape;                   /* its texts are the request's */
    double arrivals_s;   /* for how long tasks arrive in each run, at its rate; 0: a closed loop */
    bool is_reference;   /* of the work by which sessions are told apart from machines */
    struct variant *own; /* NULL, or `work` where it is this case's alone (plan_case_set) */
};

struct plan {
    struct plan_case *cases; /* workload and its parameters slowest, then executor, workers, inflight */
    size_t count, capacity;
    struct variants *variants; /* of one module each */
    size_t variants_count, variants_capacity;
    char **texts;
    size_t texts_count, texts_capacity;
};

/* Take over copies of the cases of `from`, which must outlive it, as those of the reference. */
void plan_add_reference(struct plan *plan, const struct plan *from);

enum { PLAN_CASES_MAX = 1000000 };

/*
 * Make the cases. Errors begin with the option that is wrong and are -EINVAL, but -ENOENT for a name
 * that nothing has and -ENOTSUP for a module that was not built. The caller frees the plan; registry
 * and request must outlive it.
 */
int plan_make(struct plan *plan, struct registry *registry, const struct plan_request *request,
              struct bench_error *err);
void plan_free(struct plan *plan);

/* A copy, for plan_case_free; what it shares must outlive it. */
void plan_case_copy(struct plan_case *to, const struct plan_case *from);
void plan_case_free(struct plan_case *one);

/* How many tasks arrive in a run, at least one; 0: a closed loop. */
int64_t plan_case_arrivals(const struct plan_case *one);

/* Set a parameter of the workload for this case alone; -EINVAL as param_set_value. */
int plan_case_set(struct plan_case *one, const char *name, const char *value, struct bench_error *err);

/* Has the workload such a parameter, and is it at its default? */
bool plan_case_is_default(const struct plan_case *one, const char *name);

/* Both texts of parameters in one, the executor's as EXECUTOR.name=value; for free(). */
char *plan_case_params(const struct plan_case *one);

#endif
