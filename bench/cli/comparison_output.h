/*
 * What every command that compares does with its comparison: print it, and end with the status that it
 * deserves.
 */
#ifndef CLI_COMPARISON_OUTPUT_H
#define CLI_COMPARISON_OUTPUT_H

#include "cli/compare_options.h"

#include <bench/error.h>
#include <stdbool.h>

struct comparison; /* results/comparison.h */
struct side;       /* results/sides.h */

/* Before anything is run: could this file of --page be written? NULL: there is none. */
int comparison_check_page(const char *page, struct bench_error *err);

/*
 * Print the comparison to stdout in the format that was chosen (format_chosen), and write it as a page
 * to the file `page`, unless NULL. `defaults` may be NULL. 0, or a negative errno value with `err`
 * filled.
 */
int comparison_report(const struct comparison *comparison, unsigned format, const char *page,
                      const struct case_defaults *defaults, struct bench_error *err);

/*
 * EXIT_REGRESSION if there is one, whatever else there is; else EXIT_CASE if a case failed; EXIT_USAGE
 * if nothing was compared; with `strict` EXIT_INCONCLUSIVE if a case is inconclusive or on one side
 * only; else EXIT_OK.
 */
int comparison_exit_status(const struct comparison *comparison, bool strict);

/* -EINVAL: no case is on both sides; the message has one of each, so that it can be seen how they
 * differ.
 */
int comparison_refuse_unmatched(const struct comparison *comparison, struct bench_error *err);

/*
 * Compare what has been read, or run just now, and print to stdout. `old` and `new` are finished and of
 * the request's metric. An exit status, or a negative errno value with `err` filled: sides that may not
 * be compared, or have no case in common.
 */
int compare_sides(const struct compare_request *request, const struct side *old, const struct side *new,
                  struct bench_error *err);

#endif
