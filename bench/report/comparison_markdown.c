/* A comparison as a table of GitHub Flavored Markdown (github.github.com/gfm, 4.10). */
#include "report/comparison_print.h"
#include "report/comparison_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What would begin a markup, a mention, a link or another cell is escaped (ibidem, 6.1). */
static void put(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n' || *text == '\r')
            fputc(' ', out);
        else if (*text == '<')
            fputs("&lt;", out);
        else if (*text == '&')
            fputs("&amp;", out);
        else if (*text == '@') /* a backslash would not keep it from being a mention */
            fputs("&#64;", out);
        else
            fprintf(out, "%s%c", strchr("\\`*_{}[]()#+!|~>", *text) != NULL ? "\\" : "", *text);
    }
}

/* Takes `text` and frees it. */
static int put_owned(FILE *out, char *text)
{
    if (text == NULL)
        return -ENOMEM;
    put(out, text);
    free(text);
    return 0;
}

static int put_case(FILE *out, const struct comparison *comparison, const struct compared_case *one,
                    const struct case_naming *naming)
{
    char text[UNITS_TEXT];
    const char *verdict = verdict_word(one->verdict, comparison->metric);
    bool is_loud = one->verdict == VERDICT_WORSE || one->verdict == VERDICT_FAILED;

    fprintf(out, "| ");
    if (put_owned(out, case_name(&one->identity, naming)) != 0)
        return -ENOMEM;
    fprintf(out, " | %s", text_value(text, comparison, one, one->old_value));
    fprintf(out, " | %s", text_value(text, comparison, one, one->new_value));
    fprintf(out, " | %s", text_change(text, one->ratio));
    fprintf(out, " | %s", text_interval(text, &one->interval));
    fprintf(out, " | %s", units_percent(text, one->detectable));
    fprintf(out, " | %s%s%s |\n", is_loud ? "**" : "", verdict, is_loud ? "**" : "");
    return 0;
}

/* What is said of a case below the table. */
static int put_remark(FILE *out, const struct comparison *comparison, const struct compared_case *one,
                      const struct case_naming *naming)
{
    if (one->verdict != VERDICT_FAILED && one->note == NULL)
        return 0;
    fprintf(out, "- ");
    if (put_owned(out, case_name(&one->identity, naming)) != 0)
        return -ENOMEM;
    fprintf(out, ": ");
    return put_owned(out, comparison_finding(comparison, one)) != 0 || fputc('\n', out) == EOF ? -ENOMEM
                                                                                               : 0;
}

static int put_only(FILE *out, const struct record *list, size_t size, const char *name,
                    const struct case_naming *naming)
{
    int failed = 0;

    for (size_t i = 0; i < size && !failed; i++) {
        fprintf(out, "- only in ");
        put(out, name);
        fprintf(out, ": ");
        failed = put_owned(out, case_name(&list[i], naming));
        fputc('\n', out);
    }
    return failed;
}

static int put_below(FILE *out, const struct comparison *comparison, const struct case_naming *naming)
{
    struct case_naming unmatched = naming_of_unmatched(comparison);
    int failed = 0;

    fputc('\n', out);
    for (size_t i = 0; i < comparison->size && !failed; i++)
        failed = put_remark(out, comparison, &comparison->cases[i], naming);
    if (!failed)
        failed = put_only(out, comparison->only_old, comparison->only_old_size, comparison->old_name,
                          &unmatched);
    if (!failed)
        failed = put_only(out, comparison->only_new, comparison->only_new_size, comparison->new_name,
                          &unmatched);
    for (size_t i = 0; i < comparison->notes_size; i++) {
        fprintf(out, "- note: ");
        put(out, comparison->notes[i]);
        fputc('\n', out);
    }
    return failed;
}

static int print(FILE *out, const struct comparison *comparison)
{
    struct case_naming naming = naming_of(comparison);
    int failed = 0;

    fprintf(out, "**bench: ");
    failed = put_owned(out, comparison_summary(comparison));
    fprintf(out, "** (%s of ", comparison->metric->name);
    put(out, comparison->new_name);
    fprintf(out, " against ");
    put(out, comparison->old_name);
    fprintf(out, "; same: within %.3g %%; confidence %.4g %%)\n\n", 100 * comparison->threshold,
            100 * comparison->confidence);
    if (comparison->size > 0)
        fprintf(out,
                "| case | %s | %s | change | interval | seen | verdict "
                "|\n|---|---:|---:|---:|---:|---:|---|\n",
                text_old_word(comparison), text_new_word(comparison));
    for (size_t i = 0; i < comparison->size && !failed; i++)
        failed = put_case(out, comparison, &comparison->cases[i], &naming);
    return failed ? failed : put_below(out, comparison, &naming);
}

int comparison_print_markdown(FILE *out, const struct comparison *comparison, struct bench_error *err)
{
    errno = 0;
    return print(out, comparison) != 0 ? comparison_no_memory(err) : comparison_flush(out, err);
}
