/* A set of texts, each kept once: equal texts become the same pointer. */
#ifndef RECORDS_TEXT_POOL_H
#define RECORDS_TEXT_POOL_H

#include <stddef.h>
#include <stdint.h>

struct text_pool {
    struct text_pool_slot {
        char *text;
        size_t length;
        uint64_t hash;
    } * slots; /* open addressing */
    size_t size, capacity;
};

/* The set's copy of these bytes, NUL-terminated, alive until text_pool_free. `texts`
 * begins as all zeros. */
char *text_pool_keep(struct text_pool *texts, const char *bytes, size_t length);
/* The same of a text; NULL of NULL. */
char *text_pool_text(struct text_pool *texts, const char *text);
void text_pool_free(struct text_pool *texts);

/* The hash by which they are found, for other tables of texts: any of its low bits choose a slot. */
uint64_t text_pool_hash(const char *bytes, size_t length);

#endif
