/* Results that a run is compared with, and those that it leaves for the next one. */
#include "cli/baseline.h"

#include "base/memory.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/comparison_output.h"
#include "cli/defaults.h"
#include "cli/output.h"
#include "control/launch.h"
#include "control/stop.h"
#include "records/csv.h"
#include "records/csv_read.h"
#include "report/comparison_text.h"
#include "results/judge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define THIS_RUN "this run" /* where a file would have its name */

/* ---- before anything is run ---- */

/* What is there is replaced as a whole: it must be results, not a photo. */
static int check_replaced(const char *file, struct bench_error *err)
{
    struct bench_error why = {0};
    struct csv_reader *reader;
    struct stat status;
    if (stat(file, &status) < 0)
        return errno == ENOENT
                   ? 0
                   : bench_error_set(err, -errno, "--save-baseline: %s: %s", file, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return bench_error_set(err, -EINVAL, "--save-baseline: %s must be a file, which is replaced",
                               file);
    if (status.st_size == 0)
        return 0;
    int rc = csv_read_open(&reader, file, &why);
    csv_read_close(reader);
    if (rc < 0)
        return bench_error_set(err, -EINVAL,
                               "--save-baseline: %s is not replaced, because bench did not write it "
                               "(%s); name another file, or remove it",
                               file, why.message);
    return 0;
}

static int check_target(struct baseline *baseline, struct bench_error *err)
{
    const struct options *options = baseline->options;
    const char *file = options->save_baseline;
    if ((options->output && output_is_same_file(file, options->output)) ||
        (options->summary && output_is_same_file(file, options->summary)))
        return bench_error_set(err, -EINVAL,
                               "--save-baseline: %s is the file of --output or --summary, and would "
                               "be replaced",
                               file);
    int rc = check_replaced(file, err);
    if (rc < 0)
        return rc;
    baseline->target = realpath(file, NULL);
    if (!baseline->target)
        baseline->target = mem_text(file); /* it is not there yet */
    return output_check_folder("--save-baseline", baseline->target, err);
}

/* The cases to come, as a side without a run. */
static void plan_side(struct side *side, const struct context *context, const struct metric *metric)
{
    side_init(side, metric, THIS_RUN);
    for (size_t i = 0; i < context->plan.count; i++) {
        struct record record;
        launch_describe(&record, &context->plan.cases[i], &context->session);
        record.status = STATUS_OK;
        cases_add(&side->cases, &record);
        record_free(&record);
    }
    cases_finish(&side->cases);
}

static void say_unmatched(const struct comparison *comparison, const char *what,
                          const struct record *cases, size_t count)
{
    struct case_naming naming;
    comparison_naming_unmatched(&naming, comparison, NULL);
    char *name = case_name(&cases[0], &naming);
    struct text said = {0};
    text_add(&said, "bench: note: %s %s %s", comparison->old_name, what, name);
    if (count > 1)
        text_add(&said, "; and %zu more", count - 1);
    fprintf(stderr, "%s\n", text_make_visible(said.text));
    case_naming_free(&naming);
    free(said.text);
    free(name);
}

/* Would these two compare? Of `planned` nothing is known but its cases. */
static int check_cases(const struct baseline *baseline, const struct side *planned,
                       struct bench_error *err)
{
    const struct options *options = baseline->options;
    const struct compare_request *request = &options->compare.request;
    struct comparison comparison = {.metric = request->metric,
                                    .old_name = baseline->old.name,
                                    .new_name = planned->name,
                                    .threshold = request->threshold,
                                    .confidence = request->confidence};
    int rc = sides_check(&baseline->old, planned, request->across_machines, err);
    if (rc < 0)
        return rc;
    comparison_make(&comparison, &baseline->old, planned);
    if (comparison.size == 0)
        rc = comparison_refuse_unmatched(&comparison, err);
    if (rc == 0 && !options->quiet && comparison.only_new_size > 0)
        say_unmatched(&comparison, "does not have", comparison.only_new, comparison.only_new_size);
    if (rc == 0 && !options->quiet && comparison.only_old_size > 0 && options->save_baseline &&
        output_is_same_file(options->baseline, options->save_baseline))
        say_unmatched(&comparison, "will lose the cases that are not run:", comparison.only_old,
                      comparison.only_old_size);
    comparison_free(&comparison);
    return rc;
}

static int check_baseline(struct baseline *baseline, const struct context *context,
                          struct bench_error *err)
{
    const struct options *options = baseline->options;
    const struct metric *metric = options->compare.request.metric;
    struct side planned;
    if (options->output && output_is_same_file(options->baseline, options->output))
        return bench_error_set(
            err, -EINVAL, "--output: %s is the baseline; it would then hold both old and new results",
            options->output);
    if (access(options->baseline, F_OK) < 0)
        return bench_error_set(err, -errno, "--baseline: %s: %s; create it with --save-baseline %s",
                               options->baseline, strerror(errno), options->baseline);
    int rc = side_read(&baseline->old, options->baseline, metric, err);
    if (rc < 0)
        return rc;
    plan_side(&planned, context, metric);
    rc = check_cases(baseline, &planned, err);
    side_free(&planned);
    side_init(&baseline->new, metric, THIS_RUN);
    baseline->has_new = true;
    return rc;
}

int baseline_open(struct baseline *baseline, const struct options *options,
                  const struct context *context, struct bench_error *err)
{
    *baseline = (struct baseline){.options = options, .registry = context->registry};
    int rc = comparison_check_page(options->compare.request.page, err);
    if (rc == 0 && options->save_baseline)
        rc = check_target(baseline, err);
    return rc == 0 && options->baseline ? check_baseline(baseline, context, err) : rc;
}

/* ---- once it has run ---- */

static int compare(struct baseline *baseline, struct bench_error *err)
{
    struct compare_request request = baseline->options->compare.request;
    struct defaults defaults;
    cases_finish(&baseline->new.cases);
    if (!baseline->options->is_compared_only)
        putchar('\n'); /* after the table of the run */
    defaults_open(&defaults, baseline->registry);
    request.defaults = &defaults.known;
    int rc = compare_sides(&request, &baseline->old, &baseline->new, err);
    defaults_close(&defaults);
    return rc;
}

int baseline_record(struct baseline *baseline, const struct record *record, struct bench_error *err)
{
    if (baseline->has_new && !record_is_reference(record))
        cases_add(&baseline->new.cases, record);
    if (!baseline->target)
        return 0;
    int rc = 0;
    if (!baseline->has_rows) {
        rc = replacement_open(&baseline->rows, baseline->target, err);
        if (rc == 0)
            rc = csv_open_fd(&baseline->csv, baseline->rows.fd, baseline->target, record_header, err);
        baseline->has_rows = rc == 0;
    }
    return rc == 0 ? csv_write_record(&baseline->csv, record, err) : rc;
}

static int save(struct baseline *baseline)
{
    const char *file = baseline->options->save_baseline;
    bool was_there = access(baseline->target, F_OK) == 0;
    struct bench_error err = {0};
    stop_hold(); /* ending now would leave what is beside it */
    int rc = csv_close(&baseline->csv, &err);
    baseline->has_rows = false;
    if (rc == 0)
        rc = replacement_commit(&baseline->rows, &err);
    else
        replacement_withdraw(&baseline->rows);
    stop_release();
    if (rc < 0)
        baseline_give_up(baseline, err.message);
    else if (!baseline->options->quiet)
        fprintf(stderr, "bench: %s: %s\n", file,
                was_there ? "replaced with the new results" : "written with the new results");
    return rc;
}

int baseline_finish(struct baseline *baseline, int status, struct bench_error *err)
{
    if (baseline->options->baseline) {
        int compared = compare(baseline, err);
        if (compared < 0) {
            baseline_give_up(baseline, "they could not be compared");
            return compared;
        }
        if (status == EXIT_OK || compared == EXIT_REGRESSION)
            status = compared;
    }
    if (status == EXIT_OK && baseline->has_rows)
        return save(baseline) < 0 ? EXIT_CASE : EXIT_OK;
    baseline_give_up(baseline, status == EXIT_REGRESSION     ? "a case got worse"
                               : status == EXIT_INCONCLUSIVE ? "with --strict, a case is inconclusive"
                                                             : "a case failed");
    return status;
}

void baseline_give_up(const struct baseline *baseline, const char *why)
{
    const char *file = baseline->options->save_baseline;
    if (file)
        fprintf(stderr, "bench: %s: %s: %s\n", file,
                access(file, F_OK) == 0 ? "not replaced" : "not written", why);
}

void baseline_close(struct baseline *baseline)
{
    struct bench_error err;
    if (baseline->has_rows) {
        csv_close(&baseline->csv, &err);
        replacement_withdraw(&baseline->rows);
    }
    side_free(&baseline->old);
    side_free(&baseline->new);
    free(baseline->target);
}
