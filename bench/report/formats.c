/* The table of formats, and what is said of it. */
#include "report/formats.h"

#include "base/text.h"
#include "report/advice_page.h"
#include "report/comparison_page.h"
#include "report/history_page.h"
#include "report/results_page.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct format formats[] = {
#define FORMAT_EVERY(name, readers, help) \
    {#name, help, readers, name##_results, name##_comparison, name##_advice, name##_history},
#define FORMAT_RESULTS(name, readers, help) {#name, help, readers, name##_results, NULL, NULL, NULL},
#define FORMAT_COMPARISON(name, readers, help) \
    {#name, help, readers, NULL, name##_comparison, NULL, NULL},
#define FORMAT_JUDGED(name, readers, help) \
    {#name, help, readers, NULL, name##_comparison, NULL, name##_history},
#define FORMAT_ROWS(name, readers, help) {#name, help, readers, NULL, NULL, NULL, NULL},
#include "report/formats.def"
};
enum { FORMATS = sizeof formats / sizeof *formats };

static bool is_for(const struct format *format, enum format_subject subject)
{
    if (subject == FORMAT_OF_COMPARISON)
        return format->comparison;
    if (subject == FORMAT_OF_ADVICE)
        return format->advice;
    if (subject == FORMAT_OF_HISTORY)
        return format->history;
    return format->results || format->readers == FORMAT_OF_ROWS ||
           format->readers == FORMAT_OF_HISTOGRAMS;
}

/* Those of a subject; returns how many. */
static size_t choose(enum format_subject subject, const struct format **chosen)
{
    size_t count = 0;
    for (size_t i = 0; i < FORMATS; i++) {
        if (is_for(&formats[i], subject))
            chosen[count++] = &formats[i];
    }
    return count;
}

/* "table, markdown, json, junit or github". For free(). */
static char *join_names(const struct format **chosen, size_t count)
{
    struct text text = {0};
    for (size_t i = 0; i < count; i++)
        text_add(&text, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", chosen[i]->name);
    return text.text;
}

static void refuse(const char *name, enum format_subject subject, struct bench_error *err)
{
    const struct format *chosen[FORMATS];
    const char *names[FORMATS];
    size_t count = choose(subject, chosen);
    char *all = join_names(chosen, count);
    for (size_t i = 0; i < count; i++)
        names[i] = chosen[i]->name;
    const char *nearest = text_nearest(name, names, count);
    enum format_subject other = subject == FORMAT_OF_RESULTS ? FORMAT_OF_COMPARISON : FORMAT_OF_RESULTS;
    const char *elsewhere = !format_find(name, other, NULL) ? ""
                            : other == FORMAT_OF_COMPARISON
                                ? "; that is a format of comparisons: bench compare, or --baseline FILE"
                                : "; that is a format of results: -o FILE, and bench report";
    bench_error_set(err, -EINVAL, "--format: '%s' must be %s%s%s%s%s", name, all, elsewhere,
                    nearest && !*elsewhere ? "; did you mean '" : "",
                    nearest && !*elsewhere ? nearest : "", nearest && !*elsewhere ? "'?" : "");
    free(all);
}

const struct format *format_find(const char *name, enum format_subject subject, struct bench_error *err)
{
    for (size_t i = 0; i < FORMATS; i++) {
        if (strcmp(formats[i].name, name) == 0 && is_for(&formats[i], subject))
            return &formats[i];
    }
    if (err)
        refuse(name, subject, err);
    return NULL;
}

void format_ask(const struct format *format, struct cases *cases)
{
    cases->is_for_people = true;
    cases->is_with_rows = format->results == json_results;
    results_ask(cases);
    if (format->results == hyperfine_results) {
        cases_ask(cases, COLUMN_user_s);
        cases_ask(cases, COLUMN_sys_s);
    }
    if (format->results == otava_results || format->results == openmetrics_results)
        cases_ask(cases, COLUMN_time_utc);
    if (format->results == html_results)
        results_ask_pictures(cases);
}

bool format_leaves_out(const struct format *format, const struct case_result *result)
{
    if (strcmp(result->status, "ok") != 0)
        return format->readers == FORMAT_OF_GOOD;
    return (format->readers == FORMAT_OF_MEASURED || format->readers == FORMAT_OF_GOOD) &&
           !result_has_numbers(result);
}

static void print_lines(FILE *out, enum format_subject subject)
{
    const struct format *chosen[FORMATS];
    size_t count = choose(subject, chosen);
    fprintf(out, "\nFormats:\n");
    for (size_t i = 0; i < count; i++)
        fprintf(out, "  %-11s  %s\n", chosen[i]->name, chosen[i]->help);
}

void format_print_of_results(FILE *out)
{
    print_lines(out, FORMAT_OF_RESULTS);
}

void format_print_of_comparisons(FILE *out)
{
    print_lines(out, FORMAT_OF_COMPARISON);
}

void format_print_of_history(FILE *out)
{
    print_lines(out, FORMAT_OF_HISTORY);
}

static const char *word_of(enum format_subject subject, size_t index)
{
    const struct format *chosen[FORMATS];
    return index < choose(subject, chosen) ? chosen[index]->name : NULL;
}

const char *format_word_of_results(size_t index)
{
    return word_of(FORMAT_OF_RESULTS, index);
}

const char *format_word_of_comparisons(size_t index)
{
    return word_of(FORMAT_OF_COMPARISON, index);
}

const char *format_word_of_advice(size_t index)
{
    return word_of(FORMAT_OF_ADVICE, index);
}

const char *format_word_of_history(size_t index)
{
    return word_of(FORMAT_OF_HISTORY, index);
}

const struct format *format_chosen(enum format_subject subject, unsigned choice)
{
    const struct format *chosen[FORMATS];
    choose(subject, chosen);
    return chosen[choice > 0 ? choice - 1 : 0];
}

/* ---- those that are a page each ---- */

int table_results(struct page *page, const struct results *results, struct bench_error *err)
{
    page->style = PAGE_TEXT;
    return results_page(page, results, err);
}

int table_comparison(struct page *page, const struct comparison *comparison, struct bench_error *err)
{
    page->style = PAGE_TEXT;
    return comparison_page(page, comparison, err);
}

int markdown_results(struct page *page, const struct results *results, struct bench_error *err)
{
    page->style = PAGE_MARKDOWN;
    return results_page(page, results, err);
}

int markdown_comparison(struct page *page, const struct comparison *comparison, struct bench_error *err)
{
    page->style = PAGE_MARKDOWN;
    return comparison_page(page, comparison, err);
}

int table_advice(struct page *page, const struct advice *advice, struct bench_error *err)
{
    page->style = PAGE_TEXT;
    return advice_page(page, advice, err);
}

int markdown_advice(struct page *page, const struct advice *advice, struct bench_error *err)
{
    page->style = PAGE_MARKDOWN;
    return advice_page(page, advice, err);
}

int table_history(struct page *page, const struct history *history, struct bench_error *err)
{
    page->style = PAGE_TEXT;
    return history_page(page, history, err);
}

int markdown_history(struct page *page, const struct history *history, struct bench_error *err)
{
    page->style = PAGE_MARKDOWN;
    return history_page(page, history, err);
}
