/*
 * A host that is cut off, or switched off, says nothing: neither would the ranks there ever hear that
 * the others have ended, nor the others of them. So the minder of each rank on another host than rank
 * 0's has a TCP connection with rank 0's minder, over which nothing is sent but a greeting: that the
 * kernels answer each other's keepalive probes is the sign of life. Nobody runs for that, neither here
 * nor there.
 *
 * Where no connection can be made (a firewall between hosts), there is no link, and nothing is lost by
 * it.
 */
#ifndef RUNNER_RANK_LINKS_H
#define RUNNER_RANK_LINKS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For how long the other side is silent before it is taken for lost. */
enum { RANK_LINKS_SILENCE_S = 30 };

enum { RANK_ADDRESSES_MOST = 8 };

/* Where rank 0's minder can be reached; all ranks are told. */
struct rank_address {
    uint64_t secret[2]; /* by which it knows them from strangers */
    uint16_t port;      /* 0: nowhere */
    uint16_t count;
    struct {
        uint16_t family; /* AF_INET, AF_INET6 */
        uint8_t bytes[16];
    } list[RANK_ADDRESSES_MOST];
};

/* What the minder polls. */
enum { RANK_LINKS_OWN = 2 };

struct rank_link;

struct rank_links {
    struct pollfd *fds; /* the first RANK_LINKS_OWN are the minder's; the others are those of `links` */
    struct rank_link *links;
    size_t count;
    struct rank_address address; /* of rank 0's minder: this one's, until another is told */
    uint32_t rank;
};

/* Before the minder and its rank part: be where others could connect to, of which `address` tells. The
 * rank closes its copy. */
void rank_links_open(struct rank_links *links);
void rank_links_close(struct rank_links *links);

/* In the minder of a rank that is not rank 0: nobody will connect. */
void rank_links_close_door(struct rank_links *links);
/* In that of one on another host than rank 0's: begin to connect. */
void rank_links_connect(struct rank_links *links, const struct rank_address *address, uint32_t rank);

/* What has become of the other side. */
enum rank_link_end {
    RANK_LINK_GOOD,
    RANK_LINK_ENDED, /* it has ended, as one that can be heard */
    RANK_LINK_LOST,  /* no sign of life */
};

/*
 * After poll(): see to all of them. What happened to a rank 0 that this one is linked to, or to a rank
 * that is linked to this one (*rank), where the latter has ended that is not said: its own minder does.
 */
enum rank_link_end rank_links_look(struct rank_links *links, uint32_t *rank);

#endif
