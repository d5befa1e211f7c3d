/* What others took from us: steal time and CPU pressure, from /proc. */
#include "machine/steal.h"

#include "base/memory.h"
#include "machine/affinity.h"

#include <ctype.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STAT_LINE_BYTES 256 /* of one CPU in /proc/stat: ten numbers of at most 20 digits */

static const char *const pressure_files[PRESSURES] = {[PRESSURE_CPU] = "/proc/pressure/cpu",
                                                      [PRESSURE_IO] = "/proc/pressure/io",
                                                      [PRESSURE_MEMORY] = "/proc/pressure/memory"};

void steal_init(struct steal_meter *meter)
{
    *meter = (struct steal_meter){.stat_fd = -1};
    for (int kind = 0; kind < PRESSURES; kind++)
        meter->pressure_fds[kind] = -1;
}

void steal_open(struct steal_meter *meter, const unsigned long *cpus, size_t cpus_words)
{
    /* Lines of CPUs come first, the line of them all before; what follows need not fit. */
    size_t text_size = (cpus_words * AFFINITY_WORD_BITS + 1) * STAT_LINE_BYTES;
    *meter = (struct steal_meter){
        .stat_fd = open("/proc/stat", O_RDONLY | O_CLOEXEC),
        .cpus = cpus,
        .cpus_words = cpus_words,
        .text = mem_alloc(text_size),
        .text_size = text_size,
    };
    for (int kind = 0; kind < PRESSURES; kind++)
        meter->pressure_fds[kind] = open(pressure_files[kind], O_RDONLY | O_CLOEXEC);
}

void steal_close(struct steal_meter *meter)
{
    for (int kind = 0; kind < PRESSURES; kind++) {
        if (meter->pressure_fds[kind] >= 0)
            close(meter->pressure_fds[kind]);
    }
    if (meter->stat_fd >= 0)
        close(meter->stat_fd);
    free(meter->text);
}

static const char *read_text(struct steal_meter *meter, int fd)
{
    ssize_t size = fd < 0 ? -1 : pread(fd, meter->text, meter->text_size - 1, 0);
    meter->text[size > 0 ? size : 0] = '\0';
    return meter->text;
}

void steal_read(struct steal_meter *meter, struct steal_sample *sample)
{
    int64_t ticks = steal_parse_stat(read_text(meter, meter->stat_fd), meter->cpus, meter->cpus_words);
    sample->steal_s = ticks < 0 ? NAN : (double)ticks / (double)sysconf(_SC_CLK_TCK);
    for (int kind = 0; kind < PRESSURES; kind++)
        sample->pressure_us[kind] = steal_parse_pressure(read_text(meter, meter->pressure_fds[kind]));
}

/* Field `field` (from 0) of a CPU's line, after its name; -1 when the line is shorter. */
static int64_t stat_field(const char *at, int field)
{
    char *end = NULL;
    int64_t value = -1;
    for (int i = 0; i <= field; i++, at = end) {
        value = strtoll(at, &end, 10);
        if (end == at)
            return -1;
    }
    return value;
}

int64_t steal_parse_stat(const char *text, const unsigned long *cpus, size_t cpus_words)
{
    int64_t total = -1;
    const char *line = text;
    while (!strncmp(line, "cpu", 3)) {
        if (isdigit((unsigned char)line[3])) {
            char *fields;
            unsigned long cpu = strtoul(line + 3, &fields, 10);
            /* user, nice, system, idle, iowait, irq, softirq, steal (proc(5)) */
            int64_t ticks = affinity_has(cpus, cpus_words, cpu) ? stat_field(fields, 7) : -1;
            if (ticks >= 0)
                total = (total < 0 ? 0 : total) + ticks;
        }
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return total;
}

double steal_parse_pressure(const char *text)
{
    double total_us;
    if (sscanf(text, "some avg10=%*s avg60=%*s avg300=%*s total=%lf", &total_us) != 1)
        return NAN;
    return total_us;
}
