/*
 * Transfers on a lane. See fetch.h.
 *
 * Each lane has one easy handle in a multi handle of its own, driven as an event loop would drive it
 * (curl_multi_socket_action). libcurl says which sockets it waits for (fetch_sockets.h) and until when;
 * the lane waits. All calls of libcurl are made in steps through bench_call(), for it takes far more
 * stack than a lane may have.
 */
#include "fetch.h"
#include "fetch_outcome.h"
#include "fetch_sockets.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <curl/curl.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>

enum { CONNECTIONS_KEPT = 4 };

struct fetch {
    XXH3_state_t digest; /* of the body so far; first, for it is aligned to 64 bytes */
    const struct fetch_options *options;
    CURLM *multi;
    CURL *easy;
    struct curl_slist *headers;
    struct bench_lane *lane; /* whose it is */
    const char *url;         /* that the easy handle has */
    bool is_worn;            /* it has made a connection, so it may have tried again */

    /* what is waited for */
    bool under_way, due;  /* due: libcurl wants to be called again at once */
    uint64_t deadline_ns; /* UINT64_MAX: none */
    struct fetch_sockets sockets;
    int ready; /* what the lane has found: poll's bits, 0 for the deadline, a negative errno value */

    int outcome; /* of enum fetch_outcome, or a negative errno value */
    struct fetch_result result;
};

/* ---- what libcurl calls ---- */

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
    struct fetch *fetch = context;
    size_t bytes = size * count;
    fetch->result.received_bytes += bytes;
    if (fetch->options->known)
        XXH3_64bits_update(&fetch->digest, data, bytes);
    return bytes;
}

/* libcurl takes a head that is torn off for a whole one. */
static size_t take_head(char *line, size_t size, size_t count, void *context)
{
    struct fetch *fetch = context;
    fetch->result.is_in_head = line[0] != '\r' && line[0] != '\n';
    return size * count;
}

