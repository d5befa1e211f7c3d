/*
 * What `bench advise` has found: what the work is bound by, which ways of running it were tried, which
 * is recommended, and what that costs. Made by advise/, printed by report/. Texts that are not const are
 * its own.
 */
#ifndef RESULTS_ADVICE_H
#define RESULTS_ADVICE_H

#include "results/bound.h"
#include "results/scaling.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A way of running the work. Numbers are NaN where not known. */
struct advice_way {
    const char *runtime; /* NULL: bench's own */
    const char *executor;
    int64_t workers, inflight;
    size_t launches;
    double wall_s;  /* of one pass over the tasks */
    double speedup; /* over serial */
    struct interval speedup_interval;
    double cpu_s, pss_bytes, switches; /* of a pass, medians */
    bool is_serial;
    bool is_behind;  /* surely, and was given up */
    bool is_untried; /* there was no time or no room for requests left: `failed` says so */
    char *failed;    /* why it could not be run; NULL: it could */
};

struct advice {
    const char *workload, *params;
    int64_t tasks;
    double cpus; /* that there are: allowed, within the quota */

    struct bound bound;
    struct bound_rules rules;

    struct advice_way *ways;
    size_t ways_count, ways_capacity;
    size_t serial, best, recommended; /* SIZE_MAX: there is none */
    /* Lanes (workers x inflight) of the recommended executor that are as good as the best. */
    int64_t lanes_least, lanes_most;
    double margin; /* what is as good: 0.03 */

    bool has_then; /* what binds the recommended way, if it has several lanes */
    struct bound then;

    double task_cost_s, serial_cost_s; /* CPU time of an empty task */
    double break_even_s; /* tasks shorter than that are done sooner by serial; NaN: not known */
    double startup_s;    /* of the recommended way */

    /* How the ways scale; another's, NULL: it was not looked at. */
    const struct scalings *scalings;

    char *command;   /* that runs it so; NULL: nothing is recommended */
    bool is_of_rows; /* of earlier runs: nothing was run for it */
    struct advice_wish {
        const char *what; /* "class", "ways", "scaling" */
        char *command;
    } * wishes; /* what would have to be run for an answer that the rows do not have */
    size_t wishes_count;
    char **warnings;
    size_t warnings_count;
    double took_s;
};

/* Zero but for what is not known. */
void advice_init(struct advice *advice);
struct advice_way *advice_way_add(struct advice *advice);
/* Takes the text. */
void advice_warn(struct advice *advice, char *text);
/* Takes the command. */
void advice_wish(struct advice *advice, const char *what, char *command);
void advice_free(struct advice *advice);

/*
 * From the ways to what is recommended: among those whose time is within the margin of the best, serial
 * if it is one; else the one with the least memory; where that is the same within a tenth, the least CPU
 * time; then the fewest lanes; then the first. Fills best, recommended, lanes_least, lanes_most,
 * speed-ups.
 */
void advice_choose(struct advice *advice);

#endif
