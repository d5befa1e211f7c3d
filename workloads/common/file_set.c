/* A set of open files: finding, making, dropping and loading them. See file_set.h. */
#include "file_set.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

typedef unsigned long long ull;

/* Number the blocks of all files. */
static void divide(struct file_set *set, uint64_t block_bytes)
{
    set->block_bytes = block_bytes;
    set->blocks = 0;
    set->size_bytes = 0;
    for (size_t i = 0; i < set->count; i++) {
        struct file *file = &set->files[i];
        file->first_block = set->blocks;
        set->blocks += file->size_bytes / block_bytes + (file->size_bytes % block_bytes != 0);
        set->size_bytes += file->size_bytes;
    }
}

/* Let this process have as many open files as it may. False: it had them already. */
static bool raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= limit.rlim_max)
        return false;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

/* Open one of the user's files: 0, or -errno with `err` filled. */
static int open_file(struct file *file, const char *name, struct bench_error *err)
{
    int fd;
    do
        fd = open(name, O_RDONLY | O_CLOEXEC);
    while (fd < 0 && (errno == EINTR || (errno == EMFILE && raise_file_limit())));
    if (fd < 0 && errno == EMFILE)
        return bench_error_set(err, -EMFILE, "path=%s: more files than may be open at once (ulimit -n)",
                               name);
    if (fd < 0)
        return bench_error_set(err, -errno, "path=%s: %s", name, strerror(errno));

    struct stat st;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return bench_error_set(err, -EINVAL, "path=%s: not a regular file", name);
    }
    file->name = strdup(name);
    if (!file->name) {
        close(fd);
        return bench_error_set(err, -ENOMEM, "out of memory");
    }
    file->fd = fd;
    file->size_bytes = (uint64_t)st.st_size;
    file->modified = st.st_mtim;
    return 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name); /* not strcoll: the same order for every user */
}

/* Open the regular files of a directory that are not empty. */
static int open_directory(struct file_set *set, const char *path, struct bench_error *err)
{
    struct dirent **entries;
    int found = scandir(path, &entries, NULL, by_name);
    if (found < 0)
        return bench_error_set(err, -errno, "path=%s: %s", path, strerror(errno));

    int rc = 0;
    set->files = calloc((size_t)found + 1, sizeof *set->files);
    if (!set->files)
        rc = bench_error_set(err, -ENOMEM, "out of memory");
    for (int i = 0; i < found && rc == 0; i++) {
        char name[PATH_MAX];
        struct stat st;
        if (snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name) >= (int)sizeof name)
            rc = bench_error_set(err, -ENAMETOOLONG, "path=%s: %s: the name is too long", path,
                                 entries[i]->d_name);
        else if (stat(name, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
            rc = open_file(&set->files[set->count], name, err);
            set->count += rc == 0;
        }
    }
    for (int i = 0; i < found; i++)
        free(entries[i]);
    free(entries);
    if (rc == 0 && set->count == 0)
        rc = bench_error_set(
            err, -ENOENT, "path=%s: no regular file that is not empty (subfolders do not count)", path);
    return rc;
}

int file_set_open(struct file_set *set, const char *path, uint64_t block_bytes, struct bench_error *err)
{
    *set = (struct file_set){0};
    struct stat st;
    if (stat(path, &st) < 0)
        return bench_error_set(err, -errno, "path=%s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
        return bench_error_set(err, -EINVAL, "path=%s: neither a regular file nor a folder of files",
                               path);
    if (S_ISREG(st.st_mode) && st.st_size == 0)
        return bench_error_set(err, -EINVAL, "path=%s: empty; give a file with something in it", path);

    int rc;
    if (S_ISDIR(st.st_mode)) {
        rc = open_directory(set, path, err);
    } else {
        set->files = calloc(1, sizeof *set->files);
        rc = set->files ? open_file(&set->files[0], path, err)
                        : bench_error_set(err, -ENOMEM, "out of memory");
        set->count = rc == 0;
    }
    if (rc < 0) {
        file_set_close(set);
        return rc;
    }
    divide(set, block_bytes);
    return 0;
}

static const char *default_directory(void)
{
    static const char *const usual[] = {"/var/tmp", "/tmp"};
    const char *tmpdir = getenv("TMPDIR");
    if (tmpdir && *tmpdir)
        return tmpdir;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (access(usual[i], W_OK | X_OK) == 0)
            return usual[i];
    return ".";
}

/* A file without a name in `dir`: a descriptor, or -errno. */
static int open_unnamed(const char *dir)
{
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    /* what kernels and file systems answer that have no O_TMPFILE (open(2)) */
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT && errno != EINVAL))
        return fd >= 0 ? fd : -errno;

    char name[PATH_MAX];
    if (snprintf(name, sizeof name, "%s/bench-file-XXXXXX", dir) >= (int)sizeof name)
        return -ENAMETOOLONG;
    fd = mkostemp(name, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    unlink(name);
    return fd;
}

