/* A set of texts, each kept once: equal texts become the same pointer. */
#ifndef RECORDS_TEXTS_H
#define RECORDS_TEXTS_H

#include <stddef.h>
#include <stdint.h>

struct texts {
    struct texts_slot {
        char *text;
        size_t length;
        uint64_t hash;
    } * slots; /* open addressing */
    size_t size, capacity;
};

/* The set's copy of these bytes, NUL-terminated, alive until texts_free; NULL when there is no memory.
 * `texts` begins as all zeros. */
char *texts_keep(struct texts *texts, const char *bytes, size_t length);
void texts_free(struct texts *texts);

/* The hash by which they are found, for other tables of texts: any of its low bits choose a slot. */
uint64_t texts_hash(const char *bytes, size_t length);

#endif
