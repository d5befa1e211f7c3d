/* What a request asks for in its query: /?delay=5ms&body=1KiB&status=404 */
#ifndef SERVE_QUERY_H
#define SERVE_QUERY_H

#include <bench/error.h>

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

struct query {
    bool has_delay, has_body, has_status;
    uint64_t delay_ns, body_bytes;
    unsigned status;
};

/* 0, or -EINVAL with a message for the client. */
int query_parse(struct MHD_Connection *connection, struct query *query, struct bench_error *err);

#endif
