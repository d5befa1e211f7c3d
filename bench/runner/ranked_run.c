/*
 * A run by all ranks. What each does: prepare, compare clocks, work from the common start on, report.
 * What rank 0 does beside: it hands out blocks, sums up, and says whether the run is to count.
 */
#include "runner/ranked_run.h"

#include "base/memory.h"
#include "records/counters.h"
#include "runner/merge.h"
#include "runner/rank_report.h"
#include "runner/rank_rows.h"
#include "runner/ranked_open.h"
#include "runner/ranks.h"
#include "runner/run.h"
#include "runner/schedule.h"
#include "runner/tally.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TRIES = 20, LATE_NS = 100000, LATE_SHARED_NS = 5000000 };

/* That one rank begins later than the others by this part of the run makes it no run of all of them. */
static const double late_part = 0.05;

static const uint64_t lead_most_ns = 50000000;

/* What rank 0 has come to. */
struct verdict {
    int64_t code;
    bool again; /* a rank was late */
};

/* What came together from the reports. */
struct sum {
    struct bench_error error;
    uint64_t opening_ns, earliest_ns, latest_ns; /* the two: when a rank began, by rank 0's clock */
    uint32_t latest;
    uint64_t clock_error_ns;
    struct steal_sample taken;
    struct counter_reading counted[COUNTERS_MOST];
    struct rank_report *heads; /* of each rank, where rows of ranks are wanted; NULL: they are not */
};

/* ---- of each rank ---- */

static int work(struct open_case *one, struct bench_error *err)
{
    struct ranks *ranks = one->ranks;
    struct team *team = one->team;
    const struct bench_block rest = {schedule_dealt(team), team->all_ranges};
    struct bench_block none;
    ranks->failed = false;
    ranks->engine->clock(ranks->state, &ranks->clock);
    ranks->engine->deal(ranks->state, &rest);
    int rc = run_make(team, one->state, err);
    if (team->released_ns == 0) { /* its workers never came so far as to tell the others */
        uint64_t start_ns;
        ranks->engine->start(ranks->state, true, false, 0, &start_ns);
    } else if (rc != 0 || atomic_load(&team->failed)) {
        ranks->engine->take(ranks->state, true, &none);
    }
    return rc != 0 ? hook_failed(rc, one->executor->name, err) : 0;
}

static void take_error(struct rank_report *head, const struct team *team, int rc,
                       const struct bench_error *err)
{
    uint32_t first_failed = atomic_load(&team->first_failed);
    const struct bench_error *error = rc < 0         ? err
                                      : first_failed ? &team->workers[first_failed - 1].error
                                                     : NULL;
    head->failed_itself = error != NULL;
    if (error) {
        head->code = error->code < 0 ? error->code : rc < 0 ? rc : -EIO;
        memcpy(head->message, error->message, sizeof head->message);
    } else if (atomic_load(&team->failed)) {
        head->code = -ECANCELED;
    }
}

static double taken(double before, double after)
{
    return after - before;
}

static void take_counts(struct rank_report *head, const struct team *team)
{
    for (size_t i = 0; team->counters && i < team->counters->count; i++) {
        const struct counter_reading *start = &team->count_start[i], *end = &team->count_end[i];
        if (team->counters->list[i].fd >= 0)
            head->counted[i] =
                (struct counter_reading){end->value - start->value, end->enabled_ns - start->enabled_ns,
                                         end->running_ns - start->running_ns};
    }
}

static void *report(const struct open_case *one, int rc, const struct bench_error *err,
                    const struct steal_sample *before, const struct steal_sample *after, size_t *size)
{
    const struct team *team = one->team;
    struct bench_error note = {0};
    struct rank_report head = {.called_ns = team->called_ns,
                               .released_ns = team->released_ns,
                               .late_ns = team->late_ns,
                               .clock = one->ranks->clock,
                               .opening_ns = one->opening_ns,
                               .tick_s = tick_clock_scale(&team->clock)};
    take_error(&head, team, rc, err);
    take_counts(&head, team);
    tally_note(team, &note);
    memcpy(head.note, note.message, sizeof head.note);
    bool counts = one->ranks->places[one->ranks->who.rank].first;
    head.taken.steal_s = before ? taken(before->steal_s, after->steal_s) : NAN;
    for (int kind = 0; kind < PRESSURES; kind++)
        head.taken.pressure_us[kind] = !before ? NAN
                                       : counts
                                           ? taken(before->pressure_us[kind], after->pressure_us[kind])
                                           : 0;
    if (before && ranks_is_first(one->ranks))
        head.memory = (struct memory){0}; /* tally() reads its own process's */
    else
        memory_self(&head.memory);
    return rank_report_make(one, &head, size);
}

/* ---- of rank 0 ---- */

/* What a rank says first is why the others were stopped. */
static void blame(struct sum *sum, const struct ranks *ranks, uint32_t rank,
                  const struct rank_report *head)
{
    char name[128];
    if (head->code == 0 || (sum->error.code != 0 && !head->failed_itself))
        return;
    if (sum->error.code != 0 && sum->error.code != -ECANCELED)
        return;
    sum->error = (struct bench_error){0};
    bench_error_set(&sum->error, (int)head->code, "%s: %.800s",
                    ranks_name(ranks, rank, name, sizeof name),
                    head->message[0] ? head->message : "its workers did not begin the run");
}

