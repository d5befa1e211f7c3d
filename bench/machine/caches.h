/* Sizes of caches. */
#ifndef MACHINE_CACHES_H
#define MACHINE_CACHES_H

#include <stddef.h>

/* Bytes of a core's second-level cache; 1 MiB where the machine does not say. */
size_t cache_l2_bytes(void);

#endif
