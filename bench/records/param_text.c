/* Parameters as the CSV has them. */
#include "records/param_text.h"

#include "base/text.h"

#include <string.h>

bool param_text_next(const char **at, struct param_text *param)
{
    if (!*at)
        return false;
    const char *word = *at + strspn(*at, " ");
    size_t length = text_word_length(word);
    *at = word + length;
    if (length == 0)
        return false;
    const char *equals = memchr(word, '=', length);
    size_t name_length = equals ? (size_t)(equals - word) : length;
    *param = (struct param_text){.word = word,
                                 .name = word,
                                 .value = equals ? equals + 1 : word + length,
                                 .word_length = length,
                                 .name_length = name_length,
                                 .value_length = equals ? length - name_length - 1 : 0};
    return true;
}

bool param_text_is(const struct param_text *param, const char *name)
{
    return strlen(name) == param->name_length && memcmp(param->name, name, param->name_length) == 0;
}
