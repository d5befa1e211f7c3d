/* Lists as users write them: "1,2,4", "1-8", "max". */
#ifndef PLAN_LIST_H
#define PLAN_LIST_H

#include <bench/error.h>

#include <stddef.h>
#include <stdint.h>

struct number_list {
    uint32_t *numbers; /* owned */
    size_t count;
};

/*
 * Parse a list of whole numbers 1..limit, separated by commas; "2-5" is 2,3,4,5, "max" is `max`,
 * where that is not 0, and 10k is 10000. A number that comes twice is taken once. -EINVAL with a message
 * that begins with `option`. The caller frees it.
 */
int number_list_parse(struct number_list *list, const char *option, const char *text, uint32_t max,
                      uint32_t limit, struct bench_error *err);
void number_list_free(struct number_list *list);

struct real_list {
    double *numbers; /* owned */
    size_t count;
};

/* The same of numbers over 0 up to `most`, which need not be whole; no ranges. */
int real_list_parse(struct real_list *list, const char *option, const char *text, double most,
                    struct bench_error *err);
void real_list_free(struct real_list *list);

#endif
