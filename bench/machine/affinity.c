/* The calling thread's CPU mask, by the bare system calls. */
#include "machine/affinity.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int affinity_get(unsigned long *words, size_t words_size)
{
    /* The kernel refuses a mask shorter than its own, which counts CPUs that could be plugged in. */
    unsigned long all[AFFINITY_WORDS_MAX];
    long size_bytes = syscall(SYS_sched_getaffinity, 0, sizeof all, all);
    if (size_bytes < 0)
        return -errno;

    size_t got = (size_t)size_bytes / sizeof *all;
    for (size_t i = words_size; i < got; i++)
        if (all[i])
            return -EOVERFLOW;
    memset(words, 0, words_size * sizeof *words);
    memcpy(words, all, (got < words_size ? got : words_size) * sizeof *words);
    return 0;
}

int affinity_set(const unsigned long *words, size_t words_size)
{
    return syscall(SYS_sched_setaffinity, 0, words_size * sizeof *words, words) ? -errno : 0;
}
