/* A file that is written anew: it takes its place when it is whole. See draft.h. */
#include "draft.h"

#include <bench/workload.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "FOLDER/" of a path, with `rest` after it; NULL without memory. */
static char *beside(const char *path, const char *rest)
{
    const char *slash = strrchr(path, '/');
    int folder_length = slash ? (int)(slash - path + 1) : 0;
    char *name;
    if (asprintf(&name, "%.*s%s", folder_length, path, rest) < 0)
        return NULL;
    return name;
}

/* A descriptor, with the permissions of any new file. What has no name leaves nothing when this is
 * killed. */
static int create(struct draft *draft, struct bench_error *err)
{
    char *folder = beside(draft->path, "."); /* of "o.png" it is "." */
    int fd = folder ? open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666) : -1;
    free(folder);
    if (fd >= 0)
        return fd;
    draft->name = beside(draft->path, ".bench-XXXXXX");
    if (!draft->name)
        return bench_error_set(err, -ENOMEM, "out of memory for a file name");
    fd = mkostemp(draft->name, O_CLOEXEC);
    if (fd < 0) {
        int code = bench_error_set(err, -errno, "cannot be written: its folder: %s", strerror(errno));
        free(draft->name);
        return code;
    }
    mode_t mask = umask(0);
    umask(mask);
    (void)fchmod(fd, 0666 & ~mask); /* some file systems have no permissions */
    return fd;
}

static void forget_name(struct draft *draft)
{
    if (draft->name)
        unlink(draft->name);
    free(draft->name);
}

int draft_open(struct draft *draft, const char *path, struct bench_error *err)
{
    struct stat status;
    *draft = (struct draft){.path = path};
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return bench_error_set(err, -EINVAL, "exists and is not a regular file");
    if (lstat(path, &status) < 0 && errno != ENOENT)
        return bench_error_set(err, -errno, "cannot be written: %s", strerror(errno));
    int fd = create(draft, err);
    if (fd < 0)
        return fd;
    draft->out = fdopen(fd, "wb");
    if (draft->out)
        return 0;
    int code = bench_error_set(err, -errno, "cannot be written: %s", strerror(errno));
    close(fd);
    forget_name(draft);
    return code;
}

/* Give what has none the name `path`; where that is taken, a name beside it, to be renamed at once. */
static int name_it(struct draft *draft)
{
    char own[32];
    snprintf(own, sizeof own, "/proc/self/fd/%d", fileno(draft->out));
    if (linkat(AT_FDCWD, own, AT_FDCWD, draft->path, AT_SYMLINK_FOLLOW) == 0)
        return 0;
    if (errno != EEXIST)
        return -errno;
    char rest[48];
    snprintf(rest, sizeof rest, ".bench-%d-%llx", (int)getpid(), (unsigned long long)bench_now());
    draft->name = beside(draft->path, rest);
    if (!draft->name)
        return -ENOMEM;
    if (linkat(AT_FDCWD, own, AT_FDCWD, draft->name, AT_SYMLINK_FOLLOW) == 0)
        return 0;
    int code = -errno;
    free(draft->name);
    draft->name = NULL;
    return code;
}

void draft_drop(struct draft *draft)
{
    fclose(draft->out);
    forget_name(draft);
}

/* Some file systems say no sooner than when it is closed that they could not write. */
int draft_publish(struct draft *draft, struct bench_error *err)
{
    int code = fflush(draft->out) != 0 ? -errno : 0;
    if (code == 0 && !draft->name)
        code = name_it(draft);
    if (fclose(draft->out) != 0 && code == 0)
        code = -errno;
    if (code == 0 && draft->name && rename(draft->name, draft->path) < 0)
        code = -errno;
    if (code == 0) {
        free(draft->name);
        return 0;
    }
    forget_name(draft);
    return bench_error_set(err, code, "cannot be written: %s", strerror(-code));
}
