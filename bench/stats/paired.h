/*
 * Is B slower than A? The decision of a paired comparison, round by round, while it is measured.
 *
 * A round is one fresh launch of A and one of B that took turns; its difference is the middle of ln(B/A)
 * over its pairs of neighbouring runs. The rounds are what is judged, not the pairs: runs of one launch
 * share its layout of memory, so a launch that was dealt a bad one is slow in all its pairs (Mytkowicz
 * et al., "Producing wrong data without doing anything obviously wrong", ASPLOS 2009), and a test that
 * took pairs for independent would find a difference between a program and itself.
 *
 * What is assumed of rounds: they are independent, and where A and B are the same, a difference is as
 * likely as its opposite, because the labels could be swapped. That is what Wilcoxon's signed-rank test
 * needs (stats/signed_rank.h), and all; it is exact. With few rounds nothing is ever found: n fair coins
 * cannot be unlikelier than 2^-n. The estimate and its interval are those of Hodges and Lehmann.
 *
 * It is looked at eleven moments, at fixed parts of the time, and the chance of a false alarm is spent
 * over them (Bonferroni; until the part t of the time, t^3 of it, little at first, as O'Brien and
 * Fleming, Biometrics 35 (1979), do). A difference that all rounds together show must be seen twice: the
 * rounds of the earlier half and those of the later half must each show it again, in the same direction.
 * So what the machine does in one stretch of the time is not taken for a difference. The chance of a
 * false alarm is at most what is promised by the first of these conditions alone.
 *
 * Pure but for its own state; any thread, one at a time.
 */
#ifndef STATS_PAIRED_H
#define STATS_PAIRED_H

#include "stats/interval.h"
#include "stats/values.h"

#include <stdbool.h>
#include <stddef.h>

struct paired_rules {
    double false_alarm; /* chance of finding a difference where there is none, either way: 0.001 */
    double threshold;   /* ln of the ratio up to which two are the same: log(1.005) */
    double level;       /* of the interval that is reported: 0.95 */
};

enum paired_state {
    PAIRED_LOOKING,       /* more rounds are needed */
    PAIRED_CONFIRMING,    /* all rounds show a difference, but not each half of them */
    PAIRED_SAME,          /* the centre's interval of 99 % lies within the threshold */
    PAIRED_DIFFERENT,     /* found, beyond the threshold, and in each half */
    PAIRED_NOT_CONFIRMED, /* the time is over, and only all rounds together have shown it */
};

/* Zero-initialised but for the rules. The owner frees it. */
struct paired {
    struct paired_rules rules;
    struct values rounds; /* ln(B/A) of each */
    int direction;        /* of a difference that all rounds have shown: 1 is B slower; 0: none */
    unsigned looks;       /* made so far */
    size_t next_same;     /* at so many rounds it is asked whether they are the same */
    enum paired_state state;
};

/* What the rounds say together. NaN where there are too few. */
struct paired_result {
    double difference;        /* estimate of ln(B/A) */
    struct interval interval; /* of it */
    double p;                 /* two-sided, that it is 0 */
    double detectable; /* the smallest one that all rounds together would have found nine times in ten */
};

/* A round has ended. */
void paired_add(struct paired *paired, double difference);

/*
 * What is to be done after a round, when `spent` (0..1) of the time that there is has gone. Not called
 * again once the answer is one of the last three; at 1 LOOKING means that nothing can be said.
 */
enum paired_state paired_look(struct paired *paired, double spent);

struct paired_result paired_result(const struct paired *paired);

/* How many rounds a difference needs at least to be found at all, and in each half. */
size_t paired_least_rounds(const struct paired_rules *rules);

void paired_free(struct paired *paired);

#endif
