/* `bench report --format hgrm`: the latencies of one case, from the file of --histograms. */
#ifndef CLI_REPORT_HGRM_H
#define CLI_REPORT_HGRM_H

#include "results/cases.h"

#include <bench/error.h>

struct hgrm_options {
    const char *histograms; /* NULL: not given */
    const char *words;      /* of --case; NULL: not given */
};

/* -EINVAL: an option that the format needs, or that needs the format. */
int hgrm_check(const struct hgrm_options *options, bool is_hgrm, struct bench_error *err);

/* Print it, to the file `output` or, where that is NULL, to stdout. The exit status, or -EINVAL and the
 * like with `err` filled. */
int hgrm_tell(const struct hgrm_options *options, const struct cases *cases, const char *output,
              struct bench_error *err);

#endif
