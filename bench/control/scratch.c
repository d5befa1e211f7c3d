/* Folders that runners write to. */
#include "control/scratch.h"

#include "base/memory.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

char *scratch_name(void)
{
    const char *parent = getenv("TMPDIR");
    uint64_t number[2] = {0};
    if (getrandom(number, sizeof number, 0) != (ssize_t)sizeof number) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        number[0] = (uint64_t)now.tv_nsec;
    }
    return mem_format("%s/bench-%d-%016" PRIx64 "%016" PRIx64,
                      parent && parent[0] == '/' ? parent : "/tmp", (int)getpid(), number[0], number[1]);
}

static void empty_folder(int fd)
{
    DIR *folder = fdopendir(fd);
    if (!folder) {
        close(fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (unlinkat(dirfd(folder), entry->d_name, 0) == 0)
            continue;
        int inner =
            openat(dirfd(folder), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (inner >= 0)
            empty_folder(inner);
        unlinkat(dirfd(folder), entry->d_name, AT_REMOVEDIR);
    }
    closedir(folder);
}

void scratch_remove(const char *path)
{
    struct stat status;
    if (rmdir(path) == 0) /* most often there is none, and this is all */
        return;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return;
    if (fstat(fd, &status) < 0 || status.st_uid != geteuid()) {
        close(fd);
        return;
    }
    empty_folder(fd);
    rmdir(path);
}
