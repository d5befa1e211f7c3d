/* What a transfer that has ended came to, told from what libcurl says of it. */
#ifndef WORKLOADS_HTTP_FETCH_OUTCOME_H
#define WORKLOADS_HTTP_FETCH_OUTCOME_H

#include <bench/error.h>

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

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

struct fetch_result {
    /* in */
    CURL *easy;
    CURLcode code;
    bool is_in_head; /* the head of the answer has not come to its end */
    uint64_t received_bytes;
    uint64_t body_xxh3;         /* of these; where the body is known */
    char said[CURL_ERROR_SIZE]; /* libcurl's words, "" for none */
    char proxy[128];            /* that was asked, "host:port (variable)"; "" for none */

    /* out */
    uint32_t status;
    char why[BENCH_ERROR_TEXT]; /* unless FETCH_OK */
};

/* Of enum fetch_outcome; a negative errno value when the failure is ours, such as want of memory. */
int fetch_judge(struct fetch_result *result, const struct fetch_options *options);

/* An outcome in a few words, for counting: "timed out". */
const char *fetch_outcome_words(enum fetch_outcome outcome);

#endif
