/* The server: requests, and when and how they are answered, over libmicrohttpd. */
#include "serve/server.h"

#include "base/memory.h"
#include "serve/body.h"
#include "serve/query.h"
#include "serve/timers.h"

#include <bench/random.h>

#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

/* After which a connection that waits is watched; of a body that is sent while it is made. */
#define LONG_WAIT_NS UINT64_C(2000000000)
enum { PART_BYTES = 256 * 1024 };

struct server {
    struct server_settings settings;
    struct MHD_Daemon *daemon;
    int mhd_fd;  /* MHD's own epoll descriptor */
    int gone_fd; /* another, of the sockets of clients that wait for long: they may go */
    size_t watched;
    struct body body;
    struct MHD_Response *answer, *failure, *refusal; /* the same for all requests */
    struct timers timers;                            /* of suspended connections */
    uint64_t requests;                               /* so far */
};

/* The request of a connection that is being dealt with: there is one at a time. */
struct request {
    uint64_t wait_ns; /* before it is answered; 0 once that is over */
    size_t timer;     /* its place, while it waits */
    bool watched;     /* for its client's end, while it waits */
    bool gone;        /* the client: there is nobody to answer */
    unsigned status;
    struct MHD_Response *shared; /* NULL: one of its own, with a body of: */
    uint64_t body_bytes;
};

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* ---- responses ---- */

/* The same response, if it is one, with the type of its body; NULL when out of memory. */
static struct MHD_Response *with_type(struct MHD_Response *response)
{
    if (response && MHD_add_response_header(response, "Content-Type", "text/plain") == MHD_NO) {
        MHD_destroy_response(response);
        return NULL;
    }
    return response;
}

/* A response whose text stays where it is; NULL when out of memory. */
static struct MHD_Response *response_make(const char *text, size_t length)
{
    return with_type(MHD_create_response_from_buffer(length, (void *)text, MHD_RESPMEM_PERSISTENT));
}

static struct MHD_Response *response_make_text(const char *text)
{
    return response_make(text, strlen(text));
}

/* Queue a response that no other request has. MHD_NO closes the connection. */
static enum MHD_Result respond_once(struct MHD_Connection *connection, unsigned status,
                                    struct MHD_Response *response)
{
    if (!response)
        return MHD_NO;
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result respond_wrong(struct MHD_Connection *connection, const char *message)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(message), (void *)message, MHD_RESPMEM_MUST_COPY);
    if (response)
        MHD_add_response_header(response, "Content-Type", "text/plain");
    return respond_once(connection, MHD_HTTP_BAD_REQUEST, response);
}

/* ---- requests ---- */

/* What becomes of the next request if its query does not say: drawn for each, used or not, so that the
 * n-th is answered the same whatever was asked before. */
static void request_draw(struct server *server, struct request *request)
{
    const struct server_settings *settings = &server->settings;
    uint64_t index = server->requests++ * 2;
    double jitter = 2 * bench_random_fraction(bench_random_at(settings->seed, index)) - 1;
    bool fails =
        bench_random_fraction(bench_random_at(settings->seed, index + 1)) < settings->error_rate;
    *request = (struct request){
        .wait_ns = settings->delay_ns + (uint64_t)(int64_t)(jitter * (double)settings->jitter_ns),
        .status = fails ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_OK,
        .shared = fails ? server->failure : server->answer,
        .body_bytes = settings->body_bytes,
    };
}

/* What its query names is so, without chance. */
static void request_override(struct request *request, const struct query *query)
{
    if (query->has_delay)
        request->wait_ns = query->delay_ns;
    if (query->has_status)
        request->status = query->status;
    if (query->has_body)
        request->body_bytes = query->body_bytes;
    if (query->has_status || (query->has_body && request->status == MHD_HTTP_OK))
        request->shared = NULL;
}

/* Its headers are there. */
static enum MHD_Result request_begin(struct server *server, struct MHD_Connection *connection,
                                     const char *method, struct request *request)
{
    struct bench_error wrong = {0};
    struct query query;
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        *request = (struct request){.status = MHD_HTTP_METHOD_NOT_ALLOWED, .shared = server->refusal};
        return MHD_YES;
    }
    request_draw(server, request);
    if (query_parse(connection, &query, &wrong) < 0) {
        size_t length = strlen(wrong.message);
        wrong.message[length < sizeof wrong.message - 1 ? length : length - 1] = '\n';
        return respond_wrong(connection, wrong.message);
    }
    request_override(request, &query);
    return MHD_YES;
}

