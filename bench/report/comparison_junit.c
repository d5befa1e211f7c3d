/*
 * A comparison as JUnit XML. There is no standard of it; what is written here is what the readers have
 * in common (Jenkins, GitLab, GitHub's actions): testsuites, testsuite with its counts, a testcase for
 * each case; a regression is a <failure>, a case without a number an <error>, and what is inconclusive
 * or on one side only <skipped>.
 */
#include "report/formats.h"

#include "base/memory.h"
#include "report/comparison_text.h"
#include "report/xml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What is being printed. */
struct junit {
    FILE *out;
    const struct comparison *comparison;
    struct case_naming naming, unmatched;
};

static void begin_case(const struct junit *junit, const struct record *identity,
                       const struct case_naming *naming)
{
    char *work = case_name_work(identity, naming), *way = case_name_way(identity, naming);
    fprintf(junit->out, "    <testcase");
    xml_attribute(junit->out, "classname", work);
    xml_attribute(junit->out, "name", way);
    fprintf(junit->out, ">\n");
    free(work);
    free(way);
}

static void put_outcome(FILE *out, const char *element, const char *type, const char *finding)
{
    fprintf(out, "      <%s", element);
    if (type)
        xml_attribute(out, "type", type);
    xml_attribute(out, "message", finding);
    fprintf(out, "/>\n");
}

static void put_case(const struct junit *junit, const struct compared_case *one)
{
    char *finding = comparison_finding(junit->comparison, one);
    begin_case(junit, &one->identity, &junit->naming);
    if (one->verdict == VERDICT_WORSE) {
        put_outcome(junit->out, "failure", junit->comparison->metric->worse, finding);
    } else if (one->verdict == VERDICT_FAILED) {
        put_outcome(junit->out, "error", "failed", finding);
    } else if (one->verdict == VERDICT_INCONCLUSIVE) {
        put_outcome(junit->out, "skipped", NULL, finding);
    } else {
        fprintf(junit->out, "      <system-out>");
        xml_text(junit->out, finding);
        fprintf(junit->out, "</system-out>\n");
    }
    fprintf(junit->out, "    </testcase>\n");
    free(finding);
}

static void put_only(const struct junit *junit, const struct record *list, size_t size, const char *name)
{
    for (size_t i = 0; i < size; i++) {
        char *message = mem_format("only in %s", name);
        begin_case(junit, &list[i], &junit->unmatched);
        put_outcome(junit->out, "skipped", NULL, message);
        fprintf(junit->out, "    </testcase>\n");
        free(message);
    }
}

/* name, tests, ... of testsuites and of the one testsuite in it. */
static void put_counts(const struct junit *junit)
{
    const struct comparison *comparison = junit->comparison;
    size_t only = comparison->only_old_size + comparison->only_new_size;
    char *name = mem_format("bench: %s of %s against %s", comparison->metric->name, comparison->new_name,
                            comparison->old_name);
    xml_attribute(junit->out, "name", name);
    free(name);
    fprintf(junit->out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n",
            comparison->size + only, comparison_count(comparison, VERDICT_WORSE),
            comparison_count(comparison, VERDICT_FAILED),
            comparison_count(comparison, VERDICT_INCONCLUSIVE) + only);
}

static void put_all(const struct junit *junit)
{
    const struct comparison *comparison = junit->comparison;
    fprintf(junit->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    put_counts(junit);
    fprintf(junit->out, "  <testsuite");
    put_counts(junit);
    for (size_t i = 0; i < comparison->size; i++)
        put_case(junit, &comparison->cases[i]);
    put_only(junit, comparison->only_old, comparison->only_old_size, comparison->old_name);
    put_only(junit, comparison->only_new, comparison->only_new_size, comparison->new_name);
    for (size_t i = 0; i < comparison->notes_size; i++) {
        fprintf(junit->out, "    <system-out>note: ");
        xml_text(junit->out, comparison->notes[i]);
        fprintf(junit->out, "</system-out>\n");
    }
    fprintf(junit->out, "  </testsuite>\n</testsuites>\n");
}

int junit_comparison(struct page *page, const struct comparison *comparison, struct bench_error *err)
{
    struct junit junit = {.out = page->out, .comparison = comparison};
    errno = 0;
    /* All parameters: a name is what a server finds a test's history by. */
    comparison_naming(&junit.naming, comparison, NULL);
    comparison_naming_unmatched(&junit.unmatched, comparison, NULL);
    put_all(&junit);
    case_naming_free(&junit.naming);
    case_naming_free(&junit.unmatched);
    return page_end(page, "the comparison", err);
}