int file_set_create(struct file_set *set, const char *dir, uint64_t size_bytes, uint64_t block_bytes,
                    struct bench_error *err)
{
    *set = (struct file_set){0};
    if (!*dir)
        dir = default_directory();

    int fd = open_unnamed(dir);
    if (fd < 0)
        return bench_error_set(err, fd, "dir=%s: %s; give a folder that can be written", dir,
                               strerror(-fd));
    int rc;
    struct statvfs space;
    struct rlimit most;
    if (getrlimit(RLIMIT_FSIZE, &most) == 0 && size_bytes > most.rlim_cur) {
        rc = bench_error_set(err, -EFBIG, "size=%llu: files may have at most %llu bytes (ulimit -f)",
                             (ull)size_bytes, (ull)most.rlim_cur);
        goto fail_fd;
    }
    if (fstatvfs(fd, &space) == 0 && space.f_blocks && size_bytes / space.f_frsize >= space.f_bavail) {
        rc = bench_error_set(err, -ENOSPC, "size=%llu: %s has only %llu bytes free", (ull)size_bytes,
                             dir, (ull)space.f_bavail * space.f_frsize);
        goto fail_fd;
    }
    set->files = calloc(1, sizeof *set->files);
    char *name = NULL;
    if (!set->files || asprintf(&name, "the file in %s", dir) < 0) {
        rc = bench_error_set(err, -ENOMEM, "out of memory");
        goto fail_memory;
    }
    set->files[0] = (struct file){.name = name, .fd = fd, .size_bytes = size_bytes};
    set->count = 1;
    divide(set, block_bytes);
    return 0;

fail_memory:
    free(set->files);
    set->files = NULL;
fail_fd:
    close(fd);
    return rc;
}

int file_set_reserve(struct file_set *set, struct bench_error *err)
{
    struct file *file = &set->files[0];
    int rc;
    do
        rc = fallocate(file->fd, 0, 0, (off_t)file->size_bytes);
    while (rc < 0 && errno == EINTR);
    if (rc < 0 && errno != EOPNOTSUPP)
        return bench_error_set(err, -errno, "size=%llu: %s: %s; use a smaller size, or another dir=",
                               (ull)file->size_bytes, file->name, strerror(errno));
    return 0;
}

void file_set_close(struct file_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        close(set->files[i].fd);
        free(set->files[i].name);
    }
    free(set->files);
    *set = (struct file_set){0};
}

int file_set_make_direct(struct file_set *set, struct bench_error *err)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct file *file = &set->files[i];
        int flags = fcntl(file->fd, F_GETFL);
        if (flags < 0 || fcntl(file->fd, F_SETFL, flags | O_DIRECT) < 0)
            return bench_error_set(err, -ENOTSUP,
                                   "O_DIRECT: the file system of %s does not support it (%s)",
                                   file->name, strerror(errno));
    }
    return 0;
}

/* What offsets and lengths of direct reads must be multiples of; 1 where the kernel (before 6.1) or
 * the file system does not say. */
static uint64_t direct_alignment(int fd)
{
#ifdef STATX_DIOALIGN
    struct statx st;
    if (statx(fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &st) == 0 && st.stx_mask & STATX_DIOALIGN &&
        st.stx_dio_offset_align)
        return st.stx_dio_offset_align;
#else
    (void)fd;
#endif
    return 1;
}

int file_set_check_alignment(const struct file_set *set, struct bench_error *err)
{
    for (size_t i = 0; i < set->count; i++) {
        uint64_t alignment = direct_alignment(set->files[i].fd);
        if (set->block_bytes % alignment)
            return bench_error_set(err, -EINVAL,
                                   "block=%llu: with O_DIRECT it must be a multiple of %llu (%s)",
                                   (ull)set->block_bytes, (ull)alignment, set->files[i].name);
    }
    return 0;
}

void file_set_advise(const struct file_set *set, bool random)
{
    for (size_t i = 0; i < set->count; i++)
        posix_fadvise(set->files[i].fd, 0, 0, random ? POSIX_FADV_RANDOM : POSIX_FADV_SEQUENTIAL);
}

