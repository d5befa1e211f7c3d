/* Two sides judged: which cases got slower, and what is said of all of them together. */
#ifndef RESULTS_JUDGE_H
#define RESULTS_JUDGE_H

#include "results/comparison.h"
#include "results/sides.h"

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
 */
void comparison_make(struct comparison *comparison, const struct side *old, const struct side *new);

/* Decides by interval and threshold alone: never FAILED. NaN: INCONCLUSIVE. */
enum verdict verdict_of(const struct interval *ratio, double threshold, const struct metric *metric);

/* What all verdicts together come to. */
enum outcome {
    OUTCOME_GOOD,
    OUTCOME_WORSE,    /* a case is, whatever else there is */
    OUTCOME_FAILED,   /* else: a case has failed */
    OUTCOME_NOTHING,  /* else: no case was compared */
    OUTCOME_IN_DOUBT, /* else, where `strict`: a case is inconclusive, or on one side only */
};
enum outcome comparison_outcome(const struct comparison *comparison, bool strict);

#endif
