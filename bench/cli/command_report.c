/* `bench report RESULTS.csv...`: shows results that were written as CSV, or converts them. */
#include "base/memory.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/defaults.h"
#include "cli/output.h"
#include "cli/report_hgrm.h"
#include "records/csv.h"
#include "records/csv_read.h"
#include "report/formats.h"
#include "report/html_timeline.h"
#include "report/pivot_csv.h"
#include "report/timeline_text.h"
#include "results/cases_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct report_options {
    struct option_texts files;
    unsigned format;    /* of report/formats.h; 0: not given */
    const char *output; /* NULL: stdout */
    const char *pivot;  /* NULL: none */
    const char *trace;  /* NULL: results */
    struct hgrm_options hgrm;
    unsigned decimal; /* 2: comma */
    bool verbose;
};

/* ---- the command line ---- */

static const struct option_row report_rows[] = {
    {OPERANDS(struct report_options, files), .completes = COMPLETES_FILES},
    {"format", 0, "FORMAT", CHOICE_OPTION(struct report_options, format), .word = format_word_of_results,
     .initial = "table, or csv if the output is a file whose name ends in .csv",
     .help = "what to write"},
    {"pivot", 0, "WHAT", TEXT_OPTION(struct report_options, pivot), .words = "workers inflight executor",
     .help =
         "in csv, a wide table for a chart: a row for each value of workers, inflight, executor or a "
         "parameter, a column for each way of running; in gnuplot, what the picture is drawn over"},
    {"decimal", 0, "SIGN", CHOICE_OPTION(struct report_options, decimal), .words = "point comma",
     .initial = "point",
     .help =
         "in csv and rows: comma writes 1,5 and separates columns by ;, for spreadsheets that expect "
         "it (bench itself does not read that)"},
    {"histograms", 0, "FILE", TEXT_OPTION(struct report_options, hgrm.histograms),
     .completes = COMPLETES_FILES,
     .help = "what bench --histograms has written of the same runs, for --format hgrm"},
    {"case", 0, "WORDS", TEXT_OPTION(struct report_options, hgrm.words),
     .help = "in hgrm, which case, where there are several: values or KEY=VALUE, such as 'pthread "
             "workers=2'"},
    {"trace", 0, "FILE", TEXT_OPTION(struct report_options, trace), .completes = COMPLETES_FILES,
     .help = "draw the timeline that bench --trace has written, who computed and who waited when: by "
             "itself, "
             "or in the page of --format html beside the results"},
    {"output", 'o', "FILE", TEXT_OPTION(struct report_options, output), .completes = COMPLETES_FILES,
     .help = "write to this file, replacing it"},
    {"verbose", 'v', NULL, FLAG_OPTION(struct report_options, verbose),
     .help = "more in table and markdown: start-up, latency, context switches, memory"},
    {0},
};

const struct command_line report_line = {
    .name = "bench report",
    .operands = "RESULTS.csv...",
    .summary = "Print or convert results that bench has written as CSV (--output, or --format csv). "
               "Several files are taken together, in their order; - is stdin.",
    .print_more = format_print_of_results,
    .notes = "Exit status: 0 success; 2 the command line or a file is wrong, or it holds no successful "
             "measured run; 3 the output could not be written.\n"
             "\n"
             "Example: bench report old.csv --format gbench -o old.json",
    .parts = {{report_rows, 0}},
};

/* Runs that count twice, and results that are written over, would not be noticed until later. */
static int check_files(const struct report_options *options, struct bench_error *err)
{
    if (options->files.count == 0)
        return bench_error_set(err, -EINVAL,
                               "report: name a results file, for example: bench report runs.csv (- is "
                               "stdin; bench report --help)");
    for (size_t i = 0; i < options->files.count; i++) {
        const char *file = options->files.texts[i];
        for (size_t j = 0; j < i; j++) {
            if (output_is_same_file(file, options->files.texts[j]))
                return bench_error_set(err, -EINVAL, "report: %s is given twice", file);
        }
        if (options->output && output_is_same_file(file, options->output))
            return bench_error_set(err, -EINVAL,
                                   "--output: %s is also an input file and would be overwritten",
                                   options->output);
    }
    return 0;
}

