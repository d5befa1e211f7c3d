/* What each rank tells rank 0 of a run. Hosts are alike in how they lay out a struct: ranks of another
 * version of bench were refused. */
#ifndef RUNNER_RANK_REPORT_H
#define RUNNER_RANK_REPORT_H

#include "machine/steal.h"
#include "runner/case_state.h"

/* The tallies of its workers follow, then the CPUs of each as a text with its NUL. */
struct rank_report {
    int64_t code; /* 0, or why the rank has failed, which `message` says */
    char message[BENCH_ERROR_TEXT], note[BENCH_ERROR_TEXT];
    uint64_t called_ns, released_ns, late_ns;
    struct bench_clock clock;
    int64_t opening_ns;
    double tick_s;
    struct steal_sample taken; /* by others, during the run; of a host's first rank alone */
    struct memory memory;
    struct counter_reading counted[COUNTERS_MOST]; /* from start to end; zeros of what does not count */
    bool failed_itself;                            /* and not because another has */
};

/* For free(). */
void *rank_report_make(const struct open_case *one, const struct rank_report *head, size_t *size);

/* When it began, by rank 0's clock: the common start and how late it was, or behind the barrier. */
uint64_t rank_report_began_ns(const struct rank_report *head);

/* Rank 0: that of rank `rank` into its copy of all workers. Returns the head. */
struct rank_report rank_report_take(struct open_case *one, uint32_t rank, const char *bytes);

#endif
