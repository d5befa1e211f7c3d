#include "cli/verdicts.h"

#include "cli/commands.h"
#include "cli/output.h"
#include "report/comparison_text.h"
#include "report/formats.h"
#include "results/comparison.h"
#include "results/samples.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

int comparison_report(const struct comparison *comparison, unsigned format,
                      const struct case_defaults *defaults, struct bench_error *err)
{
    struct page page = {.out = stdout, .width = output_width(), .defaults = defaults};
    return format_chosen(FORMAT_OF_COMPARISON, format)->comparison(&page, comparison, err);
}

int comparison_exit_status(const struct comparison *comparison, bool strict)
{
    bool is_in_doubt = comparison_count(comparison, VERDICT_INCONCLUSIVE) > 0 ||
                       comparison->only_old_size > 0 || comparison->only_new_size > 0;

    if (comparison_count(comparison, VERDICT_WORSE) > 0)
        return EXIT_REGRESSION;
    if (comparison_count(comparison, VERDICT_FAILED) > 0)
        return EXIT_CASE;
    if (comparison->size == 0)
        return EXIT_USAGE;
    return strict && is_in_doubt ? EXIT_INCONCLUSIVE : EXIT_OK;
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

int compare_samples(const struct compare_request *request, const struct samples *old,
                    const struct samples *new, struct bench_error *err)
{
    struct comparison comparison = {.metric = request->metric,
                                    .old_name = old->name,
                                    .new_name = new->name,
                                    .threshold = request->threshold,
                                    .confidence = request->confidence};
    int status = comparison_check(old, new, request->across_machines, err);

    if (status == 0)
        status = comparison_make(&comparison, old, new, err);
    if (status == 0 && comparison.size == 0)
        status = comparison_refuse_unmatched(&comparison, err);
    if (status == 0)
        status = comparison_report(&comparison, request->format, request->defaults, err);
    if (status == 0)
        status = comparison_exit_status(&comparison, request->strict);
    comparison_free(&comparison);
    return status;
}

/* One of the two files, which are read at the same time. */
struct reading {
    struct samples samples;
    const char *path;
    const struct metric *metric;
    struct bench_error err;
    int status;
};

static void *read_file(void *argument)
{
    struct reading *reading = argument;

    reading->status = samples_read(&reading->samples, reading->path, reading->metric, &reading->err);
    return NULL;
}

int compare_files(const struct compare_request *request, const char *old_path, const char *new_path,
                  struct bench_error *err)
{
    struct reading old = {.path = old_path, .metric = request->metric};
    struct reading new = {.path = new_path, .metric = request->metric};
    pthread_t thread;
    bool is_alone = pthread_create(&thread, NULL, read_file, &old) != 0;
    int status;

    if (is_alone)
        read_file(&old);
    read_file(&new);
    if (!is_alone)
        pthread_join(thread, NULL);
    status = old.status != 0 ? old.status : new.status;
    if (status != 0)
        bench_error_set(err, status, "%s", old.status != 0 ? old.err.message : new.err.message);
    else
        status = compare_samples(request, &old.samples, &new.samples, err);
    samples_free(&old.samples);
    samples_free(&new.samples);
    return status;
}
