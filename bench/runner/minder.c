/* The process that knows how its rank has ended. See minder.h. */
#include "runner/minder.h"

#include "base/rank_variables.h"
#include "runner/channel.h"
#include "runner/rank_links.h"
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

/* How long the rank still has where rank 0 has ended, or the controller's time is over: it would have
 * ended by itself, or been ended, by then, if that were still possible. */
enum { GRACE_S = 5, OVERDUE_S = 10 };

struct minded {
    _Atomic uint64_t deadline_ns; /* 0: none */
    volatile uint32_t awaited;    /* rank */
    _Atomic bool is_placed;       /* what follows is known */
    uint32_t rank;
    bool is_linked;             /* the rank is on another host than rank 0 */
    bool is_met;                /* it is rank 0, and others will link themselves to it */
    struct rank_address first;  /* rank 0's */
    char hosts[NAMES_MOST][64]; /* of the first ranks; only the pages that are used take memory */
};

/* What the minder itself knows. */
struct minding {
    struct minded *minded;
    struct rank_links *links;
    pid_t rank;
    bool is_placed;  /* it has seen to that */
    bool has_spoken; /* its last word */
    uint64_t end_ns; /* when the rank is ended; 0: never */
};

static void tell_death(int number)
{
    char host[64] = "", text[256];
    gethostname(host, sizeof host - 1);
    snprintf(text, sizeof text, "rank %ld (host %s) was killed by signal %d (%s)", rank_variables_rank(),
             host, number, strsignal(number));
    channel_last_word(STATUS_CRASHED, text);
}

/* "rank 1 (host b)" and what is to be said of it. */
static void tell_of(struct minding *minding, uint32_t rank, enum status status, const char *what)
{
    const struct minded *minded = minding->minded;
    bool is_known = rank < NAMES_MOST && minded->hosts[rank][0];
    char text[256];
    snprintf(text, sizeof text, "rank %u%s%s%s %s", rank, is_known ? " (host " : "",
             is_known ? minded->hosts[rank] : "", is_known ? ")" : "", what);
    channel_last_word(status, text);
    minding->has_spoken = true;
}

/* Milliseconds until then; -1: for ever. */
static int time_left_ms(uint64_t end_ns)
{
    uint64_t now_ns = bench_now();
    if (end_ns == 0)
        return -1;
    return end_ns > now_ns ? (int)((end_ns - now_ns) / 1000000 + 1) : 0;
}

static uint64_t seconds_from_now(int seconds)
{
    return bench_now() + (uint64_t)seconds * 1000000000;
}

/* The rank has joined the others: who needs a link has one from now on. */
static void take_place(struct minding *minding)
{
    struct minded *minded = minding->minded;
    minding->is_placed = true;
    if (minded->is_linked)
        rank_links_connect(minding->links, &minded->first, minded->rank);
    else if (!minded->is_met)
        rank_links_close_door(minding->links);
}

/* With a host that does not answer any more no run can end. Of the two sides, the one that is not cut
 * off is heard. */
static void look_at_links(struct minding *minding)
{
    uint32_t rank;
    char what[128];
    enum rank_link_end end = rank_links_look(minding->links, &rank);
    if (end == RANK_LINK_GOOD)
        return;
    minding->end_ns = end == RANK_LINK_LOST ? bench_now() : seconds_from_now(GRACE_S);
    if (end == RANK_LINK_LOST) {
        snprintf(what, sizeof what,
                 "has given no sign of life for %d s: its host, or the network to it, is down",
                 RANK_LINKS_SILENCE_S);
        tell_of(minding, rank, STATUS_CRASHED, what);
    }
    minding->has_spoken = true; /* that it is killed then is no news */
}

/* Rank 0's: the first time it is said who is late; after the second, there is nobody to stop the ranks.
 */
static void look_at_time(struct minding *minding)
{
    struct minded *minded = minding->minded;
    uint64_t deadline_ns = atomic_load(&minded->deadline_ns);
    if (deadline_ns && time_left_ms(deadline_ns) == 0 &&
        atomic_compare_exchange_strong(&minded->deadline_ns, &deadline_ns, 0)) {
        tell_of(minding, minded->awaited, STATUS_TIMEOUT, "had not finished");
        minding->end_ns = seconds_from_now(OVERDUE_S);
    }
    if (minding->end_ns && time_left_ms(minding->end_ns) == 0) {
        kill(minding->rank, SIGKILL);
        minding->end_ns = 0;
    }
}

