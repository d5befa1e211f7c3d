/*
 * What came of comparing two sets of results, case by case: what `bench compare` and `bench ab` find and
 * what report/ prints. OLD and NEW, or A and B: `new` is always judged against `old`.
 */
#ifndef RESULTS_COMPARISON_H
#define RESULTS_COMPARISON_H

#include "records/record.h"
#include "results/metric.h"
#include "stats/interval.h"
#include "stats/values.h"

#include <stdbool.h>
#include <stddef.h>

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
    /* What is behind the ratio, as ratios to `old_value`: the rounds of a pair; the launches of a side
     * in files, each by its median. Those that there are not are empty. */
    struct values rounds, old_medians, new_medians;
    enum verdict verdict;
    char *why; /* of FAILED and INCONCLUSIVE; else NULL. Cases with the same reason have the same text */
    char *note; /* why to trust the numbers less, or how they were obtained; NULL */
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

/* All but metric, words, names and levels is then zero. */
void comparison_free(struct comparison *comparison);

/* Add a note that is not there yet. */
void comparison_note(struct comparison *comparison, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "slower", "faster", "same", ...: the word for it with this metric. */
const char *verdict_word(enum verdict verdict, const struct metric *metric);

/* How many cases have this verdict. */
size_t comparison_count(const struct comparison *comparison, enum verdict verdict);

#endif
