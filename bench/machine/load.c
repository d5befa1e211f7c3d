/* What else the machine was doing while we measured. */
#include "machine/load.h"

#include "base/memory.h"
#include "machine/cgroup.h"

#include <bench/workload.h>

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

double load_parse_stat(const char *text)
{
    double user, nice, system, idle, iowait, irq = 0, softirq = 0; /* proc(5) */
    if (sscanf(text, "cpu %lf %lf %lf %lf %lf %lf %lf", &user, &nice, &system, &idle, &iowait, &irq,
               &softirq) < 4)
        return NAN;
    return user + nice + system + irq + softirq; /* guests' time is in user's and nice's */
}

static double busy_s(const char *root)
{
    char path[PATH_MAX], line[512] = "";
    snprintf(path, sizeof path, "%s/proc/stat", root);
    FILE *file = mem_open(path);
    if (!file)
        return NAN;
    if (!fgets(line, sizeof line, file))
        line[0] = '\0';
    fclose(file);
    return load_parse_stat(line) / (double)sysconf(_SC_CLK_TCK);
}

static double used_s(int who)
{
    struct rusage usage;
    if (getrusage(who, &usage) < 0)
        return NAN;
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

void load_read(const char *root, struct load *load)
{
    load->busy_s = busy_s(root);
    load->own_s = used_s(RUSAGE_SELF) + used_s(RUSAGE_CHILDREN);
    load->throttled_s = cgroup_throttled_s(root);
    load->now_s = (double)bench_now() * 1e-9;
}

double load_others_cpus(const struct load *before, const struct load *after)
{
    double others_s = after->busy_s - before->busy_s - (after->own_s - before->own_s);
    double passed_s = after->now_s - before->now_s;
    return isnan(others_s) || passed_s < LOAD_LEAST_S ? NAN : fmax(0, others_s / passed_s);
}

bool load_is_much(double others_cpus, unsigned cpus)
{
    return cpus > 0 && others_cpus / cpus > 0.05;
}
