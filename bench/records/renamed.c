/* The names of today for parameters in files of older builds. */
#include "records/renamed.h"

#include <stdio.h>
#include <string.h>

const struct renamed renamed_list[] = {
    {"spin", "rate", "steps_per_us"},
    {"mixed", "rate", "steps_per_us"},
    {NULL, NULL, NULL},
};

/* Where the word "was=..." begins; NULL: nowhere. */
static const char *find_word(const char *params, size_t length, const char *was)
{
    size_t size = strlen(was);
    for (const char *word = params, *end = params + length; word && word < end;
         word = memchr(word, ' ', (size_t)(end - word)), word += word != NULL) {
        if ((size_t)(end - word) > size && memcmp(word, was, size) == 0 && word[size] == '=')
            return word;
    }
    return NULL;
}

bool renamed_params(const char *workload, const char *params, size_t length, char *out)
{
    for (const struct renamed *renamed = renamed_list; workload && renamed->workload; renamed++) {
        const char *word =
            strcmp(workload, renamed->workload) == 0 ? find_word(params, length, renamed->was) : NULL;
        if (!word || length + strlen(renamed->name) >= RENAMED_ROOM)
            continue;
        const char *rest = word + strlen(renamed->was);
        snprintf(out, RENAMED_ROOM, "%.*s%s%.*s", (int)(word - params), params, renamed->name,
                 (int)(params + length - rest), rest);
        return true;
    }
    return false;
}
