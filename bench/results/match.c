/* Which cases both sides have, and what of them can be compared. */
#include "results/match.h"

#include "base/memory.h"
#include "base/text.h"
#include "records/param_text.h"
#include "stats/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NONE SIZE_MAX

/* ---- which case is which ---- */

struct hashed {
    uint64_t hash;
    size_t number;
};

static int compare_hashed(const void *a, const void *b)
{
    const struct hashed *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static struct hashed *hash_cases(const struct cases *cases)
{
    struct hashed *list = mem_alloc(cases->size * sizeof *list);
    for (size_t i = 0; i < cases->size; i++)
        list[i] = (struct hashed){identity_hash(cases->list[i].identity, IDENTITY_WORK), i};
    mem_sort(list, cases->size, sizeof *list, compare_hashed);
    return list;
}

/* The same case; where what is unknown leaves a choice, the first by identity_order. */
static size_t find_same(const struct cases *cases, const struct hashed *hashed,
                        const struct record *identity)
{
    uint64_t hash = identity_hash(identity, IDENTITY_WORK);
    size_t low = 0, high = cases->size, found = NONE;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (hashed[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < cases->size && hashed[low].hash == hash; low++) {
        const struct record *other = cases->list[hashed[low].number].identity;
        if (identity_equal(identity, other, IDENTITY_EXACT))
            return hashed[low].number;
        if (identity_equal(identity, other, IDENTITY_WORK) &&
            (found == NONE || identity_order(other, cases->list[found].identity) < 0))
            found = hashed[low].number;
    }
    return found;
}

/* ---- parameters that only one side knows ---- */

/* Does some case of this workload and executor have the parameter? */
static bool knows_param(const struct cases *cases, enum column column, const struct record *like,
                        const struct param_text *param)
{
    for (size_t i = 0; i < cases->size; i++) {
        const struct record *identity = cases->list[i].identity;
        const char *params = record_text(identity, column);
        struct param_text other;
        if (!same_text(identity->workload, like->workload) ||
            (column == COLUMN_executor_params && !same_text(identity->executor, like->executor)))
            continue;
        while (param_text_next(&params, &other)) {
            if (other.name_length == param->name_length &&
                memcmp(other.name, param->name, param->name_length) == 0)
                return true;
        }
    }
    return false;
}

static bool same_param(const struct param_text *a, const struct param_text *b)
{
    return a->word_length == b->word_length && memcmp(a->word, b->word, a->word_length) == 0;
}

/* Is each parameter of `own` the same in `other`, or one that nothing of the other side knows? */
static bool is_known_alike(const struct record *own, const struct record *other,
                           const struct cases *others, enum column column)
{
    const char *params = record_text(own, column);
    struct param_text param;
    while (param_text_next(&params, &param)) {
        const char *rest = record_text(other, column);
        struct param_text match = {0};
        while (param_text_next(&rest, &match) && !same_param(&param, &match))
            continue;
        if (!same_param(&param, &match) && knows_param(others, column, own, &param))
            return false;
    }
    return true;
}

/* Are they the same but for parameters that one side has never heard of? */
static bool is_old_self(const struct cases *old, size_t a, const struct cases *new, size_t b)
{
    struct record x = *old->list[a].identity, y = *new->list[b].identity;
    x.params = x.executor_params = y.params = y.executor_params = NULL;
    if (!identity_equal(&x, &y, IDENTITY_WORK))
        return false;
    const struct record *own = old->list[a].identity, *other = new->list[b].identity;
    return is_known_alike(own, other, new, COLUMN_params) &&
           is_known_alike(other, own, old, COLUMN_params) &&
           is_known_alike(own, other, new, COLUMN_executor_params) &&
           is_known_alike(other, own, old, COLUMN_executor_params);
}

/* The only one of `cases` that is not matched yet and is this case with other parameters; else NONE. */
static size_t find_only(const struct cases *old, size_t a, const struct cases *new,
                        const bool *is_matched)
{
    size_t found = NONE;
    for (size_t b = 0; b < new->size; b++) {
        if (is_matched[b] || !is_old_self(old, a, new, b))
            continue;
        if (found != NONE)
            return NONE;
        found = b;
    }
    return found;
}

/* "tile=0, " of each parameter that the other does not have. */
static void add_params(struct text *text, const char *params, const char *others)
{
    struct param_text param, other;
    while (param_text_next(&params, &param)) {
        const char *rest = others;
        bool is_there = false;
        while (!is_there && param_text_next(&rest, &other))
            is_there = same_param(&param, &other);
        if (!is_there)
            text_add(text, "%s%.*s", text->length > 0 ? ", " : "", (int)param.word_length, param.word);
    }
}

static void note_params(struct comparison *comparison, const struct record *own,
                        const struct record *other, const char *name)
{
    struct text text = {0};
    add_params(&text, own->params, other->params);
    add_params(&text, own->executor_params, other->executor_params);
    if (text.length > 0)
        comparison_note(comparison, "only %s has %s (of %s, %s): matched with the case without it", name,
                        text.text, own->workload ? own->workload : "",
                        own->executor ? own->executor : "");
    free(text.text);
}

/* For each case of `old`, the number of its partner, or NONE. */
static size_t *find_partners(struct comparison *comparison, const struct side *old_side,
                             const struct side *new_side, bool *is_matched)
{
    const struct cases *old = &old_side->cases, *new = &new_side->cases;
    struct hashed *hashed = hash_cases(new);
    size_t *partners = mem_alloc(old->size * sizeof *partners);
    bool *has_partner = mem_zero(old->size, sizeof *has_partner);
    for (size_t i = 0; i < old->size; i++) {
        partners[i] = find_same(new, hashed, old->list[i].identity);
        has_partner[i] = partners[i] != NONE;
        if (has_partner[i])
            is_matched[partners[i]] = true;
    }
    for (size_t i = 0; i < old->size; i++) {
        size_t only = has_partner[i] ? NONE : find_only(old, i, new, is_matched);
        if (only == NONE || find_only(new, only, old, has_partner) != i)
            continue;
        partners[i] = only;
        note_params(comparison, old->list[i].identity, new->list[only].identity, old_side->name);
        note_params(comparison, new->list[only].identity, old->list[i].identity, new_side->name);
    }
    for (size_t i = 0; i < old->size; i++) {
        if (partners[i] != NONE)
            is_matched[partners[i]] = true;
    }
    free(has_partner);
    free(hashed);
    return partners;
}

/* ---- what has no number ---- */

/* All that makes it a case, with texts of its own. */
static void set_identity(struct record *identity, const struct case_runs *one)
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
}

static bool is_absent(const struct case_runs *one)
{
    return one->unsupported > 0 && one->failed == 0 && one->size == 0;
}

static char *explain_bad_value(const struct side *side, const struct metric *metric,
                               const struct case_sample *sample)
{
    if (isnan(sample->bad_value))
        return mem_format("%s: no value of %s in launch %lld, run %lld", side->name, metric->name,
                          (long long)sample->bad_launch, (long long)sample->bad_run);
    return mem_format("%s: %s is %g in launch %lld, run %lld; a ratio needs numbers above 0", side->name,
                      metric->name, sample->bad_value, (long long)sample->bad_launch,
                      (long long)sample->bad_run);
}

/* Why this side has no number; NULL where it has. */
static char *explain_failure(const struct side *side, const struct metric *metric,
                             const struct case_runs *one, const struct case_sample *sample)
{
    const struct case_failure *failure = &one->failure;
    if (failure->status)
        return mem_format("%s: %s%s%s", side->name, failure->status, failure->error ? ": " : "",
                          failure->error ? failure->error : "");
    if (sample->size == 0)
        return mem_format("%s: no measured run", side->name);
    return sample->has_bad ? explain_bad_value(side, metric, sample) : NULL;
}

/* ---- numbers for a pass ---- */

static double tasks_of_run(const struct side *side, const struct case_runs *one)
{
    for (size_t i = 0; i < one->size; i++) {
        double tasks = cases_value(&side->cases, one, i, COLUMN_tasks);
        if (one->runs[i].phase == PHASE_MEASURE && tasks > 0)
            return tasks;
    }
    return NAN;
}

/* Of a run without verification: what is known of the other side, or what its runs are. */
static double pass_of(const struct side *side, const struct case_runs *one, const struct side *others,
                      const struct case_runs *other)
{
    if (one->pass_tasks > 0)
        return one->pass_tasks;
    if (other->pass_tasks > 0)
        return other->pass_tasks;
    return fmin(tasks_of_run(side, one), tasks_of_run(others, other));
}

/* CPU time for a task of all measured runs together; NaN where one has none. */
static double cpu_of_task(const struct side *side, const struct case_runs *one)
{
    double cpu_s = 0, tasks = 0;
    for (size_t i = 0; i < one->size; i++) {
        double run_tasks = cases_value(&side->cases, one, i, COLUMN_tasks);
        if (one->runs[i].phase != PHASE_MEASURE || !(run_tasks > 0))
            continue;
        cpu_s += cases_value(&side->cases, one, i, COLUMN_cpu_s);
        tasks += run_tasks;
    }
    return cpu_s / tasks;
}

static bool is_all_zero(const struct case_sample *sample)
{
    for (size_t i = 0; i < sample->size; i++) {
        if (sample->values[i] > 0)
            return false;
    }
    return true;
}

static void add_case(struct comparison *comparison, const struct side *old,
                     const struct case_runs *old_case, const struct side *new,
                     const struct case_runs *new_case, struct pair *pairs, size_t *pairs_size)
{
    const struct metric *metric = comparison->metric;
    struct compared_case *one = &comparison->cases[comparison->size++];
    struct pair pair = {.number = comparison->size - 1};
    double old_pass = pass_of(old, old_case, new, new_case);
    double new_pass = pass_of(new, new_case, old, old_case);
    case_sample_make(&pair.old, &old->cases, old_case, metric->column, old_pass);
    case_sample_make(&pair.new, &new->cases, new_case, metric->column, new_pass);
    *one = (struct compared_case){.old_value = NAN,
                                  .new_value = NAN,
                                  .old_runs = pair.old.size,
                                  .new_runs = pair.new.size,
                                  .old_launches = pair.old.launches,
                                  .new_launches = pair.new.launches,
                                  .ratio = NAN,
                                  .interval = INTERVAL_UNKNOWN,
                                  .p = NAN,
                                  .rank_p = NAN,
                                  .detectable = NAN,
                                  .verdict = VERDICT_FAILED};
    set_identity(&one->identity,
                 identity_unknown(old_case->identity) > identity_unknown(new_case->identity) ? new_case
                                                                                             : old_case);
    one->why = explain_failure(old, metric, old_case, &pair.old);
    if (!one->why)
        one->why = explain_failure(new, metric, new_case, &pair.new);
    if (one->why) {
        case_sample_free(&pair.old);
        case_sample_free(&pair.new);
        return;
    }
    if (record_columns[metric->column].role == ROLE_PER_PASS &&
        (old_pass > new_pass || old_pass < new_pass))
        one->note =
            mem_format("a pass has %.15g tasks on one side and %.15g on the other: not the same work",
                       old_pass, new_pass);
    one->old_value = summary_median(pair.old.values, pair.old.size);
    one->new_value = summary_median(pair.new.values, pair.new.size);
    if (metric_is_time(metric)) {
        case_sample_set_luck(&pair.old, &old->cases, old_case);
        case_sample_set_luck(&pair.new, &new->cases, new_case);
    }
    pair.is_nothing = is_all_zero(&pair.old) && is_all_zero(&pair.new);
    if (!pair.is_nothing && (pair.old.has_zero || pair.new.has_zero)) {
        case_sample_add_one(&pair.old);
        case_sample_add_one(&pair.new);
        if (!one->note)
            one->note =
                mem_format("some runs have 0 of it: the change is of %s and one more", metric->name);
    }
    pair.cpu_ratio = cpu_of_task(new, new_case) / cpu_of_task(old, old_case);
    pairs[(*pairs_size)++] = pair;
}

static void note_absent(struct comparison *comparison, const struct case_runs *one)
{
    const struct record *identity = one->identity;
    const char *error = one->failure.error;
    comparison_note(comparison, "not compared, because it is unsupported in both: %s %s%s%s",
                    identity->workload ? identity->workload : "",
                    identity->executor ? identity->executor : "", error ? ": " : "", error ? error : "");
}

struct pair *match_sides(struct comparison *comparison, const struct side *old, const struct side *new,
                         size_t *size)
{
    bool *is_matched = mem_zero(new->cases.size, sizeof *is_matched);
    struct pair *pairs = mem_alloc(old->cases.size * sizeof *pairs);
    comparison->cases = mem_alloc(old->cases.size * sizeof *comparison->cases);
    comparison->only_old = mem_alloc(old->cases.size * sizeof *comparison->only_old);
    comparison->only_new = mem_alloc(new->cases.size * sizeof *comparison->only_new);
    *size = 0;
    size_t *partners = find_partners(comparison, old, new, is_matched);
    for (size_t i = 0; i < old->cases.size; i++) {
        const struct case_runs *one = &old->cases.list[i];
        const struct case_runs *other = partners[i] != NONE ? &new->cases.list[partners[i]] : NULL;
        if (!other) {
            set_identity(&comparison->only_old[comparison->only_old_size++], one);
        } else if (is_absent(one)) {
            is_matched[partners[i]] = is_absent(other);
            if (is_absent(other))
                note_absent(comparison, one);
        } else {
            add_case(comparison, old, one, new, other, pairs, size);
        }
    }
    for (size_t i = 0; i < new->cases.size; i++) {
        if (!is_matched[i])
            set_identity(&comparison->only_new[comparison->only_new_size++], &new->cases.list[i]);
    }
    free(partners);
    free(is_matched);
    return pairs;
}

void pairs_free(struct pair *pairs, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        case_sample_free(&pairs[i].old);
        case_sample_free(&pairs[i].new);
    }
    free(pairs);
}
