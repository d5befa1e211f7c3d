/* After a run: whether it is complete and can be believed, and what it took. */
#include "runner/tally.h"

#include "base/memory.h"
#include "base/text.h"
#include "machine/placement.h"
#include "records/counters.h"
#include "records/lever_seen.h"
#include "runner/arrivals.h"
#include "runner/counting.h"
#include "runner/schedule.h"
#include "runner/tally_latency.h"
#include "runner/timing.h"

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
                                   " times (bench_enter); each must do so once",
                                   name, w, tally->entries);
        if (tally->exits != 1)
            return bench_error_set(err, -EPROTO,
                                   "executor %s: worker %" PRIu32 " left the run %" PRIu32
                                   " times (bench_leave); each must do so once, before the run returns",
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
            return bench_error_set(
                err, -ERANGE,
                "the clock (CLOCK_MONOTONIC) went back during the run; its times are meaningless");
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

/* A text a worker; both levels for free(). */
static char **describe_masks(const struct team *team, enum team_mask which)
{
    char **cpus = mem_zero(team->shape.workers, sizeof *cpus);
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        const unsigned long *mask = team_mask(team, w, which);
        cpus[w] = placement_describe_mask(mask, team->mask_words);
        if (!cpus[w])
            memory_exhausted();
    }
    return cpus;
}

char **tally_cpus(const struct team *team)
{
    return describe_masks(team, MASK_WANTED);
}

static void tally_all_cpus(struct record *record, const struct team *team)
{
    struct text text = {0};
    char **cpus = describe_masks(team, MASK_LEFT);
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        text_add(&text, "%s%s", w ? " " : "", cpus[w]);
        free(cpus[w]);
    }
    free(cpus);
    record_set_text(record, COLUMN_cpus, text.text);
    free(text.text);
}

/* From asking the executor to the last worker's arrival, with what opening the executor took. */
static void tally_startup(struct record *record, const struct team *team, uint64_t opening_ns)
{
    uint64_t last_entered = team->called_ns;
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        if (team->workers[w].tally.entered_ns > last_entered)
            last_entered = team->workers[w].tally.entered_ns;
    }
    record->startup_s = (double)(last_entered - team->called_ns + opening_ns) * 1e-9;
}

/* From the release of all workers to the end of the last that did a range; imbalance is the busiest over
 * the mean. tally_check() has seen that no clock went back. */
static void tally_times(struct record *record, const struct team *team)
{
    double longest_ns = 0, sum_ns = 0;
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        const struct worker_tally *own = &team->workers[w].tally;
        if (!own->ranges)
            continue; /* woken too late to find anything to do */
        double busy_ns = (double)(own->left_ns - team->released_ns);
        sum_ns += busy_ns;
        longest_ns = busy_ns > longest_ns ? busy_ns : longest_ns;
    }
    record->wall_s = longest_ns * 1e-9;
    record->imbalance = longest_ns / (sum_ns / team->shape.workers);
}

/* What all workers have used or, where helpers work for them, the process until the last one left. */
static struct usage usage_of(const struct team *team)
{
    struct usage sum = {0};
    const struct usage none = {0};
    const struct worker_tally *last = &team->workers[0].tally;
    bool helpers = team->executor->flags & BENCH_HELPERS;
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        const struct worker_tally *own = &team->workers[w].tally;
        usage_add(&sum, &own->charged, &none);
        if (!helpers)
            usage_add(&sum, &own->used, &none);
        last = own->left_ns > last->left_ns ? own : last;
    }
    if (helpers)
        usage_add(&sum, &last->used, &none);
    return sum;
}

/* Counts that went back are not known. */
static int64_t known(int64_t count)
{
    return count >= 0 ? count : RECORD_NO_COUNT;
}

static double known_s(double seconds)
{
    return seconds >= 0 ? seconds : NAN;
}

/* CPU time of other processes that worked for the lanes. */
static int64_t charged_us(const struct team *team)
{
    int64_t sum_us = 0;
    for (uint32_t w = 0; w < team->shape.workers; w++)
        sum_us += team->workers[w].tally.charged.user_us + team->workers[w].tally.charged.sys_us;
    return sum_us;
}

bool tally_has_charged(const struct team *team)
{
    return !(team->executor->flags & BENCH_PROCESSES) && charged_us(team) > 0;
}

static double seconds(uint64_t ns)
{
    return (double)ns * 1e-9;
}

/* What the lever has burned is not the work's; whether in user or system time is not known. */
static void tally_lever(struct record *record, const struct team *team)
{
    struct lever_use sum = {0};
    for (uint32_t w = 0; w < team->shape.workers; w++)
        lever_use_add(&sum, &team->workers[w].tally.lever);
    struct lever_seen seen = {.cpu_s = seconds(sum.cpu_ns),
                              .held_s = seconds(sum.held_ns),
                              .spun_s = seconds(sum.spun_ns),
                              .slept_s = seconds(sum.slept_ns),
                              .others_s = (double)charged_us(team) * 1e-6,
                              .stopped_s = seconds(team->stopped_ns),
                              .shows = sum.proof.shows,
                              .errs = sum.proof.errs};
    for (int kind = 0; kind < WAIT_KINDS; kind++)
        seen.waits_s[kind] = seconds(sum.waited_ns[kind]);
    lever_seen_write(record, &seen);
    double own_s = record->user_s + record->sys_s - seen.spun_s;
    record->cpu_s = own_s < 0 ? 0 : own_s;
    record->user_s = record->sys_s = NAN;
}

