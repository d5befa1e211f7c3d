/*
 * One transfer at a time over HTTP, on a lane: libcurl does it, and whenever it has to wait, the lane
 * waits. Connections that are kept alive belong to the lane.
 */
#ifndef WORKLOADS_HTTP_FETCH_H
#define WORKLOADS_HTTP_FETCH_H

#include "fetch_outcome.h"

#include <bench/workload.h>

struct fetch; /* a lane's */

/* How many descriptors one has open at most, with one server and with several; roughly how much memory.
 */
enum { FETCH_FDS = 5, FETCH_FDS_SEVERAL = 10, FETCH_BYTES = 128 * 1024 };

/* Once for each lane, in lane_init and lane_fini. `options` is to stay. NULL: out of memory. */
struct fetch *fetch_open(struct bench_lane *lane, const struct fetch_options *options);
void fetch_close(struct fetch *fetch);

/*
 * Fetch `url`, which is to stay until the next call: the same pointer again is the same URL. What it
 * came to, of enum fetch_outcome; or a negative errno value: nothing can be fetched any more (fetch_why
 * says why), or -ECANCELED when waiting was cancelled. From run(), on the lane's worker; takes less than
 * 1 KiB of the lane's stack.
 */
int fetch_url(struct fetch *fetch, const char *url);

/* Of the last transfer: its status, 0 if it did not get so far; and, if it failed, why, in words. */
uint32_t fetch_status(const struct fetch *fetch);
const char *fetch_why(const struct fetch *fetch);

/* The proxy that it went through, as "host:port (variable)"; "" for none. */
const char *fetch_proxy(const struct fetch *fetch);

#endif
