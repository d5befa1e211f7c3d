/* Progress on a terminal: one line on stderr, redrawn between runs, gone at the end. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli/plan_name.h"

struct progress {
    bool shown;            /* stderr is a terminal and the user did not say -q */
    size_t launches, done; /* of all cases */
    uint64_t began_ns;
    const struct case_naming *naming;
    const struct plan_case *now;
};

/* `naming` is of the plan, and must outlive it. */
void progress_init(struct progress *progress, const struct case_naming *naming, size_t launches,
                   bool quiet);
/* The run `run` of `runs` of the launch of progress->now is about to begin. */
void progress_draw(const struct progress *progress, uint64_t run, uint64_t runs);
/* The same with other words behind the case's name. */
void progress_tell(const struct progress *progress, const char *text);

/* Take the line away, so that other text can be written to stderr. */
void progress_clear(const struct progress *progress);

#endif
