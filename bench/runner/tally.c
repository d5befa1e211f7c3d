/* After a run: whether it is complete and can be believed, and what it took, as the reply to it. */
#include "runner/tally.h"

#include "base/text.h"
#include "machine/placement.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int lost_ranges(const struct team *team, uint64_t ranges, struct bench_error *err)
{
    return bench_error_set(err, -EPROTO,
                           "executor %s did %" PRIu64 " ranges of %" PRIu64
                           ", or some of them twice; each must be done once",
                           team->executor->name, ranges, team->shape.ranges);
}

/* Did the executor do with each worker what the contract says? */
static int check_workers(const struct team *team, struct bench_error *err)
{
    const char *name = team->executor->name;
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        const struct worker_tally *tally = &team->workers[w].tally;
        if (tally->entries != 1)
            return bench_error_set(err, -EPROTO,
                                   "executor %s: worker %" PRIu32 " entered the run %" PRIu32
                                   " times (bench_enter); each must once",
                                   name, w, tally->entries);
        if (tally->exits != 1)
            return bench_error_set(err, -EPROTO,
                                   "executor %s: worker %" PRIu32 " left the run %" PRIu32
                                   " times (bench_leave); each must once, before the run returns",
                                   name, w, tally->exits);
        if (tally->ranges != tally->ranges_inside)
            return bench_error_set(
                err, -EPROTO,
                "executor %s: worker %" PRIu32 " did %" PRIu64
                " of its ranges before bench_enter or after bench_leave, where they are not "
                "timed",
                name, w, tally->ranges - tally->ranges_inside);
    }
    return 0;
}

/* No clock that is asked here may go back; where one has, nothing that was timed means anything. */
static int check_clocks(const struct team *team, struct bench_error *err)
{
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        const struct worker_tally *tally = &team->workers[w].tally;
        if (tally->left_ns < team->released_ns || tally->entered_ns < team->called_ns)
            return bench_error_set(err, -ERANGE,
                                   "the clock (CLOCK_MONOTONIC) went back during the run; times taken "
                                   "with it mean nothing");
        if (histogram_max(&tally->latency) >= 0x1p62)
            return bench_error_set(err, -ERANGE,
                                   "a latency was negative: the clock went back during the run");
    }
    return 0;
}

int tally_check(const struct team *team, struct bench_error *err)
{
    uint32_t first_failed = atomic_load(&team->first_failed);
    if (first_failed) {
        const struct bench_error *error = &team->workers[first_failed - 1].error;
        return bench_error_set(err, error->code, "%s", error->message);
    }
    if (team->released_ns == 0)
        return bench_error_set(err, -EPROTO, "executor %s made no run: its workers never entered",
                               team->executor->name);
    int rc = check_workers(team, err);
    if (rc == 0)
        rc = check_clocks(team, err);
    if (rc < 0)
        return rc;
    uint64_t ranges = 0, digest = 0;
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        ranges += team->workers[w].tally.ranges;
        digest += team->workers[w].tally.range_digest;
    }
    if (ranges != team->shape.ranges)
        return lost_ranges(team, ranges, err);
    for (uint64_t range = 0; team->verify && range < team->shape.ranges; range++)
        digest -= schedule_digest(range);
    return team->verify && digest != 0 ? lost_ranges(team, ranges, err) : 0;
}

static json_t *text_cpus(const unsigned long *mask, size_t words)
{
    char *text = placement_describe_mask(mask, words);
    json_t *json = text ? json_string(text) : NULL;
    free(text);
    return json;
}

json_t *tally_cpus(const struct team *team)
{
    json_t *cpus = json_array();
    for (uint32_t w = 0; cpus && w < team->shape.workers; w++) {
        const unsigned long *mask = team_mask(team, w, MASK_WANTED);
        if (json_array_append_new(cpus, text_cpus(mask, team->mask_words)) < 0) {
            json_decref(cpus);
            cpus = NULL;
        }
    }
    return cpus;
}

