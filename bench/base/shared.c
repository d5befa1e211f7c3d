/* Memory that threads and forked processes both see. */
#include <bench/workload.h>

#include <sys/mman.h>

void *bench_shared_alloc(size_t size_bytes)
{
    if (size_bytes == 0)
        size_bytes = 1;
    void *memory = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void bench_shared_free(void *memory, size_t size_bytes)
{
    if (memory)
        munmap(memory, size_bytes ? size_bytes : 1);
}
