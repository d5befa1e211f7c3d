/* Comparisons on stdout, and what they come to as an exit status. */
#include "cli/comparison_output.h"

#include "cli/commands.h"
#include "cli/output.h"
#include "report/comparison_text.h"
#include "report/formats.h"
#include "results/judge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* What is there is replaced as a whole: it must be a page, not results. */
static int check_replaced(const char *page, struct bench_error *err)
{
    static const char begin[] = "<!doctype html";
    char found[sizeof begin] = "";
    int fd = open(page, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return bench_error_set(err, -errno, "--page: %s: %s", page, strerror(errno));
    ssize_t size = read(fd, found, sizeof found - 1);
    close(fd);
    if (size <= 0 || strncasecmp(found, begin, (size_t)size) == 0)
        return 0;
    return bench_error_set(
        err, -EINVAL,
        "--page: %s is not replaced, because it is no page; name another file, or remove it", page);
}

int comparison_check_page(const char *page, struct bench_error *err)
{
    if (!page)
        return 0;
    return access(page, F_OK) < 0 ? output_check_folder("--page", page, err) : check_replaced(page, err);
}

static int write_page(const struct comparison *comparison, const char *file,
                      const struct case_defaults *defaults, struct bench_error *err)
{
    FILE *out = fopen(file, "we");
    if (!out)
        return bench_error_set(err, -errno, "--page: %s: %s", file, strerror(errno));
    struct page page = {.out = out, .width = 80, .defaults = defaults};
    int rc = html_comparison(&page, comparison, err);
    if (fclose(out) != 0 && rc == 0)
        rc = bench_error_set(err, -errno, "--page: %s: %s", file, strerror(errno));
    return rc;
}

int comparison_report(const struct comparison *comparison, unsigned format, const char *file,
                      const struct case_defaults *defaults, struct bench_error *err)
{
    struct page page = {.out = stdout, .width = output_width(), .defaults = defaults};
    int rc = format_chosen(FORMAT_OF_COMPARISON, format)->comparison(&page, comparison, err);
    return rc == 0 && file ? write_page(comparison, file, defaults, err) : rc;
}

int comparison_exit_status(const struct comparison *comparison, bool strict)
{
    static const int statuses[] = {[OUTCOME_GOOD] = EXIT_OK,
                                   [OUTCOME_WORSE] = EXIT_REGRESSION,
                                   [OUTCOME_FAILED] = EXIT_CASE,
                                   [OUTCOME_NOTHING] = EXIT_USAGE,
                                   [OUTCOME_IN_DOUBT] = EXIT_INCONCLUSIVE};
    return statuses[comparison_outcome(comparison, strict)];
}

int comparison_refuse_unmatched(const struct comparison *comparison, struct bench_error *err)
{
    struct case_naming naming;
    if (comparison->only_old_size == 0 && comparison->only_new_size == 0)
        return bench_error_set(err, -EINVAL, "%s and %s: nothing to compare: %s", comparison->old_name,
                               comparison->new_name,
                               comparison->notes_size > 0 ? comparison->notes[0] : "no case is in both");
    comparison_naming_unmatched(&naming, comparison, NULL);
    char *old = comparison->only_old_size > 0 ? case_name(&comparison->only_old[0], &naming) : NULL;
    char *new = comparison->only_new_size > 0 ? case_name(&comparison->only_new[0], &naming) : NULL;
    bench_error_set(err, -EINVAL,
                    "no case is in both: %s has %s%s, %s has %s%s; cases are matched by workload, its "
                    "parameters, executor, workers, inflight, pin, schedule and grain",
                    comparison->old_name, old ? old : "none",
                    comparison->only_old_size > 1 ? ", ..." : "", comparison->new_name,
                    new ? new : "none", comparison->only_new_size > 1 ? ", ..." : "");
    case_naming_free(&naming);
    free(old);
    free(new);
    return -EINVAL;
}

int compare_sides(const struct compare_request *request, const struct side *old, const struct side *new,
                  struct bench_error *err)
{
    struct comparison comparison = {.metric = request->metric,
                                    .old_name = old->name,
                                    .new_name = new->name,
                                    .threshold = request->threshold,
                                    .confidence = request->confidence};
    int rc = sides_check(old, new, request->across_machines, err);
    if (rc < 0)
        return rc;
    comparison_make(&comparison, old, new);
    if (comparison.size == 0)
        rc = comparison_refuse_unmatched(&comparison, err);
    if (rc == 0)
        rc = comparison_report(&comparison, request->format, request->page, request->defaults, err);
    if (rc == 0)
        rc = comparison_exit_status(&comparison, request->strict);
    comparison_free(&comparison);
    return rc;
}
