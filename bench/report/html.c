/* Results, comparisons, advice and histories as one self-contained page with pictures, --format html. */
#include "report/advice_json.h"
#include "report/advice_page.h"
#include "report/comparison_json.h"
#include "report/comparison_page.h"
#include "report/comparison_text.h"
#include "report/formats.h"
#include "report/history_page.h"
#include "report/html_cases.h"
#include "report/html_file.h"
#include "report/html_history.h"
#include "report/html_timeline.h"
#include "report/json_values.h"
#include "report/results_page.h"
#include "report/warnings.h"

#include <math.h>
#include <stdlib.h>

static void add_warning(void *context, const char *text)
{
    json_add(context, json_of_text(text));
}

/* What makes the results less trustworthy: of the files, of their rows, and of all together. */
static json_t *warnings_array(const struct results *results)
{
    json_t *warnings = json_array();
    struct warning_facts unknown = {
        .quota_cpus = NAN, .throttled_s = NAN, .others_cpus = NAN, .governor = ""};
    if (results->size == 0)
        return warnings;
    const struct cases *cases = results->cases[0].cases;
    for (size_t i = 0; i < cases->notes_size; i++)
        add_warning(warnings, cases->notes[i]);
    for (size_t i = 0; i < cases->row_notes.size; i++) {
        if (cases->row_notes.texts[i][0])
            add_warning(warnings, cases->row_notes.texts[i]);
    }
    warnings_tell(results, &unknown, add_warning, warnings);
    return warnings;
}

int html_results(struct page *page, const struct results *results, struct bench_error *err)
{
    struct page blocks = html_blocks(page);
    int rc = results_page(&blocks, results, err);
    json_t *data = html_cases(results, page->defaults);
    json_put(data, "warnings", warnings_array(results));
    if (page->timeline)
        json_put(data, "timeline", html_timeline(page->timeline));
    int written = html_write(page, "results", data, blocks.blocks, err);
    return rc < 0 ? rc : written;
}

/* ---- comparisons ---- */

static json_t *values_array(const struct values *values)
{
    json_t *array = json_array();
    for (size_t i = 0; i < values->count; i++)
        json_add(array, json_of_real(values->list[i]));
    return array;
}

/* What is drawn of each besides what all JSON has: its name, and what is behind its ratio. */
static void add_drawn(json_t *cases, const struct comparison *comparison,
                      const struct case_defaults *defaults)
{
    struct case_naming naming;
    bool is_one_workload = true;
    comparison_naming(&naming, comparison, defaults);
    case_naming_keep_varying(&naming);
    for (size_t i = 1; i < comparison->size; i++)
        is_one_workload = is_one_workload && same_text(comparison->cases[i].identity.workload,
                                                       comparison->cases[0].identity.workload);
    for (size_t i = 0; i < comparison->size; i++) {
        const struct compared_case *one = &comparison->cases[i];
        json_t *object = json_array_get(cases, i);
        char *name = is_one_workload ? case_name_row(&one->identity, &naming)
                                     : case_name(&one->identity, &naming);
        char text[UNITS_TEXT];
        json_put(object, "name", json_of_text(name));
        json_put(object, "old_text",
                 json_of_text(comparison_value(text, comparison, one, one->old_value)));
        json_put(object, "new_text",
                 json_of_text(comparison_value(text, comparison, one, one->new_value)));
        json_put(object, "rounds", values_array(&one->rounds));
        json_put(object, "old_medians", values_array(&one->old_medians));
        json_put(object, "new_medians", values_array(&one->new_medians));
        free(name);
    }
    case_naming_free(&naming);
}

int html_comparison(struct page *page, const struct comparison *comparison, struct bench_error *err)
{
    struct page blocks = html_blocks(page);
    int rc = comparison_page(&blocks, comparison, err);
    json_t *data = json_of_comparison(comparison);
    add_drawn(json_object_get(data, "cases"), comparison, page->defaults);
    json_put(data, "old_word", json_of_text(comparison_old_word(comparison)));
    json_put(data, "new_word", json_of_text(comparison_new_word(comparison)));
    json_put(data, "is_paired", json_boolean(comparison->is_paired));
    int written = html_write(page, "comparison", data, blocks.blocks, err);
    return rc < 0 ? rc : written;
}

/* ---- advice ---- */

int html_advice(struct page *page, const struct advice *advice, struct bench_error *err)
{
    struct page blocks = html_blocks(page);
    int rc = advice_page(&blocks, advice, err);
    int written = html_write(page, "advice", json_of_advice(advice), blocks.blocks, err);
    return rc < 0 ? rc : written;
}

/* ---- histories ---- */

int html_history(struct page *page, const struct history *history, struct bench_error *err)
{
    struct page blocks = html_blocks(page);
    int rc = history_page(&blocks, history, err);
    json_t *data = html_history_data(history, page->defaults);
    int written = html_write(page, "history", data, blocks.blocks, err);
    return rc < 0 ? rc : written;
}
