/*
 * For LD_PRELOAD: one allocation of one process fails, as where there is no memory. Which one is said by
 * the environment: the ALLOCATION-th (from 1) of a process whose first argument is ALLOCATION_OF, or is
 * none of the runner's where that is "controller". The process must first manage to remove the file
 * ALLOCATION_TOKEN, so that of several processes only one fails, and whoever started them sees by the
 * file whether there were that many allocations. What libraries allocate, the C library's own included,
 * counts; only hwloc always has memory while it makes or writes a topology: without, it crashes or
 * leaves out a core in silence, and whoever called it cannot tell.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static atomic_ulong counted;
static atomic_ulong fails_at; /* 0: none */
static _Thread_local bool spared;

/* Before main, and before the first allocation that could be made to fail is counted. */
__attribute__((constructor)) static void read_environment(void)
{
    const char *number = getenv("ALLOCATION"), *of = getenv("ALLOCATION_OF");
    char arguments[256] = "";
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? 0 : read(fd, arguments, sizeof arguments - 2);
    if (fd >= 0)
        close(fd);
    if (!number || !of || length <= 0)
        return;
    const char *program = strrchr(arguments, '/'), *first = arguments + strlen(arguments) + 1;
    program = program ? program + 1 : arguments;
    bool is_runner = strcmp(first, "runner") == 0;
    if (strcmp(program, "bench") == 0 && is_runner == (strcmp(of, "runner") == 0))
        atomic_store(&fails_at, strtoul(number, NULL, 10));
}

static bool fails(void)
{
    unsigned long at = atomic_load_explicit(&fails_at, memory_order_relaxed);
    if (at == 0 || spared || atomic_fetch_add(&counted, 1) + 1 != at)
        return false;
    const char *token = getenv("ALLOCATION_TOKEN");
    if (!token || unlink(token) < 0)
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails() ? NULL : __libc_realloc(old, size);
}

void *reallocarray(void *old, size_t count, size_t size)
{
    size_t product;
    if (__builtin_mul_overflow(count, size, &product)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(old, product);
}

static void *begin_sparing(const char *function)
{
    spared = true;
    return dlsym(RTLD_NEXT, function);
}

static int end_sparing(int rc)
{
    spared = false;
    return rc;
}

int hwloc_topology_init(void *topology)
{
    int (*init)(void *);
    *(void **)&init = begin_sparing("hwloc_topology_init");
    return end_sparing(init(topology));
}

int hwloc_topology_load(void *topology)
{
    int (*load)(void *);
    *(void **)&load = begin_sparing("hwloc_topology_load");
    return end_sparing(load(topology));
}

int hwloc_topology_export_xmlbuffer(void *topology, char **xml, int *length, unsigned long flags)
{
    int (*export)(void *, char **, int *, unsigned long);
    *(void **)&export = begin_sparing("hwloc_topology_export_xmlbuffer");
    return end_sparing(export(topology, xml, length, flags));
}
