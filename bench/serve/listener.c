/* From an address and a port to a socket that listens. */
#include "serve/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static bool parse_address(const char *text, uint16_t port, union address *address)
{
    *address = (union address){0};
    if (inet_pton(AF_INET, text, &address->v4.sin_addr) == 1) {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = htons(port);
        return true;
    }
    if (inet_pton(AF_INET6, text, &address->v6.sin6_addr) == 1) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = htons(port);
        return true;
    }
    return false;
}

static int refuse(const union address *address, const char *text, uint16_t port, struct bench_error *err)
{
    int code = -errno;
    if (code == -EADDRINUSE)
        return bench_error_set(err, code, "--port: %u on %s is in use; --port 0 takes a free one", port,
                               text);
    if (code == -EACCES)
        return bench_error_set(err, code, "--port: %u on %s needs privileges; use 1024 or above", port,
                               text);
    if (code == -EADDRNOTAVAIL)
        return bench_error_set(err, code, "--address: '%s' must be an address of this machine", text);
    return bench_error_set(err, code, "cannot listen on %s%s%s, port %u: %s",
                           address->any.sa_family == AF_INET6 ? "[" : "", text,
                           address->any.sa_family == AF_INET6 ? "]" : "", port, strerror(-code));
}

/* Bind and listen, and tell the port that it became. 0 or -1 with errno set. */
static int bind_and_listen(int fd, union address *address, uint16_t *port)
{
    const int yes = 1;
    socklen_t length = address->any.sa_family == AF_INET6 ? sizeof address->v6 : sizeof address->v4;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes); /* a port just left is free again */
    if (bind(fd, &address->any, length) < 0 || listen(fd, SOMAXCONN) < 0 ||
        getsockname(fd, &address->any, &length) < 0)
        return -1;
    *port = ntohs(address->any.sa_family == AF_INET6 ? address->v6.sin6_port : address->v4.sin_port);
    return 0;
}

int listener_open(struct listener *listener, const char *address_text, uint16_t port,
                  struct bench_error *err)
{
    union address address;
    if (!parse_address(address_text, port, &address))
        return bench_error_set(err, -EINVAL,
                               "--address: '%s' must be a numeric address such as 127.0.0.1 or ::1",
                               address_text);
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return refuse(&address, address_text, port, err);
    if (bind_and_listen(fd, &address, &listener->port) < 0) {
        int rc = refuse(&address, address_text, port, err);
        close(fd);
        return rc;
    }
    listener->fd = fd;
    snprintf(listener->url, sizeof listener->url,
             address.any.sa_family == AF_INET6 ? "http://[%s]:%u/" : "http://%s:%u/", address_text,
             listener->port);
    return 0;
}