/* The sooner of two that may not be. */
static uint64_t sooner(uint64_t a_ns, uint64_t b_ns)
{
    return !a_ns || (b_ns && b_ns < a_ns) ? b_ns : a_ns;
}

/* Until the rank has ended. */
static void wait_for_end(struct minding *minding, int wake)
{
    struct minded *minded = minding->minded;
    struct rank_links *links = minding->links;
    links->fds[0] =
        (struct pollfd){.fd = (int)syscall(SYS_pidfd_open, minding->rank, 0), .events = POLLIN};
    links->fds[1] = (struct pollfd){.fd = wake, .events = POLLIN};
    while (links->fds[0].fd >= 0 && !links->fds[0].revents) {
        uint64_t count, until_ns = sooner(atomic_load(&minded->deadline_ns), minding->end_ns);
        int ready = poll(links->fds, RANK_LINKS_OWN + links->count, time_left_ms(until_ns));
        if (ready > 0 && links->fds[1].revents && read(wake, &count, sizeof count) < 0)
            break;
        if (!minding->is_placed && atomic_load(&minded->is_placed))
            take_place(minding);
        else if (ready > 0)
            look_at_links(minding);
        look_at_time(minding);
    }
}

static _Noreturn void mind(struct minding *minding, int wake)
{
    int status = 0;
    wait_for_end(minding, wake);
    while (waitpid(minding->rank, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFSIGNALED(status) && !minding->has_spoken)
        tell_death(WTERMSIG(status));
    _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

int minder_begin(struct minder *minder, int in)
{
    minder->minded = bench_shared_alloc(sizeof *minder->minded);
    minder->wake = eventfd(0, EFD_CLOEXEC);
    if (!minder->minded || minder->wake < 0)
        return -ENOMEM;
    struct rank_links links;
    rank_links_open(&links);
    minder->address = links.address;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* the launcher's death */
    pid_t own = getpid(), rank = fork();
    if (rank > 0) {
        close(in);
        prctl(PR_SET_NAME, "bench-minder");
        mind(&(struct minding){.minded = minder->minded, .links = &links, .rank = rank}, minder->wake);
    }
    rank_links_close(&links);
    if (rank < 0)
        return -errno;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != own)
        _exit(1); /* it died before */
    return 0;
}

volatile uint32_t *minder_awaited(const struct minder *minder)
{
    return &minder->minded->awaited;
}

static void wake(const struct minder *minder)
{
    const uint64_t one = 1;
    if (write(minder->wake, &one, sizeof one) < 0)
        return; /* the minder is dead, and so will this be */
}

void minder_place(struct minder *minder, const struct ranks *ranks)
{
    struct minded *minded = minder->minded;
    bool any_apart = false;
    for (uint32_t r = 0; r < ranks->who.ranks; r++) {
        any_apart |= ranks->places[r].is_apart;
        if (r < NAMES_MOST)
            memcpy(minded->hosts[r], ranks->places[r].host, sizeof minded->hosts[r]);
    }
    minded->is_met = any_apart && ranks_is_first(ranks);
    minded->rank = ranks->who.rank;
    minded->first = ranks->first_address;
    minded->is_linked = ranks->places[ranks->who.rank].is_apart;
    atomic_store(&minded->is_placed, true);
    wake(minder);
}

void minder_limit(struct minder *minder, const struct ranks *ranks, double limit_s)
{
    struct minded *minded = minder->minded;
    double early = limit_s * early_part < early_s ? limit_s * early_part : early_s;
    if (!ranks_is_first(ranks))
        return;
    minded->awaited = 0;
    uint64_t deadline_ns = limit_s > 0 ? bench_now() + (uint64_t)((limit_s - early) * 1e9) : 0;
    if (atomic_exchange(&minded->deadline_ns, deadline_ns) != deadline_ns)
        wake(minder);
}
