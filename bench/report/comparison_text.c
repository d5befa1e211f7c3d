/* The words of a comparison. */
#include "report/comparison_text.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

void comparison_naming(struct case_naming *naming, const struct comparison *comparison,
                       const struct case_defaults *defaults)
{
    size_t size = comparison->size + comparison->only_old_size + comparison->only_new_size, n = 0;
    const struct record **identities = mem_zero(size + 1, sizeof *identities);
    for (size_t i = 0; i < comparison->size; i++)
        identities[n++] = &comparison->cases[i].identity;
    for (size_t i = 0; i < comparison->only_old_size; i++)
        identities[n++] = &comparison->only_old[i];
    for (size_t i = 0; i < comparison->only_new_size; i++)
        identities[n++] = &comparison->only_new[i];
    case_naming_make(naming, identities, n, defaults);
    free(identities);
}

void comparison_naming_unmatched(struct case_naming *naming, const struct comparison *comparison,
                                 const struct case_defaults *defaults)
{
    comparison_naming(naming, comparison, defaults);
    naming->has_all = comparison->only_old_size > 0 && comparison->only_new_size > 0;
}

const char *comparison_value(char *text, const struct comparison *comparison,
                             const struct compared_case *one, double value)
{
    return units_metric(text, value, comparison->metric->unit, one->identity.work_unit);
}

const char *comparison_old_word(const struct comparison *comparison)
{
    return comparison->old_word ? comparison->old_word : "old";
}

const char *comparison_new_word(const struct comparison *comparison)
{
    return comparison->new_word ? comparison->new_word : "new";
}

char *comparison_summary(const struct comparison *comparison)
{
    static const enum verdict order[] = {VERDICT_WORSE, VERDICT_FAILED, VERDICT_INCONCLUSIVE,
                                         VERDICT_BETTER, VERDICT_SAME};
    struct text text = {0};
    const char *separator = "";
    for (size_t i = 0; i < VERDICTS; i++) {
        size_t count = comparison_count(comparison, order[i]);
        if (count == 0)
            continue;
        text_add(&text, "%s%zu %s", separator, count, verdict_word(order[i], comparison->metric));
        separator = ", ";
    }
    if (comparison->size == 0) {
        text_add(&text, "nothing compared");
        separator = ", ";
    }
    if (comparison->only_old_size > 0) {
        text_add(&text, "%s%zu only in %s", separator, comparison->only_old_size, comparison->old_name);
        separator = ", ";
    }
    if (comparison->only_new_size > 0)
        text_add(&text, "%s%zu only in %s", separator, comparison->only_new_size, comparison->new_name);
    return text_make_visible(text.text);
}

char *comparison_finding(const struct comparison *comparison, const struct compared_case *one)
{
    char old_value[UNITS_TEXT], new_value[UNITS_TEXT], change[UNITS_TEXT], interval[UNITS_TEXT];
    struct text text = {0};
    text_add(&text, "%s: ", verdict_word(one->verdict, comparison->metric));
    if (one->verdict == VERDICT_FAILED) {
        text_add(&text, "%s", one->why ? one->why : "");
        return text_make_visible(text.text);
    }
    text_add(&text, "%s %s -> %s, %s (%s)", comparison->metric->name,
             comparison_value(old_value, comparison, one, one->old_value),
             comparison_value(new_value, comparison, one, one->new_value),
             units_change(change, one->ratio), units_change_interval(interval, &one->interval));
    if (one->why)
        text_add(&text, "; %s", one->why);
    if (one->note)
        text_add(&text, "; note: %s", one->note);
    return text_make_visible(text.text);
}
