/* A comparison as tables for people, one for each work. */
#include "base/text.h"
#include "report/comparison_print.h"
#include "report/comparison_text.h"
#include "report/result.h"
#include "report/wrap.h"

#include <errno.h>
#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CELL_BYTES 256

/* What is printed, and the cases in one table of it. */
struct page {
    FILE *out;
    const struct comparison *comparison;
    size_t width;
    const struct compared_case *cases;
    size_t size;
    struct case_naming naming; /* which columns there are */
};

struct page_column {
    const char *heading; /* NULL: old or new, as `put` says */
    void (*put)(const struct page *page, const struct compared_case *one, char *cell);
    bool is_text; /* aligned left */
};

static void put_executor(const struct page *page, const struct compared_case *one, char *cell)
{
    (void)page;
    snprintf(cell, CELL_BYTES, "%s", one->identity.executor != NULL ? one->identity.executor : "");
}

static void put_with(const struct page *page, const struct compared_case *one, char *cell)
{
    FILE *out = fmemopen(cell, CELL_BYTES, "w");

    (void)page;
    if (out == NULL)
        return;
    setvbuf(out, NULL, _IONBF, 0);
    case_put_with(out, &one->identity);
    fclose(out);
    cell[CELL_BYTES - 1] = '\0';
}

static void put_count(char *cell, int64_t count)
{
    if (count != RECORD_NO_COUNT)
        snprintf(cell, CELL_BYTES, "%" PRId64, count);
}

static void put_workers(const struct page *page, const struct compared_case *one, char *cell)
{
    (void)page;
    put_count(cell, one->identity.workers);
}

static void put_inflight(const struct page *page, const struct compared_case *one, char *cell)
{
    (void)page;
    put_count(cell, one->identity.inflight);
}

static void put_pin(const struct page *page, const struct compared_case *one, char *cell)
{
    (void)page;
    snprintf(cell, CELL_BYTES, "%s", one->identity.pin != NULL ? one->identity.pin : "");
}

static void put_schedule(const struct page *page, const struct compared_case *one, char *cell)
{
    (void)page;
    snprintf(cell, CELL_BYTES, "%s", one->identity.schedule != NULL ? one->identity.schedule : "");
}

static void put_grain(const struct page *page, const struct compared_case *one, char *cell)
{
    (void)page;
    put_count(cell, one->identity.grain);
}

static void put_old(const struct page *page, const struct compared_case *one, char *cell)
{
    text_value(cell, page->comparison, one, one->old_value);
}

static void put_new(const struct page *page, const struct compared_case *one, char *cell)
{
    text_value(cell, page->comparison, one, one->new_value);
}

static void put_change(const struct page *page, const struct compared_case *one, char *cell)
{
    (void)page;
    text_change(cell, one->ratio);
}

static void put_interval(const struct page *page, const struct compared_case *one, char *cell)
{
    (void)page;
    text_interval(cell, &one->interval);
}

static void put_seen(const struct page *page, const struct compared_case *one, char *cell)
{
    (void)page;
    units_percent(cell, one->detectable);
}

static void put_verdict(const struct page *page, const struct compared_case *one, char *cell)
{
    snprintf(cell, CELL_BYTES, "%s", verdict_word(one->verdict, page->comparison->metric));
}

static const struct page_column page_columns[] = {
    {"executor", put_executor, true},
    {"with", put_with, true},
    {"workers", put_workers, false},
    {"inflight", put_inflight, false},
    {"pin", put_pin, true},
    {"schedule", put_schedule, true},
    {"grain", put_grain, false},
    {NULL, put_old, false},
    {NULL, put_new, false},
    {"change", put_change, false},
    {"interval", put_interval, false},
    {"seen", put_seen, false},
    {"verdict", put_verdict, true},
};
enum { COLUMNS_SIZE = sizeof page_columns / sizeof *page_columns };

static bool is_shown(const struct case_naming *naming, const struct page_column *column)
{
    return column->put == put_with       ? naming->with
           : column->put == put_inflight ? naming->inflight
           : column->put == put_pin      ? naming->pin
           : column->put == put_schedule ? naming->schedule
           : column->put == put_grain    ? naming->grain
                                         : true;
}

