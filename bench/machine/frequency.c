/* Clock frequency, from /sys. See frequency.h. */
#include "machine/frequency.h"

#include "base/memory.h"
#include "machine/affinity.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>

static const double fall_most = 0.1;

static double read_cpu_hz(const char *root, size_t cpu)
{
    char path[PATH_MAX];
    double khz = NAN;
    snprintf(path, sizeof path, "%s/sys/devices/system/cpu/cpu%zu/cpufreq/scaling_cur_freq", root, cpu);
    FILE *file = mem_open(path);
    if (file && fscanf(file, "%lf", &khz) != 1)
        khz = NAN;
    if (file)
        fclose(file);
    return khz > 0 ? khz * 1000 : NAN;
}

double frequency_read(const char *root, const unsigned long *cpus, size_t cpus_words)
{
    double sum_hz = 0;
    size_t count = 0;
    for (size_t cpu = 0; cpu < cpus_words * AFFINITY_WORD_BITS; cpu++) {
        if (cpus[cpu / AFFINITY_WORD_BITS] >> cpu % AFFINITY_WORD_BITS & 1) {
            sum_hz += read_cpu_hz(root, cpu);
            count++;
        }
        if (isnan(sum_hz))
            break;
    }
    return count ? sum_hz / (double)count : NAN;
}

void frequency_note(double first_hz, double last_hz, struct bench_error *err)
{
    if (!(last_hz < first_hz * (1 - fall_most)))
        return;
    bench_error_note(err,
                     "the CPUs' clock fell from %.2g to %.2g GHz while this was measured, most likely "
                     "for heat or a power limit: its later runs are slower for that; cool it, limit the "
                     "clock beforehand (cpupower frequency-set -u %.2gGHz), or let it rest between "
                     "launches",
                     first_hz * 1e-9, last_hz * 1e-9, last_hz * 1e-9);
}
