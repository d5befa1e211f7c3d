/* Files that are replaced as a whole. */
#include "base/replacement.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A temporary name beside the target. An existing file may be a trap: it is never opened. */
static char *name_beside(const char *target)
{
    return mem_format("%s.new-%d", target, (int)getpid());
}

int replacement_open(struct replacement *replacement, const char *target, struct bench_error *err)
{
    struct stat before;
    char *folder = mem_text(target);
    *replacement = (struct replacement){.target = target};
    replacement->fd = open(dirname(folder), O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
    free(folder);
    if (replacement->fd < 0) { /* not every file system has it: overlays, NFS */
        replacement->beside = name_beside(target);
        replacement->fd = open(replacement->beside, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
    }
    if (replacement->fd < 0) {
        int rc = bench_error_set(err, -errno, "%s: %s", replacement->beside, strerror(errno));
        free(replacement->beside);
        return rc;
    }
    if (stat(target, &before) == 0)
        fchmod(replacement->fd, before.st_mode & 0777);
    return 0;
}

/* Give a file without a name one. */
static int name_it(struct replacement *replacement)
{
    char *own = mem_format("/proc/self/fd/%d", replacement->fd);
    char *beside = name_beside(replacement->target);
    int rc = linkat(AT_FDCWD, own, AT_FDCWD, beside, AT_SYMLINK_FOLLOW) == 0 ? 0 : -errno;
    free(own);
    if (rc == 0)
        replacement->beside = beside;
    else
        free(beside);
    return rc;
}

int replacement_commit(struct replacement *replacement, struct bench_error *err)
{
    int rc = fdatasync(replacement->fd) == 0 ? 0 : -errno;
    if (rc == 0 && !replacement->beside)
        rc = name_it(replacement);
    if (rc == 0 && rename(replacement->beside, replacement->target) < 0)
        rc = -errno;
    if (rc < 0) {
        bench_error_set(err, rc, "%s: %s", replacement->target, strerror(-rc));
        replacement_withdraw(replacement);
        return rc;
    }
    close(replacement->fd);
    free(replacement->beside);
    return 0;
}

void replacement_withdraw(struct replacement *replacement)
{
    if (replacement->beside)
        unlink(replacement->beside);
    close(replacement->fd);
    free(replacement->beside);
}
