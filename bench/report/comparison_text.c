/* The words of a comparison. */
#include "report/comparison_text.h"

#include "base/text.h"
#include "records/param_text.h"
#include "report/result.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- cases ---- */

static const char *words(const char *text)
{
    return text != NULL ? text : "";
}

int case_put_work(FILE *out, const struct record *identity)
{
    const char *at = identity->params;
    struct param_text param;
    fprintf(out, "%s", words(identity->workload));
    while (param_text_next(&at, &param)) {
        if (param.value_length > 0)
            fprintf(out, " %.*s", (int)param.word_length, param.word);
    }
    return ferror(out) ? -EIO : 0;
}

void case_put_with(FILE *out, const struct record *identity)
{
    fprintf(out, "%s", words(identity->executor_params));
}

/* Other places than those that are the default. */
static bool has_places(const struct record *identity)
{
    return identity->places && strcmp(identity->places, "cores") != 0;
}

void case_put_way(FILE *out, const struct record *identity, const struct case_naming *naming)
{
    fprintf(out, "%s", words(identity->executor));
    if (naming->with && identity->executor_params) {
        fputc(' ', out);
        case_put_with(out, identity);
    }
    if (identity->workers != RECORD_NO_COUNT)
        fprintf(out, ", %" PRId64 " worker%s", identity->workers, identity->workers == 1 ? "" : "s");
    if (naming->inflight && identity->inflight != RECORD_NO_COUNT)
        fprintf(out, ", %" PRId64 " in flight", identity->inflight);
    if (naming->pin && identity->pin != NULL)
        fprintf(out, ", pin %s%s%s", identity->pin, has_places(identity) ? " " : "",
                has_places(identity) ? identity->places : "");
    if (naming->schedule && identity->schedule != NULL)
        fprintf(out, ", %s", identity->schedule);
    if (naming->grain && identity->grain != RECORD_NO_COUNT)
        fprintf(out, ", grain %" PRId64, identity->grain);
}

char *case_name(const struct record *identity, const struct case_naming *naming)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return NULL;
    case_put_work(out, identity);
    fprintf(out, " under ");
    case_put_way(out, identity, naming);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text_make_visible(text);
}

/* Against the case named before, of the same work and executor. */
static void tell_apart(struct case_naming *naming, const struct record *one, const struct record *before)
{
    naming->inflight = naming->inflight || one->inflight > 1;
    if (before == NULL)
        return;
    naming->pin =
        naming->pin || !same_text(one->pin, before->pin) || !same_text(one->places, before->places);
    naming->schedule = naming->schedule || !same_text(one->schedule, before->schedule);
    if (!same_text(one->executor, before->executor) || !same_text(one->workload, before->workload))
        return;
    naming->with = naming->with || !same_text(one->executor_params, before->executor_params);
    naming->grain = naming->grain || (one->workers == before->workers && one->grain != before->grain);
}

struct case_naming naming_of(const struct comparison *comparison)
{
    struct case_naming naming = {0};
    const struct record *before = NULL;

    for (size_t i = 0; i < comparison->size; before = &comparison->cases[i++].identity)
        tell_apart(&naming, &comparison->cases[i].identity, before);
    for (size_t i = 0; i < comparison->only_old_size; before = &comparison->only_old[i++])
        tell_apart(&naming, &comparison->only_old[i], before);
    for (size_t i = 0; i < comparison->only_new_size; before = &comparison->only_new[i++])
        tell_apart(&naming, &comparison->only_new[i], before);
    return naming;
}

struct case_naming naming_of_unmatched(const struct comparison *comparison)
{
    if (comparison->only_old_size > 0 && comparison->only_new_size > 0)
        return (struct case_naming){true, true, true, true, true};
    return naming_of(comparison);
}

/* ---- numbers ---- */

const char *text_value(char *text, const struct comparison *comparison, const struct compared_case *one,
                       double value)
{
    const char *unit = comparison->metric->unit;

    if (strcmp(unit, "s") == 0)
        return units_seconds(text, value);
    if (strcmp(unit, "/s") == 0)
        return units_rate(text, value, one->identity.work_unit);
    return units_amount(text, value, unit[0] != '\0' ? unit : NULL);
}

/* Digits after the point that a change needs. */
static int digits_of(double change)
{
    return fabs(change) < 0.00995 ? 2 : fabs(change) < 0.0995 ? 1 : 0;
}

const char *text_change(char *text, double ratio)
{
    if (!isfinite(ratio))
        return strcpy(text, "-");
    snprintf(text, UNITS_TEXT, "%+.*f %%", digits_of(ratio - 1), 100 * (ratio - 1));
    return text;
}

const char *text_interval(char *text, const struct interval *interval)
{
    double low = interval->low - 1, high = interval->high - 1;
    double largest = fmax(fabs(low), fabs(high));
    int digits = largest < 0.00995 ? 2 : high - low < 0.095 ? 1 : digits_of(largest);

    if (!interval_known(*interval))
        return strcpy(text, "-");
    snprintf(text, UNITS_TEXT, "%+.*f .. %+.*f %%", digits, 100 * low, digits, 100 * high);
    return text;
}

const char *text_old_word(const struct comparison *comparison)
{
    return comparison->old_word != NULL ? comparison->old_word : "old";
}

const char *text_new_word(const struct comparison *comparison)
{
    return comparison->new_word != NULL ? comparison->new_word : "new";
}

/* ---- sentences ---- */

static char *finish(struct text *text)
{
    if (text->failed || text->text == NULL) {
        free(text->text);
        return NULL;
    }
    return text_make_visible(text->text);
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
    return finish(&text);
}

char *comparison_finding(const struct comparison *comparison, const struct compared_case *one)
{
    char old_value[UNITS_TEXT], new_value[UNITS_TEXT], change[UNITS_TEXT], interval[UNITS_TEXT];
    struct text text = {0};

    text_add(&text, "%s: ", verdict_word(one->verdict, comparison->metric));
    if (one->verdict == VERDICT_FAILED) {
        text_add(&text, "%s", words(one->why));
        return finish(&text);
    }
    text_add(&text, "%s %s -> %s, %s (%s)", comparison->metric->name,
             text_value(old_value, comparison, one, one->old_value),
             text_value(new_value, comparison, one, one->new_value), text_change(change, one->ratio),
             text_interval(interval, &one->interval));
    if (one->why != NULL)
        text_add(&text, "; %s", one->why);
    if (one->note != NULL)
        text_add(&text, "; note: %s", one->note);
    return finish(&text);
}

int comparison_flush(FILE *out, struct bench_error *err)
{
    int failed = 0;

    if (fflush(out) != 0 || ferror(out))
        failed = errno != 0 ? -errno : -EIO;
    return failed ? bench_error_set(err, failed, "cannot print the comparison: %s", strerror(-failed))
                  : 0;
}

int comparison_no_memory(struct bench_error *err)
{
    return bench_error_set(err, -ENOMEM, "cannot print the comparison: %s", strerror(ENOMEM));
}
