/*
 * Which sockets libcurl waits for in a transfer, and which one descriptor a lane polls in their stead.
 * Mostly one socket is waited for: that one is polled. Several (two addresses that are tried at once)
 * are put into an epoll descriptor, and that is polled. One lane's, called where libcurl is called.
 */
#ifndef WORKLOADS_HTTP_FETCH_SOCKETS_H
#define WORKLOADS_HTTP_FETCH_SOCKETS_H

#include <bench/workload.h>

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

enum { SOCKETS_WATCHED = 8, SOCKETS_OPEN = 16 };

struct fetch_sockets {
    struct bench_lane *lane; /* whose they are */
    uint32_t watched, open;
    struct watch {
        int fd;
        short events; /* POLLIN, POLLOUT */
    } watches[SOCKETS_WATCHED];
    /* Connections, as far as there is room: bench is told when one is closed. Whatever else libcurl
     * waits for, as its resolver does, may be closed without a word. */
    int connections[SOCKETS_OPEN];
    int epoll_fd; /* that holds what is watched, when it is more than one; else -1 */
    int wait_fd;  /* to be polled; -1: there is none */
    short wait_events;
};

void sockets_init(struct fetch_sockets *sockets, struct bench_lane *lane);
/* Hear from libcurl: true when it has taken the options. */
bool sockets_hear_multi(struct fetch_sockets *sockets, CURLM *multi);
bool sockets_hear_easy(struct fetch_sockets *sockets, CURL *easy);

/* Choose wait_fd and wait_events; 0, or -errno. Until sockets_let_go. */
int sockets_choose(struct fetch_sockets *sockets);
void sockets_let_go(struct fetch_sockets *sockets);

#endif
