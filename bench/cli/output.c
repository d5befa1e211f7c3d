/* Where records go. Each output stands alone: one that breaks costs itself, and is told at the end. */
#include "cli/output.h"

#include "base/memory.h"
#include "base/text.h"
#include "control/stop.h"
#include "records/column_list.h"
#include "report/summary_csv.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* The format of stdout; NULL: rows, as they come. */
static const struct format *choose_format(const struct options *options)
{
    const struct format *format = options->format;
    if (!format)
        format = format_find(output_stdout_is_csv() ? "csv" : "table", FORMAT_OF_RESULTS, NULL);
    return format->results && strcmp(format->name, "csv") != 0 ? format : NULL;
}

/* A reader that does not read must not keep the user's wish to end from us. */
static int wait_for_reader(void *context, int fd)
{
    const struct output *output = context;
    struct pollfd out = {.fd = fd, .events = POLLOUT};
    int rc = stop_poll(&out, 1, 0, output->stop);
    return rc < 0 ? rc : 0;
}

static void warn_torn(const char *name, bool was_torn)
{
    if (was_torn)
        fprintf(stderr, "bench: warning: %s: its last line was cut off and has been removed\n", name);
}

static void begin_sink(struct output *output, struct sink *sink)
{
    sink->is_open = true;
    sink->csv.wait = wait_for_reader;
    sink->csv.wait_context = output;
    warn_torn(sink->csv.name, sink->csv.was_torn);
}

/* Rows on stdout, with the chosen columns. */
static int open_rows(struct output *output, struct bench_error *err)
{
    output->columns = column_list_parse(output->options->columns, NULL); /* its names are good */
    char *header = column_list_header(output->columns);
    int rc = csv_open_fd(&output->out.csv, STDOUT_FILENO, "stdout", header, err);
    free(header);
    if (rc == 0)
        begin_sink(output, &output->out);
    return rc;
}

/* All that says which run it was, and what is measured of it: but what makes a file one of runs. */
static enum column *columns_of_ranks(void)
{
    enum column *columns = mem_alloc((COLUMNS + 1) * sizeof *columns);
    size_t count = 0;
    for (enum column column = 0; column < COLUMNS; column++) {
        bool is_of_session = record_columns[column].group == GROUP_SESSION;
        if (!is_of_session || column == COLUMN_session || column == COLUMN_label)
            columns[count++] = column;
    }
    columns[count] = COLUMNS;
    return columns;
}

static int open_ranks(struct output *output, struct bench_error *err)
{
    if (!output->options->per_rank)
        return 0;
    output->rank_columns = columns_of_ranks();
    char *names = column_list_header(output->rank_columns), *header = mem_format("rank,%s", names);
    int rc = csv_open(&output->ranks.csv, output->options->per_rank, header, err);
    free(header);
    free(names);
    if (rc == 0)
        begin_sink(output, &output->ranks);
    return rc;
}

int output_open(struct output *output, const struct options *options, const volatile sig_atomic_t *stop,
                struct bench_error *err)
{
    *output = (struct output){.options = options, .stop = stop, .format = choose_format(options)};
    if (options->columns && output->format)
        return bench_error_set(err, -EINVAL, "--columns: only works with --format csv");
    cases_init(&output->cases, IDENTITY_ALL);
    output->cases.is_for_people = true;
    if (output->format)
        format_ask(output->format, &output->cases);
    else
        results_ask(&output->cases);
    int rc = options->output ? csv_open(&output->file.csv, options->output, record_header, err) : 0;
    if (rc == 0 && options->output)
        begin_sink(output, &output->file);
    if (rc == 0 && options->summary) {
        rc = summary_csv_open(&output->summary.csv, options->summary, err);
        if (rc == 0)
            begin_sink(output, &output->summary);
    }
    if (rc == 0)
        rc = open_ranks(output, err);
    if (rc == 0 && options->histograms)
        rc = latency_file_open(&output->histograms, options->histograms, err);
    if (rc == 0)
        warn_torn(options->histograms, output->histograms.was_torn);
    if (rc == 0 && !output->format)
        rc = open_rows(output, err);
    if (rc < 0)
        latency_file_close(&output->histograms, &(struct bench_error){0});
    if (rc < 0 && output->file.is_open)
        csv_withdraw(&output->file.csv);
    if (rc < 0 && output->summary.is_open)
        csv_withdraw(&output->summary.csv);
    if (rc < 0 && output->ranks.is_open)
        csv_withdraw(&output->ranks.csv);
    return rc;
}

/* It is broken, and nothing more is written to it. */
static void break_off(struct sink *sink, const struct bench_error *why)
{
    if (sink->failure.code == 0)
        sink->failure = *why;
    if (sink->is_open)
        csv_close(&sink->csv, NULL);
    sink->is_open = false;
}

