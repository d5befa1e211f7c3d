/* A set of texts: a hash table with open addressing. */
#include "records/text_pool.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a (Fowler, Noll, Vo), whose low bits alone choose the slot: fold the high ones in. */
uint64_t text_pool_hash(const char *bytes, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3u;
    return hash ^ hash >> 32;
}

/* Where these bytes are, or the free slot where they belong. */
static struct text_pool_slot *find(const struct text_pool *texts, uint64_t hash, const char *bytes,
                                   size_t length)
{
    for (size_t i = hash;; i++) {
        struct text_pool_slot *slot = &texts->slots[i & (texts->capacity - 1)];
        if (!slot->text ||
            (slot->hash == hash && slot->length == length && memcmp(slot->text, bytes, length) == 0))
            return slot;
    }
}

static void grow(struct text_pool *texts)
{
    struct text_pool larger = {.size = texts->size,
                               .capacity = texts->capacity ? 2 * texts->capacity : 256};
    larger.slots = mem_zero(larger.capacity, sizeof *larger.slots);
    for (size_t i = 0; i < texts->capacity; i++) {
        const struct text_pool_slot *text = &texts->slots[i];
        if (text->text)
            *find(&larger, text->hash, text->text, text->length) = *text;
    }
    free(texts->slots);
    *texts = larger;
}

char *text_pool_keep(struct text_pool *texts, const char *bytes, size_t length)
{
    uint64_t hash = text_pool_hash(bytes, length);
    if (2 * texts->size >= texts->capacity)
        grow(texts);
    struct text_pool_slot *slot = find(texts, hash, bytes, length);
    if (slot->text)
        return slot->text;
    char *text = mem_alloc(length + 1);
    memcpy(text, bytes, length);
    text[length] = '\0';
    *slot = (struct text_pool_slot){text, length, hash};
    texts->size++;
    return text;
}

char *text_pool_text(struct text_pool *texts, const char *text)
{
    return text ? text_pool_keep(texts, text, strlen(text)) : NULL;
}

void text_pool_free(struct text_pool *texts)
{
    for (size_t i = 0; i < texts->capacity; i++)
        free(texts->slots[i].text);
    free(texts->slots);
    *texts = (struct text_pool){0};
}
