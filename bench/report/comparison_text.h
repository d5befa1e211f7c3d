/* The words of a comparison that several formats have in common. Texts are for free() and fit for a
 * terminal. */
#ifndef REPORT_COMPARISON_TEXT_H
#define REPORT_COMPARISON_TEXT_H

#include "report/case_name.h"
#include "report/units.h"
#include "results/comparison.h"

/* What tells all its cases apart, those of one side too, so that they are named alike everywhere. */
void comparison_naming(struct case_naming *naming, const struct comparison *comparison,
                       const struct case_defaults *defaults);
/* For cases that one side only has: everything, if both have some, so that it is seen why they did not
 * match. */
void comparison_naming_unmatched(struct case_naming *naming, const struct comparison *comparison,
                                 const struct case_defaults *defaults);

/* A value of the comparison's metric into `text`, which has room for UNITS_TEXT bytes. Returns it. */
const char *comparison_value(char *text, const struct comparison *comparison,
                             const struct compared_case *one, double value);

/* "old" and "new", or as the comparison says. */
const char *comparison_old_word(const struct comparison *comparison);
const char *comparison_new_word(const struct comparison *comparison);

/* "1 slower, 3 same, 1 only in old.csv" */
char *comparison_summary(const struct comparison *comparison);

/* "slower: wall 2.05 ms -> 2.15 ms, +4.9 % (+4.1 .. +5.5 %)", or "failed: ..." */
char *comparison_finding(const struct comparison *comparison, const struct compared_case *one);

#endif
