/* Lists of numbers: workers, and tasks in flight. */
#include "plan/list.h"

#include "base/memory.h"
#include "base/quantity.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static void number_add(struct number_list *list, uint32_t number)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->numbers[i] == number)
            return;
    }
    list->numbers = mem_resize(list->numbers, list->count + 1, sizeof *list->numbers);
    list->numbers[list->count++] = number;
}

static bool number_parse(const char *text, uint32_t max, uint32_t limit, uint32_t *number)
{
    uint64_t value;
    if (strcmp(text, "max") == 0)
        value = max;
    else if (!quantity_count(text, &value))
        return false;
    *number = (uint32_t)value;
    return value >= 1 && value <= limit;
}

/* One item: a number, or two with a hyphen between. Modifies it. */
static bool item_add(struct number_list *list, char *item, uint32_t max, uint32_t limit)
{
    uint32_t first, last;
    char *hyphen = strchr(item, '-');
    if (hyphen)
        *hyphen = '\0';
    bool parsed = number_parse(item, max, limit, &first) &&
                  number_parse(hyphen ? hyphen + 1 : item, max, limit, &last) && first <= last;
    if (hyphen)
        *hyphen = '-';
    if (!parsed || last - first >= 65536)
        return false;
    for (uint32_t number = first; number <= last; number++)
        number_add(list, number);
    return true;
}

int number_list_parse(struct number_list *list, const char *option, const char *text, uint32_t max,
                      uint32_t limit, struct bench_error *err)
{
    *list = (struct number_list){0};
    char **items = text_split(text);
    int rc = 0;
    for (size_t i = 0; rc == 0 && items[i]; i++) {
        if (!item_add(list, items[i], max, limit))
            rc = bench_error_set(err, -EINVAL,
                                 "%s: '%s' is not a list of whole numbers from 1 to %" PRIu32
                                 ", such as 4 or 1,2,4 or 1-8%s",
                                 option, items[i], limit, max ? " or max" : "");
    }
    free(items);
    if (rc < 0)
        number_list_free(list);
    return rc;
}

void number_list_free(struct number_list *list)
{
    free(list->numbers);
    *list = (struct number_list){0};
}

/* 0.5, 100, 10k. */
static bool real_parse(const char *text, double most, double *number)
{
    uint64_t count;
    if (quantity_count(text, &count))
        *number = (double)count;
    else if (!quantity_real(text, number))
        return false;
    return *number > 0 && *number <= most;
}

int real_list_parse(struct real_list *list, const char *option, const char *text, double most,
                    struct bench_error *err)
{
    *list = (struct real_list){0};
    char **items = text_split(text);
    int rc = 0;
    for (size_t i = 0; rc == 0 && items[i]; i++) {
        double number = 0;
        if (!real_parse(items[i], most, &number))
            rc = bench_error_set(err, -EINVAL,
                                 "%s: '%s' must be numbers over 0 and up to %g, such as 100 or "
                                 "100,1k,10k",
                                 option, items[i], most);
        bool known = false;
        for (size_t j = 0; j < list->count; j++)
            known = known || list->numbers[j] == number;
        if (rc < 0 || known)
            continue;
        list->numbers = mem_resize(list->numbers, list->count + 1, sizeof *list->numbers);
        list->numbers[list->count++] = number;
    }
    free(items);
    if (rc < 0)
        real_list_free(list);
    return rc;
}

void real_list_free(struct real_list *list)
{
    free(list->numbers);
    *list = (struct real_list){0};
}
