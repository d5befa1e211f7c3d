/* Results as people read them: tables, what they say in words, and what their columns mean. */
#include "report/results_page.h"

#include "report/group.h"
#include "report/results_legend.h"
#include "report/results_table.h"
#include "report/scaling_page.h"
#include "results/speedup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SENTENCES_MAX = 8 };

static void put_remarks(struct page *page, const struct group *group, size_t i)
{
    const struct case_result *result = group->cases[i];
    char *name = case_name_way(group->identities[i], &group->naming);
    if (strcmp(result->status, "ok") != 0)
        page_item(page, "%s: %s%s%s", name, result->status, result->error ? ": " : "",
                  result->error ? result->error : "");
    free(name);
}

/* Why figures are marked, each once. */
static void put_marks(struct page *page, const struct group *group)
{
    bool too_efficient = false, too_busy = false, overloaded = false;
    for (size_t i = 0; i < group->size; i++) {
        too_efficient = too_efficient || result_is_too_efficient(group->cases[i]);
        too_busy = too_busy || result_is_too_busy(group->cases[i]);
        overloaded = overloaded || result_is_overloaded(group->cases[i]);
    }
    if (too_efficient)
        page_item(page, "!: more than the workers alone can explain: the reference was disturbed, or a "
                        "worker's share of the data fits into a cache that the whole does not");
    if (overloaded)
        page_item(page, ">: overloaded: fewer tasks were done than arrived, so that the backlog and the "
                        "latencies would go on growing");
    if (too_busy)
        page_item(page, "!: more CPU time than the machine has: the runs are too short to measure it");
}

/* For each work of the group, while there are few; then the column of speedups has to do. */
static void put_sentences(struct page *page, const struct group *group)
{
    bool is_one = group->works == 1 || group->works == group->size;
    if (group->size < 2 || (!is_one && group->works > SENTENCES_MAX))
        return;
    for (size_t i = 0; i < group->size; i++) {
        size_t j = 0;
        while (!result_same_work(group->cases[j], group->cases[i]))
            j++;
        char *sentence = j == i ? group_sentence(group, group->cases[i]->work_number) : NULL;
        if (sentence)
            page_item(page, "%s", sentence);
        free(sentence);
        if (is_one)
            return;
    }
}

static void put_group(struct page *page, const struct results *results, size_t first, unsigned parts,
                      const struct scalings *scalings)
{
    struct group group;
    group_make(&group, results, first, page->with_details ? NULL : page->defaults);
    char *heading = group_heading(&group, parts);
    page_heading(page, "%s", heading);
    results_table(page, &group);
    for (size_t i = 0; i < group.size; i++)
        put_remarks(page, &group, i);
    put_marks(page, &group);
    put_sentences(page, &group);
    scaling_page(page, scalings, group.identities[0], &group.naming);
    page_gap(page);
    free(heading);
    group_free(&group);
}

int results_page(struct page *page, const struct results *results, struct bench_error *err)
{
    unsigned parts = results_parts(results);
    struct scalings scalings;
    scalings_of(&scalings, results);
    errno = 0;
    for (size_t i = 0; i < results->size; i++) {
        const char *workload = results->cases[i].identity->workload;
        size_t j = 0;
        while (strcmp(results->cases[j].identity->workload ? results->cases[j].identity->workload : "",
                      workload ? workload : "") != 0)
            j++;
        if (j == i)
            put_group(page, results, i, parts, &scalings);
    }
    results_legend(page, results);
    scaling_legend(page, &scalings);
    scalings_free(&scalings);
    return page_end(page, "the results", err);
}