static json_t *joined_cpus(const struct team *team)
{
    struct text text = {0};
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        char *set = placement_describe_mask(team_mask(team, w, MASK_LEFT), team->mask_words);
        text_add(&text, "%s%s", w ? " " : "", set ? set : "");
        free(set);
    }
    json_t *json = text.text ? json_string(text.text) : NULL;
    free(text.text);
    return json;
}

/* Unknown values are left out of a reply. */
static void put_real(json_t *reply, const char *key, double value)
{
    if (isfinite(value))
        json_object_set_new(reply, key, json_real(value));
}

/* A difference of two readings that cannot be negative: where it is, it is not known. */
static void put_span(json_t *reply, const char *key, double value)
{
    if (value >= 0)
        put_real(reply, key, value);
}

static void put_count(json_t *reply, const char *key, int64_t value)
{
    if (value >= 0)
        json_object_set_new(reply, key, json_integer(value));
}

static void put_latency(json_t *reply, const struct team *team)
{
    struct histogram *all = calloc(1, sizeof *all);
    if (!all)
        return;
    for (uint32_t w = 0; w < team->shape.workers; w++)
        histogram_merge(all, &team->workers[w].tally.latency);
    bool own = team->workload->flags & BENCH_OWN_LATENCY;
    double scale = own ? 1e-9 : tick_clock_scale(&team->clock);
    if (histogram_count(all)) {
        put_real(reply, "latency_p50_s", histogram_quantile(all, 0.5) * scale);
        put_real(reply, "latency_p90_s", histogram_quantile(all, 0.9) * scale);
        put_real(reply, "latency_p99_s", histogram_quantile(all, 0.99) * scale);
        put_real(reply, "latency_p999_s", histogram_quantile(all, 0.999) * scale);
        put_real(reply, "latency_max_s", histogram_max(all) * scale);
    }
    free(all);
}

/* From asking the executor to the last worker's arrival, with what opening the executor took. */
static void put_startup(json_t *reply, const struct team *team, uint64_t opening_ns)
{
    uint64_t last_entered = team->called_ns;
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        if (team->workers[w].tally.entered_ns > last_entered)
            last_entered = team->workers[w].tally.entered_ns;
    }
    put_real(reply, "startup_s", (double)(last_entered - team->called_ns + opening_ns) * 1e-9);
}

/* From the release of all workers to the end of the last that did a range; imbalance is the busiest over
 * the mean. */
static void put_times(json_t *reply, const struct team *team, double work)
{
    double longest_ns = 0, sum_ns = 0;
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        const struct worker_tally *tally = &team->workers[w].tally;
        if (!tally->ranges)
            continue; /* woken too late to find anything to do */
        double busy_ns = (double)(tally->left_ns - team->released_ns);
        sum_ns += busy_ns;
        longest_ns = busy_ns > longest_ns ? busy_ns : longest_ns;
    }
    put_real(reply, "wall_s", longest_ns * 1e-9);
    put_real(reply, "work_per_s", work / (longest_ns * 1e-9));
    put_real(reply, "imbalance", longest_ns / (sum_ns / team->shape.workers));
}

/* What all workers have used or, where helpers work for them, the process until the last one left. */
static struct usage usage_of(const struct team *team)
{
    struct usage sum = {0};
    const struct usage none = {0};
    const struct worker_tally *last = &team->workers[0].tally;
    bool helpers = team->executor->flags & BENCH_HELPERS;
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        const struct worker_tally *tally = &team->workers[w].tally;
        usage_add(&sum, &tally->charged, &none);
        if (!helpers)
            usage_add(&sum, &tally->used, &none);
        last = tally->left_ns > last->left_ns ? tally : last;
    }
    if (helpers)
        usage_add(&sum, &last->used, &none);
    return sum;
}

static void put_usage(json_t *reply, const struct team *team)
{
    struct usage sum = usage_of(team);
    put_span(reply, "user_s", (double)sum.user_us / 1e6);
    put_span(reply, "sys_s", (double)sum.sys_us / 1e6);
    put_count(reply, "ctx_voluntary", sum.ctx_voluntary);
    put_count(reply, "ctx_involuntary", sum.ctx_involuntary);
    put_count(reply, "faults_minor", sum.faults_minor);
    put_count(reply, "faults_major", sum.faults_major);
    put_count(reply, "read_bytes", sum.read_bytes);
    put_count(reply, "written_bytes", sum.written_bytes);
}

