/* The user's list of counters, looked at before anything is run. */
#include "control/counting.h"

#include "base/text.h"
#include "measure/counters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *counting_word(size_t index)
{
    return event_word(index);
}

static int check_name(char *const *names, size_t index, bool elsewhere, struct bench_error *err)
{
    struct event event;
    for (size_t before = 0; before < index; before++) {
        if (strcmp(names[before], names[index]) == 0)
            return bench_error_set(err, -EINVAL, "'%s' is there twice; name it once", names[index]);
    }
    if (index >= COUNTERS_MOST)
        return bench_error_set(err, -EINVAL, "'%s' is one too many; at most %d can be counted at once",
                               names[index], COUNTERS_MOST);
    return elsewhere ? 0 : event_find(&event, names[index], err);
}

int counting_parse(char ***names, const char *list, bool elsewhere, struct bench_error *err)
{
    int rc = 0;
    *names = text_split(list);
    for (size_t i = 0; rc == 0 && (*names)[i]; i++)
        rc = check_name(*names, i, elsewhere, err);
    if (rc < 0) {
        free(*names);
        *names = NULL;
    }
    return rc;
}
