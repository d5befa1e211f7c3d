#include "fake_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

bool fake_read_request(int fd, struct fake_seen *seen)
{
    char head[4096] = "";
    size_t length = 0;
    while (!strstr(head, "\r\n\r\n")) {
        ssize_t n = length < sizeof head - 1 ? read(fd, head + length, sizeof head - 1 - length) : 0;
        if (n <= 0)
            return false;
        length += (size_t)n;
        head[length] = '\0';
    }
    const char *path = strchr(head, '/');
    if (path) /* "GET / HTTP/1.1" or "GET /a HTTP/1.1" */
        atomic_fetch_add(&seen->requests[(path[1] == ' ' ? '/' : path[1]) % FAKE_PATHS], 1);
    return true;
}

bool fake_send(int fd, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        ssize_t n = send(fd, text, left, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR)
            return false;
        text += n > 0 ? n : 0;
        left -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* The server's life: it never returns. */
static _Noreturn void serve(int listening, struct fake_seen *seen, fake_behaviour *behave)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int fd = accept(listening, NULL, NULL);
        if (fd < 0)
            continue;
        atomic_fetch_add(&seen->connections, 1);
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            behave(fd, seen);
            _exit(0);
        }
        close(fd);
    }
}

/* On any free port; -1 when it cannot be. */
static int listen_on(const char *address, int *port)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    bool is_v6 = strchr(address, ':') != NULL;
    struct sockaddr *where = is_v6 ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4;
    socklen_t size = is_v6 ? sizeof v6 : sizeof v4;
    inet_pton(where->sa_family, address, is_v6 ? (void *)&v6.sin6_addr : (void *)&v4.sin_addr);
    int fd = socket(where->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (bind(fd, where, size) < 0 || listen(fd, 64) < 0 || getsockname(fd, where, &size) < 0) {
        close(fd);
        return -1;
    }
    *port = ntohs(is_v6 ? v6.sin6_port : v4.sin_port);
    return fd;
}

bool fake_server_start(struct fake_server *server, const char *address, fake_behaviour *behave)
{
    *server = (struct fake_server){0};
    int fd = listen_on(address, &server->port);
    if (fd < 0)
        return false;
    server->seen =
        mmap(NULL, sizeof *server->seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (server->seen == MAP_FAILED)
        abort();
    server->pid = fork();
    if (server->pid == 0)
        serve(fd, server->seen, behave);
    close(fd);
    if (server->pid < 0)
        abort();
    setpgid(server->pid, server->pid); /* whoever of the two comes first */
    return true;
}

void fake_server_stop(struct fake_server *server)
{
    if (server->pid <= 0)
        return;
    kill(-server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    munmap(server->seen, sizeof *server->seen);
    *server = (struct fake_server){0};
}
