/* The process that knows how its rank has ended. See minder.h. */
#include "runner/minder.h"

#include "base/rank_variables.h"
#include "runner/channel.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell_death(int number)
{
    char host[64] = "", text[256];
    gethostname(host, sizeof host - 1);
    snprintf(text, sizeof text, "rank %ld (host %s) was killed by signal %d (%s)", rank_variables_rank(),
             host, number, strsignal(number));
    channel_crash(text);
}

static _Noreturn void mind(pid_t rank)
{
    int status = 0;
    while (waitpid(rank, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFSIGNALED(status))
        tell_death(WTERMSIG(status));
    _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

int minder_begin(int in)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* the launcher's death */
    pid_t minder = getpid(), rank = fork();
    if (rank < 0)
        return -errno;
    if (rank > 0) {
        close(in);
        prctl(PR_SET_NAME, "bench-minder");
        mind(rank);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != minder)
        _exit(1); /* it died before */
    return 0;
}
