/* What of a machine and a runtime stays what it is across boots and patches: what parts series. */
#ifndef RESULTS_FINGERPRINT_H
#define RESULTS_FINGERPRINT_H

/*
 * Of the columns `machine` and `runtime`, either of which may be NULL: processor without a frequency,
 * sockets, cores, threads, memory to a gigabyte; the runtime's name with the major and minor number of
 * its version. For free().
 */
char *fingerprint_make(const char *machine, const char *runtime);

/* What of `machine` is in none: "Linux 6.1.0-18-amd64". Points into it; "" where there is none. */
const char *fingerprint_kernel(const char *machine);

#endif
