/* Two sides, case by case. */
#include "results/comparison.h"

#include "base/text.h"
#include "results/match.h"
#include "results/pairs.h"
#include "stats/holm.h"
#include "stats/rank.h"
#include "stats/summary.h"
#include "stats/values.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Those of which nothing can be said last. */
static int compare_p(const void *a, const void *b)
{
    double x = ((const struct pair *)a)->found.p, y = ((const struct pair *)b)->found.p;

    if (isnan(x) || isnan(y))
        return (int)isnan(x) - (int)isnan(y);
    return (x > y) - (x < y);
}

/* Sorts the pairs by their p, and gives each the level that Holm's procedure holds it against. */
static void set_levels(struct pair *pairs, size_t size, double confidence)
{
    double alpha = 1 - confidence;
    size_t left = size;

    qsort(pairs, size, sizeof(*pairs), compare_p);
    for (size_t i = 0; i < size; i++) {
        pairs[i].level = 1 - alpha / (double)left;
        if (pairs[i].found.p <= alpha / (double)left)
            left--;
    }
}

static int set_p(struct comparison *comparison, const struct pair *pairs, size_t size)
{
    double *p = malloc((size + 1) * sizeof(*p));
    int failed = p == NULL ? -ENOMEM : 0;

    for (size_t i = 0; i < size && !failed;
         i++) /* one that cannot be tested is one of them all the same */
        p[i] = isnan(pairs[i].found.p) ? 1 : pairs[i].found.p;
    if (!failed)
        failed = holm_adjust(p, size);
    for (size_t i = 0; i < size && !failed; i++)
        comparison->cases[pairs[i].number].p = isnan(pairs[i].found.p) ? NAN : p[i];
    free(p);
    return failed;
}

static int explain_doubt(struct compared_case *one, double threshold)
{
    if (!interval_known(one->interval))
        return pairs_text(&one->why,
                          "too few runs to say anything: more launches (--launches 5), or more runs");
    if (!interval_has(one->interval, 1))
        return pairs_text(
            &one->why,
            "there is a change, but it may be below the threshold of %.3g %%: more launches "
            "would tell",
            100 * threshold);
    return pairs_text(&one->why,
                      "no change and one over the threshold of %.3g %% are both possible: more launches "
                      "would tell",
                      100 * threshold);
}

/*
 * More time without more CPU time is waiting. A change of the program may be the reason, and so may be
 * other programs on the same CPUs, which no row tells: whoever reads it knows.
 */
static int note_waiting(struct compared_case *one, const struct metric *metric, double cpu_ratio)
{
    bool is_time = strcmp(metric->name, "wall") == 0 || strcmp(metric->name, "rate") == 0;
    double change = metric->more_is_better ? 1 / one->ratio : one->ratio;

    if (one->verdict != VERDICT_WORSE || !is_time || one->note != NULL || !isfinite(cpu_ratio) ||
        fabs(cpu_ratio - 1) > (change - 1) / 4)
        return 0;
    return pairs_text(
        &one->note,
        "its CPU time has changed by %+.1f %% only: the rest is waiting, or other programs on "
        "its CPUs",
        100 * (cpu_ratio - 1));
}

/* The medians of a sample's launches or, where `of_runs`, its values. */
static int add_units(struct values *units, const struct sample *sample, bool of_runs)
{
    const double *values = sample->values;
    int failed = 0;

    for (size_t i = 0; i < sample->launches && !failed; values += sample->launch_sizes[i++]) {
        double median;

        if (!of_runs) {
            failed = summary_median(values, sample->launch_sizes[i], &median);
            failed = failed ? failed : values_add(units, median);
        }
        for (size_t j = 0; of_runs && j < sample->launch_sizes[i] && !failed; j++)
            failed = values_add(units, values[j]);
    }
    return failed;
}

static int ask_ranks(struct compared_case *one, const struct pair *pair)
{
    struct values old = {0}, new = {0};
    struct rank_shift found = {.p = NAN};
    bool of_runs = pair->old.launches < 2 || pair->new.launches < 2;
    int failed = add_units(&old, &pair->old, of_runs);

    if (!failed)
        failed = add_units(&new, &pair->new, of_runs);
    if (!failed)
        failed = rank_shift(new.list, new.count, old.list, old.count, 0.95, &found);
    one->rank_p = found.p;
    values_free(&old);
    values_free(&new);
    return failed;
}

