/* What is to be said of the files of a history: machines that differ, suites that are mixed, rows left
 * out. */
#ifndef RESULTS_HISTORY_NOTES_H
#define RESULTS_HISTORY_NOTES_H

#include "results/history.h"

/* Of its series, which are made; into the notes of its rows. */
void history_notes_make(struct history *history);

#endif
