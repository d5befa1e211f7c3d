/*
 * `bench run --baseline FILE --save-baseline FILE`: what was measured before is read and checked before
 * anything is run, compared with what has been run, and replaced by it if all is well. Prints.
 */
#ifndef CLI_BASELINE_H
#define CLI_BASELINE_H

#include "base/replacement.h"
#include "cli/context.h"
#include "cli/options.h"
#include "records/csv.h"
#include "results/sides.h"

struct baseline {
    const struct options *options;
    struct registry *registry;
    struct side old, new; /* of --baseline, and what is run now */
    bool has_new;         /* the two are to be compared */
    char *target;         /* of --save-baseline, links followed; NULL: it is not asked for */
    struct replacement rows;
    struct csv csv; /* what is to become of it */
    bool has_rows;
};

/*
 * Refuses what would be seen too late otherwise: a baseline that cannot be read, that is of another
 * machine, or that has none of the cases to come; a file that cannot or should not be replaced. Says
 * which cases the baseline does not have. 0 or a negative errno value with `err` filled; the caller
 * closes it in either case. Does nothing where neither option is given. `options` must outlive it.
 */
int baseline_open(struct baseline *baseline, const struct options *options,
                  const struct context *context, struct bench_error *err);

/* A run has ended. */
int baseline_record(struct baseline *baseline, const struct record *record, struct bench_error *err);

/*
 * All has been run and told, and `status` is the exit status without a baseline: compare, print, and
 * replace the file if the status is then still EXIT_OK. The exit status, or a negative errno value with
 * `err` filled where the two may not be compared. Ends with signals released (stop_release).
 */
int baseline_finish(struct baseline *baseline, int status, struct bench_error *err);

/* Say that nothing is saved, and why, where it should have been. */
void baseline_give_up(const struct baseline *baseline, const char *why);

void baseline_close(struct baseline *baseline);

#endif