/* The value of an environment variable, which may hold a password: host and port alone. */
static void take_proxy(struct fetch *fetch, const char *variable, int name_length, const char *value)
{
    char *host = NULL, *port = NULL;
    CURLU *parsed = curl_url();
    if (parsed && curl_url_set(parsed, CURLUPART_URL, value,
                               CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK) {
        curl_url_get(parsed, CURLUPART_HOST, &host, 0);
        curl_url_get(parsed, CURLUPART_PORT, &port, 0);
    }
    snprintf(fetch->result.proxy, sizeof fetch->result.proxy, "%.80s%s%.8s (%.*s)", host ? host : "?",
             port ? ":" : "", port ? port : "", name_length, variable);
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(parsed);
}

/*
 * Which proxy it takes depends on the scheme, on the host, on names and networks in no_proxy and on its
 * version; libcurl says so here, and nowhere else before 8.7.
 */
static int hear_proxy(CURL *easy, curl_infotype type, char *text, size_t size, void *context)
{
    static const char said[] = "Uses proxy env variable ";
    char line[1024];
    (void)easy;
    if (type != CURLINFO_TEXT || size <= sizeof said || memcmp(text, said, sizeof said - 1) != 0)
        return 0;
    snprintf(line, sizeof line, "%.*s", (int)(size - sizeof said + 1), text + sizeof said - 1);
    size_t name_length = strcspn(line, " ");
    char *value = strchr(line, '\''), *last = strrchr(line, '\'');
    if (!value || last == value || strncasecmp(line, "no_proxy", name_length) == 0)
        return 0;
    *last = '\0';
    take_proxy(context, line, (int)name_length, value + 1);
    return 0;
}

static int set_timer(CURLM *multi, long timeout_ms, void *context)
{
    struct fetch *fetch = context;
    (void)multi;
    fetch->due = timeout_ms == 0;
    fetch->deadline_ns = timeout_ms < 0 ? UINT64_MAX : bench_now() + (uint64_t)timeout_ms * 1000000;
    return 0;
}

/* ---- the steps of a transfer, on a stack of ordinary size ---- */

static void end(struct fetch *fetch, int outcome)
{
    curl_multi_remove_handle(fetch->multi, fetch->easy);
    fetch->under_way = false;
    fetch->outcome = outcome;
}

/* What should not happen, on this side of the connection. */
static void end_broken(struct fetch *fetch, int code, const char *why)
{
    snprintf(fetch->result.why, sizeof fetch->result.why, "the transfer could not continue: %s", why);
    end(fetch, code);
}

static void settle(struct fetch *fetch)
{
    int left;
    CURLMsg *message = curl_multi_info_read(fetch->multi, &left);
    if (!message || message->msg != CURLMSG_DONE) {
        end_broken(fetch, -EPROTO, "a transfer ended without a result");
        return;
    }
    fetch->result.code = message->data.result;
    if (!fetch->options->direct)
        curl_easy_setopt(fetch->easy, CURLOPT_VERBOSE, 0L);
    long connects = 0;
    curl_easy_getinfo(fetch->easy, CURLINFO_NUM_CONNECTS, &connects);
    fetch->is_worn = fetch->options->keepalive && connects > 0;
    if (fetch->options->known)
        fetch->result.body_xxh3 = XXH3_64bits_digest(&fetch->digest);
    end(fetch, fetch_judge(&fetch->result, fetch->options));
}

/* Tell libcurl what is ready (CURL_SOCKET_TIMEOUT: nothing, but time has passed). */
static void act(struct fetch *fetch, curl_socket_t fd, int ready)
{
    int running;
    CURLMcode code;
    do {
        fetch->due = false;
        code = curl_multi_socket_action(fetch->multi, fd, ready, &running);
        fd = CURL_SOCKET_TIMEOUT;
        ready = 0;
    } while (code == CURLM_OK && running && fetch->due);
    if (code != CURLM_OK)
        end_broken(fetch, -EIO, curl_multi_strerror(code));
    else if (!running)
        settle(fetch);
}

/* What the lane is to wait for now. */
static void choose_wait(struct fetch *fetch)
{
    int rc = sockets_choose(&fetch->sockets);
    if (rc < 0)
        end_broken(fetch, rc, strerror(-rc));
    else if (fetch->sockets.wait_fd < 0 && fetch->deadline_ns == UINT64_MAX)
        end_broken(fetch, -EPROTO, "a transfer is stuck: it waits for nothing");
}

/* An error or a hang-up is found by reading or writing, whatever was asked for. */
static int readiness(unsigned ready, unsigned wanted)
{
    if (ready & (POLLERR | POLLHUP | POLLNVAL))
        ready |= wanted;
    return (ready & POLLIN ? CURL_CSELECT_IN : 0) | (ready & POLLOUT ? CURL_CSELECT_OUT : 0);
}

static void act_on_gathered(struct fetch *fetch)
{
    struct epoll_event events[SOCKETS_WATCHED];
    int count = epoll_wait(fetch->sockets.epoll_fd, events, SOCKETS_WATCHED, 0);
    for (int i = 0; i < count && fetch->under_way; i++) /* epoll's bits are those of poll */
        act(fetch, events[i].data.fd, readiness(events[i].events, POLLIN | POLLOUT));
}

static void step_on(void *argument)
{
    struct fetch *fetch = argument;
    if (fetch->ready == 0)
        act(fetch, CURL_SOCKET_TIMEOUT, 0);
    else if (fetch->sockets.epoll_fd >= 0)
        act_on_gathered(fetch);
    else
        act(fetch, fetch->sockets.wait_fd,
            readiness((unsigned)fetch->ready, (unsigned)fetch->sockets.wait_events));
    sockets_let_go(&fetch->sockets);
    if (fetch->under_way)
        choose_wait(fetch);
}

static bool set_options(struct fetch *fetch);

/*
 * A request on a connection that the server has closed meanwhile is tried again on another. libcurl
 * counts that in the handle, over all its transfers, and gives up at the sixth time: only a reset begins
 * anew. Connections belong to the multi handle and stay.
 */
static bool renew(struct fetch *fetch)
{
    fetch->is_worn = false;
    curl_easy_reset(fetch->easy);
    return set_options(fetch) && curl_easy_setopt(fetch->easy, CURLOPT_URL, fetch->url) == CURLE_OK;
}

static void begin(struct fetch *fetch)
{
    fetch->result.received_bytes = 0;
    fetch->result.is_in_head = false;
    fetch->ready = 0;
    if (fetch->options->known)
        XXH3_64bits_reset(&fetch->digest);
    CURLMcode code = curl_multi_add_handle(fetch->multi, fetch->easy);
    fetch->under_way = true;
    if (code != CURLM_OK)
        end_broken(fetch, -EIO, curl_multi_strerror(code));
    else
        step_on(fetch);
}

static void give_up_begin(struct fetch *fetch)
{
    fetch->url = NULL;
    end_broken(fetch, -ENOMEM, "out of memory");
}

static void step_begin(void *argument)
{
    struct fetch *fetch = argument;
    if (fetch->is_worn && !renew(fetch))
        give_up_begin(fetch);
    else
        begin(fetch);
}

static void step_new_url(void *argument)
{
    struct fetch *fetch = argument;
    fetch->result.proxy[0] = '\0';
    bool is_set = fetch->is_worn ? renew(fetch)
                                 : curl_easy_setopt(fetch->easy, CURLOPT_URL, fetch->url) == CURLE_OK;
    if (!fetch->options->direct) /* once for each URL, for it takes time */
        curl_easy_setopt(fetch->easy, CURLOPT_VERBOSE, 1L);
    if (is_set)
        begin(fetch);
    else
        give_up_begin(fetch);
}

static void step_abandon(void *argument)
{
    struct fetch *fetch = argument;
    sockets_let_go(&fetch->sockets);
    end_broken(fetch, fetch->ready, strerror(-fetch->ready));
}

/* ---- for workloads ---- */

static int wait(struct fetch *fetch)
{
    if (fetch->sockets.wait_fd < 0)
        return bench_sleep_until(fetch->lane, fetch->deadline_ns);
    int64_t timeout_ns = -1;
    if (fetch->deadline_ns != UINT64_MAX) {
        uint64_t now_ns = bench_now();
        timeout_ns = now_ns < fetch->deadline_ns ? (int64_t)(fetch->deadline_ns - now_ns) : 0;
    }
    return bench_poll(fetch->lane, fetch->sockets.wait_fd, fetch->sockets.wait_events, timeout_ns);
}

int fetch_url(struct fetch *fetch, const char *url)
{
    struct bench_lane *lane = fetch->lane;
    bool is_new = url != fetch->url;
    fetch->url = url;
    bench_call(lane, is_new ? step_new_url : step_begin, fetch);
    while (fetch->under_way) {
        fetch->ready = wait(fetch);
        bench_call(lane, fetch->ready < 0 ? step_abandon : step_on, fetch);
    }
    return fetch->outcome;
}

uint32_t fetch_status(const struct fetch *fetch)
{
    return fetch->result.status;
}

const char *fetch_why(const struct fetch *fetch)
{
    return fetch->result.why;
}

const char *fetch_proxy(const struct fetch *fetch)
{
    return fetch->result.proxy;
}

/* What is the same for all transfers: true when libcurl has taken it. */
static bool set_options(struct fetch *fetch)
{
    const struct fetch_options *options = fetch->options;
    static const char schemes[] = "http,https";
    CURL *easy = fetch->easy;
    CURLcode bad = 0;
    bad |= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    bad |= curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, fetch->result.said);
    bad |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    bad |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch);
    bad |= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_head);
    bad |= curl_easy_setopt(easy, CURLOPT_HEADERDATA, fetch);
    bad |= curl_easy_setopt(easy, CURLOPT_USERAGENT, "bench");
    bad |= curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)options->timeout_ms);
    bad |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, schemes);
    bad |= curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, schemes);
    bad |= curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, options->redirects ? 1L : 0L);
    bad |= curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)options->redirects);
    bad |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, options->insecure ? 0L : 1L);
    bad |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, options->insecure ? 0L : 2L);
    if (options->direct)
        bad |= curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    bad |= curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, hear_proxy);
    bad |= curl_easy_setopt(easy, CURLOPT_DEBUGDATA, fetch);
    if (!options->keepalive) {
        if (!fetch->headers)
            fetch->headers = curl_slist_append(NULL, "Connection: close");
        bad |= !fetch->headers;
        bad |= curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fetch->headers);
        bad |= curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    }
    return !bad && sockets_hear_easy(&fetch->sockets, easy);
}

