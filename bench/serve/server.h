/* The HTTP server: what is answered, and when. One thread, which the caller drives. */
#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include <bench/error.h>

#include <stdint.h>

struct server;

struct server_settings {
    uint64_t delay_ns, jitter_ns; /* of an answer: delay - jitter to delay + jitter; jitter <= delay */
    uint64_t body_bytes;          /* at most BODY_MAX_BYTES */
    double error_rate;            /* 0 to 1 */
    uint64_t seed;
};

#define SERVER_FOREVER UINT64_MAX

/*
 * Serve on a listening, non-blocking socket, which is the server's from then on if this succeeds. Takes
 * as many connections as the process may have descriptors. On success the caller closes the server.
 */
int server_open(struct server **server, const struct server_settings *settings, int listen_fd,
                struct bench_error *err);
void server_close(struct server *server);

/* What to poll for reading: then there is work. */
enum { SERVER_FDS = 2 };
void server_fds(const struct server *server, int fds[SERVER_FDS]);

/* Do what is to be done now. Returns for how many nanoseconds there is nothing more unless one of
 * server_fds() says so, or SERVER_FOREVER. */
uint64_t server_work(struct server *server);

/* XXH3_64bits of the body that is served when a request names no other. */
uint64_t server_body_xxh3(const struct server *server);

#endif
