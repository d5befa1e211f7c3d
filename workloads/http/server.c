/* Starting and ending our own web server. See server.h. */
#include "server.h"

#include <bench/workload.h>

#include <jansson.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READY_MS = 20000, END_MS = 2000, LINE_BYTES = 4096 };

/* What we share with it while it starts. */
struct start {
    int to[2], from[2]; /* pipes: its stdin, its stdout */
    int words;          /* a file in memory: its stderr, which so can never block it */
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* All are closed on exec: the server has only what is its stdin, stdout and stderr. */
static int start_open(struct start *start, struct bench_error *err)
{
    *start = (struct start){{-1, -1}, {-1, -1}, -1};
    if (pipe2(start->to, O_CLOEXEC) < 0 || pipe2(start->from, O_CLOEXEC) < 0 ||
        (start->words = memfd_create("words of bench serve", MFD_CLOEXEC)) < 0)
        return bench_error_set(err, -errno, "bench's own server could not be started: no pipe: %s",
                               strerror(errno));
    return 0;
}

static void start_close(struct start *start)
{
    for (int end = 0; end < 2; end++) {
        close_fd(&start->to[end]);
        close_fd(&start->from[end]);
    }
    close_fd(&start->words);
}

static int spawn(pid_t *pid, char *const *words, const struct start *start)
{
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length < 0)
        return -errno;
    program[length] = '\0';

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE); /* which the runner ignores */
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, start->to[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, start->from[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, start->words, STDERR_FILENO);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int rc = posix_spawn(pid, program, &actions, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return -rc;
}

static int spawn_with(pid_t *pid, const struct server_options *options, const struct start *start)
{
    char delay[32], jitter[32], body[32], rate[32], seed[32];
    snprintf(delay, sizeof delay, "%" PRIu64 "ns", options->delay_ns);
    snprintf(jitter, sizeof jitter, "%" PRIu64 "ns", options->jitter_ns);
    snprintf(body, sizeof body, "%" PRIu64, options->body_bytes);
    snprintf(rate, sizeof rate, "%.17g", options->error_rate);
    snprintf(seed, sizeof seed, "%" PRIu64, options->seed);
    char *words[] = {"bench",  "serve", "--port", "0",  "--delay",      delay, "--jitter",   jitter,
                     "--body", body,    "--seed", seed, "--error-rate", rate,  "--lifeline", NULL};
    return spawn(pid, words, start);
}

/* Its first line, without the end. -ECHILD when it has closed its stdout, -ETIMEDOUT, or another error.
 */
static int read_line(int fd, char *line, size_t room)
{
    uint64_t deadline_ns = bench_now() + READY_MS * UINT64_C(1000000);
    size_t length = 0;
    for (;;) {
        struct pollfd readable = {.fd = fd, .events = POLLIN};
        uint64_t now_ns = bench_now();
        int left_ms = now_ns < deadline_ns ? (int)((deadline_ns - now_ns) / 1000000) + 1 : 0;
        int ready = poll(&readable, 1, left_ms);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return ready == 0 ? -ETIMEDOUT : -errno;
        ssize_t n = read(fd, line + length, room - 1 - length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0 ? -ECHILD : -errno;
        length += (size_t)n;
        line[length] = '\0';
        char *end = memchr(line, '\n', length);
        if (end) {
            *end = '\0';
            return 0;
        }
        if (length == room - 1)
            return -EMSGSIZE;
    }
}

static int parse_line(struct server *server, const char *line, struct bench_error *err)
{
    const char *url = NULL, *digest = NULL;
    char *end = NULL;
    json_int_t body_bytes = -1;
    json_t *ready = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    int rc = json_unpack(ready, "{s:s, s:I, s:s}", "url", &url, "body_bytes", &body_bytes, "body_xxh3",
                         &digest);
    if (rc == 0 && strlen(url) < sizeof server->url && body_bytes >= 0 && strlen(digest) == 16) {
        strcpy(server->url, url);
        server->body_bytes = (uint64_t)body_bytes;
        server->body_xxh3 = strtoull(digest, &end, 16);
    }
    rc = end && *end == '\0'
             ? 0
             : bench_error_set(err, -EPROTO, "bench's own server did not print its URL: '%.200s'", line);
    json_decref(ready);
    return rc;
}

/* What it wrote to its stderr, which is why it has ended: as the message, with its code. */
static int tell_words(int fd, struct bench_error *err)
{
    char words[BENCH_ERROR_TEXT];
    ssize_t length = pread(fd, words, sizeof words - 1, 0);
    words[length > 0 ? length : 0] = '\0';
    words[strcspn(words, "\n")] = '\0';
    int code = strstr(words, "not built") ? -ENOTSUP : -EIO;
    return bench_error_set(err, code, "bench's own server could not be started: %.400s",
                           words[0] ? words : "it ended without a message");
}

static int wait_ready(struct server *server, const struct start *start, struct bench_error *err)
{
    char line[LINE_BYTES] = "";
    int rc = read_line(start->from[0], line, sizeof line);
    if (rc == 0)
        return parse_line(server, line, err);
    if (rc == -ECHILD) {
        server_stop(server); /* it may have closed its stdout a moment before its last words */
        return tell_words(start->words, err);
    }
    if (rc == -ETIMEDOUT)
        return bench_error_set(err, rc, "bench's own server was not ready after %d s", READY_MS / 1000);
    return bench_error_set(err, rc, "bench's own server: reading its first line: %s", strerror(-rc));
}

int server_start(struct server *server, const struct server_options *options, struct bench_error *err)
{
    struct start start;
    *server = (struct server){.lifeline = -1};
    int rc = start_open(&start, err);
    if (rc < 0)
        goto fail_start;
    rc = spawn_with(&server->pid, options, &start);
    if (rc < 0) {
        server->pid = 0;
        bench_error_set(err, rc, "bench's own server could not be started: %s", strerror(-rc));
        goto fail_start;
    }
    server->lifeline = start.to[1];
    start.to[1] = -1;
    close_fd(&start.from[1]); /* so that its end is seen */
    rc = wait_ready(server, &start, err);
    if (rc < 0)
        server_stop(server);
fail_start:
    start_close(&start);
    return rc;
}

void server_stop(struct server *server)
{
    if (server->pid <= 0)
        return;
    close_fd(&server->lifeline);
    uint64_t deadline_ns = bench_now() + END_MS * UINT64_C(1000000);
    while (waitpid(server->pid, NULL, WNOHANG) == 0) {
        if (bench_now() > deadline_ns)
            kill(server->pid, SIGKILL);
        poll(NULL, 0, 1);
    }
    server->pid = 0;
}