static bool set_multi_options(struct fetch *fetch)
{
    CURLM *multi = fetch->multi;
    CURLMcode bad = 0;
    bad |= curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer);
    bad |= curl_multi_setopt(multi, CURLMOPT_TIMERDATA, fetch);
    bad |= curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT);
    return !bad && sockets_hear_multi(&fetch->sockets, multi);
}

struct fetch *fetch_open(struct bench_lane *lane, const struct fetch_options *options)
{
    struct fetch *fetch = NULL;
    if (posix_memalign((void **)&fetch, 128, sizeof *fetch))
        return NULL;
    memset(fetch, 0, sizeof *fetch);
    XXH3_INITSTATE(&fetch->digest);
    fetch->lane = lane;
    fetch->options = options;
    sockets_init(&fetch->sockets, lane);
    fetch->deadline_ns = UINT64_MAX;
    fetch->multi = curl_multi_init();
    fetch->easy = fetch->result.easy = curl_easy_init();
    if (fetch->multi && fetch->easy && set_options(fetch) && set_multi_options(fetch))
        return fetch;
    fetch_close(fetch);
    return NULL;
}

void fetch_close(struct fetch *fetch)
{
    if (!fetch)
        return;
    curl_easy_cleanup(fetch->easy);
    curl_multi_cleanup(fetch->multi);
    curl_slist_free_all(fetch->headers);
    free(fetch);
}
