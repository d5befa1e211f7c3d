/* Web servers that misbehave: a process of its own for each, and one for each of its connections. */
#ifndef TESTS_FAKE_SERVER_H
#define TESTS_FAKE_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { FAKE_PATHS = 128 };

/* What it has seen; in memory that it and the test share. */
struct fake_seen {
    _Atomic uint32_t connections;
    _Atomic uint32_t requests[FAKE_PATHS]; /* by the first letter of the path, '/' for none */
};

struct fake_server {
    pid_t pid; /* of its own process group; 0: it is not there */
    int port;
    struct fake_seen *seen;
};

/* Does all that is to be done with one connection; it is closed afterwards. */
typedef void fake_behaviour(int fd, struct fake_seen *seen);

/* Listen on `address`, 127.0.0.1 or ::1. False when there is no such address here. */
bool fake_server_start(struct fake_server *server, const char *address, fake_behaviour *behave);
void fake_server_stop(struct fake_server *server);

/* For behaviours. Read a request up to its empty line: false at the end of the connection. */
bool fake_read_request(int fd, struct fake_seen *seen);
/* False when the other side has closed it. */
bool fake_send(int fd, const char *text);

#endif
