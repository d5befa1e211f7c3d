/*
 * What others took from us: the time a hypervisor gave to other machines (steal), and the time in which
 * something here waited for a CPU, storage or memory (pressure). Read before and after a run; the
 * difference belongs to it.
 */
#ifndef MACHINE_STEAL_H
#define MACHINE_STEAL_H

#include <stddef.h>
#include <stdint.h>

/* What something on the machine waits for. */
enum pressure_kind { PRESSURE_CPU, PRESSURE_IO, PRESSURE_MEMORY, PRESSURES };

struct steal_meter {
    int stat_fd;                 /* -1 where there is none, as the next */
    int pressure_fds[PRESSURES]; /* of /proc/pressure: the whole system's */
    const unsigned long *cpus;
    size_t cpus_words;
    char *text;
    size_t text_size;
};

/* Totals since the machine was started; NaN where the kernel does not tell. */
struct steal_sample {
    double steal_s;
    double pressure_us[PRESSURES];
};

/*
 * Open a meter of the CPUs of a mask (machine/affinity.h), which must outlive it. Anything that cannot
 * be opened is NaN in every sample. The caller closes it.
 */
void steal_init(struct steal_meter *meter); /* one that may be closed without having been opened */
void steal_open(struct steal_meter *meter, const unsigned long *cpus, size_t cpus_words);
void steal_close(struct steal_meter *meter);

/* Four preads; no allocation. Resolution: a clock tick (10 ms) for steal, microseconds for pressure. */
void steal_read(struct steal_meter *meter, struct steal_sample *sample);

/* From the text of /proc/stat: steal ticks summed over the mask's CPUs; -1 when it has none of them. */
int64_t steal_parse_stat(const char *text, const unsigned long *cpus, size_t cpus_words);

/* From the text of /proc/pressure/cpu: the total of its line "some", in microseconds; NaN without. */
double steal_parse_pressure(const char *text);

#endif
