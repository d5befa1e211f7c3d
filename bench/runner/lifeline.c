#include "runner/lifeline.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

static atomic_int lifeline_fd = -1; /* for the signal handler */

static void end_if_cut(int signal_number)
{
    (void)signal_number;
    struct pollfd lifeline = {.fd = atomic_load(&lifeline_fd)};
    if (poll(&lifeline, 1, 0) > 0 && lifeline.revents & (POLLHUP | POLLERR))
        kill(0, SIGKILL);
}

void lifeline_hold(int fd)
{
    struct sigaction action = {.sa_handler = end_if_cut,
                               .sa_flags = SA_RESTART | SA_ONSTACK /* a lane's stack is small */};
    atomic_store(&lifeline_fd, fd);
    sigaction(SIGIO, &action, NULL);
    fcntl(fd, F_SETOWN, getpid());
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_ASYNC);
    end_if_cut(SIGIO); /* it may have happened before */
}

void lifeline_release(int fd)
{
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_ASYNC);
    signal(SIGIO, SIG_IGN);
}
