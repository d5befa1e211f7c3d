/*
 * What a case is, and the one place where rows are grouped into cases, launches and runs. Rows are taken
 * one after the other, as a file has them or as runs end, and none is kept: of a case its identity, what
 * became of it, its launches, and of each run the values of the columns that were requested. The order
 * of the rows does not matter: cases_finish brings launches into the order of session and number, the
 * runs of a launch into that of phase and number.
 *
 * A case is what agrees in all that records/identity.h takes for its identity. A launch is a session, a
 * launch number and a side. Rows that are not ok have no values, and are counted. Not shared between
 * threads.
 */
#ifndef RESULTS_CASES_H
#define RESULTS_CASES_H

#include "records/identity.h"
#include "results/case_runs.h"
#include "results/variety.h"

#include <stdbool.h>
#include <stddef.h>

/* How many columns may be requested. */
enum { CASES_COLUMNS_MAX = 40 };

struct cases {
    unsigned parts;       /* enum identity_parts: what makes a case besides the work */
    bool is_with_rows;    /* whole rows are kept, too */
    bool is_of_levers;    /* of these, those alone in which a lever was turned */
    bool is_compared;     /* what is read leaves out the reference work, which is nobody's */
    bool is_for_people;   /* time, host, command and the like are kept: csv_read need not skip them */
    bool is_for_pictures; /* of each case its waits by kind, and of all the rows' `notes`, too */
    /* The requested ones: COUNT, REAL, or time_utc, in seconds of the epoch. */
    enum column columns[CASES_COLUMNS_MAX];
    size_t columns_size;
    struct case_runs *list; /* in the order of their places, files, times and first rows */
    size_t size, capacity;
    struct variety sessions, labels, machines, sides; /* what there is in these columns */
    struct variety row_notes;                         /* and in `notes`, "" included */
    size_t rows, repeated; /* `repeated`: the same session, launch, side, phase, run and block again */
    char **notes;          /* of what was left out of the files */
    size_t notes_size, sources;
    struct identity_index index;
    struct text_pool texts;
};

/* All zeros but this. */
void cases_init(struct cases *cases, unsigned parts);

/* Ask for the values of a column; before the first row. */
void cases_ask(struct cases *cases, enum column column);

/* Take a row; the number by which the next two know its case. */
size_t cases_add(struct cases *cases, const struct record *row);

/* Where the case stands among them; without it, cases come in the order of their first rows. */
void cases_place(struct cases *cases, size_t number, size_t place);

/* A launch of the case has ended well, and this stopped it: "precision", "runs", "max-runs", "time". */
void cases_stopped(struct cases *cases, size_t number, const char *stopped_by);

/* A note on all of it, each once; takes `note`, which may be NULL. */
void cases_note(struct cases *cases, char *note);

/* After the last row. */
void cases_finish(struct cases *cases);

void cases_free(struct cases *cases);

/* ---- once they are finished ---- */

/* Values of one run; NaN where it is not known or the column was not requested. */
double cases_value(const struct cases *cases, const struct case_runs *one, size_t run,
                   enum column column);

/* How many passes over the tasks a run made: as its row says, else by its tasks and the `pass_tasks` of
 * one; 1 where neither is known. */
double cases_passes(const struct cases *cases, const struct case_runs *one, size_t run,
                    double pass_tasks);

/* Is it a measured run that was timed? */
bool cases_is_measured(const struct cases *cases, const struct case_runs *one, size_t run);

#endif