static int socket_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

static struct request *request_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/*
 * MHD does not look at a connection that is suspended: one whose client has gone would keep its
 * descriptor for as long as it was to wait. For a short wait that does not matter; and a client that has
 * only closed its own direction is answered after one.
 */
static void watch(struct server *server, struct MHD_Connection *connection, struct request *request)
{
    struct epoll_event event = {.events = EPOLLRDHUP, .data.ptr = connection};
    request->watched = request->wait_ns > LONG_WAIT_NS &&
                       epoll_ctl(server->gone_fd, EPOLL_CTL_ADD, socket_of(connection), &event) == 0;
    server->watched += request->watched;
}

static enum MHD_Result request_wait(struct server *server, struct MHD_Connection *connection,
                                    struct request *request)
{
    uint64_t due_ns = now_ns() + request->wait_ns;
    watch(server, connection, request);
    request->wait_ns = 0;
    timers_add(&server->timers, due_ns, connection, &request->timer);
    MHD_suspend_connection(connection);
    return MHD_YES;
}

/* It is no longer among the timers. */
static void request_resume(struct server *server, struct MHD_Connection *connection)
{
    struct request *request = request_of(connection);
    if (request->watched)
        epoll_ctl(server->gone_fd, EPOLL_CTL_DEL, socket_of(connection), NULL);
    server->watched -= request->watched;
    request->watched = false;
    MHD_resume_connection(connection);
}

/* Those of whom it is heard that they do not wait any more. */
static void let_go_of_gone(struct server *server)
{
    struct epoll_event events[64];
    int count = epoll_wait(server->gone_fd, events, sizeof events / sizeof *events, 0);
    for (int i = 0; i < count; i++) {
        struct MHD_Connection *connection = events[i].data.ptr;
        struct request *request = request_of(connection);
        request->gone = true;
        timers_remove(&server->timers, request->timer);
        request_resume(server, connection);
    }
}

/* A part of a body that is being made while it is sent, so that others are answered meanwhile. */
static ssize_t read_body(void *of_body, uint64_t at, char *out, size_t room)
{
    struct body *body = of_body;
    const char *text = body_text(body, at + room);
    if (!text)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    memcpy(out, text + at, room);
    return (ssize_t)room;
}

/* NULL when out of memory. */
static struct MHD_Response *response_make_body(struct body *body, uint64_t size_bytes)
{
    if (size_bytes <= body->made_bytes)
        return response_make(body->text, size_bytes);
    return with_type(MHD_create_response_from_callback(size_bytes, PART_BYTES, read_body, body, NULL));
}

static enum MHD_Result request_answer(struct server *server, struct MHD_Connection *connection,
                                      const struct request *request)
{
    if (request->gone)
        return MHD_NO;
    if (request->shared)
        return MHD_queue_response(connection, request->status, request->shared);
    return respond_once(connection, request->status,
                        response_make_body(&server->body, request->body_bytes));
}

/*
 * MHD calls this once when the headers are there, with *context NULL; once for each piece of a body;
 * and when the request is whole, until a response is queued: again when the connection is resumed.
 */
static enum MHD_Result on_request(void *of_server, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_bytes, void **context)
{
    struct server *server = of_server;
    struct request *request = *context;
    (void)url;
    (void)version;
    (void)upload;
    if (!request) { /* the first time, for this one */
        request = *context = request_of(connection);
        return request_begin(server, connection, method, request);
    }
    if (*upload_bytes > 0) {
        *upload_bytes = 0; /* read, and of no interest */
        return MHD_YES;
    }
    return request->wait_ns > 0 ? request_wait(server, connection, request)
                                : request_answer(server, connection, request);
}

/* A connection's request is allocated with it, not with each request. */
static void on_connection(void *of_server, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    (void)of_server;
    (void)connection;
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        *socket_context = mem_zero(1, sizeof(struct request));
    else
        free(*socket_context);
}

/* ---- the server ---- */

/* How many connections there may be: what descriptors the system lets us have, but a few for ourselves.
 */
