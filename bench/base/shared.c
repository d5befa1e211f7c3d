/* Memory that threads and forked processes both see. */
#include "base/shared.h"

#include "base/memory.h"

#include <bench/workload.h>

#include <sys/mman.h>

/* A module's call of bench_shared_alloc has nothing by which to find it. Main thread alone. */
static struct {
    bool on;
    struct shared_block *list;
    size_t count, capacity;
} watched;

void shared_watch(bool watch)
{
    watched.on = watch;
}

const struct shared_block *shared_blocks(size_t *count)
{
    *count = watched.count;
    return watched.list;
}

static void forget(const void *memory)
{
    size_t kept = 0;
    for (size_t i = 0; i < watched.count; i++) {
        if (watched.list[i].memory != memory)
            watched.list[kept++] = watched.list[i];
    }
    watched.count = kept;
}

void *bench_shared_alloc(size_t size_bytes)
{
    if (size_bytes == 0)
        size_bytes = 1;
    void *memory = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    if (watched.on) {
        watched.list = mem_grow(watched.list, watched.count, &watched.capacity, sizeof *watched.list);
        watched.list[watched.count++] = (struct shared_block){memory, size_bytes};
    }
    return memory;
}

void bench_shared_free(void *memory, size_t size_bytes)
{
    if (!memory)
        return;
    if (watched.count)
        forget(memory);
    munmap(memory, size_bytes ? size_bytes : 1);
}
