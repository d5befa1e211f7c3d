/* What each rank has done in a run, as rows like that of all of them together. */
#ifndef RUNNER_RANK_ROWS_H
#define RUNNER_RANK_ROWS_H

#include "records/record.h"

#include <stddef.h>
#include <stdint.h>

struct open_case;
struct rank_report;

/* Zero-initialise. */
struct rank_rows {
    struct record *list; /* rank after rank */
    size_t count;
};

/* On rank 0, of the reports that came together last; `earliest_ns` is when the first of them began. */
void rank_rows_make(struct rank_rows *rows, const struct open_case *one, const struct rank_report *heads,
                    uint64_t earliest_ns);
void rank_rows_free(struct rank_rows *rows);

#endif
