/*
 * Can it be? A reply says what a runner has measured, and a mistake there, or a clock that was stepped,
 * would stand among the results as a number like any other. What the controller can check, by its own
 * clock, by what the reply to open has promised and by sense, it does not believe. Pure functions.
 */
#ifndef CONTROL_PLAUSIBLE_H
#define CONTROL_PLAUSIBLE_H

#include "protocol/message.h"
#include "protocol/reply.h"

/* What the controller knows of a run by itself. */
struct run_seen {
    double elapsed_s; /* from asking to the whole reply; by its own clock */
    double alive_s;   /* since the runner was started */
    int cpus;         /* of this machine */
    bool old;         /* the runner speaks version 1 */
};

/* -EPROTO says what cannot be, and what would be right. */
int plausible_opened(const struct opened *opened, struct bench_error *err);
/*
 * Are the figures of an open loop the work's, and not the generator's? -ETIME, where its own lateness is
 * above a tenth of the median latency, or its 99th percentile above a quarter of the latency's.
 */
int plausible_lateness(const struct record *record, struct bench_error *err);

int plausible_run(const struct record *record, const struct opened *opened,
                  const struct run_asked *asked, const struct run_seen *seen, struct bench_error *err);

#endif
