/* The sockets of a transfer. See fetch_sockets.h. */
#include "fetch_sockets.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

void sockets_init(struct fetch_sockets *sockets, struct bench_lane *lane)
{
    *sockets = (struct fetch_sockets){.lane = lane, .epoll_fd = -1, .wait_fd = -1};
}

/* ---- what libcurl calls ---- */

/* Where among the connections; their number: it is none that we know of. */
static uint32_t connection_find(const struct fetch_sockets *sockets, int fd)
{
    uint32_t i = 0;
    while (i < sockets->open && sockets->connections[i] != fd)
        i++;
    return i;
}

static int open_socket(void *context, curl_socket_t fd, curlsocktype purpose)
{
    struct fetch_sockets *sockets = context;
    (void)purpose;
    if (sockets->open < SOCKETS_OPEN)
        sockets->connections[sockets->open++] = fd;
    return CURL_SOCKOPT_OK;
}

/* The executor keeps something for a socket that has been polled. */
static int close_socket(void *context, curl_socket_t fd)
{
    struct fetch_sockets *sockets = context;
    uint32_t i = connection_find(sockets, fd);
    if (i < sockets->open)
        sockets->connections[i] = sockets->connections[--sockets->open];
    bench_forget(sockets->lane, fd);
    return close(fd);
}

static int set_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *unused)
{
    struct fetch_sockets *sockets = context;
    uint32_t i = 0;
    (void)easy;
    (void)unused;
    while (i < sockets->watched && sockets->watches[i].fd != fd)
        i++;
    if (what == CURL_POLL_REMOVE) {
        if (i < sockets->watched)
            sockets->watches[i] = sockets->watches[--sockets->watched];
        if (connection_find(sockets, fd) == sockets->open)
            bench_forget(sockets->lane, fd);
        return 0;
    }
    if (i == SOCKETS_WATCHED)
        return -1;
    if (i == sockets->watched)
        sockets->watches[sockets->watched++] = (struct watch){.fd = fd};
    sockets->watches[i].events =
        (short)((what & CURL_POLL_IN ? POLLIN : 0) | (what & CURL_POLL_OUT ? POLLOUT : 0));
    return 0;
}

bool sockets_hear_multi(struct fetch_sockets *sockets, CURLM *multi)
{
    CURLMcode bad = 0;
    bad |= curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, set_socket);
    bad |= curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, sockets);
    return !bad;
}

bool sockets_hear_easy(struct fetch_sockets *sockets, CURL *easy)
{
    CURLcode bad = 0;
    bad |= curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, open_socket);
    bad |= curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, sockets);
    bad |= curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    bad |= curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, sockets);
    return !bad;
}

/* ---- what is polled ---- */

/*
 * Several: into an epoll descriptor, one for this wait alone. It is rarely needed, and libcurl may close
 * a socket, and open one that has the same number, without telling.
 */
static int gather(struct fetch_sockets *sockets)
{
    sockets->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (sockets->epoll_fd < 0)
        return -errno;
    for (uint32_t i = 0; i < sockets->watched; i++) {
        const struct watch *watch = &sockets->watches[i];
        struct epoll_event event = {.events = (uint32_t)watch->events, .data.fd = watch->fd};
        if (epoll_ctl(sockets->epoll_fd, EPOLL_CTL_ADD, watch->fd, &event) < 0)
            return -errno;
    }
    sockets->wait_fd = sockets->epoll_fd;
    return 0;
}

int sockets_choose(struct fetch_sockets *sockets)
{
    sockets->wait_fd = -1;
    sockets->wait_events = POLLIN;
    if (sockets->watched > 1) {
        int rc = gather(sockets);
        if (rc < 0)
            sockets_let_go(sockets);
        return rc;
    }
    if (sockets->watched == 1) {
        sockets->wait_fd = sockets->watches[0].fd;
        sockets->wait_events = sockets->watches[0].events;
    }
    return 0;
}

void sockets_let_go(struct fetch_sockets *sockets)
{
    if (sockets->epoll_fd >= 0) {
        bench_forget(sockets->lane, sockets->epoll_fd);
        close(sockets->epoll_fd);
    }
    sockets->epoll_fd = -1;
}
