/* Counting what requests came to. See fetch_count.h. */
#include "fetch_count.h"

#include <bench/workload.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static size_t size_of(uint32_t lanes)
{
    return sizeof(struct fetch_count) + lanes * sizeof(struct fetch_count_lane);
}

struct fetch_count *fetch_count_new(uint32_t lanes)
{
    struct fetch_count *count = bench_shared_alloc(size_of(lanes));
    if (count)
        count->lanes = lanes;
    return count;
}

void fetch_count_free(struct fetch_count *count)
{
    if (count)
        bench_shared_free(count, size_of(count->lanes));
}

void fetch_count_clear(struct fetch_count *count)
{
    uint32_t lanes = count->lanes;
    memset(count, 0, size_of(lanes));
    count->lanes = lanes;
}

uint64_t fetch_count_requests(const struct fetch_count *count)
{
    uint64_t requests = 0;
    for (uint32_t i = 0; i < count->lanes; i++)
        requests += count->lane[i].requests;
    return requests;
}

uint64_t fetch_count_failed(const struct fetch_count *count)
{
    uint64_t failed = 0;
    for (int outcome = 0; outcome < FETCH_OUTCOMES; outcome++)
        failed += count->failed[outcome];
    return failed;
}

static void append(char *text, size_t room, uint64_t times, const char *what)
{
    size_t length = strlen(text);
    if (times > 0)
        snprintf(text + length, room - length, "%s%" PRIu64 " %s", length ? ", " : "", times, what);
}

void fetch_count_describe(const struct fetch_count *count, char *text, size_t room)
{
    uint64_t named = 0;
    text[0] = '\0';
    for (int status = 0; status < FETCH_STATUSES; status++) {
        char words[32];
        snprintf(words, sizeof words, "status %d", status);
        append(text, room, count->status[status], words);
        named += count->status[status];
    }
    for (int outcome = 0; outcome < FETCH_OUTCOMES; outcome++)
        append(text, room, count->failed[outcome] - (outcome == FETCH_STATUS ? named : 0),
               fetch_outcome_words(outcome));
}
