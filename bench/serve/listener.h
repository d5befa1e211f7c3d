/* The socket on which the server listens. */
#ifndef SERVE_LISTENER_H
#define SERVE_LISTENER_H

#include <bench/error.h>

#include <stdint.h>

struct listener {
    int fd;
    uint16_t port;
    char url[80]; /* "http://127.0.0.1:40123/" */
};

/*
 * Listen on a numeric IPv4 or IPv6 address; port 0 takes one that is free. 0 or -errno, with an error
 * that says what was wrong; the caller closes the fd.
 */
int listener_open(struct listener *listener, const char *address, uint16_t port,
                  struct bench_error *err);

#endif