/* Memory of the programs that the work has started is theirs, not the runner's. */
static void tally_programs(struct record *record, const struct team *team)
{
    int64_t peak_bytes = 0;
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        int64_t own = team->workers[w].tally.charged_peak_bytes;
        peak_bytes = own > peak_bytes ? own : peak_bytes;
    }
    if (peak_bytes > 0)
        counter_add(record, COLUMN_counters, "program_peak_rss_bytes", (double)peak_bytes);
}

static void tally_usage(struct record *record, const struct team *team)
{
    struct usage sum = usage_of(team);
    record->user_s = known_s((double)sum.user_us / 1e6);
    record->sys_s = known_s((double)sum.sys_us / 1e6);
    if (team->lever.kind != LEVER_NONE)
        tally_lever(record, team);
    tally_programs(record, team);
    record->ctx_voluntary = known(sum.ctx_voluntary);
    record->ctx_involuntary = known(sum.ctx_involuntary);
    record->faults_minor = known(sum.faults_minor);
    record->faults_major = known(sum.faults_major);
    record->read_bytes = known(sum.read_bytes);
    record->written_bytes = known(sum.written_bytes);
}

/* Of all workers; unknown if any is not known. */
static void tally_delays(struct record *record, const struct team *team)
{
    record->run_delay_s = record->block_delay_s = 0;
    int64_t migrations = 0;
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        const struct delays *delays = &team->workers[w].tally.delays;
        record->run_delay_s += delays->run_ns < 0 ? NAN : (double)delays->run_ns * 1e-9;
        record->block_delay_s += delays->block_ns < 0 ? NAN : (double)delays->block_ns * 1e-9;
        migrations = migrations < 0 || delays->migrations < 0 ? -1 : migrations + delays->migrations;
    }
    record->migrations = known(migrations);
}

static double pressure(const struct steal_sample *before, const struct steal_sample *after,
                       enum pressure_kind kind)
{
    return known_s((after->pressure_us[kind] - before->pressure_us[kind]) * 1e-6);
}

/* The runner's own process and, where workers are processes, theirs; unknown if any is not known. */
static void tally_memory(struct record *record, const struct team *team)
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
    record->peak_rss_bytes = known(sum.peak_rss_bytes);
    record->pss_bytes = known(sum.pss_bytes);
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

static bool is_one_cpu(const unsigned long *mask, size_t words)
{
    int cpus = 0;
    for (size_t i = 0; i < words; i++)
        cpus += __builtin_popcountl(mask[i]);
    return cpus == 1;
}

/* A worker that has one CPU and was moved has been put elsewhere by somebody, for as long as that was.
 */
static void note_migrated(const struct team *team, struct bench_error *err)
{
    uint32_t migrated = 0, first = 0;
    for (uint32_t w = team->shape.workers; team->has_delays && w-- > 0;) {
        bool is_pinned = is_one_cpu(team_mask(team, w, MASK_GOT), team->mask_words);
        if (is_pinned && team->workers[w].tally.delays.migrations > 0) {
            migrated++;
            first = w;
        }
    }
    if (!migrated)
        return;
    char *put = placement_describe_mask(team_mask(team, first, MASK_GOT), team->mask_words);
    bench_error_note(err,
                     "worker %" PRIu32 "%s changed CPUs during a run although pinned to CPU %s: "
                     "another program, or a change of its control group's CPUs, has moved it",
                     first, migrated > 1 ? " and others" : "", put ? put : "");
    free(put);
}

/* Notes workers that ended up elsewhere than where they were put. */
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
    note_migrated(team, err);
    counting_note(team, err);
    note_lanes(team, err);
    timing_note(team, err);
    if (team->arriving)
        arrivals_note(team, err);
}

void tally(struct record *record, const struct team *team, const struct bench_plan *plan,
           uint64_t opening_ns, const struct steal_sample *before, const struct steal_sample *after)
{
    record->tasks = (int64_t)(team->tasks * team->passes);
    record->work = plan->work * (double)team->passes;
    if (team->arriving)
        arrivals_tally(record, team, plan);
    if (!team->verify)
        counting_tally(record, team);
    if (!before) {
        tally_times(record, team);
        return;
    }
    tally_startup(record, team, opening_ns);
    if (!team->verify) { /* checking is between the ranges there: times would mean nothing */
        tally_times(record, team);
        tally_usage(record, team);
        tally_latency(record, team);
        record->steal_s = known_s(after->steal_s - before->steal_s);
        tally_delays(record, team);
        record->pressure_cpu_s = pressure(before, after, PRESSURE_CPU);
        record->pressure_io_s = pressure(before, after, PRESSURE_IO);
        record->pressure_memory_s = pressure(before, after, PRESSURE_MEMORY);
    }
    tally_memory(record, team);
    tally_all_cpus(record, team);
}
