/* The words of advice. */
#include "report/advice_words.h"

#include "base/text.h"

#include <inttypes.h>
#include <math.h>

const char *advice_wait_words(int kind)
{
    static const char *const words[WAIT_KINDS] = {[WAIT_SLEEP] = "sleeping",
                                                  [WAIT_READ] = "reading files",
                                                  [WAIT_WRITE] = "writing files",
                                                  [WAIT_SYNC] = "syncing files",
                                                  [WAIT_POLL] = "for sockets or pipes",
                                                  [WAIT_LOCK] = "for locks",
                                                  [WAIT_OTHER] = "not through bench"};
    return words[kind];
}

char *advice_way_name(const struct advice_way *way)
{
    struct text name = {0};
    text_add(&name, "%s%s%s", way->runtime ? way->runtime : "", way->runtime ? "." : "", way->executor);
    if (!way->is_serial)
        text_add(&name, ", %" PRId64 " worker%s", way->workers, way->workers == 1 ? "" : "s");
    if (way->inflight > 1)
        text_add(&name, ", %" PRId64 " in flight", way->inflight);
    return name.text;
}

double advice_percent(double part)
{
    return fmin(100, fmax(0, part * 100));
}

const char *advice_class_words(enum bound_class class)
{
    static const char *const words[BOUND_CLASSES] = {[BOUND_UNKNOWN] = "of unknown kind",
                                                     [BOUND_CPU] = "CPU-bound",
                                                     [BOUND_IO] = "I/O-bound",
                                                     [BOUND_MEMORY] = "bound by memory",
                                                     [BOUND_CACHE] = "bound by the processor's cache",
                                                     [BOUND_LOCK] = "bound by a lock",
                                                     [BOUND_MIXED] =
                                                         "mixed: neither CPU-bound nor I/O-bound"};
    return words[class];
}