/* A count that one rank does not know is not known of all. */
static void add_counts(struct sum *sum, uint32_t rank, const struct rank_report *head)
{
    for (size_t i = 0; i < COUNTERS_MOST; i++) {
        struct counter_reading *all = &sum->counted[i];
        const struct counter_reading *own = &head->counted[i];
        bool is_known = own->enabled_ns > 0 && (rank == 0 || all->enabled_ns > 0);
        *all = is_known
                   ? (struct counter_reading){all->value + own->value, all->enabled_ns + own->enabled_ns,
                                              all->running_ns + own->running_ns}
                   : (struct counter_reading){0};
    }
}

static void add(struct sum *sum, uint32_t rank, const struct rank_report *head)
{
    uint64_t opening_ns = (uint64_t)head->opening_ns;
    sum->opening_ns = opening_ns > sum->opening_ns ? opening_ns : sum->opening_ns;
    sum->clock_error_ns =
        head->clock.error_ns > sum->clock_error_ns ? head->clock.error_ns : sum->clock_error_ns;
    uint64_t began_ns = rank_report_began_ns(head);
    if (rank == 0 || began_ns < sum->earliest_ns)
        sum->earliest_ns = began_ns;
    if (rank == 0 || began_ns > sum->latest_ns) {
        sum->latest_ns = began_ns;
        sum->latest = rank;
    }
    add_counts(sum, rank, head);
    sum->taken.steal_s += head->taken.steal_s;
    for (int kind = 0; kind < PRESSURES; kind++)
        sum->taken.pressure_us[kind] += head->taken.pressure_us[kind];
}

static void prepare_whole(struct open_case *one)
{
    const struct team *team = one->team;
    struct team *whole = one->ranked->whole;
    whole->verify = team->verify;
    whole->passes = team->passes;
    whole->slower = team->slower;
    whole->has_delays = team->has_delays;
    whole->has_block_delays = team->has_block_delays;
    whole->lever = team->lever;
    whole->shape.ranges = team->all_ranges;
    whole->called_ns = team->called_ns;
    whole->released_ns = team->released_ns;
    whole->stopped_ns = team->stopped_ns;
    whole->counters = team->counters;
    memset(whole->count_start, 0, sizeof whole->count_start);
}

static void take_reports(struct open_case *one, const char *all, const size_t *sizes, struct sum *sum)
{
    struct team *whole = one->ranked->whole;
    prepare_whole(one);
    *sum = (struct sum){.heads = sum->heads};
    for (uint32_t r = 0; r < one->ranks->who.ranks; all += sizes[r++]) {
        const struct rank_report head = rank_report_take(one, r, all);
        uint64_t called_ns = head.called_ns + (uint64_t)head.clock.ahead_ns;
        whole->called_ns = called_ns < whole->called_ns ? called_ns : whole->called_ns;
        uint64_t released_ns = rank_report_began_ns(&head) - head.late_ns;
        whole->released_ns = released_ns < whole->released_ns ? released_ns : whole->released_ns;
        blame(sum, one->ranks, r, &head);
        add(sum, r, &head);
        if (sum->heads)
            sum->heads[r] = head;
    }
    memcpy(whole->count_end, sum->counted, sizeof whole->count_end);
}

/* The first to come to the last to leave, by rank 0's clock. */
static double wall_ns(const struct team *whole)
{
    uint64_t last_ns = whole->released_ns;
    for (uint32_t w = 0; w < whole->shape.workers; w++) {
        const struct worker_tally *tally = &whole->workers[w].tally;
        last_ns = tally->ranges && tally->left_ns > last_ns ? tally->left_ns : last_ns;
    }
    return (double)(last_ns - whole->released_ns);
}

/* Where ranks share CPUs, one waits for another's time slice. */
static bool was_late(const struct team *whole, const struct ranks *ranks, const struct sum *sum)
{
    double late_ns = (double)(sum->latest_ns - sum->earliest_ns);
    double allowed_ns = ranks->spin ? LATE_NS : LATE_SHARED_NS;
    return !whole->verify && late_ns > allowed_ns + late_part * wall_ns(whole);
}

static int refuse_late(const struct ranks *ranks, const struct sum *sum, struct bench_error *err)
{
    char name[128];
    return bench_error_set(
        err, -EAGAIN,
        "%s began %.3g ms after the others, and so it was in %d runs one after the other: a run whose "
        "ranks do not begin together is void (is there a CPU for each?)",
        ranks_name(ranks, sum->latest, name, sizeof name),
        (double)(sum->latest_ns - sum->earliest_ns) * 1e-6, TRIES);
}

