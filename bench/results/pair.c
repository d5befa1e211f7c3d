/* From a paired comparison to one case of a comparison. */
#include "results/pair.h"

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

void pair_describe(struct record *common, const struct record *a, const struct record *b)
{
    static const enum column texts[] = {COLUMN_workload, COLUMN_executor, COLUMN_pin, COLUMN_places,
                                        COLUMN_schedule};
    static const enum column counts[] = {COLUMN_workers, COLUMN_inflight};
    record_init(common);
    char *params = common_words(a->params ? a->params : "", b->params ? b->params : "");
    record_set_text(common, COLUMN_params, params);
    free(params);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (same_text(record_text(a, texts[i]), record_text(b, texts[i])))
            record_set_text(common, texts[i], record_text(a, texts[i]));
    }
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (record_count(a, counts[i]) == record_count(b, counts[i]))
            record_set_count(common, counts[i], record_count(a, counts[i]));
    }
}

static enum verdict verdict_from(const struct paired *paired, const struct metric *metric)
{
    if (paired->state == PAIRED_SAME)
        return VERDICT_SAME;
    if (paired->state != PAIRED_DIFFERENT)
        return VERDICT_INCONCLUSIVE;
    return (paired->direction > 0) == metric->more_is_better ? VERDICT_BETTER : VERDICT_WORSE;
}

void pair_judge(struct compared_case *one, const struct paired *paired, const double values[2],
                size_t runs, const struct metric *metric)
{
    struct paired_result result = paired_result(paired);
    one->old_value = values[A];
    /* What the pairs say of B; its own median is of other moments than theirs, and may contradict it. */
    one->new_value = isnan(result.difference) ? values[B] : values[A] * exp(result.difference);
    one->old_runs = one->new_runs = runs;
    one->old_launches = one->new_launches = paired->rounds.count;
    one->ratio = exp(result.difference);
    one->interval = (struct interval){exp(result.interval.low), exp(result.interval.high)};
    one->p = one->rank_p = result.p;
    one->detectable = expm1(result.detectable);
    one->verdict = verdict_from(paired, metric);
    for (size_t i = 0; i < paired->rounds.count; i++)
        values_add(&one->rounds, exp(paired->rounds.list[i]));
}
