/* How much load a way of running can take: what `bench --slo` has found. Made by advise/capacity.c,
 * printed by report/capacity_page.c. */
#ifndef RESULTS_CAPACITY_H
#define RESULTS_CAPACITY_H

#include "records/record.h"
#include "stats/limit_search.h"

#include <stdbool.h>

/* What must hold: a quantile of the latency of a run, or its largest. */
struct slo {
    enum column column; /* COLUMN_latency_p99_s or another */
    const char *word;   /* "p99" */
    double allowed;     /* the share of tasks that may take longer; 0: none, as for a largest one */
    double limit_s;
};

/* "p99=10ms", "max=1s". -EINVAL with a message that begins with the text. */
int slo_parse(struct slo *slo, const char *text, struct bench_error *err);

/* One way of running. Numbers are NaN where not known. */
struct capacity {
    struct record identity; /* of its case, without a rate; its own */
    double closed_per_s;    /* tasks a second as fast as can be */
    struct limit_search search;
    struct limit_answer answer; /* in tasks a second */
    double cpu_use;             /* cores kept busy at the look nearest to the answer */
    double latency_s;           /* seen there */
    int64_t tasks;              /* that arrived in that look */
    enum status status; /* not OK: it could not be run, or every look failed; `failed` says why */
    bool was_late;      /* and that is the load generator's fault: looks were late, not slow */
    char *failed;       /* NULL: it has an answer */
};

struct capacities {
    struct slo slo;
    struct capacity *list;
    size_t count;
};

void capacities_free(struct capacities *capacities);

#endif
