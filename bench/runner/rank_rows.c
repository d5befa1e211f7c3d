/* A row for each rank of a run. See rank_rows.h. */
#include "runner/rank_rows.h"

#include "base/memory.h"
#include "base/text.h"
#include "records/counters.h"
#include "runner/case_state.h"
#include "runner/rank_report.h"
#include "runner/ranked_open.h"
#include "runner/ranks.h"
#include "runner/tally.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The workers of one rank, as if they were all. */
static struct team team_of_rank(const struct open_case *one, uint32_t rank,
                                const struct rank_report *head)
{
    struct team team = *one->ranked->whole;
    uint32_t workers = one->team->shape.workers;
    team.workers += rank * workers;
    team.shape.workers = workers;
    team.called_ns = head->called_ns + (uint64_t)head->clock.ahead_ns;
    memset(team.count_start, 0, sizeof team.count_start);
    memcpy(team.count_end, head->counted, sizeof team.count_end);
    return team;
}

/* The last range of a pass may be shorter than the others; whose it was is not known. */
static void tell_share(struct record *record, const struct team *team, const struct bench_plan *plan)
{
    uint64_t ranges = 0;
    for (uint32_t w = 0; w < team->shape.workers; w++)
        ranges += team->workers[w].tally.ranges;
    uint64_t all = team->tasks * team->passes, tasks = ranges * team->grain;
    record->tasks = (int64_t)(tasks < all ? tasks : all);
    record->work = plan->work / (double)team->tasks * (double)record->tasks;
    record->work_per_s = record->wall_s > 0 ? record->work / record->wall_s : NAN;
    if (ranges == 0) /* it came too late to find anything to do */
        record->wall_s = record->imbalance = NAN;
}

static char *cpus_of(const struct open_case *one, uint32_t rank)
{
    struct text text = {0};
    uint32_t workers = one->team->shape.workers;
    for (uint32_t w = 0; w < workers; w++)
        text_add(&text, "%s%s", w ? " " : "", one->ranked->cpus[rank * workers + w]);
    return text.text;
}

static void tell_rank(struct record *record, const struct open_case *one, uint32_t rank,
                      const struct rank_report *head, uint64_t earliest_ns)
{
    const struct steal_sample none = {0};
    const struct team team = team_of_rank(one, rank, head);
    tally(record, &team, &one->plan, (uint64_t)head->opening_ns, &none, &head->taken);
    tell_share(record, &team, &one->plan);
    struct memory memory = team.workers[0].tally.memory;
    if (rank == 0)
        memory_self(&memory);
    record->peak_rss_bytes = memory.peak_rss_bytes;
    record->pss_bytes = memory.pss_bytes;
    char *cpus = cpus_of(one, rank);
    record_set_text(record, COLUMN_cpus, cpus);
    record_set_text(record, COLUMN_hosts, one->ranks->places[rank].host);
    free(cpus);
    counter_add(record, COLUMN_counters, "began_s",
                (double)(rank_report_began_ns(head) - earliest_ns) * 1e-9);
    counter_add(record, COLUMN_counters, "clock_error_s", (double)head->clock.error_ns * 1e-9);
}

void rank_rows_make(struct rank_rows *rows, const struct open_case *one, const struct rank_report *heads,
                    uint64_t earliest_ns)
{
    rows->count = one->ranks->who.ranks;
    rows->list = mem_zero(rows->count, sizeof *rows->list);
    for (uint32_t r = 0; r < rows->count; r++) {
        record_init(&rows->list[r]);
        tell_rank(&rows->list[r], one, r, &heads[r], earliest_ns);
    }
}

void rank_rows_free(struct rank_rows *rows)
{
    for (size_t r = 0; r < rows->count; r++)
        record_free(&rows->list[r]);
    free(rows->list);
    *rows = (struct rank_rows){0};
}