/* ---- reading ---- */

/* Of the rows of one file, none that was measured well? Then it says so. */
static void check_rows(const char *path, const struct cases_file *file, struct bench_error *err)
{
    const char *name = strcmp(path, "-") == 0 ? "stdin" : path;
    if (file->measured > 0)
        return;
    if (file->rows == 0)
        bench_error_set(err, -ENODATA, "%s: no runs, only a header line", name);
    else
        bench_error_set(err, -ENODATA,
                        "%s: nothing to report: none of %zu rows is a successful measured run%s%s%s%s",
                        name, file->rows, file->status ? "; the first failure: " : "",
                        file->status ? status_word(file->status) : "", file->error[0] ? ": " : "",
                        file->error);
}

static void say_note(const char *note)
{
    if (note)
        fprintf(stderr, "bench: warning: %s\n", note);
}

/* `empty` gets what is wrong with the first file that has nothing to report. */
static int read_files(const struct report_options *options, struct cases *cases,
                      struct bench_error *empty, struct bench_error *err)
{
    for (size_t i = 0; i < options->files.count; i++) {
        struct cases_file file;
        int rc = cases_read(cases, options->files.texts[i], &file, err);
        if (rc < 0)
            return rc;
        check_rows(options->files.texts[i], &file, empty);
    }
    cases_finish(cases);
    for (size_t i = 0; i < cases->notes_size; i++)
        say_note(cases->notes[i]);
    if (cases->repeated > 0)
        fprintf(
            stderr,
            "bench: warning: %zu %s present more than once: the same session, launch, phase and run\n",
            cases->repeated, cases->repeated == 1 ? "row is" : "rows are");
    return 0;
}

/* ---- a timeline ---- */

static int read_trace(const struct report_options *options, struct timeline *timeline,
                      struct bench_error *err)
{
    FILE *in = fopen(options->trace, "re");
    if (!in)
        return bench_error_set(err, -errno, "--trace: %s: %s", options->trace, strerror(errno));
    int rc = timeline_read(timeline, in, options->trace, err);
    fclose(in);
    return rc;
}

/* Table and markdown are drawings with characters. */
static int check_trace_format(const char *format, const struct report_options *options,
                              struct bench_error *err)
{
    if (strcmp(format, "html") == 0)
        return 0;
    if (options->files.count > 0)
        return bench_error_set(err, -EINVAL,
                               "--trace: with results beside it (%s) the format must be html; without, "
                               "table and markdown draw it, too",
                               options->files.texts[0]);
    if (strcmp(format, "table") == 0 || strcmp(format, "markdown") == 0)
        return 0;
    return bench_error_set(err, -EINVAL,
                           "--format: with --trace it must be table, markdown or html; for other "
                           "programs the trace itself is a format: ui.perfetto.dev, chrome://tracing");
}

/* A timeline alone. */
static int draw(const struct report_options *options, const struct timeline *timeline,
                struct bench_error *err)
{
    const char *format = options->format ? format_word_of_results(options->format - 1) : "table";
    FILE *out = options->output ? fopen(options->output, "we") : stdout;
    if (!out)
        return bench_error_set(err, -errno, "--output: %s: %s", options->output, strerror(errno));
    struct page page = {.out = out,
                        .style = strcmp(format, "markdown") == 0 ? PAGE_MARKDOWN : PAGE_TEXT,
                        .width = options->output ? 80 : output_width()};
    int rc = strcmp(format, "html") == 0 ? html_timeline_page(&page, timeline, err)
                                         : timeline_page(&page, timeline, err);
    if (options->output && fclose(out) != 0 && rc == 0)
        rc = bench_error_set(err, -errno, "--output: %s: %s", options->output, strerror(errno));
    if (rc < 0 && rc != -EINVAL && rc != -ENOENT) {
        fprintf(stderr, "bench: %s\n", err->message);
        return EXIT_CASE;
    }
    return rc;
}

