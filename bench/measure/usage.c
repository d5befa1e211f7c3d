/* CPU time, context switches, page faults and memory, as the kernel counts them. */
#include "measure/usage.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static int64_t microseconds(struct timeval time)
{
    return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

static struct usage usage_from(const struct rusage *from)
{
    return (struct usage){
        .user_us = microseconds(from->ru_utime),
        .sys_us = microseconds(from->ru_stime),
        .ctx_voluntary = from->ru_nvcsw,
        .ctx_involuntary = from->ru_nivcsw,
        .faults_minor = from->ru_minflt,
        .faults_major = from->ru_majflt,
        .read_bytes = (int64_t)from->ru_inblock * 512, /* blocks of 512 bytes: getrusage(2) */
        .written_bytes = (int64_t)from->ru_oublock * 512,
    };
}

/* Reading the clock first brings the kernel's account up to date, which getrusage leaves up to a tick
 * behind. */
static void usage_read(struct usage *usage, clockid_t clock, int who)
{
    struct rusage now = {0};
    struct timespec cpu_time;
    clock_gettime(clock, &cpu_time);
    getrusage(who, &now);
    *usage = usage_from(&now);
}

void usage_thread(struct usage *usage)
{
    usage_read(usage, CLOCK_THREAD_CPUTIME_ID, RUSAGE_THREAD);
}

void usage_process(struct usage *usage)
{
    usage_read(usage, CLOCK_PROCESS_CPUTIME_ID, RUSAGE_SELF);
}

void usage_charge(struct usage *sum, const struct rusage *used)
{
    struct usage more = usage_from(used);
    usage_add(sum, &more, &(struct usage){0});
}

void usage_add(struct usage *sum, const struct usage *end, const struct usage *start)
{
    sum->user_us += end->user_us - start->user_us;
    sum->sys_us += end->sys_us - start->sys_us;
    sum->ctx_voluntary += end->ctx_voluntary - start->ctx_voluntary;
    sum->ctx_involuntary += end->ctx_involuntary - start->ctx_involuntary;
    sum->faults_minor += end->faults_minor - start->faults_minor;
    sum->faults_major += end->faults_major - start->faults_major;
    sum->read_bytes += end->read_bytes - start->read_bytes;
    sum->written_bytes += end->written_bytes - start->written_bytes;
}

/* Bytes of the line "Name:   123 kB", or -1. */
static int64_t read_kilobytes(const char *path, const char *name)
{
    char text[4096];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length <= 0)
        return -1;
    text[length] = '\0';
    const char *line = strstr(text, name);
    return line ? strtoll(line + strlen(name), NULL, 10) * 1024 : -1;
}

void memory_self(struct memory *memory)
{
    memory->peak_rss_bytes = read_kilobytes("/proc/self/status", "\nVmHWM:");
    memory->pss_bytes = read_kilobytes("/proc/self/smaps_rollup", "\nPss:");
}

bool memory_reset_peak(void)
{
    int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool reset = write(fd, "5", 1) == 1;
    close(fd);
    return reset;
}
