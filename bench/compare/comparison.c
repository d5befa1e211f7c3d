/* Two sides, case by case. */
#include "compare/comparison.h"

#include "base/text.h"
#include "compare/samples.h"
#include "compare/sides.h"
#include "stats/holm.h"
#include "stats/summary.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A case that has numbers on both sides. */
struct pair {
    size_t number;    /* of comparison.cases */
    double cpu_ratio; /* new / old of the CPU time for a task; NaN where not known */
    double *old_values, *new_values;
    struct sample old, new;
    double level; /* of its interval */
    struct sample_ratio found;
};

/* ---- what the sides have in common ---- */

static bool is_absent(const struct case_samples *one)
{
    return one->unsupported > 0 && one->failed == 0 && one->size == 0;
}

static int set_identity(struct record *identity, const struct case_samples *one)
{
    static const enum column texts[] = {COLUMN_workload, COLUMN_params,   COLUMN_executor,
                                        COLUMN_pin,      COLUMN_schedule, COLUMN_work_unit};

    record_init(identity);
    identity->workers = one->identity->workers;
    identity->inflight = one->identity->inflight;
    identity->grain = one->identity->grain;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (record_set_text(identity, texts[i], record_text(one->identity, texts[i])) != 0)
            return -ENOMEM;
    }
    return 0;
}

/* Room for as many as there can be has been made. */
static int add_only(struct record *list, size_t *size, const struct case_samples *one)
{
    return set_identity(&list[(*size)++], one);
}

static __attribute__((format(printf, 2, 3))) int set_text(char **to, const char *format, ...)
{
    va_list args;
    int length;

    va_start(args, format);
    length = vasprintf(to, format, args);
    va_end(args);
    if (length >= 0)
        return 0;
    *to = NULL;
    return -ENOMEM;
}

/* ---- what has no number ---- */

static int explain_bad_value(struct compared_case *one, const struct samples *side,
                             const struct case_samples *samples)
{
    const char *metric = side->metric->name;

    if (isnan(samples->bad_value))
        return set_text(&one->why, "%s: no value of %s in launch %lld, run %lld", side->name, metric,
                        (long long)samples->bad_launch, (long long)samples->bad_run);
    return set_text(&one->why, "%s: %s is %g in launch %lld, run %lld; a ratio needs numbers over 0",
                    side->name, metric, samples->bad_value, (long long)samples->bad_launch,
                    (long long)samples->bad_run);
}

/* Sets `why` where this side has no number. */
static int explain_failure(struct compared_case *one, const struct samples *side,
                           const struct case_samples *samples)
{
    if (one->why != NULL)
        return 0;
    if (samples->status != NULL)
        return set_text(&one->why, "%s: %s%s%s", side->name, samples->status,
                        samples->error != NULL ? ": " : "",
                        samples->error != NULL ? samples->error : "");
    if (samples->size == 0)
        return set_text(&one->why, "%s: no measured run", side->name);
    return samples->has_bad ? explain_bad_value(one, side, samples) : 0;
}

/* ---- numbers for a pass ---- */

/* Of a run without verification: what is known of the other side, or what its runs are. */
static double pass_of(const struct case_samples *own, const struct case_samples *other)
{
    if (own->tasks_per_pass > 0)
        return own->tasks_per_pass;
    if (other->tasks_per_pass > 0)
        return other->tasks_per_pass;
    return other->tasks_per_run > 0 && other->tasks_per_run < own->tasks_per_run ? other->tasks_per_run
                                                                                 : own->tasks_per_run;
}

static double *scaled(const struct case_samples *samples, double factor)
{
    double *values = malloc(samples->size * sizeof(*values));

    for (size_t i = 0; values != NULL && i < samples->size; i++)
        values[i] = samples->values[i] * factor;
    return values;
}

/* Take the case for a pair. */
static int add_pair(struct pair *pair, const struct metric *metric, struct compared_case *one,
                    const struct case_samples *old, const struct case_samples *new)
{
    double old_pass = metric->is_per_pass ? pass_of(old, new) : 1;
    double new_pass = metric->is_per_pass ? pass_of(new, old) : 1;

    pair->old_values = scaled(old, old_pass);
    pair->new_values = scaled(new, new_pass);
    if (pair->old_values == NULL || pair->new_values == NULL)
        return -ENOMEM;
    pair->old = (struct sample){pair->old_values, old->launch_sizes, old->launches};
    pair->new = (struct sample){pair->new_values, new->launch_sizes, new->launches};
    if (old_pass != new_pass &&
        set_text(&one->note, "a pass has %.15g tasks in one and %.15g in the other: not the same work",
                 old_pass, new_pass) != 0)
        return -ENOMEM;
    if (summary_median(pair->old_values, old->size, &one->old_value) != 0)
        return -ENOMEM;
    return summary_median(pair->new_values, new->size, &one->new_value);
}

