/* Rows of many sessions on their way into a history: what is kept of them, before it is in any order. */
#ifndef RESULTS_HISTORY_ROWS_H
#define RESULTS_HISTORY_ROWS_H

#include "records/identity.h"
#include "records/record.h"
#include "records/text_pool.h"
#include "results/metric.h"

#include <bench/error.h>
#include <stddef.h>
#include <stdint.h>

struct history_session {
    const char *session, *label, *machine; /* label and machine may be NULL */
    const char *time_utc;                  /* of its first row; "" where no row has one */
    size_t file, place;                    /* in which file it is; where it was first seen */
};

/* A run that counts. */
struct history_run {
    uint32_t session, series; /* by the order in which they were first seen */
    double value;             /* of one pass over the tasks */
};

struct history_rows {
    const struct metric *metric; /* the rest begins as all zeros */
    struct history_session *sessions;
    size_t sessions_size, sessions_capacity;
    struct identity_index cases;
    struct history_key { /* what is a series: a case on a machine */
        size_t one;
        const char *fingerprint;
    } * keys;
    size_t keys_size, keys_capacity;
    struct history_run *runs;
    size_t runs_size, runs_capacity;
    char **notes; /* what is to be known of the files, in sentences */
    size_t notes_size;
    size_t count, failed, paired; /* rows; the last two are left out */
    char *failure;                /* the first that failed; NULL: none */
    struct text_pool texts;
    size_t files;
    size_t *buckets; /* of sessions, by name: number + 1 */
    size_t buckets_size;
    const char *machine, *runtime, *fingerprint; /* of the last row, as its reader has them */
    const char *session_text;                    /* the same */
    size_t session, key;                         /* its */
};

/* Add the rows of a results file, or of stdin where `path` is "-". -EINVAL with file:line:column for
 * what is none, or another negative errno value. */
int history_rows_read(struct history_rows *rows, const char *path, struct bench_error *err);

/* A sentence on the files; takes `note`. */
void history_rows_note(struct history_rows *rows, char *note);

void history_rows_free(struct history_rows *rows);

#endif
