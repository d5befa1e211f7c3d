/*
 * Peer of `http`: libcurl's multi interface alone. REQUESTS requests of URL, INFLIGHT at once, all over
 * connections that stay open. Prints the wall time of a repeat in seconds.
 *
 * poll: curl_multi_poll() and curl_multi_perform(), as libcurl's examples do it. socket: epoll and
 * curl_multi_socket_action(); a socket stays in the epoll set while its connection idles.
 *
 *     cc -O2 -o bare_curl bare_curl.c -lcurl
 */
#include "peer.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <unistd.h>

struct load {
    CURLM *multi;
    long to_start, under_way;
    /* what only `socket` uses */
    int epoll_fd;
    uint64_t timer_ns; /* when libcurl wants to be called; UINT64_MAX: never */
    struct {
        uint32_t wanted, in_epoll; /* events; 0: none */
    } sockets[4096];
};

static _Noreturn void fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static void check_multi(CURLMcode code)
{
    if (code != CURLM_OK)
        fail("libcurl", curl_multi_strerror(code));
}

static void request_start(struct load *load, CURL *easy)
{
    load->to_start--;
    load->under_way++;
    check_multi(curl_multi_add_handle(load->multi, easy));
}

/* Take down the requests that have ended, each followed by the next one. */
static void requests_end(struct load *load)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(load->multi, &left))) {
        CURL *easy = message->easy_handle;
        long status = 0;
        if (message->data.result != CURLE_OK)
            fail("request", curl_easy_strerror(message->data.result));
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        if (status != 200)
            fail("request", "its status is not 200");
        check_multi(curl_multi_remove_handle(load->multi, easy));
        load->under_way--;
        if (load->to_start > 0)
            request_start(load, easy);
    }
}

static void run_poll(struct load *load)
{
    while (load->under_way > 0) {
        int running;
        check_multi(curl_multi_perform(load->multi, &running));
        requests_end(load);
        if (load->under_way > 0)
            check_multi(curl_multi_poll(load->multi, NULL, 0, 1000, NULL));
    }
}

/* Have epoll watch fd for what is wanted of it: nothing, if nothing. */
static void socket_watch(struct load *load, int fd)
{
    const uint32_t wanted = load->sockets[fd].wanted, in_epoll = load->sockets[fd].in_epoll;
    struct epoll_event event = {.events = wanted, .data.fd = fd};
    if (wanted == in_epoll)
        return;
    int change = !in_epoll ? EPOLL_CTL_ADD : wanted ? EPOLL_CTL_MOD : EPOLL_CTL_DEL;
    if (epoll_ctl(load->epoll_fd, change, fd, &event) < 0)
        fail("epoll_ctl", strerror(errno));
    load->sockets[fd].in_epoll = wanted;
}

static int set_socket(CURL *easy, curl_socket_t fd, int what, void *argument, void *of_socket)
{
    struct load *load = argument;
    (void)easy, (void)of_socket;
    if ((size_t)fd >= sizeof load->sockets / sizeof *load->sockets)
        fail("socket", "its number is too high");
    load->sockets[fd].wanted =
        (what & CURL_POLL_IN && what != CURL_POLL_REMOVE ? (uint32_t)EPOLLIN : 0) |
        (what & CURL_POLL_OUT && what != CURL_POLL_REMOVE ? (uint32_t)EPOLLOUT : 0);
    if (load->sockets[fd].wanted)
        socket_watch(load, fd);
    return 0;
}

static int close_socket(void *argument, curl_socket_t fd)
{
    struct load *load = argument;
    load->sockets[fd].wanted = load->sockets[fd].in_epoll = 0;
    return close(fd);
}

static int set_timer(CURLM *multi, long timeout_ms, void *argument)
{
    struct load *load = argument;
    (void)multi;
    load->timer_ns = timeout_ms < 0    ? UINT64_MAX
                     : timeout_ms == 0 ? 0
                                       : now_ns() + (uint64_t)timeout_ms * 1000000;
    return 0;
}

/* Until the timer, in milliseconds for epoll: rounded up, or it would be asked in vain. */
static int wait_ms(const struct load *load)
{
    if (load->timer_ns == 0 || load->timer_ns == UINT64_MAX)
        return load->timer_ns ? -1 : 0;
    uint64_t time_ns = now_ns();
    return time_ns >= load->timer_ns ? 0 : (int)((load->timer_ns - time_ns + 999999) / 1000000);
}

static void run_socket(struct load *load)
{
    while (load->under_way > 0) {
        struct epoll_event events[64];
        int running;
        int timeout_ms = wait_ms(load);
        if (timeout_ms == 0) {
            load->timer_ns = UINT64_MAX;
            check_multi(curl_multi_socket_action(load->multi, CURL_SOCKET_TIMEOUT, 0, &running));
        }
        int count = epoll_wait(load->epoll_fd, events, 64, timeout_ms);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (!load->sockets[fd].wanted) { /* the server has something to say, or has left */
                socket_watch(load, fd);
                continue;
            }
            int bits = (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                       (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                       (events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
            check_multi(curl_multi_socket_action(load->multi, fd, bits, &running));
        }
        requests_end(load);
    }
}

static size_t drop_body(char *data, size_t size, size_t count, void *argument)
{
    (void)data, (void)argument;
    return size * count;
}

static CURL *easy_make(struct load *load, const char *url, bool by_socket)
{
    CURL *easy = curl_easy_init();
    if (!easy)
        fail("libcurl", "no memory");
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop_body);
    if (by_socket) {
        curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
        curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, load);
    }
    return easy;
}

int main(int argc, char **argv)
{
    static const char usage[] = "URL REQUESTS INFLIGHT poll|socket REPEATS";
    static struct load load;
    const long requests = number_argument(argc, argv, 2, usage);
    const long inflight = number_argument(argc, argv, 3, usage);
    const long repeats = number_argument(argc, argv, 5, usage);
    const bool by_socket = strcmp(argv[4], "socket") == 0;
    cpu_set_t allowed;
    CURL **easies = calloc((size_t)inflight, sizeof *easies);
    if (!by_socket && strcmp(argv[4], "poll") != 0)
        usage_exit(argv, usage);
    if (!easies || requests < inflight || sched_getaffinity(0, sizeof allowed, &allowed) < 0)
        return 1;

    pin_worker(0, &allowed);
    curl_global_init(CURL_GLOBAL_ALL);
    load.multi = curl_multi_init();
    load.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    load.timer_ns = UINT64_MAX;
    if (!load.multi || load.epoll_fd < 0)
        return 1;
    if (by_socket) {
        curl_multi_setopt(load.multi, CURLMOPT_SOCKETFUNCTION, set_socket);
        curl_multi_setopt(load.multi, CURLMOPT_SOCKETDATA, &load);
        curl_multi_setopt(load.multi, CURLMOPT_TIMERFUNCTION, set_timer);
        curl_multi_setopt(load.multi, CURLMOPT_TIMERDATA, &load);
    }
    for (long i = 0; i < inflight; i++)
        easies[i] = easy_make(&load, argv[1], by_socket);

    for (int repeat = 0; repeat <= repeats; repeat++) {
        uint64_t began_ns = now_ns();
        load.to_start = requests;
        for (long i = 0; i < inflight; i++)
            request_start(&load, easies[i]);
        by_socket ? run_socket(&load) : run_poll(&load);
        print_repeat(repeat, (double)(now_ns() - began_ns) * 1e-9);
    }
    for (long i = 0; i < inflight; i++)
        curl_easy_cleanup(easies[i]);
    curl_multi_cleanup(load.multi);
    close(load.epoll_fd);
    free(easies);
    return 0;
}
