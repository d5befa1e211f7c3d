/* Verdicts on pairs of cases: intervals, Holm's levels, and what is said where there is doubt. */
#include "results/judge.h"

#include "base/memory.h"
#include "results/match.h"
#include "stats/holm.h"
#include "stats/moments.h"
#include "stats/rank.h"
#include "stats/summary.h"
#include "stats/values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Less than this is added in silence. */
static const double luck_told = 0.003;

/* Those of which nothing can be said last. */
static int compare_p(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    int order = (int)isnan(x->found.p) - (int)isnan(y->found.p);
    if (order == 0)
        order = (x->found.p > y->found.p) - (x->found.p < y->found.p);
    return order ? order : (x->number > y->number) - (x->number < y->number);
}

/* Sorts the pairs by their p, and gives each the level that Holm's procedure holds it against. */
static void set_levels(struct pair *pairs, size_t size, double confidence)
{
    double alpha = 1 - confidence;
    size_t left = size;
    mem_sort(pairs, size, sizeof *pairs, compare_p);
    for (size_t i = 0; i < size; i++) {
        pairs[i].level = 1 - alpha / (double)left;
        if (pairs[i].found.p <= alpha / (double)left)
            left--;
    }
}

static void set_p(struct comparison *comparison, const struct pair *pairs, size_t size)
{
    double *p = mem_alloc(size * sizeof *p);
    for (size_t i = 0; i < size; i++) /* one that cannot be tested is one of them all the same */
        p[i] = isnan(pairs[i].found.p) ? 1 : pairs[i].found.p;
    holm_adjust(p, size);
    for (size_t i = 0; i < size; i++)
        comparison->cases[pairs[i].number].p = isnan(pairs[i].found.p) ? NAN : p[i];
    free(p);
}

static char *explain_doubt(const struct compared_case *one, double threshold)
{
    if (!interval_known(one->interval))
        return mem_text("too few runs to say anything: use more launches (--launches 5), or more runs");
    if (!interval_has(one->interval, 1))
        return mem_format("there is a change, but it may be below the threshold of %.3g %%; more "
                          "launches would decide",
                          100 * threshold);
    return mem_format(
        "no change and one above the threshold of %.3g %% are both possible; more launches would decide",
        100 * threshold);
}

/*
 * More time without more CPU time is waiting. A change of the program may be the reason, and so may be
 * other programs on the same CPUs, which no row tells: whoever reads it knows.
 */
static void note_waiting(struct compared_case *one, const struct metric *metric, double cpu_ratio)
{
    bool is_time = metric->column == COLUMN_wall_s || metric->column == COLUMN_work_per_s;
    double change = metric->more_is_better ? 1 / one->ratio : one->ratio;
    if (one->verdict != VERDICT_WORSE || !is_time || one->note || !isfinite(cpu_ratio) ||
        fabs(cpu_ratio - 1) > (change - 1) / 4)
        return;
    one->note = mem_format(
        "its CPU time changed by only %+.1f %%: the rest is waiting, or other programs on its CPUs",
        100 * (cpu_ratio - 1));
}

/* The medians of a sample's launches or, where `of_runs`, its values. */
static void add_units(struct values *units, const struct sample *sample, bool of_runs)
{
    const double *values = sample->values;
    for (size_t i = 0; i < sample->launches; values += sample->launch_sizes[i++]) {
        if (!of_runs)
            values_add(units, summary_median(values, sample->launch_sizes[i]));
        for (size_t j = 0; of_runs && j < sample->launch_sizes[i]; j++)
            values_add(units, values[j]);
    }
}

static double ask_ranks(const struct pair *pair)
{
    struct values old = {0}, new = {0};
    bool of_runs = pair->old.sample.launches < 2 || pair->new.sample.launches < 2;
    add_units(&old, &pair->old.sample, of_runs);
    add_units(&new, &pair->new.sample, of_runs);
    double p = rank_shift(new.list, new.count, old.list, old.count, 0.95).p;
    values_free(&old);
    values_free(&new);
    return p;
}

/* Of each launch its median, over the old side's. */
static void keep_medians(struct values *kept, const struct sample *sample, double old_value)
{
    struct values medians = {0};
    add_units(&medians, sample, false);
    for (size_t i = 0; i < medians.count; i++)
        values_add(kept, medians.list[i] / old_value);
    values_free(&medians);
}