/* Is any output left that still receives results? */
static int is_anyone_left(const struct output *output, struct bench_error *err)
{
    if (output->format || output->file.is_open || output->out.is_open || output->summary.is_open)
        return 0;
    const struct sink *broken = output->file.failure.code ? &output->file : &output->out;
    return bench_error_set(err, broken->failure.code, "%s", broken->failure.message);
}

/* Give the row to a sink that is open; -EINTR where the user wants to end while it is not read. */
static int write_row(struct sink *sink, const struct record *record, const enum column *columns)
{
    struct bench_error why = {0};
    int rc = !sink->is_open ? 0
             : columns      ? csv_write_columns(&sink->csv, record, columns, &why)
                            : csv_write_record(&sink->csv, record, &why);
    if (rc == -EINTR)
        return rc;
    if (rc < 0)
        break_off(sink, &why);
    return 0;
}

void output_keep(struct output *output, const struct record *record)
{
    output->number = cases_add(&output->cases, record);
    cases_place(&output->cases, output->number, output->place);
}

int output_record(struct output *output, const struct record *record, struct bench_error *err)
{
    output_keep(output, record);
    int rc = write_row(&output->file, record, NULL);
    if (rc == 0)
        rc = write_row(&output->out, record, output->columns);
    return rc == 0 ? is_anyone_left(output, err) : rc;
}

int output_rank(struct output *output, int64_t rank, const struct record *record)
{
    if (!output->ranks.is_open)
        return 0;
    csv_count(&output->ranks.csv, rank);
    return write_row(&output->ranks, record, output->rank_columns);
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

int output_check_folder(const char *option, const char *file, struct bench_error *err)
{
    char *copy = mem_text(file);
    const char *folder = dirname(copy);
    int rc = access(folder, W_OK | X_OK) == 0 ? 0
                                              : bench_error_set(err, -errno, "%s: %s: the folder %s: %s",
                                                                option, file, folder, strerror(errno));
    free(copy);
    return rc;
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

static void tell(struct output *output)
{
    struct results results;
    struct bench_error why = {0};
    struct page page = {.out = stdout,
                        .width = output_width(),
                        .with_details = output->options->verbose,
                        .defaults = output->defaults ? &output->defaults->known : NULL};
    cases_finish(&output->cases);
    results_make(&results, &output->cases);
    if (output->format && !output->options->is_compared_only &&
        output->format->results(&page, &results, &why) < 0)
        break_off(&output->out, &why);
    if (output->summary.is_open && summary_csv_write(&output->summary.csv, &results, &why) < 0)
        break_off(&output->summary, &why);
    if (output->on_results)
        output->on_results(output->context, &results);
    results_free(&results);
}

/* The first failure of all goes into `err`, the others are said here. */
static int close_sink(struct sink *sink, int rc, struct bench_error *err)
{
    struct bench_error why = {0};
    if (sink->is_open && csv_close(&sink->csv, &why) < 0)
        sink->failure = why;
    sink->is_open = false;
    if (sink->failure.code == 0)
        return rc;
    if (rc < 0)
        fprintf(stderr, "bench: %s\n", text_make_visible(sink->failure.message));
    return rc < 0 ? rc : bench_error_set(err, sink->failure.code, "%s", sink->failure.message);
}

/* The first that broke is the caller's to tell. */
static int close_histograms(struct output *output, int rc, struct bench_error *err)
{
    struct bench_error why = {0};
    size_t untold = output->histograms.untold;
    if (untold > 0 && output->options->histograms)
        fprintf(stderr,
                "bench: warning: %s: %zu %s not in it: the runner does not tell latency_counts\n",
                output->options->histograms, untold, untold == 1 ? "run is" : "runs are");
    int closed = latency_file_close(&output->histograms, rc < 0 ? &why : err);
    if (rc < 0 && closed < 0)
        fprintf(stderr, "bench: %s\n", why.message);
    return rc < 0 ? rc : closed;
}

void output_latencies(struct output *output, const struct record *record,
                      const struct latencies *latencies)
{
    latency_file_add(&output->histograms, record, latencies);
}

int output_close(struct output *output, struct bench_error *err)
{
    if (output->cases.rows > 0)
        tell(output);
    int rc = close_sink(&output->file, 0, err);
    rc = close_sink(&output->summary, rc, err);
    rc = close_sink(&output->ranks, rc, err);
    rc = close_histograms(output, rc, err);
    return close_sink(&output->out, rc, err);
}

void output_free(struct output *output)
{
    cases_free(&output->cases);
    free(output->columns);
    free(output->rank_columns);
}
