/* This machine is where an address can be bound to. See hosts.h. */
#include "hosts.h"

#include <curl/curl.h>

#include <netdb.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

static bool is_ours(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool ours = bind(fd, address->ai_addr, address->ai_addrlen) == 0;
    close(fd);
    return ours;
}

/* A name without an address counts as another machine's. "[::1]" is written without brackets. */
static bool is_here(char *host)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
    struct addrinfo *addresses = NULL;
    size_t length = strlen(host);
    if (host[0] == '[' && host[length - 1] == ']') {
        host[length - 1] = '\0';
        host++;
    }
    if (getaddrinfo(host, NULL, &hints, &addresses) != 0)
        return false;
    bool here = true;
    for (const struct addrinfo *one = addresses; here && one; one = one->ai_next)
        here = is_ours(one);
    freeaddrinfo(addresses);
    return here;
}

/* For curl_free(); NULL: there is none. */
static char *host_of(const char *url)
{
    char *host = NULL;
    CURLU *parsed = curl_url();
    if (parsed && curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK)
        curl_url_get(parsed, CURLUPART_HOST, &host, 0);
    curl_url_cleanup(parsed);
    return host;
}

uint64_t hosts_count_elsewhere(const struct url_list *list, uint64_t requests)
{
    char *last = NULL; /* most lists are of one host */
    bool here = false;
    uint64_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        char *host = host_of(list->urls[i]);
        if (!host || !last || strcasecmp(host, last) != 0) {
            free(last);
            last = host ? strdup(host) : NULL;
            here = host && is_here(host);
        }
        curl_free(host);
        count += here ? 0 : requests / list->count + (i < requests % list->count);
    }
    free(last);
    return count;
}
