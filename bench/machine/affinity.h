/*
 * The calling thread's CPU mask, as the kernel has it: an array of words, bit b of word w being CPU
 * w * AFFINITY_WORD_BITS + b. Only system calls: safe in signal handlers and in a child forked from a
 * process with threads.
 */
#ifndef MACHINE_AFFINITY_H
#define MACHINE_AFFINITY_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#define AFFINITY_WORD_BITS (sizeof(unsigned long) * CHAR_BIT)
#define AFFINITY_CPUS_MAX 16384 /* twice what any kernel is built for */
#define AFFINITY_WORDS_MAX (AFFINITY_CPUS_MAX / AFFINITY_WORD_BITS)

/*
 * Read the mask into `words`, whatever the number of CPUs the kernel knows. Returns 0, -EOVERFLOW when
 * a CPU of the mask lies beyond `words`, or the kernel's errno value, negative.
 */
int affinity_get(unsigned long *words, size_t words_size);

/* Set the mask. Returns 0 or a negative errno value: -EINVAL when none of the CPUs can be used. */
int affinity_set(const unsigned long *words, size_t words_size);

static inline bool affinity_has(const unsigned long *words, size_t words_size, size_t cpu)
{
    size_t word = cpu / AFFINITY_WORD_BITS;
    return word < words_size && (words[word] >> cpu % AFFINITY_WORD_BITS & 1);
}

#endif
