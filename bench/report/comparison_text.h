/* The words of a comparison that several formats have in common. */
#ifndef REPORT_COMPARISON_TEXT_H
#define REPORT_COMPARISON_TEXT_H

#include "report/units.h"
#include "results/comparison.h"

#include <bench/error.h>
#include <stdbool.h>
#include <stdio.h>

/* What else than workload, executor and workers tells the cases of a comparison apart. */
struct case_naming {
    bool with, inflight, pin, schedule, grain; /* `with`: the executor's parameters */
};

/* Of all cases that are in it, those of one side too. */
struct case_naming naming_of(const struct comparison *comparison);
/* Of the cases that one side only has: everything, if both have some, so that it is seen why they did
 * not match. */
struct case_naming naming_of_unmatched(const struct comparison *comparison);

/* "blur radius=4": workload and its parameters, without those that have no value. */
int case_put_work(FILE *out, const struct record *identity);
/* "omp wait=active, 2 workers, 4 in flight, pin spread" */
void case_put_way(FILE *out, const struct record *identity, const struct case_naming *naming);
/* The executor's parameters alone: "wait=active". */
void case_put_with(FILE *out, const struct record *identity);

/* Newly allocated: "blur radius=4 under omp, 2 workers". Fit for a terminal. NULL out of memory. */
char *case_name(const struct record *identity, const struct case_naming *naming);

/* Each into `text`, which has room for UNITS_TEXT bytes, and returned. "-" for what is not known. */
const char *text_value(char *text, const struct comparison *comparison, const struct compared_case *one,
                       double value);
/* +1.9 %, of a ratio: 1.019 */
const char *text_change(char *text, double ratio);
/* +1.2 .. +2.4 %, of an interval of ratios */
const char *text_interval(char *text, const struct interval *interval);

/* "old" and "new", or as the comparison says. */
const char *text_old_word(const struct comparison *comparison);
const char *text_new_word(const struct comparison *comparison);

/* Newly allocated: "1 slower, 3 same, 1 only in old.csv". NULL out of memory. */
char *comparison_summary(const struct comparison *comparison);

/* Newly allocated: "slower: 2.05 ms -> 2.15 ms, +4.9 % (+4.1 .. +5.5 %)", or "failed: ..."; NULL
 * likewise. */
char *comparison_finding(const struct comparison *comparison, const struct compared_case *one);

/* Flushes; 0, or what became of the stream since errno was set to 0, with `err` filled. */
int comparison_flush(FILE *out, struct bench_error *err);
int comparison_no_memory(struct bench_error *err);

#endif
