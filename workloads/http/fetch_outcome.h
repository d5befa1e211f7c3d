/* What a transfer that has ended came to, told from what libcurl says of it. */
#ifndef WORKLOADS_HTTP_FETCH_OUTCOME_H
#define WORKLOADS_HTTP_FETCH_OUTCOME_H

#include "fetch.h"

#include <bench/error.h>

#include <curl/curl.h>

struct fetch_result {
    /* in */
    CURL *easy;
    CURLcode code;
    uint64_t received_bytes;
    uint64_t body_xxh3;         /* of these; where the body is known */
    char said[CURL_ERROR_SIZE]; /* libcurl's words, "" for none */

    /* out */
    uint32_t status;
    char why[BENCH_ERROR_TEXT]; /* unless FETCH_OK */
};

/* Of enum fetch_outcome; a negative errno value when the failure is ours, such as want of memory. */
int fetch_judge(struct fetch_result *result, const struct fetch_options *options);

#endif
