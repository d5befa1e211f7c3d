/*
 * The two sides of a comparison as a whole: how they are read, what may not be compared, and what is
 * worth a warning.
 */
#ifndef RESULTS_SIDES_H
#define RESULTS_SIDES_H

#include "results/cases.h"
#include "results/comparison.h"

#include <bench/error.h>

/* Cases as compare has them: whatever their label, machine and side. */
struct side {
    struct cases cases;
    const char *name; /* for messages: the file */
};

/* Without a row yet, for this metric. `name` is the caller's and must live as long. */
void side_init(struct side *side, const struct metric *metric, const char *name);
void side_free(struct side *side);

/*
 * All of it for a results file: init, its rows, finish. -EINVAL with file:line:column for what is not
 * one, and for one without rows. After a failure too side_free is due.
 */
int side_read(struct side *side, const char *path, const struct metric *metric, struct bench_error *err);

/* The same for two, which are read at the same time. */
int sides_read(struct side *old, const char *old_path, struct side *new, const char *new_path,
               const struct metric *metric, struct bench_error *err);

/*
 * May they be compared? -EINVAL where a side has two sides of a comparison of its own in it (`bench
 * ab`), or where the machines differ and `across_machines` is not set; the message says in what.
 */
int sides_check(const struct side *old, const struct side *new, bool across_machines,
                struct bench_error *err);

/*
 * Add notes to a comparison of these: machines that differ; labels and sessions that were taken
 * together; a machine that was busier for one of them; the same session on both sides; one launch only;
 * few runs.
 */
void sides_note(struct comparison *comparison, const struct side *old, const struct side *new);

#endif
