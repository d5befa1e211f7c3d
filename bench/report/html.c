/* Results as one self-contained page with pictures, --format html. */
#include "report/formats.h"
#include "report/html_cases.h"
#include "report/html_file.h"
#include "report/json_values.h"
#include "report/results_page.h"
#include "report/warnings.h"

#include <math.h>

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
    int written = html_write(page, "results", data, blocks.blocks, err);
    return rc < 0 ? rc : written;
}
