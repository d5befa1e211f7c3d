/* Which memory a workload shares between its workers: what bench_shared_alloc has given out while
 * somebody watched. */
#ifndef BASE_SHARED_H
#define BASE_SHARED_H

#include <stdbool.h>
#include <stddef.h>

struct shared_block {
    void *memory;
    size_t size_bytes;
};

/* From now on, until false, what is allocated is kept in the list, in that order. Main thread. */
void shared_watch(bool watch);

/* The list, without what was freed meanwhile; valid until the next allocation. */
const struct shared_block *shared_blocks(size_t *count);

#endif
