/* Sees to what a controller leaves behind that was killed. See keeper.h. */
#include "control/keeper.h"

#include "base/memory.h"
#include "control/scratch.h"

#include <bench/workload.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Two runners are alive at most, each with a mark and a folder. */
enum { KEPT = 8 };

/* What was killed and is not dead after this hangs in the kernel. */
static const uint64_t death_ns = 10000000000;

struct kept {
    char texts[KEPT][PATH_MAX];
    unsigned next;
};

/* ---- processes with a mark ---- */

static bool is_marked(const struct kept *kept, const char *variable)
{
    for (unsigned i = 0; i < KEPT; i++) {
        if (kept->texts[i][0] && kept->texts[i][0] != '/' && strcmp(kept->texts[i], variable) == 0)
            return true;
    }
    return false;
}

static bool has_mark(const struct kept *kept, pid_t pid)
{
    char path[64], *variable = NULL;
    size_t size = 0;
    bool marked = false;
    snprintf(path, sizeof path, "/proc/%d/environ", (int)pid);
    FILE *environment = fopen(path, "re");
    while (environment && !marked && getdelim(&variable, &size, '\0', environment) > 0)
        marked = is_marked(kept, variable);
    if (environment)
        fclose(environment);
    free(variable);
    return marked;
}

/* Is it one, and was it killed? Its number is not given to another while its pidfd is open. */
static bool end_one(const struct kept *kept, pid_t pid)
{
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    bool ended = pidfd >= 0 && has_mark(kept, pid) &&
                 syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0) == 0;
    if (pidfd >= 0)
        close(pidfd);
    return ended;
}

/* One pass over all there are. Was there any? */
static bool end_some(const struct kept *kept)
{
    bool any = false;
    DIR *all = opendir("/proc");
    for (struct dirent *entry; all && (entry = readdir(all));) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        any |= pid > 0 && pid != getpid() && end_one(kept, pid);
    }
    if (all)
        closedir(all);
    return any;
}

/* Two passes without one: at the first, one may have been between two programs (execve). */
static void end_all(const struct kept *kept)
{
    const struct timespec pause = {.tv_nsec = 5000000};
    uint64_t deadline_ns = bench_now() + death_ns;
    for (int without = 0; without < 2 && bench_now() < deadline_ns;) {
        without = end_some(kept) ? 0 : without + 1;
        if (without < 2)
            nanosleep(&pause, NULL);
    }
}

/* ---- the keeper's life ---- */

static void see_to_all(const struct kept *kept)
{
    end_all(kept);
    for (unsigned i = 0; i < KEPT; i++) {
        if (kept->texts[i][0] == '/')
            scratch_remove(kept->texts[i]);
    }
}

static void keep(struct kept *kept, const char *what)
{
    snprintf(kept->texts[kept->next++ % KEPT], PATH_MAX, "%.*s", PATH_MAX - 1, what);
}

/* The whole texts in `texts`, which are taken out of it. False: an empty one, all is well. */
static bool keep_all(struct kept *kept, char *texts, size_t *length)
{
    for (char *end; (end = memchr(texts, '\0', *length));) {
        size_t taken = (size_t)(end - texts) + 1;
        if (taken == 1)
            return false;
        keep(kept, texts);
        *length -= taken;
        memmove(texts, end + 1, *length);
    }
    return true;
}

/* Until the controller is gone, in whatever way. Without memory of its own: its lack must not look like
 * that. */
static void listen_to(int fd)
{
    static struct kept kept;
    static char texts[2 * PATH_MAX];
    size_t length = 0;
    for (;;) {
        ssize_t n = read(fd, texts + length, sizeof texts - length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        length += (size_t)n;
        if (!keep_all(&kept, texts, &length))
            return;
    }
    see_to_all(&kept);
}

/* Nothing that it has from the controller may be kept open by it, nor may a signal for that one's group
 * reach it. */
static _Noreturn void keeper_main(int fd)
{
    setsid();
    prctl(PR_SET_NAME, "bench-keeper");
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int i = 0; i < 3 && null >= 0; i++)
        dup2(null, i);
    if (fd != 3)
        dup3(fd, 3, O_CLOEXEC);
    if (syscall(SYS_close_range, 4u, ~0u, 0u) < 0) { /* before Linux 5.9 */
        for (int i = 4, limit = (int)sysconf(_SC_OPEN_MAX); i < limit && i < 65536; i++)
            close(i);
    }
    listen_to(3);
    _exit(0);
}

static void tell(const struct keeper *keeper, const char *texts, size_t size)
{
    ssize_t written = size && keeper->fd ? write(keeper->fd, texts, size) : 0;
    (void)written; /* it may have been killed, too */
}

void keeper_start(struct keeper *keeper)
{
    int ends[2];
    if (keeper->pid || pipe2(ends, O_CLOEXEC) < 0)
        return;
    pid_t pid = fork();
    if (pid == 0)
        keeper_main(ends[0]);
    close(ends[0]);
    if (pid < 0) {
        close(ends[1]);
        return;
    }
    fcntl(ends[1], F_SETFL, fcntl(ends[1], F_GETFL) | O_NONBLOCK); /* it may have been stopped */
    keeper->fd = ends[1];
    keeper->pid = pid;
    tell(keeper, keeper->told, keeper->told_size);
}

void keeper_tell(struct keeper *keeper, const char *what)
{
    size_t size = strlen(what) + 1;
    if (keeper->pid) {
        tell(keeper, what, size);
        return;
    }
    keeper->told = mem_resize(keeper->told, keeper->told_size + size, 1);
    memcpy(keeper->told + keeper->told_size, what, size);
    keeper->told_size += size;
}

void keeper_dismiss(struct keeper *keeper)
{
    if (!keeper->fd)
        return;
    tell(keeper, "", 1);
    close(keeper->fd);
    keeper->fd = 0;
}

void keeper_end(struct keeper *keeper)
{
    keeper_dismiss(keeper);
    while (keeper->pid && waitpid(keeper->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    free(keeper->told);
    *keeper = (struct keeper){0};
}