static const char *heading_of(const struct page *page, const struct page_column *column)
{
    return column->heading != NULL  ? column->heading
           : column->put == put_old ? text_old_word(page->comparison)
                                    : text_new_word(page->comparison);
}

static int fill(const struct page *page, struct libscols_table *table)
{
    bool shown[COLUMNS_SIZE];

    for (size_t i = 0; i < COLUMNS_SIZE; i++) {
        shown[i] = is_shown(&page->naming, &page_columns[i]);
        if (shown[i] && scols_table_new_column(table, heading_of(page, &page_columns[i]), 0,
                                               page_columns[i].is_text ? 0 : SCOLS_FL_RIGHT) == NULL)
            return -ENOMEM;
    }
    for (size_t i = 0; i < page->size; i++) {
        struct libscols_line *line = scols_table_new_line(table, NULL);
        size_t at = 0;

        for (size_t j = 0; j < COLUMNS_SIZE; j++) {
            char cell[CELL_BYTES] = "";

            if (!shown[j])
                continue;
            page_columns[j].put(page, &page->cases[i], cell);
            if (line == NULL || scols_line_set_data(line, at++, text_make_visible(cell)) != 0)
                return -ENOMEM;
        }
    }
    return 0;
}

/* The lines without the blanks that fill up their last cells, to `out` unless it is NULL. Returns the
 * length of the longest. */
static size_t put_trimmed(FILE *out, const char *text)
{
    size_t longest = 0;

    while (*text != '\0') {
        size_t line = strcspn(text, "\n"), length = line;

        while (length > 0 && text[length - 1] == ' ')
            length--;
        longest = length > longest ? length : longest;
        if (out != NULL)
            fprintf(out, "%.*s\n", (int)length, text);
        text += line + (text[line] == '\n');
    }
    return longest;
}

static int put_table(const struct page *page, struct libscols_table *table, const char *separator,
                     bool must_fit, bool *fits)
{
    char *text = NULL;

    if (scols_table_set_column_separator(table, separator) != 0 ||
        scols_print_table_to_string(table, &text) != 0)
        return -ENOMEM;
    *fits = !must_fit || page->width == 0 || put_trimmed(NULL, text) <= page->width;
    if (*fits)
        put_trimmed(page->out, text);
    free(text);
    return 0;
}

/* Set closer where it would not fit otherwise. */
static int print_cases(const struct page *page)
{
    struct libscols_table *table = scols_new_table();
    bool fits = false;
    int failed = table != NULL ? fill(page, table) : -ENOMEM;

    if (!failed)
        failed = scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
    if (!failed)
        failed = put_table(page, table, "  ", true, &fits);
    if (!failed && !fits)
        failed = put_table(page, table, " ", false, &fits);
    scols_unref_table(table);
    return failed;
}

static bool same_work(const struct record *a, const struct record *b)
{
    return same_text(a->workload, b->workload) && same_text(a->params, b->params);
}

static int print_wrapped(const struct page *page, char *text)
{
    if (text == NULL)
        return -ENOMEM;
    wrap_print(page->out, text, page->width, 2);
    free(text);
    return 0;
}

static int print_heading(const struct page *page)
{
    char *text = NULL;
    size_t size;
    FILE *heading = open_memstream(&text, &size);

    if (heading == NULL)
        return -ENOMEM;
    case_put_work(heading, &page->cases[0].identity);
    return fclose(heading) == 0 ? print_wrapped(page, text) : -ENOMEM;
}

/* "omp, 2 workers: failed: ..." */
static int print_remark(const struct page *page, const struct compared_case *one, const char *what,
                        const char *text)
{
    char *line = NULL;
    size_t size;
    FILE *stream = open_memstream(&line, &size);

    if (stream == NULL)
        return -ENOMEM;
    case_put_way(stream, &one->identity, &page->naming);
    fprintf(stream, ": %s: %s", what, text);
    return fclose(stream) == 0 ? print_wrapped(page, line) : -ENOMEM;
}

/* Why some failed, and what is said of some. */
static int print_remarks(const struct page *page)
{
    int failed = 0;

    for (size_t i = 0; i < page->size && !failed; i++) {
        const struct compared_case *one = &page->cases[i];

        if (one->verdict == VERDICT_FAILED)
            failed = print_remark(page, one, "failed", one->why != NULL ? one->why : "");
        if (!failed && one->note != NULL)
            failed = print_remark(page, one, "note", one->note);
    }
    return failed;
}

