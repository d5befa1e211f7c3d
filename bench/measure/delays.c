/* A thread's delays and moves, from /proc/thread-self. */
#include "measure/delays.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool read_text(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);
    if (fd >= 0)
        close(fd);
    text[length > 0 ? length : 0] = '\0';
    return length > 0;
}

static int64_t read_run_ns(void)
{
    char text[128], *end;
    if (!read_text("/proc/thread-self/schedstat", text, sizeof text))
        return -1;
    strtoll(text, &end, 10); /* the first number is its CPU time */
    return strtoll(end, NULL, 10);
}

bool delays_has_block(void)
{
    char text[16];
    return read_text("/proc/sys/kernel/task_delayacct", text, sizeof text) && text[0] == '1';
}

/* Field 42 of proc(5)'s stat, in ticks. */
static int64_t read_block_ns(void)
{
    char text[1024];
    if (!read_text("/proc/thread-self/stat", text, sizeof text))
        return -1;
    const char *at = strrchr(text, ')');
    for (int field = 2; at && field < 42; field++)
        at = strchr(at + 1, ' ');
    return at ? strtoll(at, NULL, 10) * (1000000000 / sysconf(_SC_CLK_TCK)) : -1;
}

/* The fourth line of what a scheduler's debugging tells; kernels without that have no such file. */
static int64_t read_migrations(void)
{
    static const char name[] = "\nse.nr_migrations";
    char text[1024];
    if (!read_text("/proc/thread-self/sched", text, sizeof text))
        return -1;
    const char *line = strstr(text, name);
    const char *colon = line ? strchr(line, ':') : NULL;
    return colon ? strtoll(colon + 1, NULL, 10) : -1;
}

void delays_thread(struct delays *delays, bool block)
{
    *delays = (struct delays){.run_ns = read_run_ns(),
                              .block_ns = block ? read_block_ns() : -1,
                              .migrations = read_migrations()};
}

static int64_t between(int64_t start, int64_t end)
{
    return start < 0 || end < start ? -1 : end - start;
}

struct delays delays_between(const struct delays *start, const struct delays *end)
{
    return (struct delays){between(start->run_ns, end->run_ns), between(start->block_ns, end->block_ns),
                           between(start->migrations, end->migrations)};
}
