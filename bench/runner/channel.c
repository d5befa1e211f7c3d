/* The runner's ends of the protocol. */
#include "runner/channel.h"

#include "protocol/reply.h"

#include <bench/executor.h>
#include <bench/workload.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* For bench_abort, which a signal handler may call. */
static atomic_int protocol_out = -1;
static _Atomic int64_t *protocol_id; /* of the message at hand; workers that are processes see it, too */

/*
 * MPICH's proxy leaves its ranks the other end of their own stdin: nobody would ever see it end. What
 * else is open for writing on that pipe is therefore closed.
 */
static void close_other_ends(void)
{
    struct stat in, other;
    DIR *all = fstat(STDIN_FILENO, &in) == 0 && S_ISFIFO(in.st_mode) ? opendir("/proc/self/fd") : NULL;
    for (struct dirent *entry; all && (entry = readdir(all));) {
        int fd = (int)strtol(entry->d_name, NULL, 10);
        if (fd > STDERR_FILENO && fstat(fd, &other) == 0 && other.st_ino == in.st_ino &&
            other.st_dev == in.st_dev && (fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY)
            close(fd);
    }
    if (all)
        closedir(all);
}

int channel_take(void)
{
    close_other_ends();
    protocol_id = bench_shared_alloc(sizeof *protocol_id);
    if (!protocol_id)
        return -ENOMEM;
    int in = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    int out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    atomic_store(&protocol_out, out);
    if (in < 0 || out < 0 || null < 0)
        return -errno;
    if (dup2(null, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
        return -errno;
    close(null);
    return in;
}

void channel_begin(int64_t id)
{
    atomic_store(protocol_id, id);
}

static int write_all(int fd, const char *line, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, line, length);
        if (n < 0 && errno != EINTR)
            return -errno;
        line += n > 0 ? n : 0;
        length -= n > 0 ? (size_t)n : 0;
    }
    return 0;
}

int channel_answer(char *line)
{
    if (!line)
        line = refusal_encode(atomic_load(protocol_id), STATUS_FAILED,
                              "the workload returned a text that is not UTF-8, as replies must be");
    int sent = write_all(atomic_load(&protocol_out), line, strlen(line));
    free(line);
    return sent;
}

int channel_refuse(enum status status, const char *why)
{
    return channel_answer(refusal_encode(atomic_load(protocol_id), status, why));
}

bool channel_last_word(enum status status, const char *message)
{
    char line[BENCH_ERROR_TEXT + 128];
    size_t length =
        refusal_write(line, sizeof line, protocol_id ? atomic_load(protocol_id) : 0, status, message);
    return write(atomic_load(&protocol_out), line, length) == (ssize_t)length;
}

void bench_abort(const char *message)
{
    _exit(channel_last_word(STATUS_CRASHED, message) ? 0 : 1);
}
