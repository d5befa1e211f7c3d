/* Connections between the minders of ranks, by which they know that the others live. See rank_links.h.
 */
#include "runner/rank_links.h"

#include "base/memory.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PROBE_AFTER_S = 10, PROBE_EVERY_S = 5 };
enum { PROBES = (RANK_LINKS_SILENCE_S - PROBE_AFTER_S) / PROBE_EVERY_S };

enum link_stage {
    LINK_DOOR,    /* to which others connect */
    LINK_COMER,   /* who has not greeted yet */
    LINK_TRYING,  /* one of several addresses, to see which can be reached */
    LINK_GREETED, /* nobody has answered yet */
    LINK_MADE,
};

struct rank_link {
    enum link_stage stage;
    uint32_t rank; /* of LINK_MADE: the other side */
};

/* The first message; a byte answers it, and that is all that is ever said. */
struct greeting {
    uint64_t secret[2], rank;
};

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static void add(struct rank_links *links, int fd, short events, enum link_stage stage)
{
    size_t at = links->count++;
    links->fds = mem_resize(links->fds, RANK_LINKS_OWN + links->count, sizeof *links->fds);
    links->links = mem_resize(links->links, links->count, sizeof *links->links);
    links->fds[RANK_LINKS_OWN + at] = (struct pollfd){.fd = fd, .events = events};
    links->links[at] = (struct rank_link){.stage = stage};
}

static void drop(struct rank_links *links, size_t at)
{
    size_t last = --links->count;
    close(links->fds[RANK_LINKS_OWN + at].fd);
    links->fds[RANK_LINKS_OWN + at] = links->fds[RANK_LINKS_OWN + last];
    links->links[at] = links->links[last];
}

static void drop_all(struct rank_links *links, enum link_stage stage)
{
    for (size_t at = links->count; at-- > 0;) {
        if (links->links[at].stage == stage)
            drop(links, at);
    }
}

/* ---- rank 0's address ---- */

static void list_addresses(struct rank_address *address)
{
    struct ifaddrs *all;
    if (getifaddrs(&all) < 0)
        return;
    for (const struct ifaddrs *one = all; one && address->count < RANK_ADDRESSES_MOST;
         one = one->ifa_next) {
        const union address *at = (const void *)one->ifa_addr;
        bool is_up = at && one->ifa_flags & IFF_UP && !(one->ifa_flags & IFF_LOOPBACK);
        if (is_up && at->any.sa_family == AF_INET) {
            address->list[address->count].family = AF_INET;
            memcpy(address->list[address->count++].bytes, &at->v4.sin_addr, sizeof at->v4.sin_addr);
        } else if (is_up && at->any.sa_family == AF_INET6 && !IN6_IS_ADDR_LINKLOCAL(&at->v6.sin6_addr)) {
            address->list[address->count].family = AF_INET6;
            memcpy(address->list[address->count++].bytes, &at->v6.sin6_addr, sizeof at->v6.sin6_addr);
        }
    }
    freeifaddrs(all);
}

/* Both kinds of addresses reach a socket of IPv6, where the kernel has that. */
static int open_door(uint16_t *port)
{
    union address any = {.v6 = {.sin6_family = AF_INET6}};
    socklen_t length = sizeof any.v6;
    int no = 0, fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    if (fd >= 0 && bind(fd, &any.any, length) < 0) {
        close(fd);
        fd = -1;
    }
    if (fd < 0) {
        any = (union address){.v4 = {.sin_family = AF_INET}};
        length = sizeof any.v4;
        fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    }
    if (fd < 0)
        return -1;
    bool open = (any.any.sa_family == AF_INET6 || bind(fd, &any.any, length) == 0) &&
                listen(fd, SOMAXCONN) == 0 && getsockname(fd, &any.any, &length) == 0;
    if (!open) {
        close(fd);
        return -1;
    }
    *port = any.any.sa_family == AF_INET6 ? any.v6.sin6_port : any.v4.sin_port;
    return fd;
}

void rank_links_open(struct rank_links *links)
{
    *links = (struct rank_links){.fds = mem_zero(RANK_LINKS_OWN, sizeof *links->fds)};
    struct rank_address *address = &links->address;
    int door = -1;
    if (getrandom(address->secret, sizeof address->secret, 0) == (ssize_t)sizeof address->secret)
        door = open_door(&address->port);
    if (door < 0)
        return;
    list_addresses(address);
    add(links, door, POLLIN, LINK_DOOR);
}

void rank_links_close(struct rank_links *links)
{
    while (links->count > 0)
        drop(links, links->count - 1);
    free(links->fds);
    free(links->links);
    links->fds = NULL;
    links->links = NULL;
}

void rank_links_close_door(struct rank_links *links)
{
    drop_all(links, LINK_DOOR);
}

/* ---- becoming linked ---- */

static void ask_for_signs(int fd)
{
    int yes = 1, idle = PROBE_AFTER_S, every = PROBE_EVERY_S, probes = PROBES;
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &every, sizeof every);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
}

