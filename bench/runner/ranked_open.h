/* Opening a case that is done by several ranks: who sets up first, and whether all mean the same work.
 */
#ifndef RUNNER_RANKED_OPEN_H
#define RUNNER_RANKED_OPEN_H

#include "protocol/message.h"
#include "protocol/reply.h"
#include "runner/case_state.h"

/* What all ranks come to together, beside the case of each. */
struct ranked {
    struct team *whole; /* of rank 0: all workers of all ranks, to be summed up; NULL elsewhere */
    struct bench_executor executor; /* that one's */
    char **cpus;                    /* of rank 0: where each of all workers is to be */
    char *hosts;                    /* of rank 0: each once, separated by blanks */
    bool many_hosts;
};

/* Which workers are this rank's, into *shape. -ENOTSUP, -EPROTO. */
int ranked_shape(const struct open_case *one, const struct open_asked *asked, struct bench_team *shape,
                 struct bench_error *err);

/* Set-up goes by turns: rank 0, then the first rank of each other host, then all others; so that what
 * the first has made, the others find. How many turns there are, and which is this rank's. */
unsigned ranked_turns(const struct ranks *ranks, unsigned *own);
/* After each turn, all: have those whose turn it was done it? What rank 0 has measured is the others'.
 */
int ranked_turn_end(struct open_case *one, unsigned turn, int rc, struct bench_error *err);

/* Once all are open: they must have planned the same. */
int ranked_complete(struct open_case *one, struct bench_error *err);
void ranked_free(struct ranked *ranked);

/* "a:0-1" where there are several hosts, else "0-1"; for free(). */
char *ranked_cpu_text(const struct ranked *ranked, const char *host, const char *cpus);

#endif
