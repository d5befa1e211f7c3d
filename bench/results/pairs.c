/* Which cases both sides have, and what of them can be compared. */
#include "results/pairs.h"

#include "stats/summary.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int pairs_text(char **to, const char *format, ...)
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

/* ---- what the sides have in common ---- */

static bool is_absent(const struct case_samples *one)
{
    return one->unsupported > 0 && one->failed == 0 && one->size == 0;
}

/* All that makes it a case, with texts of its own. */
static int set_identity(struct record *identity, const struct case_samples *one)
{
    record_init(identity);
    for (enum column column = 0; column < COLUMNS; column++) {
        if (record_columns[column].group != GROUP_CASE)
            continue;
        if (column_type(column) == COLUMN_TEXT)
            record_set_text(identity, column, record_text(one->identity, column));
        else if (column_type(column) == COLUMN_COUNT)
            record_set_count(identity, column, record_count(one->identity, column));
        else
            record_set_real(identity, column, record_real(one->identity, column));
    }
    return 0;
}

/* Room for as many as there can be has been made. */
static int add_only(struct record *list, size_t *size, const struct case_samples *one)
{
    return set_identity(&list[(*size)++], one);
}

/* ---- what has no number ---- */

static int explain_bad_value(struct compared_case *one, const struct samples *side,
                             const struct case_samples *samples)
{
    const char *metric = side->metric->name;

    if (isnan(samples->bad_value))
        return pairs_text(&one->why, "%s: no value of %s in launch %lld, run %lld", side->name, metric,
                          (long long)samples->bad_launch, (long long)samples->bad_run);
    return pairs_text(&one->why, "%s: %s is %g in launch %lld, run %lld; a ratio needs numbers over 0",
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
        return pairs_text(&one->why, "%s: %s%s%s", side->name, samples->status,
                          samples->error != NULL ? ": " : "",
                          samples->error != NULL ? samples->error : "");
    if (samples->size == 0)
        return pairs_text(&one->why, "%s: no measured run", side->name);
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
        pairs_text(&one->note, "a pass has %.15g tasks in one and %.15g in the other: not the same work",
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
                                  .rank_p = NAN,
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

int pairs_match(struct comparison *comparison, const struct samples *old, const struct samples *new,
                struct pair *pairs, size_t *size)
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
        failed = match_old(comparison, old, new, is_matched, pairs, size);
    for (size_t i = 0; i < new->size && !failed; i++) {
        if (!is_matched[i])
            failed = add_only(comparison->only_new, &comparison->only_new_size, &new->cases[i]);
    }
    free(is_matched);
    return failed;
}

void pairs_free(struct pair *pairs, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        free(pairs[i].old_values);
        free(pairs[i].new_values);
    }
    free(pairs);
}
