/*
 * Requests to other machines: no more than the user lets go there (--max-requests), over all runs of all
 * launches. The runner says how many a pass makes, and how many it has made where that differs. One
 * thread.
 */
#ifndef CONTROL_REQUEST_LIMIT_H
#define CONTROL_REQUEST_LIMIT_H

#include <bench/error.h>

#include <stdbool.h>
#include <stdint.h>

struct request_limit {
    uint64_t most;
    uint64_t made;
    uint64_t
        until; /* `made` that is to end a launch's measuring, so that others have their share; 0: most */
    uint64_t a_pass; /* how many the pass has made that was begun last; 0: none yet */
    bool told;       /* the user knows of it */
};

/* How many may still be made. */
uint64_t request_limit_left(const struct request_limit *limit);

/* From now on up to this part (0 to 1) of all of them may be made. */
void request_limit_until(struct request_limit *limit, double part);

/* May so many passes, of as many requests as the last has made, be begun? */
bool request_limit_has_room(const struct request_limit *limit, uint64_t passes);

/* From now on the next launch, of so many to come, has its share. */
void request_limit_share(struct request_limit *limit, uint64_t launches);

/* How many passes of so many requests each its share has room for; UINT64_MAX where none makes any. */
uint64_t request_limit_passes(const struct request_limit *limit, int64_t a_pass);

/* So many passes are about to be made. -EDQUOT with a message, and nothing is counted, if they are too
 * many. */
int request_limit_take(struct request_limit *limit, int64_t a_pass, uint64_t passes,
                       struct bench_error *err);

/* What was taken for `passes` has turned out to be `made`; negative: not said. */
void request_limit_settle(struct request_limit *limit, int64_t a_pass, uint64_t passes, int64_t made);

#endif