/* The runner's own process and, where workers are processes, theirs; -1 if any is not known. */
static void put_memory(json_t *reply, const struct team *team)
{
    struct memory sum;
    memory_self(&sum);
    for (uint32_t w = 0; team->executor->flags & BENCH_PROCESSES && w < team->shape.workers; w++) {
        const struct memory *own = &team->workers[w].tally.memory;
        bool peak = sum.peak_rss_bytes >= 0 && own->peak_rss_bytes >= 0;
        bool pss = sum.pss_bytes >= 0 && own->pss_bytes >= 0;
        sum.peak_rss_bytes = peak ? sum.peak_rss_bytes + own->peak_rss_bytes : -1;
        sum.pss_bytes = pss ? sum.pss_bytes + own->pss_bytes : -1;
    }
    put_count(reply, "peak_rss_bytes", sum.peak_rss_bytes);
    put_count(reply, "pss_bytes", sum.pss_bytes);
}

/* Each distinct note that lanes have left. */
static void note_lanes(const struct team *team, struct bench_error *err)
{
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        const char *text = team->workers[w].note.message;
        bool said = !text[0];
        for (uint32_t before = 0; !said && before < w; before++)
            said = strcmp(team->workers[before].note.message, text) == 0;
        if (!said)
            bench_error_note(err, "%s", text);
    }
}

static void note_pinning(const struct team *team, struct bench_error *err)
{
    uint32_t refused = 0, first = 0;
    for (uint32_t w = team->shape.workers; w-- > 0;) {
        if (team->workers[w].pin_error < 0) {
            refused++;
            first = w;
        }
    }
    if (refused)
        bench_error_note(err, "worker %" PRIu32 "%s could not be pinned: %s", first,
                         refused > 1 ? " and others" : "", strerror(-team->workers[first].pin_error));
}

/* Who is elsewhere at the end than where it was put? */
static void note_moved(const struct team *team, struct bench_error *err)
{
    size_t mask_bytes = team->mask_words * sizeof *team->masks;
    uint32_t moved = 0, first = 0;
    for (uint32_t w = team->shape.workers; w-- > 0;) {
        if (memcmp(team_mask(team, w, MASK_GOT), team_mask(team, w, MASK_LEFT), mask_bytes) != 0) {
            moved++;
            first = w;
        }
    }
    if (!moved)
        return;
    char *put = placement_describe_mask(team_mask(team, first, MASK_GOT), team->mask_words);
    char *is = placement_describe_mask(team_mask(team, first, MASK_LEFT), team->mask_words);
    bench_error_note(err,
                     "worker %" PRIu32 "%s was moved: put on CPU %s, it was on %s when the run ended",
                     first, moved > 1 ? " and others" : "", put ? put : "", is ? is : "");
    free(put);
    free(is);
}

void tally_note(const struct team *team, struct bench_error *err)
{
    note_pinning(team, err);
    note_moved(team, err);
    note_lanes(team, err);
}

json_t *tally_reply(struct team *team, const struct bench_plan *plan, uint64_t opening_ns,
                    const struct steal_sample *before, const struct steal_sample *after)
{
    json_t *reply = json_object();
    if (!reply)
        return NULL;
    double work = plan->work * (double)team->passes;
    put_count(reply, "tasks", (int64_t)(team->tasks * team->passes));
    put_real(reply, "work", work);
    if (!before) {
        put_times(reply, team, work);
        return reply;
    }
    put_startup(reply, team, opening_ns);
    if (!team->verify) { /* checking is between the ranges there: times would mean nothing */
        put_times(reply, team, work);
        put_usage(reply, team);
        put_latency(reply, team);
        put_span(reply, "steal_s", after->steal_s - before->steal_s);
        put_span(reply, "pressure_s", (after->pressure_us - before->pressure_us) * 1e-6);
    }
    put_memory(reply, team);
    json_object_set_new(reply, "cpus", joined_cpus(team));
    return reply;
}