/* Every case has failed, though some of its runs had not? */
static void check_cases(const struct results *results, struct bench_error *empty)
{
    for (size_t i = 0; i < results->size; i++) {
        if (result_has_numbers(&results->cases[i]))
            return;
    }
    bench_error_set(empty, -ENODATA, "nothing to report: every case failed");
}

/* ---- telling ---- */

static void say_left_out(const struct format *format, const struct results *results)
{
    unsigned parts = results_parts(results);
    for (size_t i = 0; i < results->size; i++) {
        const struct case_result *result = &results->cases[i];
        bool is_ok = strcmp(result->status, "ok") == 0;
        if (!format_leaves_out(format, result))
            continue;
        char *name = case_name_words(result->identity, parts);
        char *said =
            mem_format("bench: omitted: %s: %s%s%s", name, is_ok ? "no measured run" : result->status,
                       result->error ? ": " : "", result->error ? result->error : "");
        fprintf(stderr, "%s\n", text_make_visible(said));
        free(said);
        free(name);
    }
}

/* -EIO and the like, with `err` filled, where it cannot be written. */
static int tell(FILE *out, const struct report_options *options, const struct format *format,
                const struct results *results, const struct timeline *timeline, struct bench_error *err)
{
    struct defaults defaults;
    defaults_open(&defaults, NULL);
    struct page page = {.out = out,
                        .width = options->output ? 80 : output_width(),
                        .has_decimal_comma = options->decimal == 2,
                        .with_details = options->verbose,
                        .pivot = options->pivot,
                        .timeline = timeline,
                        .defaults = &defaults.known};
    bool is_wide = options->pivot && strcmp(format->name, "csv") == 0;
    int rc = is_wide ? pivot_csv_results(&page, results, options->pivot, err)
                     : format->results(&page, results, err);
    defaults_close(&defaults);
    if (options->output && fclose(out) != 0 && rc == 0)
        rc = bench_error_set(err, -errno, "--output: %s: %s", options->output, strerror(errno));
    if (rc == 0)
        say_left_out(format, results);
    return rc;
}

/* What the rows are wrong for is told by the caller; what could not be written, here. */
static int open_and_tell(const struct report_options *options, const struct format *format,
                         const struct results *results, const struct timeline *timeline,
                         struct bench_error *err)
{
    FILE *out = options->output ? fopen(options->output, "we") : stdout;
    if (!out)
        return bench_error_set(err, -errno, "--output: %s: %s", options->output, strerror(errno));
    int rc = tell(out, options, format, results, timeline, err);
    if (rc == 0 || rc == -EINVAL)
        return rc == 0 ? EXIT_OK : rc;
    fprintf(stderr, "bench: %s\n", err->message);
    return EXIT_CASE;
}

/* All rows of a file, as they come. */
static int convert(struct csv *csv, const char *file, struct bench_error *err)
{
    const struct record *row;
    struct csv_reader *reader;
    int rc = csv_read_open_input(&reader, file, err);
    if (rc < 0)
        return rc;
    while ((rc = csv_read_next(reader, &row, err)) == 1) {
        struct bench_error why = {0};
        if (csv_write_record(csv, row, &why) < 0) {
            fprintf(stderr, "bench: %s\n", why.message);
            rc = EXIT_CASE;
            break;
        }
    }
    say_note(csv_read_note(reader));
    csv_read_close(reader);
    return rc;
}