/* Each reason once. */
static void print_doubts(const struct page *page)
{
    const struct comparison *comparison = page->comparison;
    const char *said[8]; /* there are not so many; what is beyond is said again */
    size_t said_size = 0;

    for (size_t i = 0; i < comparison->size; i++) {
        const char *why = comparison->cases[i].why;
        size_t j = 0;

        if (comparison->cases[i].verdict != VERDICT_INCONCLUSIVE || why == NULL)
            continue;
        while (j < said_size && strcmp(said[j], why) != 0)
            j++;
        if (j < said_size)
            continue;
        if (said_size < sizeof said / sizeof *said)
            said[said_size++] = why;
        fprintf(page->out, "inconclusive: ");
        wrap_print(page->out, why, page->width > 14 ? page->width - 14 : 0, 2);
    }
}

static int print_only(const struct page *page, const struct record *list, size_t size, const char *name)
{
    struct case_naming naming = naming_of_unmatched(page->comparison);
    int failed = 0;

    for (size_t i = 0; i < size && !failed; i++) {
        struct text text = {0};
        char *one = case_name(&list[i], &naming);

        text_add(&text, "only in %s: %s", name, one != NULL ? one : "");
        failed = one == NULL || text.failed ? -ENOMEM : print_wrapped(page, text.text);
        free(one);
    }
    return failed;
}

static int print_end(const struct page *page)
{
    const struct comparison *comparison = page->comparison;
    struct text legend = {0};
    int failed = print_only(page, comparison->only_old, comparison->only_old_size, comparison->old_name);

    if (!failed)
        failed = print_only(page, comparison->only_new, comparison->only_new_size, comparison->new_name);
    if (failed)
        return failed;
    print_doubts(page);
    for (size_t i = 0; i < comparison->notes_size && !failed; i++) {
        struct text note = {0};

        text_add(&note, "note: %s", comparison->notes[i]);
        failed = note.failed ? -ENOMEM : print_wrapped(page, note.text);
    }
    text_add(&legend,
             "change: of the median; interval: of the change, %.4g %% sure%s; seen: the smallest change "
             "that would be seen nine times in ten; same: within %.3g %%",
             100 * comparison->confidence, comparison->size > 1 ? " for all cases together" : "",
             100 * comparison->threshold);
    if (!failed && comparison->size > 0)
        failed = legend.failed ? -ENOMEM : print_wrapped(page, strdup(legend.text));
    free(legend.text);
    return failed ? failed : print_wrapped(page, comparison_summary(comparison));
}

/* "wall (time of a run, s): old: main.csv; new: pr.csv" */
static int print_title(const struct page *page)
{
    const struct comparison *comparison = page->comparison;
    struct text text = {0};

    text_add(&text, "%s (%s): %s is %s, %s is %s", comparison->metric->name, comparison->metric->summary,
             text_old_word(comparison), comparison->old_name, text_new_word(comparison),
             comparison->new_name);
    return text.failed ? -ENOMEM : print_wrapped(page, text.text);
}

int comparison_print_table(FILE *out, const struct comparison *comparison, size_t width,
                           struct bench_error *err)
{
    struct page page = {.out = out,
                        .comparison = comparison,
                        .width = width,
                        .cases = comparison->cases,
                        .naming = naming_of(comparison)};
    const struct compared_case *end = comparison->cases + comparison->size;
    int failed;

    errno = 0;
    failed = print_title(&page);
    for (; page.cases < end && !failed; page.cases += page.size) {
        for (page.size = 1; page.cases + page.size < end &&
                            same_work(&page.cases[0].identity, &page.cases[page.size].identity);)
            page.size++;
        fputc('\n', out);
        failed = print_heading(&page);
        if (!failed)
            failed = print_cases(&page);
        if (!failed)
            failed = print_remarks(&page);
    }
    if (!failed) {
        fputc('\n', out);
        failed = print_end(&page);
    }
    return failed ? comparison_no_memory(err) : comparison_flush(out, err);
}
