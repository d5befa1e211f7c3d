/* Different texts, in their order. */
#include "results/variety.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Where the text is among those in order, or would be. */
static size_t find_text(const struct variety *variety, const char *text)
{
    size_t low = 0, high = variety->size;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(variety->texts[middle], text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Rows that follow each other mostly have the same text. */
void variety_add(struct variety *variety, struct text_pool *pool, const char *text)
{
    text = text ? text : "";
    if (variety->size > 0 && strcmp(text, variety->texts[variety->last]) == 0)
        return;
    size_t at = find_text(variety, text);
    variety->last = at;
    if (at < variety->size && strcmp(variety->texts[at], text) == 0)
        return;
    variety->texts = mem_grow(variety->texts, variety->size, &variety->capacity, sizeof *variety->texts);
    memmove(variety->texts + at + 1, variety->texts + at,
            (variety->size++ - at) * sizeof *variety->texts);
    variety->texts[at] = text_pool_text(pool, text);
}

void variety_free(struct variety *variety)
{
    free(variety->texts);
}

const char *variety_first(const struct variety *variety)
{
    return variety->size > 0 ? variety->texts[0] : "";
}

const char *variety_second(const struct variety *variety)
{
    return variety->size > 1 ? variety->texts[1] : "";
}