static void judge(struct comparison *comparison, const struct pair *pair)
{
    struct compared_case *one = &comparison->cases[pair->number];
    one->rank_p = ask_ranks(pair);
    one->ratio = pair->found.ratio;
    one->interval = pair->found.interval;
    one->detectable = (1 + comparison->threshold) * (1 + pair->found.detectable) - 1;
    one->verdict = verdict_of(&one->interval, comparison->threshold, comparison->metric);
    if (one->verdict == VERDICT_INCONCLUSIVE)
        one->why = explain_doubt(one, comparison->threshold);
    note_waiting(one, comparison->metric, pair->cpu_ratio);
    if (one->old_value > 0) {
        keep_medians(&one->old_medians, &pair->old.sample, one->old_value);
        keep_medians(&one->new_medians, &pair->new.sample, one->old_value);
    }
}

static struct sample_ratio ask(const struct pair *pair, double level)
{
    if (pair->is_nothing)
        return (struct sample_ratio){.ratio = 1, .interval = {1, 1}, .p = 1, .detectable = NAN};
    return sample_ratio(&pair->old.sample, &pair->new.sample, level);
}

/* Intervals at first of the level that all have where there is no difference in any: mostly that is it.
 */
static void judge_all(struct comparison *comparison, struct pair *pairs, size_t size)
{
    double level = 1 - (1 - comparison->confidence) / (double)size;
    for (size_t i = 0; i < size; i++)
        pairs[i].found = ask(&pairs[i], level);
    set_levels(pairs, size, comparison->confidence);
    for (size_t i = 0; i < size; i++) {
        double p = pairs[i].found.p;
        if (pairs[i].level != level)
            pairs[i].found = ask(&pairs[i], pairs[i].level);
        pairs[i].found.p = p;
        judge(comparison, &pairs[i]);
    }
    set_p(comparison, pairs, size);
}

/* Launches that see too few moments of the machine: their cases, and by how much intervals are wider. */
static void note_moments(struct comparison *comparison, const struct pair *pairs, size_t size)
{
    size_t cases = 0, launches = 0;
    double span_s = INFINITY, luck = 0;
    for (size_t i = 0; i < size; i++) {
        const struct case_sample *sides[] = {&pairs[i].old, &pairs[i].new};
        double both = hypot(sides[0]->sample.luck, sides[1]->sample.luck);
        cases += both > luck_told;
        luck = fmax(luck, both);
        for (size_t side = 0; both > luck_told && side < 2; side++) {
            launches = sides[side]->launches > launches ? sides[side]->launches : launches;
            span_s = fmin(span_s, case_sample_span_s(sides[side]));
        }
    }
    if (cases == 0)
        return;
    comparison_note(
        comparison,
        "launches close together: those of %zu case%s began within %.2g s or little more, and what "
        "the machine did then is in all of them; up to %.1f %% are added to the change's "
        "standard error for it; %zu launches spread over %.0f s need none: longer launches "
        "(--time), more cases in one call, or several calls with -o",
        cases, cases == 1 ? "" : "s", span_s, 100 * luck, launches, MOMENT_S * (double)(launches - 1));
}

void comparison_make(struct comparison *comparison, const struct side *old, const struct side *new)
{
    size_t size;
    struct pair *pairs = match_sides(comparison, old, new, &size);
    judge_all(comparison, pairs, size);
    sides_note(comparison, old, new);
    note_moments(comparison, pairs, size);
    pairs_free(pairs, size);
}

enum verdict verdict_of(const struct interval *ratio, double threshold, const struct metric *metric)
{
    double most = 1 + threshold, least = 1 / most;
    if (!interval_known(*ratio))
        return VERDICT_INCONCLUSIVE;
    if (ratio->low > most)
        return metric->more_is_better ? VERDICT_BETTER : VERDICT_WORSE;
    if (ratio->high < least)
        return metric->more_is_better ? VERDICT_WORSE : VERDICT_BETTER;
    return ratio->low >= least && ratio->high <= most ? VERDICT_SAME : VERDICT_INCONCLUSIVE;
}

enum outcome comparison_outcome(const struct comparison *comparison, bool strict)
{
    bool is_in_doubt = comparison_count(comparison, VERDICT_INCONCLUSIVE) > 0 ||
                       comparison->only_old_size > 0 || comparison->only_new_size > 0;
    if (comparison_count(comparison, VERDICT_WORSE) > 0)
        return OUTCOME_WORSE;
    if (comparison_count(comparison, VERDICT_FAILED) > 0)
        return OUTCOME_FAILED;
    if (comparison->size == 0)
        return OUTCOME_NOTHING;
    return strict && is_in_doubt ? OUTCOME_IN_DOUBT : OUTCOME_GOOD;
}
