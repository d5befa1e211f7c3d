/* Where records go: the samples' files as they come, and at the end the table, JSON or summary. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "cli/defaults.h"
#include "cli/options.h"
#include "records/csv.h"
#include "records/latency_file.h"
#include "results/results.h"

#include <signal.h>

/* One of them. */
struct sink {
    struct csv csv;
    bool is_open;
    struct bench_error failure; /* what broke it; code 0: nothing */
};

struct output {
    const struct options *options;
    const volatile sig_atomic_t *stop;
    const struct format *format; /* of stdout, decided; NULL: rows as they come */
    struct sink file, summary, ranks, out;
    struct latency_file histograms;
    enum column *columns;      /* of the rows on stdout, ended by COLUMNS */
    enum column *rank_columns; /* of the rows of ranks */
    struct cases cases;        /* of all so far */
    size_t place;              /* of the records to come: where their case stands among the cases */
    size_t number;             /* of the last record's case */
    struct defaults *defaults; /* NULL: not known */
    /* Called once with all results, after they were told. NULL: not. */
    void (*on_results)(void *context, const struct results *results);
    void *context;
};

/*
 * Open the output files, and write their headers. -errno with `err` filled: then none is
 * left. `*stop` is not 0 once the user wants to end.
 */
int output_open(struct output *output, const struct options *options, const volatile sig_atomic_t *stop,
                struct bench_error *err);

/*
 * A run has ended: append its row where rows go, and keep what is told at the end. An output that breaks
 * gets nothing more. -EINTR when the user wants to end while the reader of stdout does not read; the
 * file has the row then. Another negative value when the last of all outputs has broken.
 */
int output_record(struct output *output, const struct record *record, struct bench_error *err);

/* All latencies of a run, for the file of --histograms; one that breaks is told at the end. */
void output_latencies(struct output *output, const struct record *record,
                      const struct latencies *latencies);

/* What a rank did in a run: a row of --per-rank, where that is. A file that breaks is told at the end;
 * -EINTR when the user wants to end while it cannot be written. */
int output_rank(struct output *output, int64_t rank, const struct record *record);

/* Tell a row with the others, without writing it: whoever wrote it has done so. */
void output_keep(struct output *output, const struct record *record);

/* The launch whose records came last has ended well, and this has stopped it (a static text). */
void output_stop(struct output *output, const char *stopped_by);

/* All runs have ended: write what is told of them together, and close. Also after an error before. The
 * first output that broke is in `err`, the others are said on stderr. */
int output_close(struct output *output, struct bench_error *err);
/* After that: the records are gone. Also of one that is all zeros. */
void output_free(struct output *output);

/* Are they the same file: the same path, or another way to one that is there? */
bool output_is_same_file(const char *a, const char *b);

/* Can a file be made where `file`, of this option, is to be? */
int output_check_folder(const char *option, const char *file, struct bench_error *err);

/* Does its name say that it is CSV? Is stdout such a file? */
bool output_is_csv(const char *path);
bool output_stdout_is_csv(void);

/* Columns of the terminal that stdout is, or $COLUMNS; else 80. */
size_t output_width(void);

#endif
