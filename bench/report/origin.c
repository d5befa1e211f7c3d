/* What whoever has made the records knows beside them. */
#include "report/origin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* How far from precise a launch is left by what has stopped it. */
static int badness(const char *stopped_by)
{
    static const char *const words[] = {"precision", "runs", "max-runs", "time"};

    for (int i = 0; i < 4 && stopped_by != NULL; i++) {
        if (strcmp(words[i], stopped_by) == 0)
            return i;
    }
    return -1;
}

struct placing {
    const struct record *records;
    const size_t *places;
};

static size_t place_of(const struct placing *placing, const struct case_result *result)
{
    return placing->places[result->runs[0] - placing->records];
}

static int compare_places(const void *a, const void *b, void *context)
{
    size_t x = place_of(context, a), y = place_of(context, b);

    return (x > y) - (x < y);
}

/* Works in the order of their first cases again. */
static int renumber_works(struct results *results)
{
    size_t *numbers = calloc(results->works + 1, sizeof(*numbers)), next = 0; /* new + 1; 0: none yet */

    if (numbers == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < results->size; i++) {
        size_t *number = &numbers[results->cases[i].work_number];

        if (*number == 0)
            *number = ++next;
        results->cases[i].work_number = *number - 1;
    }
    free(numbers);
    return 0;
}

int results_set_origin(struct results *results, const struct record *records,
                       const struct results_origin *origin)
{
    struct placing placing = {records, origin->places};

    for (size_t c = 0; c < results->size; c++) {
        struct case_result *result = &results->cases[c];

        result->seed = origin->seed;
        for (size_t i = 0; i < origin->stops_size && strcmp(result->status, "ok") == 0; i++) {
            const struct launch_stop *stop = &origin->stops[i];

            if (origin->places[stop->record] == place_of(&placing, result) &&
                badness(stop->stopped_by) > badness(result->stopped_by))
                result->stopped_by = stop->stopped_by;
        }
    }
    qsort_r(results->cases, results->size, sizeof(*results->cases), compare_places, &placing);
    return renumber_works(results);
}
