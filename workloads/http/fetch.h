/*
 * One transfer at a time over HTTP, on a lane: libcurl does it, and whenever it has to wait, the lane
 * waits. Connections that are kept alive belong to the lane.
 */
#ifndef WORKLOADS_HTTP_FETCH_H
#define WORKLOADS_HTTP_FETCH_H

#include <bench/workload.h>

enum fetch_outcome {
    FETCH_OK,
    FETCH_STATUS, /* 400 or more */
    FETCH_REFUSED,
    FETCH_UNREACHABLE,
    FETCH_UNRESOLVED,
    FETCH_TIMED_OUT,
    FETCH_TLS,
    FETCH_NO_ANSWER,
    FETCH_CUT_SHORT,
    FETCH_BROKEN_OFF,
    FETCH_NOT_HTTP,
    FETCH_TOO_MANY_REDIRECTS,
    FETCH_REDIRECTED_ELSEWHERE,
    FETCH_WRONG_BODY,
    FETCH_OTHER,
    FETCH_OUTCOMES, /* how many there are */
};

/* Alike for all transfers. */
struct fetch_options {
    bool keepalive;
    bool insecure;       /* TLS certificates are not verified */
    bool direct;         /* no proxy, whatever the environment says */
    bool known;          /* the body is known: body_bytes and body_xxh3 */
    uint32_t redirects;  /* followed at most; 0: none is followed, it is an answer like any other */
    uint32_t timeout_ms; /* of a whole transfer, at least 1 */
    uint64_t body_bytes, body_xxh3;
};

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

/* An outcome in a few words, for counting: "timed out". */
const char *fetch_outcome_words(enum fetch_outcome outcome);

#endif
