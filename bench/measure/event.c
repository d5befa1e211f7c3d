/* Events that every kernel knows, by the names that perf(1) has for them. See event.h. */
#include "measure/event.h"

#include "base/text.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

#define HARDWARE(called, of)                                                     \
    {                                                                            \
        called,                                                                  \
        {                                                                        \
            .type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_##of, .worth = 1 \
        }                                                                        \
    }
#define SOFTWARE(called, of, in_kernel, unit)                                                   \
    {                                                                                           \
        called,                                                                                 \
        {                                                                                       \
            .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_##of, .kernels_own = in_kernel, \
            .worth = unit                                                                       \
        }                                                                                       \
    }

static const struct {
    const char *name;
    struct event event;
} known[] = {
    HARDWARE("cycles", CPU_CYCLES),
    HARDWARE("instructions", INSTRUCTIONS),
    HARDWARE("cache-misses", CACHE_MISSES),
    HARDWARE("branch-misses", BRANCH_MISSES),
    SOFTWARE("task-clock", TASK_CLOCK, false, 1e-9),
    SOFTWARE("context-switches", CONTEXT_SWITCHES, true, 1),
    SOFTWARE("cpu-migrations", CPU_MIGRATIONS, true, 1),
    SOFTWARE("page-faults", PAGE_FAULTS, false, 1),
    SOFTWARE("minor-faults", PAGE_FAULTS_MIN, false, 1),
    SOFTWARE("major-faults", PAGE_FAULTS_MAJ, false, 1),
};
enum { KNOWN = sizeof known / sizeof *known };

const char *event_word(size_t index)
{
    return index < KNOWN ? known[index].name : NULL;
}

/* One that was meant is rather one of these than one of libpfm4's hundreds. */
static int refuse(const char *name, const char *nearest, const struct bench_error *no_pfm,
                  struct bench_error *err)
{
    const char *names[KNOWN];
    struct text all = {0};
    for (size_t i = 0; i < KNOWN; i++) {
        names[i] = known[i].name;
        text_add(&all, "%s%s", i ? ", " : "", names[i]);
    }
    const char *meant = text_nearest(name, names, KNOWN);
    if (!meant && nearest[0] != '\0')
        meant = nearest;
    bench_error_set(err, -EINVAL, "no counter '%.60s' on this machine%s%s%s (there are %s, and %s)",
                    name, meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "",
                    all.text,
                    no_pfm->code ? no_pfm->message : "what libpfm4 calls this processor's events");
    free(all.text);
    return -EINVAL;
}

/* libpfm4 does not know what there is to know of the kernel's own. */
static void complete(struct event *event)
{
    for (size_t i = 0; i < KNOWN; i++) {
        const struct event *same = &known[i].event;
        if (event->type == PERF_TYPE_SOFTWARE && same->type == event->type &&
            same->config == event->config) {
            event->kernels_own = same->kernels_own;
            event->worth = same->worth;
        }
    }
}

int event_find(struct event *event, const char *name, struct bench_error *err)
{
    char nearest[128] = "";
    struct bench_error no_pfm = {0};
    for (size_t i = 0; i < KNOWN; i++) {
        if (strcmp(known[i].name, name) == 0) {
            *event = known[i].event;
            return 0;
        }
    }
    if (event_find_pfm(event, name, nearest, sizeof nearest, &no_pfm) == 1) {
        complete(event);
        return 0;
    }
    return refuse(name, nearest, &no_pfm, err);
}
