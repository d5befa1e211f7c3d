/*
 * A comparison as workflow commands of GitHub Actions ("Workflow commands for GitHub Actions", setting
 * an error message), which it shows as annotations: ::error for regressions and failed cases, ::warning
 * for what is inconclusive or on one side only, ::notice for notes. Then the summary. The comparison in
 * Markdown is appended to the file that the environment names in GITHUB_STEP_SUMMARY. What is escaped,
 * and how, is what its toolkit does (@actions/core, command.ts).
 */
#include "report/formats.h"

#include "base/memory.h"
#include "report/comparison_page.h"
#include "report/comparison_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A colon or a comma would end a property. */
static void put(FILE *out, const char *text, bool is_property)
{
    for (; *text; text++) {
        if (*text == '%' || *text == '\r' || *text == '\n' ||
            (is_property && (*text == ':' || *text == ',')))
            fprintf(out, "%%%02X", (unsigned)*text);
        else
            fputc(*text, out);
    }
}

static void put_command(FILE *out, const char *command, const char *title, const char *message)
{
    fprintf(out, "::%s title=", command);
    put(out, title, true);
    fprintf(out, "::");
    put(out, message, false);
    fputc('\n', out);
}

static void put_case(FILE *out, const struct comparison *comparison, const struct compared_case *one,
                     const struct case_naming *naming)
{
    static const char *const commands[VERDICTS] = {
        [VERDICT_WORSE] = "error", [VERDICT_FAILED] = "error", [VERDICT_INCONCLUSIVE] = "warning"};
    if (!commands[one->verdict])
        return;
    char *title = case_name(&one->identity, naming), *message = comparison_finding(comparison, one);
    put_command(out, commands[one->verdict], title, message);
    free(title);
    free(message);
}

static void put_only(FILE *out, const struct record *list, size_t size, const char *name,
                     const struct case_naming *naming)
{
    for (size_t i = 0; i < size; i++) {
        char *title = case_name(&list[i], naming),
             *message = mem_format("only in %s: not compared", name);
        put_command(out, "warning", title, message);
        free(title);
        free(message);
    }
}

static int append_step_summary(const struct page *page, const struct comparison *comparison,
                               struct bench_error *err)
{
    const char *path = getenv("GITHUB_STEP_SUMMARY");
    if (!path || !*path)
        return 0;
    struct page summary = {.out = fopen(path, "ae"), .style = PAGE_MARKDOWN, .defaults = page->defaults};
    if (!summary.out)
        return bench_error_set(err, -errno, "GITHUB_STEP_SUMMARY: %s: %s", path, strerror(errno));
    int rc = comparison_page(&summary, comparison, err);
    if (rc == 0)
        fputc('\n', summary.out);
    if (fclose(summary.out) != 0 && rc == 0)
        rc = bench_error_set(err, -errno, "GITHUB_STEP_SUMMARY: %s: %s", path, strerror(errno));
    return rc;
}

int github_comparison(struct page *page, const struct comparison *comparison, struct bench_error *err)
{
    struct case_naming naming, unmatched;
    char *summary = comparison_summary(comparison);
    errno = 0;
    comparison_naming(&naming, comparison, page->defaults);
    comparison_naming_unmatched(&unmatched, comparison, page->defaults);
    for (size_t i = 0; i < comparison->size; i++)
        put_case(page->out, comparison, &comparison->cases[i], &naming);
    put_only(page->out, comparison->only_old, comparison->only_old_size, comparison->old_name,
             &unmatched);
    put_only(page->out, comparison->only_new, comparison->only_new_size, comparison->new_name,
             &unmatched);
    for (size_t i = 0; i < comparison->notes_size; i++)
        put_command(page->out, "notice", "bench", comparison->notes[i]);
    fprintf(page->out, "bench: %s\n", summary);
    case_naming_free(&naming);
    case_naming_free(&unmatched);
    free(summary);
    int rc = page_end(page, "the comparison", err);
    return rc == 0 ? append_step_summary(page, comparison, err) : rc;
}
