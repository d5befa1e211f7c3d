/*
 * Which names are there more than once. Cases are, where they differ in what no name tells: passwords in
 * their parameters, or the kernel's clock.
 */
#include "report/repeats.h"

#include "base/memory.h"

#include <string.h>

struct place {
    const char *name;
    size_t index;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *one = a, *other = b;
    int order = strcmp(one->name, other->name);
    return order ? order : (one->index > other->index) - (one->index < other->index);
}

size_t *repeats_of(char *const *names, size_t count)
{
    struct place *places = mem_zero(count, sizeof *places);
    size_t *repeats = mem_zero(count, sizeof *repeats);
    for (size_t i = 0; i < count; i++)
        places[i] = (struct place){names[i], i};
    mem_sort(places, count, sizeof *places, compare_places);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(places[i].name, places[i - 1].name) == 0)
            repeats[places[i].index] = repeats[places[i - 1].index] + 1;
    }
    free(places);
    return repeats;
}