/* --format rows: files of this schema and older ones into one of this schema. */
static int convert_all(const struct report_options *options, struct bench_error *err)
{
    struct csv csv;
    char *header = mem_text(record_header);
    for (char *at = header; options->decimal == 2 && (at = strchr(at, ','));)
        *at = ';';
    int rc = options->output ? csv_open(&csv, options->output, header, err)
                             : csv_open_fd(&csv, STDOUT_FILENO, "stdout", header, err);
    free(header);
    csv.has_decimal_comma = options->decimal == 2;
    if (rc < 0) {
        fprintf(stderr, "bench: %s%s\n", options->output ? "--output: " : "", err->message);
        return EXIT_CASE;
    }
    for (size_t i = 0; rc == 0 && i < options->files.count; i++)
        rc = convert(&csv, options->files.texts[i], err);
    struct bench_error why = {0};
    if (csv_close(&csv, &why) < 0 && rc == 0) {
        fprintf(stderr, "bench: %s\n", why.message);
        rc = EXIT_CASE;
    }
    return rc;
}

/* The chosen format; else CSV into a file that is called so, and a table anywhere else. */
static const struct format *choose_format(const struct report_options *options)
{
    bool is_csv = options->output ? output_is_csv(options->output) : output_stdout_is_csv();
    if (!options->format && options->hgrm.histograms)
        return format_find("hgrm", FORMAT_OF_RESULTS, NULL);
    if (!options->format && (is_csv || options->pivot))
        return format_find("csv", FORMAT_OF_RESULTS, NULL);
    return format_chosen(FORMAT_OF_RESULTS, options->format);
}

static int report(const struct report_options *options, struct cases *cases,
                  const struct timeline *timeline, struct bench_error *err)
{
    const struct format *format = choose_format(options);
    struct bench_error empty = {0};
    struct results results;
    bool is_csv = format->readers == FORMAT_OF_ROWS || strcmp(format->name, "csv") == 0;
    if (options->decimal == 2 && !is_csv)
        return bench_error_set(err, -EINVAL, "--decimal: comma is for CSV: --format csv or rows, not %s",
                               format->name);
    if (options->pivot && strcmp(format->name, "csv") != 0 && strcmp(format->name, "gnuplot") != 0)
        return bench_error_set(err, -EINVAL, "--pivot: is for --format csv or gnuplot, not %s",
                               format->name);
    bool is_hgrm = format->readers == FORMAT_OF_HISTOGRAMS;
    int checked = hgrm_check(&options->hgrm, is_hgrm, err);
    if (checked < 0)
        return checked;
    if (format->readers == FORMAT_OF_ROWS)
        return convert_all(options, err);
    cases_init(cases, IDENTITY_ALL);
    format_ask(format, cases);
    int rc = read_files(options, cases, &empty, err);
    if (rc < 0)
        return rc;
    if (is_hgrm)
        return empty.code ? bench_error_set(err, empty.code, "%s", empty.message)
                          : hgrm_tell(&options->hgrm, cases, options->output, err);
    results_make(&results, cases);
    check_cases(&results, &empty);
    if (empty.code == 0 || (format->readers == FORMAT_FOR_PEOPLE && results.size > 0))
        rc = open_and_tell(options, format, &results, timeline, err);
    results_free(&results);
    return rc == EXIT_OK && empty.code ? bench_error_set(err, empty.code, "%s", empty.message) : rc;
}

int command_report(int argc, char **argv, struct bench_error *err)
{
    struct report_options options = {0};
    struct cases cases = {0};
    struct timeline timeline = {0};
    int rc = command_line_parse(&report_line, &options, argc, argv, err);
    bool is_timeline = options.trace && options.files.count == 0; /* and nothing else */
    if (rc == 0 && options.trace)
        rc = check_trace_format(options.format ? format_word_of_results(options.format - 1) : "table",
                                &options, err);
    if (rc == 0 && !is_timeline)
        rc = check_files(&options, err);
    if (rc == 0 && options.trace)
        rc = read_trace(&options, &timeline, err);
    if (rc == 0)
        rc = is_timeline ? draw(&options, &timeline, err)
                         : report(&options, &cases, options.trace ? &timeline : NULL, err);
    else if (rc == COMMAND_LINE_ANSWERED)
        rc = EXIT_OK;
    cases_free(&cases);
    timeline_free(&timeline);
    option_texts_free(&options.files);
    return rc;
}
