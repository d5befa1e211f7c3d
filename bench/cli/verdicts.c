#include "cli/verdicts.h"

#include "cli/commands.h"
#include "report/comparison_print.h"
#include "report/comparison_text.h"
#include "results/comparison.h"
#include "results/samples.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

const char *comparison_format_word(size_t index)
{
    static const char *const words[] = {"table", "markdown", "json", "junit", "github"};
    return index < sizeof words / sizeof *words ? words[index] : NULL;
}

bool comparison_format_parse(const char *word, enum comparison_format *format)
{
    for (size_t i = 0; comparison_format_word(i); i++) {
        if (strcmp(comparison_format_word(i), word) == 0) {
            *format = (enum comparison_format)(COMPARISON_TABLE + i);
            return true;
        }
    }
    return false;
}

static size_t width_of(FILE *out)
{
    const char *columns = getenv("COLUMNS");
    long asked = columns != NULL ? strtol(columns, NULL, 10) : 0;
    struct winsize window = {0};

    ioctl(fileno(out), TIOCGWINSZ, &window);
    return window.ws_col > 0 ? window.ws_col : asked > 0 ? (size_t)asked : 80;
}

static int append_step_summary(const struct comparison *comparison, struct bench_error *err)
{
    const char *path = getenv("GITHUB_STEP_SUMMARY");
    FILE *file;
    int failed;

    if (path == NULL || path[0] == '\0')
        return 0;
    file = fopen(path, "ae");
    if (file == NULL)
        return bench_error_set(err, -errno, "GITHUB_STEP_SUMMARY: %s: %s", path, strerror(errno));
    failed = comparison_print_markdown(file, comparison, err);
    if (!failed)
        fputc('\n', file);
    if (fclose(file) != 0 && !failed)
        failed = bench_error_set(err, -errno, "GITHUB_STEP_SUMMARY: %s: %s", path, strerror(errno));
    return failed;
}

int comparison_report(const struct comparison *comparison, enum comparison_format format, FILE *out,
                      struct bench_error *err)
{
    int failed;

    switch (format) {
    case COMPARISON_MARKDOWN:
        return comparison_print_markdown(out, comparison, err);
    case COMPARISON_JSON:
        return comparison_print_json(out, comparison, err);
    case COMPARISON_JUNIT:
        return comparison_print_junit(out, comparison, err);
    case COMPARISON_GITHUB:
        failed = comparison_print_github(out, comparison, err);
        return failed ? failed : append_step_summary(comparison, err);
    default:
        return comparison_print_table(out, comparison, width_of(out), err);
    }
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
    struct case_naming naming = naming_of_unmatched(comparison);
    char *old = NULL, *new = NULL;

    if (comparison->only_old_size == 0 && comparison->only_new_size == 0)
        return bench_error_set(err, -EINVAL, "%s and %s: nothing to compare: %s", comparison->old_name,
                               comparison->new_name,
                               comparison->notes_size > 0 ? comparison->notes[0] : "no case is in both");
    if (comparison->only_old_size > 0)
        old = case_name(&comparison->only_old[0], &naming);
    if (comparison->only_new_size > 0)
        new = case_name(&comparison->only_new[0], &naming);
    bench_error_set(err, -EINVAL,
                    "no case is in both: %s has %s%s, %s has %s%s; cases are matched by workload, its "
                    "parameters, executor, workers, inflight, pin, schedule and grain",
                    comparison->old_name, old != NULL ? old : "none",
                    comparison->only_old_size > 1 ? ", ..." : "", comparison->new_name,
                    new != NULL ? new : "none", comparison->only_new_size > 1 ? ", ..." : "");
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
        status = comparison_report(&comparison, request->format, stdout, err);
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
