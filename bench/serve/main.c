/* bench-serve, which `bench serve` becomes: a program of its own because of the libraries it needs. */
#include "base/quantity.h"
#include "base/standard_output.h"
#include "base/text.h"
#include "serve/listener.h"
#include "serve/options.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { EXIT_ENDED = 0, EXIT_NOT_BEGUN = 2 };

/* What ends the server. A descriptor that is not there is -1, which poll leaves out. */
struct ends {
    int signal_fd;
    int lifeline_fd; /* stdin */
    int starter_fd;  /* the process that has started this; what it has forked may keep stdin open */
};

static int ends_open(struct ends *ends, bool lifeline, struct bench_error *err)
{
    sigset_t signals;
    *ends = (struct ends){-1, -1, -1};
    struct stat in = {0};
    /* `bench serve` puts /dev/null where stdin was closed, and such a server would end at once. */
    if (lifeline && (fstat(STDIN_FILENO, &in) < 0 || in.st_rdev == makedev(1, 3)))
        return bench_error_set(
            err, -EBADF,
            "--lifeline: stdin is closed; it must be open, because the server ends with it");
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    ends->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
    if (ends->signal_fd < 0)
        return bench_error_set(err, -errno, "signalfd: %s", strerror(errno));
    if (!lifeline)
        return 0;
    ends->lifeline_fd = STDIN_FILENO;
    /* not PR_SET_PDEATHSIG, which tells of the end of a thread; Linux before 5.3 has only stdin */
    ends->starter_fd = (int)syscall(SYS_pidfd_open, getppid(), 0);
    return 0;
}

/* There is something to read from stdin: is it the end? */
static bool has_ended(int fd)
{
    char ignored[4096];
    ssize_t length = read(fd, ignored, sizeof ignored);
    return length == 0 || (length < 0 && errno != EINTR && errno != EAGAIN);
}

static void serve_until(const struct ends *ends, struct server *server)
{
    int own[SERVER_FDS];
    server_fds(server, own);
    struct pollfd fds[] = {{.fd = ends->signal_fd, .events = POLLIN},
                           {.fd = ends->starter_fd, .events = POLLIN},
                           {.fd = ends->lifeline_fd, .events = POLLIN},
                           {.fd = own[0], .events = POLLIN},
                           {.fd = own[1], .events = POLLIN}};
    do {
        uint64_t wait_ns = server_work(server);
        const struct timespec wait = {.tv_sec = (time_t)(wait_ns / 1000000000),
                                      .tv_nsec = (long)(wait_ns % 1000000000)};
        if (ppoll(fds, sizeof fds / sizeof *fds, wait_ns == SERVER_FOREVER ? NULL : &wait, NULL) <= 0)
            continue;
        if (fds[0].revents || fds[1].revents || (fds[2].revents && has_ended(fds[2].fd)))
            return;
    } while (true);
}

static int say_ready(const struct listener *listener, const struct server *server,
                     const struct server_settings *settings, struct bench_error *err)
{
    printf("{\"url\":\"%s\",\"port\":%u,\"body_bytes\":%" PRIu64 ",\"body_xxh3\":\"%016" PRIx64 "\"}\n",
           listener->url, listener->port, settings->body_bytes, server_body_xxh3(server));
    int written = standard_output_end(err);
    if (written < 0)
        return written;
    if (isatty(STDERR_FILENO)) {
        char delay[32], body[32];
        fprintf(stderr, "bench serve: %s answers with %s after %s; Ctrl-C ends it\n", listener->url,
                quantity_format_size(body, sizeof body, settings->body_bytes),
                quantity_format_duration(delay, sizeof delay, settings->delay_ns));
    }
    return 0;
}

static int run(const struct options *options, struct bench_error *err)
{
    struct listener listener;
    struct server *server;
    struct ends ends;
    int rc = ends_open(&ends, options->lifeline, err);
    if (rc == 0)
        rc = listener_open(&listener, options->address, (uint16_t)options->port, err);
    if (rc == 0)
        rc = server_open(&server, &options->server, listener.fd, err);
    if (rc < 0)
        return rc; /* the program ends, and with it what was opened */
    rc = say_ready(&listener, server, &options->server, err);
    prctl(PR_SET_TIMERSLACK, 1UL); /* delays to the nanosecond, as far as the kernel can */
    if (rc == 0)
        serve_until(&ends, server);
    server_close(server);
    return rc;
}

int main(int argc, char **argv)
{
    struct bench_error err = {0};
    struct options options;
    int rc = options_parse(&options, argc, argv, &err);
    if (rc == 0)
        rc = run(&options, &err);
    if (rc >= 0)
        return EXIT_ENDED;
    fprintf(stderr, "bench serve: %s\n", text_make_visible(err.message));
    return EXIT_NOT_BEGUN;
}