static void try_address(struct rank_links *links, size_t which)
{
    const struct rank_address *address = &links->address;
    uint16_t family = address->list[which].family;
    union address to = {.any.sa_family = family};
    socklen_t length = family == AF_INET ? sizeof to.v4 : sizeof to.v6;
    if (family == AF_INET) {
        to.v4.sin_port = address->port;
        memcpy(&to.v4.sin_addr, address->list[which].bytes, sizeof to.v4.sin_addr);
    } else {
        to.v6.sin6_port = address->port;
        memcpy(&to.v6.sin6_addr, address->list[which].bytes, sizeof to.v6.sin6_addr);
    }
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    ask_for_signs(fd);
    if (connect(fd, &to.any, length) == 0 || errno == EINPROGRESS)
        add(links, fd, POLLOUT, LINK_TRYING);
    else
        close(fd);
}

void rank_links_connect(struct rank_links *links, const struct rank_address *address, uint32_t rank)
{
    rank_links_close_door(links);
    links->address = *address;
    links->rank = rank;
    for (size_t i = 0; address->port && i < address->count && i < RANK_ADDRESSES_MOST; i++)
        try_address(links, i);
}

/* The first address that can be reached is as good as any. */
static void greet(struct rank_links *links, size_t at)
{
    int fd = links->fds[RANK_LINKS_OWN + at].fd, why = 0;
    socklen_t length = sizeof why;
    struct greeting greeting = {.rank = links->rank};
    memcpy(greeting.secret, links->address.secret, sizeof greeting.secret);
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &length) < 0 || why != 0 ||
        send(fd, &greeting, sizeof greeting, MSG_NOSIGNAL) != (ssize_t)sizeof greeting) {
        drop(links, at);
        return;
    }
    links->fds[RANK_LINKS_OWN + at].events = POLLIN;
    links->links[at] = (struct rank_link){.stage = LINK_GREETED};
    drop_all(links, LINK_TRYING);
}

static void hear_answer(struct rank_links *links, size_t at)
{
    char answer;
    if (recv(links->fds[RANK_LINKS_OWN + at].fd, &answer, 1, 0) == 1)
        links->links[at].stage = LINK_MADE;
    else
        drop(links, at);
}

/* More ranks than a process usually may have descriptors. */
static bool allow_more(void)
{
    struct rlimit limit;
    if (errno != EMFILE || getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == limit.rlim_max)
        return false;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

/* Where there is no room for all, those that are let in will do. */
static void let_in(struct rank_links *links, size_t at)
{
    int fd, door = links->fds[RANK_LINKS_OWN + at].fd;
    do {
        while ((fd = accept4(door, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
            ask_for_signs(fd);
            add(links, fd, POLLIN, LINK_COMER);
        }
    } while (allow_more());
    if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
        drop(links, at);
}

static void hear_greeting(struct rank_links *links, size_t at)
{
    struct greeting greeting;
    int fd = links->fds[RANK_LINKS_OWN + at].fd;
    ssize_t n = recv(fd, &greeting, sizeof greeting, 0);
    if (n != (ssize_t)sizeof greeting ||
        memcmp(greeting.secret, links->address.secret, sizeof greeting.secret) != 0 ||
        send(fd, "", 1, MSG_NOSIGNAL) != 1)
        drop(links, at);
    else
        links->links[at] = (struct rank_link){.stage = LINK_MADE, .rank = (uint32_t)greeting.rank};
}

/* ---- being linked ---- */

static enum rank_link_end end_of(int fd)
{
    char none;
    ssize_t n = recv(fd, &none, 1, 0);
    if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
        return RANK_LINK_GOOD;
    bool silent = n < 0 && (errno == ETIMEDOUT || errno == EHOSTUNREACH || errno == ENETUNREACH);
    return silent ? RANK_LINK_LOST : RANK_LINK_ENDED;
}

static enum rank_link_end look(struct rank_links *links, size_t at, uint32_t *rank)
{
    enum rank_link_end end = RANK_LINK_GOOD;
    switch (links->links[at].stage) {
    case LINK_DOOR:
        let_in(links, at);
        break;
    case LINK_COMER:
        hear_greeting(links, at);
        break;
    case LINK_TRYING:
        greet(links, at);
        break;
    case LINK_GREETED:
        hear_answer(links, at);
        break;
    case LINK_MADE:
        end = end_of(links->fds[RANK_LINKS_OWN + at].fd);
        *rank = links->links[at].rank;
        if (end != RANK_LINK_GOOD)
            drop(links, at);
        break;
    }
    return end;
}

/* From the back: what is dropped is replaced by one that has been seen to, and what is added is behind.
 */
enum rank_link_end rank_links_look(struct rank_links *links, uint32_t *rank)
{
    for (size_t at = links->count; at-- > 0;) {
        if (at >= links->count || !links->fds[RANK_LINKS_OWN + at].revents)
            continue;
        links->fds[RANK_LINKS_OWN + at].revents = 0;
        enum rank_link_end end = look(links, at, rank);
        bool is_ours = links->rank > 0;
        if (end == RANK_LINK_LOST || (end == RANK_LINK_ENDED && is_ours))
            return end;
    }
    return RANK_LINK_GOOD;
}
