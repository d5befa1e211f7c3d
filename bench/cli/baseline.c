#include "cli/baseline.h"

#include "base/text.h"
#include "cli/commands.h"
#include "cli/defaults.h"
#include "cli/output.h"
#include "control/launch.h"
#include "control/stop.h"
#include "records/csv.h"
#include "records/csv_read.h"
#include "report/comparison_text.h"
#include "results/comparison.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define THIS_RUN "this run" /* where a file would have its name */

/* ---- before anything is run ---- */

static int check_folder(const char *file, struct bench_error *err)
{
    char *copy = strdup(file);
    if (!copy)
        return bench_error_set(err, -ENOMEM, "out of memory");
    const char *folder = dirname(copy);
    int rc = access(folder, W_OK | X_OK) == 0
                 ? 0
                 : bench_error_set(err, -errno, "--save-baseline: %s: the folder %s: %s", file, folder,
                                   strerror(errno));
    free(copy);
    return rc;
}

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
                               "--save-baseline: %s is not replaced, for it is not what bench has "
                               "written (%s); name another, or remove it",
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
        baseline->target = strdup(file); /* it is not there yet */
    if (!baseline->target)
        return bench_error_set(err, -ENOMEM, "out of memory");
    return check_folder(baseline->target, err);
}

/* The cases to come, as samples without a run. The records are the caller's to free. */
static int plan_samples(struct samples *samples, struct record *records, const struct context *context,
                        const struct metric *metric)
{
    int rc = 0;
    samples_init(samples, metric, THIS_RUN);
    for (size_t i = 0; i < context->plan.count; i++)
        record_init(&records[i]);
    for (size_t i = 0; rc == 0 && i < context->plan.count; i++) {
        launch_describe(&records[i], &context->plan.cases[i], &context->session);
        records[i].status = STATUS_OK;
        rc = samples_add(samples, &records[i]);
    }
    return rc < 0 ? rc : samples_finish(samples);
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
static int check_cases(const struct baseline *baseline, const struct samples *planned,
                       struct bench_error *err)
{
    const struct options *options = baseline->options;
    const struct compare_request *request = &options->compare.request;
    struct comparison comparison = {.metric = request->metric,
                                    .old_name = baseline->old.name,
                                    .new_name = planned->name,
                                    .threshold = request->threshold,
                                    .confidence = request->confidence};
    int rc = comparison_check(&baseline->old, planned, request->across_machines, err);
    if (rc == 0)
        rc = comparison_make(&comparison, &baseline->old, planned, err);
    if (rc == 0 && comparison.size == 0)
        rc = comparison_refuse_unmatched(&comparison, err);
    if (rc == 0 && !options->quiet && comparison.only_new_size > 0)
        say_unmatched(&comparison, "does not have", comparison.only_new, comparison.only_new_size);
    if (rc == 0 && !options->quiet && comparison.only_old_size > 0 && options->save_baseline &&
        output_is_same_file(options->baseline, options->save_baseline))
        say_unmatched(&comparison, "will lose what is not run:", comparison.only_old,
                      comparison.only_old_size);
    comparison_free(&comparison);
    return rc;
}

static int check_baseline(struct baseline *baseline, const struct context *context,
                          struct bench_error *err)
{
    const struct options *options = baseline->options;
    const struct metric *metric = options->compare.request.metric;
    struct samples planned;
    if (options->output && output_is_same_file(options->baseline, options->output))
        return bench_error_set(err, -EINVAL,
                               "--output: %s is the baseline, and would have both old and new in it",
                               options->output);
    if (access(options->baseline, F_OK) < 0)
        return bench_error_set(err, -errno, "--baseline: %s: %s; --save-baseline %s makes it",
                               options->baseline, strerror(errno), options->baseline);
    int rc = samples_read(&baseline->old, options->baseline, metric, err);
    if (rc < 0)
        return rc;
    struct record *records = calloc(context->plan.count + 1, sizeof *records);
    if (!records)
        return bench_error_set(err, -ENOMEM, "out of memory");
    rc = plan_samples(&planned, records, context, metric);
    rc = rc < 0 ? bench_error_set(err, rc, "out of memory") : check_cases(baseline, &planned, err);
    samples_free(&planned);
    for (size_t i = 0; i < context->plan.count; i++)
        record_free(&records[i]);
    free(records);
    return rc;
}

int baseline_open(struct baseline *baseline, const struct options *options,
                  const struct context *context, struct bench_error *err)
{
    *baseline = (struct baseline){.options = options, .registry = context->registry};
    int rc = options->save_baseline ? check_target(baseline, err) : 0;
    return rc == 0 && options->baseline ? check_baseline(baseline, context, err) : rc;
}

/* ---- once it has run ---- */

static int compare(const struct baseline *baseline, const struct record *records, size_t count,
                   struct bench_error *err)
{
    struct compare_request request = baseline->options->compare.request;
    struct defaults defaults;
    struct samples new;
    int rc = 0;
    samples_init(&new, request.metric, THIS_RUN);
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = samples_add(&new, &records[i]);
    if (rc == 0)
        rc = samples_finish(&new);
    if (rc < 0)
        bench_error_set(err, rc, "out of memory");
    if (rc == 0 && !baseline->options->is_compared_only)
        putchar('\n'); /* after the table of the run */
    defaults_open(&defaults, baseline->registry);
    request.defaults = &defaults.known;
    if (rc == 0)
        rc = compare_samples(&request, &baseline->old, &new, err);
    defaults_close(&defaults);
    samples_free(&new);
    return rc;
}

static int write_rows(struct csv *csv, const struct record *records, size_t count,
                      struct bench_error *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = csv_write_record(csv, &records[i], err);
    return rc;
}

/* Beside it, to be renamed: whoever reads the file meanwhile finds the old one. */
static int replace(const char *target, const struct record *records, size_t count,
                   struct bench_error *err)
{
    struct csv csv;
    struct stat before;
    char *beside;
    if (asprintf(&beside, "%s.%s", target, records[0].session) < 0)
        return bench_error_set(err, -ENOMEM, "out of memory");
    int rc = csv_open(&csv, beside, record_header, err);
    if (rc < 0)
        goto out;
    if (stat(target, &before) == 0)
        fchmod(csv.fd, before.st_mode & 0777);
    rc = write_rows(&csv, records, count, err);
    if (rc == 0 && fdatasync(csv.fd) < 0)
        rc = bench_error_set(err, -errno, "%s: %s", beside, strerror(errno));
    if (rc < 0) {
        csv_withdraw(&csv);
        goto out;
    }
    rc = csv_close(&csv, err);
    if (rc == 0 && rename(beside, target) < 0)
        rc = bench_error_set(err, -errno, "%s: %s", target, strerror(errno));
    if (rc < 0)
        unlink(beside);
out:
    free(beside);
    return rc;
}

static int save(const struct baseline *baseline, const struct record *records, size_t count)
{
    const char *file = baseline->options->save_baseline;
    bool was_there = access(baseline->target, F_OK) == 0;
    struct bench_error err = {0};
    stop_hold(); /* ending now would leave what is beside it */
    int rc = replace(baseline->target, records, count, &err);
    stop_release();
    if (rc < 0)
        baseline_give_up(baseline, err.message);
    else if (!baseline->options->quiet)
        fprintf(stderr, "bench: %s: %s\n", file,
                was_there ? "replaced by what was measured now" : "made of what was measured now");
    return rc;
}

int baseline_finish(const struct baseline *baseline, const struct record *records, size_t count,
                    int status, struct bench_error *err)
{
    if (baseline->options->baseline) {
        int compared = compare(baseline, records, count, err);
        if (compared < 0) {
            baseline_give_up(baseline, "they could not be compared");
            return compared;
        }
        if (status == EXIT_OK || compared == EXIT_REGRESSION)
            status = compared;
    }
    if (status == EXIT_OK && baseline->target)
        return save(baseline, records, count) < 0 ? EXIT_CASE : EXIT_OK;
    baseline_give_up(baseline, status == EXIT_REGRESSION     ? "a case got worse"
                               : status == EXIT_INCONCLUSIVE ? "--strict, and a case is in doubt"
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
    samples_free(&baseline->old);
    free(baseline->target);
}
