/* Counters by perf_event_open(2). See counters.h. */
#include "measure/counters.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int counter_open(const struct event *event)
{
    struct perf_event_attr attributes = {.type = event->type,
                                         .size = sizeof attributes,
                                         .config = event->config,
                                         .config1 = event->config1,
                                         .config2 = event->config2,
                                         .read_format = PERF_FORMAT_TOTAL_TIME_ENABLED |
                                                        PERF_FORMAT_TOTAL_TIME_RUNNING,
                                         .inherit = 1,
                                         .exclude_user = event->excludes_user,
                                         .exclude_kernel = event->excludes_kernel,
                                         .exclude_hv = 1};
    int fd = (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static bool is_forbidden(int rc)
{
    return rc == -EACCES || rc == -EPERM;
}

void counters_open(struct counters *counters, counter_opener *opener)
{
    for (size_t i = 0; i < counters->count; i++) {
        struct counter *one = &counters->list[i];
        struct event users = one->event;
        one->fd = opener(&one->event);
        users.excludes_kernel = true;
        if (!is_forbidden(one->fd) || one->event.kernels_own || one->event.excludes_kernel ||
            one->event.excludes_user)
            continue;
        int fd = opener(&users);
        if (fd >= 0) {
            one->fd = fd;
            one->event = users;
            one->is_cut = true;
        }
    }
}

void counters_close(struct counters *counters)
{
    for (size_t i = 0; i < counters->count; i++) {
        if (counters->list[i].fd >= 0)
            close(counters->list[i].fd);
        free(counters->list[i].name);
    }
    counters->count = 0;
}

int counters_paranoid(void)
{
    char text[32];
    int fd = open("/proc/sys/kernel/perf_event_paranoid", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    text[length > 0 ? length : 0] = '\0';
    return length > 0 ? (int)strtol(text, NULL, 10) : INT_MIN;
}

/* ---- what is not counted ---- */

/* One that is cut counts, but not all; it has a reason of its own. */
enum { IS_CUT = 1 };

static int reason_of(const struct counter *counter)
{
    return counter->fd < 0 ? counter->fd : counter->is_cut ? IS_CUT : 0;
}

static void explain_forbidden(struct text *text, int paranoid)
{
    if (paranoid > 1)
        text_add(text,
                 "not counted: the kernel forbids it (kernel.perf_event_paranoid is %d); sysctl "
                 "kernel.perf_event_paranoid=1 allows it, as does CAP_PERFMON",
                 paranoid);
    else
        text_add(text, "not counted: perf_event_open is forbidden here, most likely by a container's "
                       "seccomp profile; give the container CAP_PERFMON (docker run --cap-add PERFMON)");
}

static void explain(struct text *text, int reason, int paranoid)
{
    switch (reason) {
    case IS_CUT:
        text_add(text,
                 "counted in user space only (kernel.perf_event_paranoid is %d); sysctl "
                 "kernel.perf_event_paranoid=1 lets the kernel's part be counted",
                 paranoid);
        break;
    case -EACCES:
    case -EPERM:
        explain_forbidden(text, paranoid);
        break;
    case -ENOENT:
    case -ENODEV:
    case -EOPNOTSUPP:
        text_add(text, "not counted: this machine shows no PMU that could, as is usual in virtual "
                       "machines; run on the host, or pass its PMU through");
        break;
    case -ENOSYS:
        text_add(text, "not counted: this kernel has no perf_event_open (CONFIG_PERF_EVENTS)");
        break;
    case -EBUSY:
        text_add(text, "not counted: another program has the PMU to itself; end it first");
        break;
    case -EMFILE:
    case -ENFILE:
        text_add(text, "not counted: no file descriptors are left; raise ulimit -n");
        break;
    default:
        text_add(text, "not counted: the kernel refuses it (%s); take another", strerror(-reason));
    }
}

void counters_note(const struct counters *counters, int paranoid, struct bench_error *err)
{
    for (size_t i = 0; i < counters->count; i++) {
        int reason = reason_of(&counters->list[i]);
        struct text text = {0};
        bool is_told = reason == 0;
        for (size_t before = 0; !is_told && before < i; before++)
            is_told = reason_of(&counters->list[before]) == reason;
        if (is_told)
            continue;
        for (size_t other = i; other < counters->count; other++) {
            if (reason_of(&counters->list[other]) == reason)
                text_add(&text, "%s%s", other > i ? ", " : "", counters->list[other].name);
        }
        text_add(&text, " %s ", strchr(text.text, ',') ? "are" : "is");
        explain(&text, reason, paranoid);
        bench_error_note(err, "--counters: %s", text.text);
        free(text.text);
    }
}

/* ---- what is ---- */

void counters_read(const struct counters *counters, struct counter_reading *readings)
{
    for (size_t i = 0; i < counters->count; i++) {
        int fd = counters->list[i].fd;
        bool is_read = fd >= 0 && read(fd, &readings[i], sizeof *readings) == sizeof *readings;
        if (!is_read)
            readings[i] = (struct counter_reading){0};
    }
}

/* A time that stood still is of a counter that did not count. */
struct counted counter_between(const struct counter *counter, const struct counter_reading *start,
                               const struct counter_reading *end)
{
    struct counted counted = {NAN, NAN};
    if (counter->fd < 0 || end->value < start->value || end->enabled_ns <= start->enabled_ns ||
        end->running_ns < start->running_ns)
        return counted;
    counted.share =
        (double)(end->running_ns - start->running_ns) / (double)(end->enabled_ns - start->enabled_ns);
    if (counted.share > 0)
        counted.value =
            (double)(end->value - start->value) / fmin(counted.share, 1) * counter->event.worth;
    return counted;
}
