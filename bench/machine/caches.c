/* Sizes of caches, as the processor tells the C library. */
#include "machine/caches.h"

#include <unistd.h>

size_t cache_l2_bytes(void)
{
    long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
    return bytes > 0 ? (size_t)bytes : (size_t)1 << 20;
}