static int add_case(struct comparison *comparison, const struct samples *old, const struct samples *new,
                    const struct case_samples *old_case, const struct case_samples *new_case,
                    struct pair *pairs, size_t *pairs_size)
{
    struct compared_case *one = &comparison->cases[comparison->size];

    *one = (struct compared_case){.old_value = NAN,
                                  .new_value = NAN,
                                  .old_runs = old_case->size,
                                  .new_runs = new_case->size,
                                  .old_launches = old_case->launches,
                                  .new_launches = new_case->launches,
                                  .ratio = NAN,
                                  .interval = INTERVAL_UNKNOWN,
                                  .p = NAN,
                                  .detectable = NAN,
                                  .verdict = VERDICT_FAILED};
    record_init(&one->identity);
    comparison->size++;
    if (set_identity(&one->identity,
                     old_case->identity->grain == RECORD_NO_COUNT ? new_case : old_case) != 0 ||
        explain_failure(one, old, old_case) != 0 || explain_failure(one, new, new_case) != 0)
        return -ENOMEM;
    if (one->why != NULL)
        return 0;
    pairs[*pairs_size] = (struct pair){.number = comparison->size - 1,
                                       .cpu_ratio = new_case->cpu_s / new_case->cpu_tasks /
                                                    (old_case->cpu_s / old_case->cpu_tasks)};
    return add_pair(&pairs[(*pairs_size)++], comparison->metric, one, old_case, new_case);
}

static int match_old(struct comparison *comparison, const struct samples *old, const struct samples *new,
                     bool *is_matched, struct pair *pairs, size_t *pairs_size)
{
    int failed = 0;

    for (size_t i = 0; i < old->size && !failed; i++) {
        const struct case_samples *one = &old->cases[i];
        size_t number = identity_index_find(&new->index, one->identity);
        const struct case_samples *other = number != IDENTITY_NONE ? &new->cases[number] : NULL;

        if (other != NULL && is_absent(one)) {
            is_matched[number] = is_absent(other);
            if (is_absent(other))
                failed = comparison_note(
                    comparison, "not compared, as it is unsupported in both: %s %s%s%s",
                    one->identity->workload, one->identity->executor, one->error != NULL ? ": " : "",
                    one->error != NULL ? one->error : "");
        } else if (other != NULL) {
            is_matched[number] = true;
            failed = add_case(comparison, old, new, one, other, pairs, pairs_size);
        } else {
            failed = add_only(comparison->only_old, &comparison->only_old_size, one);
        }
    }
    return failed;
}

/* Pairs of all cases that both have; lists of those that one has. */
static int match(struct comparison *comparison, const struct samples *old, const struct samples *new,
                 struct pair *pairs, size_t *pairs_size)
{
    bool *is_matched = calloc(new->size + 1, sizeof(*is_matched));
    int failed;

    comparison->cases = malloc((old->size + 1) * sizeof(*comparison->cases));
    comparison->only_old = malloc((old->size + 1) * sizeof(*comparison->only_old));
    comparison->only_new = malloc((new->size + 1) * sizeof(*comparison->only_new));
    failed = is_matched == NULL || comparison->cases == NULL || comparison->only_old == NULL ||
                     comparison->only_new == NULL
                 ? -ENOMEM
                 : 0;
    if (!failed)
        failed = match_old(comparison, old, new, is_matched, pairs, pairs_size);
    for (size_t i = 0; i < new->size && !failed; i++) {
        if (!is_matched[i])
            failed = add_only(comparison->only_new, &comparison->only_new_size, &new->cases[i]);
    }
    free(is_matched);
    return failed;
}

/* ---- verdicts ---- */

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
        return set_text(&one->why,
                        "too few runs to say anything: more launches (--launches 5), or more runs");
    if (!interval_has(one->interval, 1))
        return set_text(&one->why,
                        "there is a change, but it may be below the threshold of %.3g %%: more launches "
                        "would tell",
                        100 * threshold);
    return set_text(&one->why,
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
    return set_text(
        &one->note,
        "its CPU time has changed by %+.1f %% only: the rest is waiting, or other programs on "
        "its CPUs",
        100 * (cpu_ratio - 1));
}

static int judge(struct comparison *comparison, const struct pair *pair)
{
    struct compared_case *one = &comparison->cases[pair->number];

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
        failed = match(comparison, old, new, pairs, &size);
    if (!failed)
        failed = judge_all(comparison, pairs, size);
    if (!failed)
        failed = sides_note(comparison, old, new);
    for (size_t i = 0; i < size; i++) {
        free(pairs[i].old_values);
        free(pairs[i].new_values);
    }
    free(pairs);
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
                                      .confidence = comparison->confidence};
}
