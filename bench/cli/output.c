#include "cli/output.h"

#include "control/stop.h"
#include "report/summary_csv.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

int output_open(struct output *output, const struct options *options, const volatile sig_atomic_t *stop,
                struct bench_error *err)
{
    const char *usual = output_stdout_is_csv() ? "csv" : "table";
    *output = (struct output){.options = options, .stop = stop, .format = options->format};
    if (!output->format)
        output->format = format_find(usual, FORMAT_OF_RESULTS, NULL);
    bool is_rows = !output->format->results || strcmp(output->format->name, "csv") == 0;
    cases_init(&output->cases, IDENTITY_ALL);
    output->cases.is_for_people = true;
    output->cases.is_with_rows = strcmp(output->format->name, "json") == 0;
    results_ask(&output->cases);
    int rc = options->output ? csv_open(&output->file, options->output, record_header, err) : 0;
    output->has_file = rc == 0 && options->output;
    if (rc == 0 && options->summary) {
        rc = summary_csv_open(&output->summary, options->summary, err);
        output->has_summary = rc == 0;
    }
    if (rc == 0 && is_rows) {
        rc = csv_open_fd(&output->out, STDOUT_FILENO, "stdout", record_header, err);
        output->has_out = rc == 0;
    }
    if (is_rows)
        output->format = NULL;
    if (rc < 0 && output->has_file)
        csv_withdraw(&output->file);
    if (rc < 0 && output->has_summary)
        csv_withdraw(&output->summary);
    return rc;
}

/* A reader of stdout that does not read must not keep the user's wish to end from us. */
static int wait_for_reader(const struct output *output)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return stop_poll(&out, 1, 0, output->stop) == -EINTR ? -EINTR : 0;
}

int output_record(struct output *output, const struct record *record, struct bench_error *err)
{
    output->number = cases_add(&output->cases, record);
    cases_place(&output->cases, output->number, output->place);
    int rc = output->has_file ? csv_write_record(&output->file, record, err) : 0;
    if (rc == 0 && output->has_out)
        rc = wait_for_reader(output);
    if (rc == 0 && output->has_out)
        rc = csv_write_record(&output->out, record, err);
    return rc;
}

void output_stop(struct output *output, const char *stopped_by)
{
    cases_stopped(&output->cases, output->number, stopped_by);
}

bool output_is_same_file(const char *a, const char *b)
{
    struct stat x, y;
    return strcmp(a, b) == 0 || (stat(a, &x) == 0 && stat(b, &y) == 0 && S_ISREG(x.st_mode) &&
                                 x.st_dev == y.st_dev && x.st_ino == y.st_ino);
}

bool output_is_csv(const char *path)
{
    size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, ".csv") == 0;
}

bool output_stdout_is_csv(void)
{
    char path[PATH_MAX];
    struct stat file;
    ssize_t length = readlink("/proc/self/fd/1", path, sizeof path - 1);
    if (length <= 0 || fstat(STDOUT_FILENO, &file) < 0 || !S_ISREG(file.st_mode))
        return false;
    path[length] = '\0';
    return output_is_csv(path);
}

size_t output_width(void)
{
    struct winsize window = {0};
    const char *columns = getenv("COLUMNS");
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &window);
    long asked = columns ? strtol(columns, NULL, 10) : 0;
    return window.ws_col ? window.ws_col : asked > 0 ? (size_t)asked : 80;
}

static int tell(struct output *output, struct bench_error *err)
{
    struct results results;
    int rc = 0;
    struct page page = {.out = stdout,
                        .width = output_width(),
                        .with_details = output->options->verbose,
                        .defaults = output->defaults ? &output->defaults->known : NULL};
    cases_finish(&output->cases);
    results_make(&results, &output->cases);
    if (output->format && !output->options->is_compared_only)
        rc = output->format->results(&page, &results, err);
    if (rc == 0 && output->has_summary)
        rc = summary_csv_write(&output->summary, &results, err);
    if (rc == 0 && output->on_results)
        output->on_results(output->context, &results);
    results_free(&results);
    return rc;
}

/* The first failure of all is kept in `err`. */
static void close_file(bool *has, struct csv *csv, int *rc, struct bench_error *err)
{
    int closed = *has ? csv_close(csv, err) : 0;
    *has = false;
    if (*rc == 0)
        *rc = closed;
}

int output_close(struct output *output, struct bench_error *err)
{
    int rc = output->cases.rows > 0 ? tell(output, err) : 0;
    close_file(&output->has_file, &output->file, &rc, err);
    close_file(&output->has_summary, &output->summary, &rc, err);
    close_file(&output->has_out, &output->out, &rc, err);
    return rc;
}

void output_free(struct output *output)
{
    cases_free(&output->cases);
}
