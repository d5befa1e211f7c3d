/* Is there memory, and are there descriptors, for all lanes? Told before anything is made. */
#include "runner/resources.h"

#include "base/memory.h"
#include "base/quantity.h"
#include "machine/cgroup.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* What a process has open beside its lanes', and an executor for each worker. */
enum { SPARE_FDS = 64, WORKER_FDS = 8 };

/* Bytes that can be had without swapping; NaN where that is not known. */
static double memory_available(void)
{
    char line[128];
    double kib, least = NAN;
    FILE *file = mem_open("/proc/meminfo");
    while (file && fgets(line, sizeof line, file)) {
        if (sscanf(line, "MemAvailable: %lf kB", &kib) == 1)
            least = kib * 1024;
    }
    if (file)
        fclose(file);
    struct rlimit address_space;
    if (getrlimit(RLIMIT_AS, &address_space) == 0 && address_space.rlim_cur != RLIM_INFINITY)
        least = fmin(least, (double)address_space.rlim_cur);
    return fmin(least, cgroup_memory_room(""));
}

static const char *how_to_need_less(const struct bench_team *shape)
{
    return shape->inflight > 1  ? "use fewer in flight (--inflight)"
           : shape->workers > 1 ? "use fewer workers (--workers)"
                                : "use smaller tasks, by the workload's parameters";
}

/* At least: of its stack a lane touches a page, or all of a smaller one. */
static int check_memory(uint64_t lanes, const struct bench_team *shape, const struct bench_plan *plan,
                        struct bench_error *err)
{
    double page_bytes = (double)sysconf(_SC_PAGESIZE);
    double lane_bytes = sizeof(struct bench_lane) + (double)plan->lane_bytes +
                        (shape->inflight > 1 ? fmin((double)shape->stack_bytes, page_bytes) : 0);
    double needed = (double)lanes * lane_bytes, available = memory_available();
    char needs[32], has[32];
    if (!(needed > available))
        return 0;
    return bench_error_set(
        err, -ENOMEM, "%" PRIu64 " lane%s at least %s of memory, and %s can be had; %s", lanes,
        lanes == 1 ? " needs" : "s need", quantity_show_size(needs, sizeof needs, needed),
        quantity_show_size(has, sizeof has, available), how_to_need_less(shape));
}

/* As many as can be useful, and no more: programs that lanes start inherit the limit. */
static int check_descriptors(uint64_t lanes, const struct bench_team *shape,
                             const struct bench_plan *plan, struct bench_error *err)
{
    struct rlimit limit;
    rlim_t needed = plan->lane_fds ? (rlim_t)lanes * plan->lane_fds + SPARE_FDS : 0;
    rlim_t useful = (rlim_t)lanes * plan->lane_fds + SPARE_FDS + (rlim_t)shape->workers * WORKER_FDS;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || useful <= limit.rlim_cur)
        return 0;
    rlim_t allowed = limit.rlim_max;
    limit.rlim_cur = useful < allowed ? useful : allowed;
    setrlimit(RLIMIT_NOFILE, &limit); /* lowers nothing, so nothing forbids it */
    if (needed <= allowed)
        return 0;
    return bench_error_set(err, -EMFILE,
                           "%" PRIu64 " lane%s %" PRIu64 " file descriptors, and the limit is %" PRIu64
                           " (ulimit -Hn); %s",
                           lanes, lanes == 1 ? " needs" : "s need", (uint64_t)needed, (uint64_t)allowed,
                           how_to_need_less(shape));
}

int resources_check(const struct bench_executor *executor, const struct bench_team *shape,
                    const struct bench_plan *plan, struct bench_error *err)
{
    uint64_t lanes = (uint64_t)shape->workers * shape->inflight;
    int rc = check_memory(lanes, shape, plan, err);
    if (rc < 0)
        return rc;
    /* Descriptors are a process's. */
    return check_descriptors(executor->flags & BENCH_PROCESSES ? shape->inflight : lanes, shape, plan,
                             err);
}
