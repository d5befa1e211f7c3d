/*
 * A web server of our own on the loopback interface: `bench serve`, a process of its own. It ends with
 * us however we end, since its stdin is a pipe that nobody else holds.
 */
#ifndef WORKLOADS_HTTP_SERVER_H
#define WORKLOADS_HTTP_SERVER_H

#include <bench/error.h>

#include <stdint.h>
#include <sys/types.h>

/* How it is to answer. */
struct server_options {
    uint64_t delay_ns, jitter_ns; /* it waits so long before each answer, give or take the jitter */
    uint64_t body_bytes;
    double error_rate; /* share of the requests that it answers with an error, 0..1 */
    uint64_t seed;
};

struct server {
    pid_t pid;     /* 0: there is none */
    int lifeline;  /* our end of its stdin */
    char url[128]; /* where it answers */
    uint64_t body_bytes, body_xxh3;
};

/*
 * Start it, and wait until it is ready. -ENOTSUP when this bench was built without it; messages end in
 * the server's own words. On failure nothing of it is left. Main thread.
 */
int server_start(struct server *server, const struct server_options *options, struct bench_error *err);

/* End it, and wait until it has ended. Main thread; nothing where there is none. */
void server_stop(struct server *server);

#endif