int file_set_remember(struct file_set *set, struct bench_error *err)
{
    for (size_t i = 0; i < set->count; i++) {
        struct file *file = &set->files[i];
        struct stat st;
        if (fstat(file->fd, &st) < 0)
            return bench_error_set(err, -errno, "path=%s: %s", file->name, strerror(errno));
        file->modified = st.st_mtim;
    }
    return 0;
}

int file_set_check_unchanged(const struct file_set *set, struct bench_error *err)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct file *file = &set->files[i];
        struct stat st;
        if (fstat(file->fd, &st) < 0)
            return bench_error_set(err, -errno, "path=%s: %s", file->name, strerror(errno));
        if ((uint64_t)st.st_size != file->size_bytes || st.st_mtim.tv_sec != file->modified.tv_sec ||
            st.st_mtim.tv_nsec != file->modified.tv_nsec)
            return bench_error_set(
                err, -ESTALE,
                "path=%s: changed while it was measured; give a file that nobody writes to", file->name);
    }
    return 0;
}

int file_set_load(const struct file_set *set, struct bench_error *err)
{
    enum { step_bytes = 1 << 20 };
    void *buffer = malloc(step_bytes);
    if (!buffer)
        return bench_error_set(err, -ENOMEM, "out of memory");

    int rc = 0;
    for (size_t i = 0; i < set->count && rc == 0; i++) {
        const struct file *file = &set->files[i];
        ssize_t n = 1;
        for (off_t at = 0; n != 0 && rc == 0; at += n > 0 ? n : 0) {
            n = pread(file->fd, buffer, step_bytes, at);
            if (n < 0 && errno != EINTR)
                rc = bench_error_set(err, -errno, "path=%s: %s", file->name, strerror(errno));
        }
    }
    free(buffer);
    return rc;
}

void file_set_drop(const struct file_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        fsync(set->files[i].fd); /* dirty pages cannot be dropped */
        posix_fadvise(set->files[i].fd, 0, 0, POSIX_FADV_DONTNEED);
    }
}

/* Add up the pages of a file and those of them that are in the page cache. False: it can't be told. */
static bool count_cached(const struct file *file, uint64_t page_bytes, uint64_t *pages, uint64_t *cached)
{
    enum { window_pages = 1 << 16 };
    unsigned char resident[window_pages];
    const uint64_t window_bytes = window_pages * page_bytes;

    for (uint64_t at = 0; at < file->size_bytes; at += window_bytes) {
        uint64_t left = file->size_bytes - at;
        size_t bytes = left < window_bytes ? left : window_bytes;
        size_t n = (bytes + page_bytes - 1) / page_bytes;
        void *map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, file->fd, (off_t)at);
        if (map == MAP_FAILED)
            return false;
        int rc = mincore(map, bytes, resident);
        munmap(map, bytes);
        if (rc < 0)
            return false;
        *pages += n;
        for (size_t i = 0; i < n; i++)
            *cached += resident[i] & 1;
    }
    return true;
}

double file_set_cached(const struct file_set *set)
{
    const uint64_t page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t pages = 0, cached = 0;

    for (size_t i = 0; i < set->count; i++) {
        const struct file *file = &set->files[i];
        struct stat st;
        /* mincore(2) calls every page of somebody else's file resident */
        if (fstat(file->fd, &st) < 0 || (st.st_uid != geteuid() && access(file->name, W_OK) < 0))
            return -1;
        if (!count_cached(file, page_bytes, &pages, &cached))
            return -1;
    }
    return (double)cached / (double)pages;
}

/* Blocks of 512 bytes that storage has read and written for this thread so far. */
static long storage_blocks(void)
{
    struct rusage use;
    return getrusage(RUSAGE_THREAD, &use) == 0 ? use.ru_inblock + use.ru_oublock : 0;
}

/* Without the kernel's accounting (CONFIG_TASK_IO_ACCOUNTING) nothing is ever counted. */
static bool is_storage_counted(long before)
{
    return storage_blocks() != before || access("/proc/self/io", F_OK) < 0;
}

int file_set_try_read(const struct file_set *set, void *data)
{
    long before = storage_blocks();
    ssize_t got = pread(set->files[0].fd, data, set->block_bytes, 0);
    return got < 0 ? -errno : is_storage_counted(before);
}

int file_set_try_write(const struct file_set *set, const void *data)
{
    long before = storage_blocks();
    ssize_t put = pwrite(set->files[0].fd, data, file_block_bytes(set, &set->files[0], 0), 0);
    return put < 0 ? -errno : is_storage_counted(before);
}
