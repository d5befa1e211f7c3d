/*
 * The adviser: it turns levers to see what the work is bound by, races the ways of running it, and says
 * what it would do. Talks to nobody: progress goes through hooks, the answer is a struct advice.
 */
#ifndef ADVISE_ADVISE_H
#define ADVISE_ADVISE_H

#include "control/launch.h"
#include "control/preflight.h"
#include "results/advice.h"
#include "stats/random.h"

struct advise_hooks {
    void *context;
    /* A run has ended, as in launch_hooks. */
    int (*on_record)(void *context, const struct record *record, struct bench_error *err);
    void (*on_note)(void *context, const struct plan_case *one, const char *note);
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

/* 0, or a negative errno value: -EINTR when the user wants to end. The caller frees the advice. */
int advise(struct advice *advice, const struct advise_request *request, struct bench_error *err);

/*
 * What a task costs under the recommended way and under serial, whatever it does: `request` has the plan
 * of an empty task, of which the cases of the two executors are run. Fills task_cost_s, serial_cost_s
 * and break_even_s, as far as they can be had.
 */
int advise_cost(struct advice *advice, const struct advise_request *request, struct bench_error *err);

/* ---- between its files ---- */

struct adviser {
    const struct advise_request *request;
    struct advice *advice;
    struct random_source random;
    uint64_t began_ns;
    const struct plan_case *now; /* that is being launched */
    const char *doing;
};

double adviser_spent(const struct adviser *adviser); /* of the time: 0..1 and beyond */

/* class.c: the first stage, of the work with one lane under `one`; and of any other way. */
int class_find(struct adviser *adviser, const struct plan_case *one, double until, struct bound *bound,
               struct bound_rules *rules, struct bench_error *err);

/* ways.c: the second stage. */
int ways_race(struct adviser *adviser, double until, struct bench_error *err);

/* The third: what an empty task costs under two cases of another plan; `serial` may be NULL. */
int ways_cost(struct adviser *adviser, const struct plan_case *way, const struct plan_case *serial,
              struct bench_error *err);

/* The case of a way of the advice, for launching it again. `one` is filled. */
bool ways_case(const struct adviser *adviser, const struct advice_way *way, struct plan_case *one);

#endif
