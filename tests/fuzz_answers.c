/*
 * Fuzzer of what HTTP servers answer: bytes, and then the end of the connection. Whatever they are, the
 * transfer comes to an end and to a judgement, which says why where it is a bad one.
 */
#include "runner/team.h"
#include "workloads/http/fetch.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ANSWER_MAX = 1 << 20 };

/* Of connections from now on; one that libcurl has given up may be accepted late. */
static struct answer {
    uint8_t bytes[ANSWER_MAX];
    size_t size;
} answer;
static pthread_mutex_t answer_lock = PTHREAD_MUTEX_INITIALIZER;

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void give_answer(const uint8_t *data, size_t size)
{
    pthread_mutex_lock(&answer_lock);
    answer.size = size < ANSWER_MAX ? size : ANSWER_MAX;
    memcpy(answer.bytes, data, answer.size);
    pthread_mutex_unlock(&answer_lock);
}

static void send_answer(int fd)
{
    static struct answer own;
    size_t sent = 0;
    pthread_mutex_lock(&answer_lock);
    own.size = answer.size;
    memcpy(own.bytes, answer.bytes, own.size);
    pthread_mutex_unlock(&answer_lock);
    for (ssize_t n = 1; n > 0 && sent<own.size; sent += n> 0 ? (size_t)n : 0)
        n = send(fd, own.bytes + sent, own.size - sent, MSG_NOSIGNAL);
}

static void *serve(void *listener)
{
    char request[4096];
    for (;;) {
        int fd = accept(*(int *)listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        if (recv(fd, request, sizeof request, 0) > 0)
            send_answer(fd);
        shutdown(fd, SHUT_WR);
        while (recv(fd, request, sizeof request, 0) > 0) /* closed at once it would be a reset */
            ;
        close(fd);
    }
}

/* Of a server that lives as long as this process. */
static const char *server_url(void)
{
    static char url[64];
    static int listener;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    pthread_t thread;
    if (url[0])
        return url;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    require(listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
    require(listen(listener, 16) == 0 &&
            getsockname(listener, (struct sockaddr *)&address, &length) == 0);
    require(pthread_create(&thread, NULL, serve, &listener) == 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", ntohs(address.sin_port));
    return url;
}

/* The lane of a worker that blocks. */
static struct bench_lane *blocking_lane(void)
{
    static const struct bench_executor executor = {.name = "none"};
    static struct team team = {.executor = &executor};
    static struct bench_worker worker = {.team = &team};
    static struct bench_lane lane = {.io = &bench_io_blocking, .worker = &worker};
    return &lane;
}

/* A line that begins with its own end, as libcurl has it. */
static bool has_head(const uint8_t *data, size_t size)
{
    return memmem(data, size, "\n\r", 2) || memmem(data, size, "\n\n", 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct fetch_options options = {.direct = true, .timeout_ms = 5000, .keepalive = true};
    const char *url = server_url();
    give_answer(data, size);
    struct fetch *fetch = fetch_open(blocking_lane(), &options);
    require(fetch);
    int outcome = fetch_url(fetch, url);
    require(outcome >= 0 && outcome < FETCH_OUTCOMES && outcome != FETCH_TIMED_OUT);
    require(outcome == FETCH_OK ? has_head(data, size) : fetch_why(fetch)[0] != '\0');
    fetch_close(fetch);
    return 0;
}
