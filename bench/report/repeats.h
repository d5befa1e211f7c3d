/* Names that are equal, in formats that keep results apart by nothing but their names. */
#ifndef REPORT_REPEATS_H
#define REPORT_REPEATS_H

#include <stddef.h>

/* Of each name, how many of those before it are equal to it. For free(). */
size_t *repeats_of(char *const *names, size_t count);

#endif
