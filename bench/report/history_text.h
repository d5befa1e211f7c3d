/* The words of a history that several formats have in common. Texts are for free() and fit for a
 * terminal. */
#ifndef REPORT_HISTORY_TEXT_H
#define REPORT_HISTORY_TEXT_H

#include "report/case_name.h"
#include "results/history.h"

/* What tells all its series apart. */
void history_naming(struct case_naming *naming, const struct history *history,
                    const struct case_defaults *defaults);

/* "slower", "faster", "slower: the machine", "slower, confirmed", "slower? (young)" */
char *history_point_word(const struct history *history, const struct history_point *point);

/* "slower: wall 2.05 ms -> 2.15 ms, +4.9 %, since 2026-03-02 (4f2a9c1), behind 2026-03-01 (77ab012)" */
char *history_finding(const struct history *history, const struct history_point *point);

/* "2026-03-02 4f2a9c1", or as much as is known of it. */
char *history_session_word(const struct history_session *session);

/* The machine of a series, as far as it tells it from the other machines: "EPYC"; all of it where no one
 * part does. */
char *history_machine_word(const struct history *history, const struct history_series *series);

/* "3 slower, 1 faster, 1 of the machine" */
char *history_summary(const struct history *history);

#endif
