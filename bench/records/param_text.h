/* The columns `params` and `executor_params`, taken apart: NAME=VALUE, separated by blanks. */
#ifndef RECORDS_PARAM_TEXT_H
#define RECORDS_PARAM_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* One of them, where it lies. A value in quotes is still in them (base/text.h, text_add_word). */
struct param_text {
    const char *word, *name, *value; /* `word` is `name` */
    size_t word_length, name_length, value_length;
};

/* The next one from *at, which moves behind it; false at the end. *at may be NULL: the end. A word
 * without `=` has no value, and one of length 0. */
bool param_text_next(const char **at, struct param_text *param);

/* Has the parameter that name? */
bool param_text_is(const struct param_text *param, const char *name);

#endif
