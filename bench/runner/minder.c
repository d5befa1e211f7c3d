/* The process that knows how its rank has ended. See minder.h. */
#include "runner/minder.h"

#include "base/rank_variables.h"
#include "runner/channel.h"
#include "runner/ranks.h"

#include <bench/workload.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NAMES_MOST = 4096 };

/* The line is to be there before the controller gives up. */
static const double early_s = 0.3, early_part = 0.1;

struct minded {
    _Atomic uint64_t deadline_ns; /* 0: none */
    volatile uint32_t awaited;    /* rank */
    char hosts[NAMES_MOST][64];   /* of the first ranks; only the pages that are used take memory */
};

static void tell_death(int number)
{
    char host[64] = "", text[256];
    gethostname(host, sizeof host - 1);
    snprintf(text, sizeof text, "rank %ld (host %s) was killed by signal %d (%s)", rank_variables_rank(),
             host, number, strsignal(number));
    channel_last_word(STATUS_CRASHED, text);
}

static void tell_timeout(const struct minded *minded)
{
    char text[256];
    uint32_t rank = minded->awaited;
    if (rank < NAMES_MOST && minded->hosts[rank][0])
        snprintf(text, sizeof text, "rank %u (host %s) had not finished", rank, minded->hosts[rank]);
    else
        snprintf(text, sizeof text, "rank %u had not finished", rank);
    channel_last_word(STATUS_TIMEOUT, text);
}

/* Milliseconds until then; -1: for ever. */
static int time_left_ms(const struct minded *minded)
{
    uint64_t deadline_ns = atomic_load(&minded->deadline_ns), now_ns = bench_now();
    if (deadline_ns == 0)
        return -1;
    return deadline_ns > now_ns ? (int)((deadline_ns - now_ns) / 1000000 + 1) : 0;
}

/* Until the rank has ended, or, once, the time is over. */
static void wait_for_end(struct minded *minded, pid_t rank, int wake)
{
    struct pollfd fds[2] = {{.fd = (int)syscall(SYS_pidfd_open, rank, 0), .events = POLLIN},
                            {.fd = wake, .events = POLLIN}};
    while (fds[0].fd >= 0 && !fds[0].revents) {
        uint64_t count;
        int ready = poll(fds, 2, time_left_ms(minded));
        if (ready > 0 && fds[1].revents && read(wake, &count, sizeof count) < 0)
            break;
        if (ready == 0 && atomic_load(&minded->deadline_ns) && time_left_ms(minded) == 0) {
            tell_timeout(minded);
            atomic_store(&minded->deadline_ns, 0);
        }
    }
}

static _Noreturn void mind(struct minded *minded, pid_t rank, int wake)
{
    int status = 0;
    wait_for_end(minded, rank, wake);
    while (waitpid(rank, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFSIGNALED(status))
        tell_death(WTERMSIG(status));
    _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

int minder_begin(struct minder *minder, int in)
{
    minder->minded = bench_shared_alloc(sizeof *minder->minded);
    minder->wake = eventfd(0, EFD_CLOEXEC);
    if (!minder->minded || minder->wake < 0)
        return -ENOMEM;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* the launcher's death */
    pid_t own = getpid(), rank = fork();
    if (rank < 0)
        return -errno;
    if (rank > 0) {
        close(in);
        prctl(PR_SET_NAME, "bench-minder");
        mind(minder->minded, rank, minder->wake);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != own)
        _exit(1); /* it died before */
    return 0;
}

volatile uint32_t *minder_awaited(const struct minder *minder)
{
    return &minder->minded->awaited;
}

void minder_limit(struct minder *minder, const struct ranks *ranks, double limit_s)
{
    struct minded *minded = minder->minded;
    uint64_t one = 1;
    double early = limit_s * early_part < early_s ? limit_s * early_part : early_s;
    if (!ranks_is_first(ranks))
        return;
    minded->awaited = 0;
    for (uint32_t r = 0; r < ranks->who.ranks && r < NAMES_MOST; r++)
        memcpy(minded->hosts[r], ranks->places[r].host, sizeof minded->hosts[r]);
    uint64_t deadline_ns = limit_s > 0 ? bench_now() + (uint64_t)((limit_s - early) * 1e9) : 0;
    if (atomic_exchange(&minded->deadline_ns, deadline_ns) != deadline_ns &&
        write(minder->wake, &one, sizeof one) < 0)
        return; /* the minder is dead, and so will this be */
}
