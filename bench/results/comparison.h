/*
 * What came of comparing two sets of results, case by case: what `bench compare` and `bench ab` find and
 * what report/ prints. OLD and NEW, or A and B: `new` is always judged against `old`.
 */
#ifndef RESULTS_COMPARISON_H
#define RESULTS_COMPARISON_H

#include "records/record.h"
#include "results/metric.h"
#include "stats/sample.h"

#include <bench/error.h>
#include <stdbool.h>
#include <stddef.h>

struct samples;

enum verdict {
    VERDICT_SAME,         /* the interval lies within the threshold */
    VERDICT_BETTER,       /* faster, smaller, ...: as the metric has it */
    VERDICT_WORSE,        /* a regression */
    VERDICT_INCONCLUSIVE, /* neither can be said; `detectable` tells how far off it is */
    VERDICT_FAILED,       /* on one side at least there is no number: `why` */
};
enum { VERDICTS = VERDICT_FAILED + 1 };

/* Seconds, bytes, ... of the metric; NaN where not known. Texts are owned by the comparison. */
struct compared_case {
    struct record identity;      /* workload to grain of the case, and work_unit, as far as known */
    double old_value, new_value; /* medians */
    size_t old_runs, new_runs, old_launches, new_launches;
    double ratio;             /* new / old */
    struct interval interval; /* of the ratio, adjusted for the number of cases (Holm) */
    double p;                 /* that the ratio is 1; adjusted likewise */
    double rank_p;     /* a second opinion, by ranks alone and not adjusted: Mann and Whitney's of the
                        * launches' medians, or of the runs where a side has one launch */
    double detectable; /* the smallest change that would have been seen: 0.01 is 1 % */
    enum verdict verdict;
    char *why; /* of FAILED and INCONCLUSIVE; else NULL. Cases with the same reason have the same text */
    char *note; /* what makes the numbers mean less, or how they were got; NULL */
};

/* Begins as all zeros. */
struct comparison {
    const struct metric *metric;
    const char *old_word, *new_word; /* "old" and "new", "A" and "B": headings. NULL: old and new */
    const char *old_name, *new_name; /* of the sides: files, or what was added to the command line */
    double threshold;                /* 0.02 is 2 % */
    double confidence;               /* 0.95: of the intervals */
    double false_alarm; /* chance of a difference where there is none, if not 1 - confidence; 0: it is */
    bool is_paired;     /* the change is of pairs, and `new_value` is old_value x ratio */
    struct compared_case *cases;
    size_t size;
    struct record *only_old, *only_new; /* identities of cases that the other side does not have */
    size_t only_old_size, only_new_size;
    char **notes; /* about all of it, each once */
    size_t notes_size;
};

/*
 * Judge `new` against `old`, which are finished and of one metric, into `comparison`, in which metric,
 * names, threshold (0 or more) and confidence (below 1) are set. Cases are in the order of `old`.
 *
 * The ratio of medians and its interval respect launches as clusters (stats/sample.h). With several
 * cases, each has a chance of a false alarm. Holm's step-down procedure (1979) divides what is allowed,
 * alpha = 1 - confidence, among them: the k-th smallest of m p-values (k from 0) is held against alpha /
 * (m - k), until one does not pass, and the others against what that one was held against. A case's
 * interval is that of the level 1 - alpha / (m - k) likewise, so that it excludes 1 exactly where the
 * procedure finds a difference. The chance of a difference in any case where there is none is alpha.
 *
 * - BETTER and WORSE: all of the interval lies beyond 1 + threshold, or below 1 / (1 + threshold).
 *
 * - SAME: all of it lies between these two.
 *
 * - INCONCLUSIVE: else, and where there is no interval because there are too few runs.
 *
 * - FAILED: a run of the case did not go well, or none was measured, or a value is missing, not finite
 * or not over 0 (of which there is no ratio), on one side at least.
 *
 * For WORSE it is not enough that the interval excludes 1: the two sides were measured at different
 * times, and what the machine did meanwhile is in every launch of one side and in none of the other, so
 * that no interval made of launches knows of it. The threshold is what that is allowed to come to.
 * What is longer than that cannot be told from a change: a CPU that others take for all of one side is
 * told as slower, with a note that CPU time is the same. Launches that are far apart in time see more of
 * it and make wider intervals (scripts/gate files).
 *
 * A case that is `unsupported` in all its launches is one that this side does not have: where neither
 * has it, a note says so; where only `old` has it, it is FAILED, since what worked does not any more;
 * where only `new` has it, it is in only_new.
 *
 * 0, or -ENOMEM with `err` filled: then the comparison is empty, as after comparison_free.
 */
int comparison_make(struct comparison *comparison, const struct samples *old, const struct samples *new,
                    struct bench_error *err);

/*
 * May they be compared? -EINVAL where a side has two sides of a comparison of its own in it (`bench
 * ab`), or where the machines differ and `across_machines` is not set; the message says in what.
 */
int comparison_check(const struct samples *old, const struct samples *new, bool across_machines,
                     struct bench_error *err);

/* Also of one that comparison_make did not fill. All but metric, words, names and levels is then zero.
 */
void comparison_free(struct comparison *comparison);

/* Add a note that is not there yet. 0 or -ENOMEM. */
int comparison_note(struct comparison *comparison, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* By interval and threshold alone: never FAILED. NaN: INCONCLUSIVE. */
enum verdict verdict_of(const struct interval *ratio, double threshold, const struct metric *metric);

/* "slower", "faster", "same", ...: the word for it with this metric. */
const char *verdict_word(enum verdict verdict, const struct metric *metric);

/* How many cases have this verdict. */
size_t comparison_count(const struct comparison *comparison, enum verdict verdict);

#endif
