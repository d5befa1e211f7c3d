/* What the user wants counted in each run, beside its time. */
#ifndef CONTROL_COUNTING_H
#define CONTROL_COUNTING_H

#include <bench/error.h>

#include <stdbool.h>
#include <stddef.h>

/*
 * A list of names, separated by commas, into *names: NULL-terminated, in one block for free(). -EINVAL
 * with a message that begins with the name. Each is one that this machine knows, but where `elsewhere`,
 * on another, the runner will look.
 */
int counting_parse(char ***names, const char *list, bool elsewhere, struct bench_error *err);

/* Names to offer; NULL at the end. */
const char *counting_word(size_t index);

#endif