/* Whole, and right as far as that can be seen? */
static int judge(struct open_case *one, const struct sum *sum, int attempt, bool *again,
                 struct bench_error *err)
{
    const struct team *whole = one->ranked->whole;
    if (sum->error.code < 0) {
        *err = sum->error;
        return err->code;
    }
    int rc = tally_check(whole, err);
    if (rc < 0)
        return rc;
    *again = was_late(whole, one->ranks, sum);
    if (*again && attempt == TRIES)
        return refuse_late(one->ranks, sum, err);
    if (*again || !whole->verify || !one->workload->finish)
        return 0;
    rc = one->workload->finish(one->shared, err);
    return rc != 0 ? hook_failed(rc, "finishing the run", err) : 0;
}

static void tell(struct open_case *one, const struct sum *sum, bool brief, struct record *record,
                 struct bench_error *err)
{
    struct ranked *ranked = one->ranked;
    const struct steal_sample before = {0};
    tally_note(ranked->whole, err);
    tally(record, ranked->whole, &one->plan, sum->opening_ns, brief ? NULL : &before, &sum->taken);
    if (brief)
        return;
    char *cpus = NULL;
    for (uint32_t w = 0; w < ranked->whole->shape.workers; w++) {
        char *more = mem_format("%s%s%s", cpus ? cpus : "", cpus ? " " : "", ranked->cpus[w]);
        free(cpus);
        cpus = more;
    }
    record_set_text(record, COLUMN_cpus, cpus);
    record_set_text(record, COLUMN_hosts, ranked->hosts);
    free(cpus);
    if (ranked->whole->verify)
        return;
    clock_watch_run(&one->clock, record, ranked->whole->shape.workers);
    counter_add(record, COLUMN_counters, "start_skew_s",
                (double)(sum->latest_ns - sum->earliest_ns) * 1e-9);
    counter_add(record, COLUMN_counters, "clock_error_s", (double)sum->clock_error_ns * 1e-9);
}

/* ---- all of it ---- */

/* Reports to rank 0, and its verdict to all. */
static struct verdict sum_up(struct open_case *one, const struct merge_base *base, void *told,
                             size_t size, int attempt, struct sum *sum, struct bench_error *err)
{
    struct ranks *ranks = one->ranks;
    struct verdict verdict = {0};
    size_t *sizes = mem_zero(ranks->who.ranks, sizeof *sizes);
    void *all = NULL;
    ranks->engine->gather(ranks->state, told, size, &all, sizes);
    int rc = base ? merge_into_first(base, ranks, err) : 0;
    if (ranks_is_first(ranks)) {
        take_reports(one, all, sizes, sum);
        if (rc == 0 || sum->error.code < 0)
            rc = judge(one, sum, attempt, &verdict.again, err);
        verdict.code = rc;
    }
    free(all);
    free(sizes);
    ranks_spread(ranks, &verdict, sizeof verdict);
    return verdict;
}

static struct verdict try_once(struct open_case *one, const struct run_asked *asked, int attempt,
                               struct sum *sum, struct bench_error *err)
{
    struct steal_sample samples[2], *before = &samples[0], *after = &samples[1];
    if (asked->brief && !asked->verify)
        before = after = NULL;
    int rc = run_prepare(one->team, asked, err);
    if (rc == 0 && one->workload->prepare)
        rc = one->workload->prepare(one->shared, err);
    if (rc != 0)
        rc = hook_failed(rc, "preparing the run", err);
    rc = ranks_agree(one->ranks, rc, err);
    if (rc < 0)
        return (struct verdict){.code = rc};
    struct merge_base *base = asked->verify ? merge_begin() : NULL;
    if (before) {
        memory_reset_peak();
        steal_read(&one->steal, before);
    }
    rc = work(one, err);
    if (before)
        steal_read(&one->steal, after);
    size_t size;
    void *told = report(one, rc, err, before, after, &size);
    if (rc < 0)
        *err = (struct bench_error){0};
    const struct verdict verdict = sum_up(one, base, told, size, attempt, sum, err);
    free(told);
    merge_free(base);
    return verdict;
}

int ranked_run(struct open_case *one, const struct run_asked *asked, struct record *record,
               struct rank_rows *rows, struct bench_error *err)
{
    struct verdict verdict;
    struct sum sum = {0};
    bool has_rows = asked->per_rank && !asked->verify && !asked->brief && ranks_is_first(one->ranks);
    if (has_rows)
        sum.heads = mem_zero(one->ranks->who.ranks, sizeof *sum.heads);
    int attempt = 0;
    do {
        verdict = try_once(one, asked, ++attempt, &sum, err);
        if (verdict.again && one->ranks->lead_ns < lead_most_ns)
            one->ranks->lead_ns *= 2;
    } while (verdict.again && verdict.code == 0);
    one->broken = verdict.code < 0;
    if (verdict.code == 0 && ranks_is_first(one->ranks))
        tell(one, &sum, asked->brief && !asked->verify, record, err);
    if (verdict.code == 0 && has_rows)
        rank_rows_make(rows, one, sum.heads, sum.earliest_ns);
    if (verdict.code == 0)
        one->opening_ns = 0;
    free(sum.heads);
    return (int)verdict.code;
}
