/* A comparison as people read it: a table for each workload, and what is to be said of it. */
#include "report/comparison_page.h"

#include "base/memory.h"
#include "report/case_columns.h"
#include "report/comparison_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The cases of one workload, which stand in one table. */
struct part {
    const struct compared_case **cases;
    size_t size;
    struct case_naming naming;
};

/* Those that have the workload of the case `first`, which is its first. */
static void part_make(struct part *part, const struct comparison *comparison, size_t first,
                      const struct case_defaults *defaults)
{
    const struct record **identities = mem_zero(comparison->size, sizeof *identities);
    *part = (struct part){.cases = mem_zero(comparison->size, sizeof *part->cases)};
    for (size_t i = first; i < comparison->size; i++) {
        const struct compared_case *one = &comparison->cases[i];
        if (!same_text(one->identity.workload, comparison->cases[first].identity.workload))
            continue;
        identities[part->size] = &one->identity;
        part->cases[part->size++] = one;
    }
    case_naming_make(&part->naming, identities, part->size, defaults);
    free(identities);
}

static void part_free(struct part *part)
{
    case_naming_free(&part->naming);
    free(part->cases);
}

/* The workload, and its parameters that are the same in all cases. */
static char *part_heading(const struct part *part)
{
    struct case_naming common = {0};
    char *heading;
    for (size_t i = 0; i < part->naming.size; i++) {
        if (part->naming.keys[i].varies)
            continue;
        common.keys = mem_grow(common.keys, common.size, &common.capacity, sizeof *common.keys);
        common.keys[common.size++] = part->naming.keys[i];
    }
    heading = case_name_work(&part->cases[0]->identity, &common);
    free(common.keys);
    return heading;
}

static void add_row(struct grid *grid, const struct comparison *comparison, const struct part *part,
                    const struct compared_case *one)
{
    char text[UNITS_TEXT];
    const char *verdict = verdict_word(one->verdict, comparison->metric);
    case_columns_fill(grid, &part->naming, &one->identity);
    grid_cell(grid, "%s", comparison_value(text, comparison, one, one->old_value));
    grid_cell(grid, "%s", comparison_value(text, comparison, one, one->new_value));
    grid_cell(grid, "%s", units_change(text, one->ratio));
    grid_cell(grid, "%s", units_change_interval(text, &one->interval));
    grid_cell(grid, "%s", units_percent(text, one->detectable));
    if (one->verdict == VERDICT_WORSE || one->verdict == VERDICT_FAILED)
        grid_loud_cell(grid, verdict);
    else
        grid_cell(grid, "%s", verdict);
}

static void put_table(struct page *page, const struct comparison *comparison, const struct part *part)
{
    struct grid grid = {0};
    case_columns_add(&grid, &part->naming);
    grid_column(&grid, comparison_old_word(comparison), GRID_NUMBER);
    grid_column(&grid, comparison_new_word(comparison), GRID_NUMBER);
    grid_column(&grid, "change", GRID_NUMBER);
    grid_column(&grid, "interval", GRID_NUMBER);
    grid_column(&grid, "seen", GRID_NUMBER);
    grid_column(&grid, "verdict", GRID_TEXT);
    for (size_t i = 0; i < part->size; i++)
        add_row(&grid, comparison, part, part->cases[i]);
    page_grid(page, &grid);
    grid_free(&grid);
}

/* Why some failed, and what is said of some. */
static void put_remarks(struct page *page, const struct part *part)
{
    for (size_t i = 0; i < part->size; i++) {
        const struct compared_case *one = part->cases[i];
        char *name = case_name_way(&one->identity, &part->naming);
        if (one->verdict == VERDICT_FAILED)
            page_item(page, "%s: failed: %s", name, one->why ? one->why : "");
        if (one->note)
            page_item(page, "%s: note: %s", name, one->note);
        free(name);
    }
}

static void put_parts(struct page *page, const struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->size; i++) {
        size_t j = 0;
        struct part part;
        while (
            !same_text(comparison->cases[j].identity.workload, comparison->cases[i].identity.workload))
            j++;
        if (j < i)
            continue;
        part_make(&part, comparison, i, page->with_details ? NULL : page->defaults);
        char *heading = part_heading(&part);
        page_gap(page);
        page_heading(page, "%s", heading);
        put_table(page, comparison, &part);
        put_remarks(page, &part);
        free(heading);
        part_free(&part);
    }
}

static void put_only(struct page *page, const struct record *list, size_t size, const char *name,
                     const struct case_naming *naming)
{
    for (size_t i = 0; i < size; i++) {
        char *one = case_name(&list[i], naming);
        page_item(page, "only in %s: %s", name, one);
        free(one);
    }
}

/* Each reason once, and for how many cases. */
static void put_doubts(struct page *page, const struct comparison *comparison)
{
    const struct compared_case *cases = comparison->cases;
    for (size_t i = 0; i < comparison->size; i++) {
        size_t alike = 0, before = 0;
        if (cases[i].verdict != VERDICT_INCONCLUSIVE || !cases[i].why)
            continue;
        for (size_t j = 0; j < comparison->size; j++) {
            bool is_alike = cases[j].verdict == VERDICT_INCONCLUSIVE && cases[j].why &&
                            strcmp(cases[j].why, cases[i].why) == 0;
            alike += is_alike;
            before += is_alike && j < i;
        }
        if (before > 0)
            continue;
        if (alike > 1)
            page_item(page, "inconclusive, %zu cases: %s", alike, cases[i].why);
        else
            page_item(page, "inconclusive: %s", cases[i].why);
    }
}

static void put_legend(struct page *page, const struct comparison *comparison)
{
    struct text promise = {0};
    if (comparison->false_alarm > 0)
        text_add(&promise,
                 "; at most one in %.0f such comparisons reports a difference where there is none",
                 1 / comparison->false_alarm);
    page_text(page,
              "change: %s; interval: of the change, %.4g %% sure%s%s; seen: the smallest change that "
              "would be found nine times in ten; same: within %.3g %%",
              comparison->is_paired ? "the median of pairs; B is A's median and that change"
                                    : "of the median",
              100 * comparison->confidence,
              comparison->size > 1 && !comparison->is_paired ? " for all cases together" : "",
              promise.text ? promise.text : "", 100 * comparison->threshold);
    free(promise.text);
}

int comparison_page(struct page *page, const struct comparison *comparison, struct bench_error *err)
{
    char *summary = comparison_summary(comparison);
    struct case_naming unmatched;
    errno = 0;
    if (page->style != PAGE_TEXT) /* it stands at the end of a terminal, at the beginning of a page */
        page_title(page, "bench: %s", summary);
    page_heading(page, "%s (%s): %s is %s, %s is %s", comparison->metric->name,
                 comparison->metric->summary, comparison_old_word(comparison), comparison->old_name,
                 comparison_new_word(comparison), comparison->new_name);
    put_parts(page, comparison);
    page_gap(page);
    comparison_naming_unmatched(&unmatched, comparison, page->defaults);
    put_only(page, comparison->only_old, comparison->only_old_size, comparison->old_name, &unmatched);
    put_only(page, comparison->only_new, comparison->only_new_size, comparison->new_name, &unmatched);
    case_naming_free(&unmatched);
    put_doubts(page, comparison);
    for (size_t i = 0; i < comparison->notes_size; i++)
        page_item(page, "note: %s", comparison->notes[i]);
    if (comparison->size > 0)
        put_legend(page, comparison);
    if (page->style == PAGE_TEXT)
        page_text(page, "%s", summary);
    free(summary);
    return page_end(page, "the comparison", err);
}
