/* Counters of a case. See counting.h. */
#include "runner/counting.h"

#include "base/memory.h"
#include "records/counters.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Those that have a column of their own. */
static const struct {
    const char *name;
    enum column column;
} columns[] = {
    {"cycles", COLUMN_cycles},
    {"instructions", COLUMN_instructions},
    {"cache-misses", COLUMN_cache_misses},
    {"branch-misses", COLUMN_branch_misses},
};

/* Times are read one after the other: they may differ by a little without anything having taken turns.
 */
static const double share_of_all = 0.99;

int counting_open(struct counters *counters, const struct names *asked, struct bench_error *err)
{
    *counters = (struct counters){0};
    if (asked->count > COUNTERS_MOST)
        return bench_error_set(err, -EINVAL, "open: counters: %zu of them; at most %d can be counted",
                               asked->count, COUNTERS_MOST);
    for (size_t i = 0; i < asked->count; i++) {
        struct bench_error why = {0};
        struct counter *one = &counters->list[counters->count++];
        *one = (struct counter){.name = mem_text(asked->list[i]), .fd = -ENOENT};
        if (event_find(&one->event, one->name, &why) < 0)
            return bench_error_set(err, -EINVAL, "open: counters: %s", why.message);
    }
    counters_open(counters, counter_open);
    counters_note(counters, counters_paranoid(), err);
    return 0;
}

/* In the column `counters` the first = ends a name. */
static void tally_other(struct record *record, const char *name, double value)
{
    char *told = mem_text(name);
    for (char *equals; (equals = strchr(told, '='));)
        *equals = ':';
    counter_add(record, COLUMN_counters, told, value);
    free(told);
}

static void tally_one(struct record *record, const char *name, double value)
{
    if (isnan(value))
        return;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        if (strcmp(columns[i].name, name) == 0) {
            record_set_count(record, columns[i].column, (int64_t)llround(value));
            return;
        }
    }
    tally_other(record, name, value);
}

static struct counted counted_of(const struct team *team, size_t index)
{
    return counter_between(&team->counters->list[index], &team->count_start[index],
                           &team->count_end[index]);
}

/* The least share of the time for which one of them has counted; 1 where all have, or none. */
static double least_share(const struct team *team)
{
    double least = 1;
    for (size_t i = 0; i < team->counters->count; i++)
        least = fmin(least, counted_of(team, i).share);
    return least;
}

void counting_tally(struct record *record, const struct team *team)
{
    if (!team->counters)
        return;
    for (size_t i = 0; i < team->counters->count; i++)
        tally_one(record, team->counters->list[i].name, counted_of(team, i).value);
    double share = least_share(team);
    if (share < share_of_all)
        counter_add(record, COLUMN_counters, "counted_share", share);
}

void counting_note(const struct team *team, struct bench_error *err)
{
    if (!team->counters || team->verify || least_share(team) >= share_of_all)
        return;
    bench_error_note(err, "--counters: the processor cannot count all of them at once, so they took "
                          "turns (multiplexing), and what they counted is scaled up; counted_share in "
                          "the column counters is the least share of the time, and with fewer "
                          "counters it is 1");
}
