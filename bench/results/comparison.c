/* What came of a comparison: its counts, words and notes. */
#include "results/comparison.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

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

void comparison_note(struct comparison *comparison, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *note = mem_vformat(format, args);
    va_end(args);
    text_make_visible(note);
    for (size_t i = 0; i < comparison->notes_size; i++) {
        if (strcmp(comparison->notes[i], note) == 0) {
            free(note);
            return;
        }
    }
    comparison->notes =
        mem_resize(comparison->notes, comparison->notes_size + 1, sizeof *comparison->notes);
    comparison->notes[comparison->notes_size++] = note;
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
        values_free(&comparison->cases[i].rounds);
        values_free(&comparison->cases[i].old_medians);
        values_free(&comparison->cases[i].new_medians);
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