static int judge(struct comparison *comparison, const struct pair *pair)
{
    struct compared_case *one = &comparison->cases[pair->number];
    int failed = ask_ranks(one, pair);

    if (failed)
        return failed;

    one->ratio = one->new_value / one->old_value;
    one->interval = pair->found.interval;
    one->detectable = (1 + comparison->threshold) * (1 + pair->found.detectable) - 1;
    one->verdict = verdict_of(&one->interval, comparison->threshold, comparison->metric);
    if (one->verdict == VERDICT_INCONCLUSIVE)
        return explain_doubt(one, comparison->threshold);
    return note_waiting(one, comparison->metric, pair->cpu_ratio);
}

/* Intervals at first of the level that all have where there is no difference in any: mostly that is it.
 */
static int judge_all(struct comparison *comparison, struct pair *pairs, size_t size)
{
    double level = 1 - (1 - comparison->confidence) / (double)size;
    int failed = 0;

    for (size_t i = 0; i < size && !failed; i++)
        failed = sample_ratio(&pairs[i].old, &pairs[i].new, level, &pairs[i].found);
    if (!failed)
        set_levels(pairs, size, comparison->confidence);
    for (size_t i = 0; i < size && !failed; i++) {
        double p = pairs[i].found.p;

        if (pairs[i].level != level)
            failed = sample_ratio(&pairs[i].old, &pairs[i].new, pairs[i].level, &pairs[i].found);
        pairs[i].found.p = p;
        if (!failed)
            failed = judge(comparison, &pairs[i]);
    }
    return failed ? failed : set_p(comparison, pairs, size);
}

int comparison_make(struct comparison *comparison, const struct samples *old, const struct samples *new,
                    struct bench_error *err)
{
    struct pair *pairs = malloc((old->size + 1) * sizeof(*pairs));
    size_t size = 0;
    int failed = pairs != NULL ? 0 : -ENOMEM;

    if (!failed)
        failed = pairs_match(comparison, old, new, pairs, &size);
    if (!failed)
        failed = judge_all(comparison, pairs, size);
    if (!failed)
        failed = sides_note(comparison, old, new);
    pairs_free(pairs, size);
    if (!failed)
        return 0;
    comparison_free(comparison);
    return bench_error_set(err, failed, "comparing: %s", strerror(-failed));
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

const char *verdict_word(enum verdict verdict, const struct metric *metric)
{
    switch (verdict) {
    case VERDICT_SAME:
        return "same";
    case VERDICT_BETTER:
        return metric->better;
    case VERDICT_WORSE:
        return metric->worse;
    case VERDICT_INCONCLUSIVE:
        return "inconclusive";
    default:
        return "failed";
    }
}

size_t comparison_count(const struct comparison *comparison, enum verdict verdict)
{
    size_t count = 0;

    for (size_t i = 0; i < comparison->size; i++)
        count += comparison->cases[i].verdict == verdict;
    return count;
}

int comparison_note(struct comparison *comparison, const char *format, ...)
{
    char *note, **grown;
    va_list args;
    int length;

    va_start(args, format);
    length = vasprintf(&note, format, args);
    va_end(args);
    if (length < 0)
        return -ENOMEM;
    text_make_visible(note);
    for (size_t i = 0; i < comparison->notes_size; i++) {
        if (strcmp(comparison->notes[i], note) == 0) {
            free(note);
            return 0;
        }
    }
    grown = reallocarray(comparison->notes, comparison->notes_size + 1, sizeof(*grown));
    if (grown == NULL) {
        free(note);
        return -ENOMEM;
    }
    comparison->notes = grown;
    grown[comparison->notes_size++] = note;
    return 0;
}

static void free_identities(struct record *list, size_t size)
{
    for (size_t i = 0; i < size; i++)
        record_free(&list[i]);
    free(list);
}

void comparison_free(struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->size; i++) {
        record_free(&comparison->cases[i].identity);
        free(comparison->cases[i].why);
        free(comparison->cases[i].note);
    }
    free(comparison->cases);
    free_identities(comparison->only_old, comparison->only_old_size);
    free_identities(comparison->only_new, comparison->only_new_size);
    for (size_t i = 0; i < comparison->notes_size; i++)
        free(comparison->notes[i]);
    free(comparison->notes);
    *comparison = (struct comparison){.metric = comparison->metric,
                                      .old_word = comparison->old_word,
                                      .new_word = comparison->new_word,
                                      .old_name = comparison->old_name,
                                      .new_name = comparison->new_name,
                                      .threshold = comparison->threshold,
                                      .confidence = comparison->confidence,
                                      .false_alarm = comparison->false_alarm,
                                      .is_paired = comparison->is_paired};
}
