/*
 * For LD_PRELOAD: a PMU. perf_event_open gives a counter that FAKE_PMU says how to: "whole" counts 1000
 * x (config + 1) from one reading to the next, "half" does so for half of the time, "never" for none, a
 * number fails with that errno, and "user" with EACCES unless the kernel is left out.
 */
#include <dlfcn.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { READINGS = 1000 };

static int make_counter(const struct perf_event_attr *attributes, const char *how)
{
    int fd = memfd_create("counter", MFD_CLOEXEC);
    uint64_t running_ns = strcmp(how, "never") == 0 ? 0 : strcmp(how, "half") == 0 ? 500 : 1000;
    for (uint64_t i = 0; fd >= 0 && i < READINGS; i++) {
        uint64_t reading[] = {running_ns ? i * 1000 * (attributes->config + 1) : 0, i * 1000,
                              i * running_ns};
        if (write(fd, reading, sizeof reading) != sizeof reading)
            return -1;
    }
    lseek(fd, 0, SEEK_SET);
    return fd;
}

long syscall(long number, ...)
{
    static long (*real)(long, ...);
    const char *how = getenv("FAKE_PMU");
    long words[6];
    va_list list;
    va_start(list, number);
    for (int i = 0; i < 6; i++)
        words[i] = va_arg(list, long);
    va_end(list);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "syscall");
    if (number != SYS_perf_event_open || !how)
        return real(number, words[0], words[1], words[2], words[3], words[4], words[5]);
    const struct perf_event_attr *attributes = (const struct perf_event_attr *)words[0];
    bool is_user = strcmp(how, "user") == 0;
    errno = is_user && !attributes->exclude_kernel ? EACCES : atoi(how);
    return errno ? -1 : make_counter(attributes, how);
}
