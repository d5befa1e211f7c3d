/* The clock frequency of CPUs, and whether it falls while a case is measured. */
#ifndef MACHINE_FREQUENCY_H
#define MACHINE_FREQUENCY_H

#include <bench/error.h>

#include <stddef.h>

/*
 * Of the CPUs of a mask (machine/affinity.h) on average, in Hz, as cpufreq tells; NaN where it does not,
 * as in most virtual machines. `root` stands before /sys: "", or a test's own. Some 10 us a CPU. Of CPUs
 * that have been idle it says little.
 */
double frequency_read(const char *root, const unsigned long *cpus, size_t cpus_words);

/* A note where it has fallen by more than a tenth; none where one of the two is not known. */
void frequency_note(double first_hz, double last_hz, struct bench_error *err);

#endif