static unsigned raise_connection_limit(void)
{
    struct rlimit limit;
    const unsigned own = 32;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 1024 - own;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        getrlimit(RLIMIT_NOFILE, &limit);
    rlim_t most = limit.rlim_cur < INT_MAX ? limit.rlim_cur : INT_MAX;
    return most > 2 * own ? (unsigned)most - own : own;
}

static void make_responses(struct server *server)
{
    const char *text = body_text(&server->body, server->settings.body_bytes);
    server->answer = text ? response_make(text, server->settings.body_bytes) : NULL;
    server->failure = response_make_text("503: one of the errors requested by --error-rate\n");
    server->refusal = response_make_text("405: only GET and HEAD are supported\n");
    if (!server->answer || !server->failure || !server->refusal ||
        MHD_add_response_header(server->refusal, "Allow", "GET, HEAD") != MHD_YES)
        memory_exhausted();
}

enum {
    CONNECTION_MEMORY_BYTES = 8192, /* MHD clears it for each request, so no more than headers need */
    /* An end that comes with the last bytes before it may escape MHD (epoll's edge is used up by the
     * bytes). This is what lets go of such a connection, and of idle ones, in the time that nginx has.
     */
    IDLE_SECONDS = 75,
};

static int start_daemon(struct server *server, int listen_fd, struct bench_error *err)
{
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, server,
        MHD_OPTION_LISTEN_SOCKET, listen_fd, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY_BYTES, MHD_OPTION_CONNECTION_LIMIT,
        raise_connection_limit(), MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
    if (!server->daemon)
        return bench_error_set(err, -EIO, "libmicrohttpd could not start: %s", strerror(errno));
    server->mhd_fd = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    server->gone_fd = epoll_create1(EPOLL_CLOEXEC);
    if (server->gone_fd < 0)
        return bench_error_set(err, -errno, "epoll: %s", strerror(errno));
    return 0;
}

int server_open(struct server **out, const struct server_settings *settings, int listen_fd,
                struct bench_error *err)
{
    struct server *server = mem_zero(1, sizeof *server);
    server->settings = *settings;
    server->gone_fd = -1;
    int rc = body_open(&server->body);
    if (rc < 0)
        bench_error_set(err, rc, "out of memory for the body: %s", strerror(-rc));
    if (rc == 0) {
        make_responses(server);
        rc = start_daemon(server, listen_fd, err);
    }
    if (rc < 0) {
        server_close(server);
        return rc;
    }
    *out = server;
    return 0;
}

void server_close(struct server *server)
{
    struct MHD_Connection *waiting;
    while ((waiting = timers_take(&server->timers, UINT64_MAX)))
        request_resume(server, waiting); /* MHD must not be stopped with suspended connections */
    if (server->daemon)
        MHD_stop_daemon(server->daemon);
    struct MHD_Response *const responses[] = {server->answer, server->failure, server->refusal};
    for (size_t i = 0; i < sizeof responses / sizeof *responses; i++) {
        if (responses[i])
            MHD_destroy_response(responses[i]);
    }
    if (server->gone_fd >= 0)
        close(server->gone_fd);
    body_close(&server->body);
    free(server->timers.heap);
    free(server);
}

void server_fds(const struct server *server, int fds[SERVER_FDS])
{
    fds[0] = server->mhd_fd;
    fds[1] = server->gone_fd;
}

uint64_t server_work(struct server *server)
{
    struct MHD_Connection *due;
    MHD_UNSIGNED_LONG_LONG idle_ms;
    uint64_t began_ns = now_ns();
    if (server->watched > 0)
        let_go_of_gone(server);
    while ((due = timers_take(&server->timers, began_ns)))
        request_resume(server, due);
    MHD_run(server->daemon);
    uint64_t wait_ns = SERVER_FOREVER, next_ns = timers_next(&server->timers);
    if (MHD_get_timeout(server->daemon, &idle_ms) == MHD_YES)
        wait_ns = (uint64_t)idle_ms * 1000000; /* 0: it has something in hand */
    if (wait_ns == 0 || next_ns == UINT64_MAX)
        return wait_ns;
    uint64_t ended_ns = now_ns(), due_ns = next_ns > ended_ns ? next_ns - ended_ns : 0;
    return due_ns < wait_ns ? due_ns : wait_ns;
}

uint64_t server_body_xxh3(const struct server *server)
{
    return XXH3_64bits(server->body.text, server->settings.body_bytes);
}
