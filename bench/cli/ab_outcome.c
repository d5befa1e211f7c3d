/* From a paired comparison to what is reported of it. */
#include "cli/ab_outcome.h"

#include "base/memory.h"
#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { A, B };

/* The words that both have, joined by blanks; NULL where there is none. */
static char *common_words(const char *a, const char *b)
{
    struct text text = {0};
    while (*a) {
        size_t length = text_word_length(a);
        for (const char *word = b; *word;) {
            size_t other = text_word_length(word);
            if (other == length && memcmp(a, word, length) == 0) {
                text_add(&text, "%s%.*s", text.length ? " " : "", (int)length, a);
                break;
            }
            word += other + (word[other] == ' ');
        }
        a += length + (a[length] == ' ');
    }
    return text.text;
}

static void set_common_text(struct record *record, enum column column, const char *a, const char *b)
{
    if (strcmp(a, b) == 0)
        record_set_text(record, column, a);
}

/* What A and B have in common. */
static void describe(struct record *record, const struct plan_case *a, const struct plan_case *b)
{
    record_init(record);
    char *params = common_words(a->params, b->params);
    record_set_text(record, COLUMN_params, params);
    free(params);
    set_common_text(record, COLUMN_workload, a->workload->name, b->workload->name);
    set_common_text(record, COLUMN_executor, a->executor->name, b->executor->name);
    set_common_text(record, COLUMN_pin, a->shape.pin, b->shape.pin);
    set_common_text(record, COLUMN_places, a->shape.places, b->shape.places);
    set_common_text(record, COLUMN_schedule, a->shape.schedule, b->shape.schedule);
    if (a->shape.workers == b->shape.workers)
        record->workers = a->shape.workers;
    if (a->shape.inflight == b->shape.inflight)
        record->inflight = a->shape.inflight;
}

static enum verdict verdict_from(const struct alternate_outcome *outcome, const struct metric *metric)
{
    if (outcome->failed)
        return VERDICT_FAILED;
    if (outcome->paired.state == PAIRED_SAME)
        return VERDICT_SAME;
    if (outcome->paired.state != PAIRED_DIFFERENT)
        return VERDICT_INCONCLUSIVE;
    return (outcome->paired.direction > 0) == metric->more_is_better ? VERDICT_BETTER : VERDICT_WORSE;
}

void ab_outcome_tell(struct compared_case *one, const struct ab_options *options,
                     const struct plan_case *a, const struct plan_case *b,
                     const struct alternate_outcome *outcome, const char *failure)
{
    struct paired_result result = paired_result(&outcome->paired);
    *one = (struct compared_case){
        .old_value = outcome->values[A],
        /* What the pairs say of B; its own median is of other moments than theirs, and may contradict
           it. */
        .new_value =
            isnan(result.difference) ? outcome->values[B] : outcome->values[A] * exp(result.difference),
        .old_runs = outcome->runs,
        .new_runs = outcome->runs,
        .old_launches = outcome->paired.rounds.count,
        .new_launches = outcome->paired.rounds.count,
        .ratio = exp(result.difference),
        .interval = {exp(result.interval.low), exp(result.interval.high)},
        .p = result.p,
        .rank_p = result.p,
        .detectable = expm1(result.detectable),
        .verdict = verdict_from(outcome, options->metric),
    };
    describe(&one->identity, a, b);
    if (one->verdict == VERDICT_FAILED)
        one->why = mem_text(outcome->why ? outcome->why : failure ? failure : "a run failed");
}
