/* The command line of `bench [run]`, of which other commands have a part. */
#include "cli/options.h"

#include "base/lever.h"
#include "cli/arrival_options.h"
#include "control/counting.h"
#include "records/column_list.h"
#include "records/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Runs per case, when it is measured until its median is precise. */
#define PRECISE_RUNS UINT64_C(10)
#define PRECISE_TIME_NS UINT64_C(5000000000)

/* Enough for a comparison to know how much launches differ by chance. */
#define BASELINE_LAUNCHES 5

static int take_lever(void *field, const char *value, struct bench_error *err)
{
    struct lever lever;
    struct bench_error why = {0};
    if (lever_parse(&lever, value, &why) < 0)
        return bench_error_set(err, why.code, "--lever: %s", why.message);
    *(const char **)field = value;
    return 0;
}

#define WHAT "What to run (lists make a matrix):"
#define HOW "How to run it:"
#define HOW_OFTEN "How often to run it:"
#define ARRIVE "Load that arrives by itself, instead of as fast as it can be done:"
#define OUTPUT "Output:"

const struct option_row options_rows[] = {
    HEADING(WHAT),
    {"workload", 'w', "LIST", TEXT_OPTION(struct options, workloads), .completes = COMPLETES_WORKLOADS,
     .help = "workloads: names separated by commas, or all (see bench list)"},
    {"executor", 'x', "LIST", TEXT_OPTION(struct options, executors), .completes = COMPLETES_EXECUTORS,
     .initial = "all", .help = "executors, the ways of running them: names, or all"},
    {"workers", 'j', "LIST", TEXT_OPTION(struct options, workers), .words = "max",
     .initial = "one per allowed core", .help = "threads, processes, ...: 4 or 1,2,4 or 1-8 or max"},
    {"inflight", 'i', "LIST", TEXT_OPTION(struct options, inflight), .initial = "1",
     .help = "tasks in flight per worker, for executors with event loops (uring, uv)"},
    {"set", 's', "[MODULE.]NAME=VALUE[,...]", TEXTS_OPTION(struct options, settings),
     .completes = COMPLETES_SETTINGS,
     .help = "set a parameter of a workload or executor (see bench list NAME); several values make a "
             "sweep"},
    {"plugin", 0, "FILE", TEXTS_OPTION(struct options, plugins), .completes = COMPLETES_FILES,
     .help = "load a workload or executor of your own from this .so file; also BENCH_PLUGIN_PATH"},
    HEADING(HOW),
    {"pin", 0, "HOW", KNOB_OPTION(struct options, shape, "pin"), .words = "close spread none",
     .help = "pin workers: close, spread, none, or a list of CPUs such as 0,2,4-7"},
    {"places", 0, "WHAT", KNOB_OPTION(struct options, shape, "places"),
     .help = "what a worker is pinned to"},
    {"schedule", 0, "HOW", KNOB_OPTION(struct options, shape, "schedule"),
     .help = "how tasks are handed out, with OpenMP's meanings"},
    {"grain", 0, "N", KNOB_OPTION(struct options, shape, "grain"),
     .initial = "0, which leaves it to the workload", .help = "tasks handed out at a time"},
    {"lever", 0, "WHAT", PARSED_OPTION(struct options, shape.lever, take_lever),
     .help = "slow it down on purpose: cpu=50%, wait=50%, lock=50%, cache=on, memory=on"},
    {"counters", 0, "LIST", TEXT_OPTION(struct options, counters), .word = counting_word,
     .is_list = true,
     .help = "count in each run, by perf_event_open: cycles, instructions, cache-misses, branch-misses, "
             "task-clock, ..., and what libpfm4 calls the processor's events"},
    {"seed", 0, "N", KNOB_OPTION(struct options, shape, "seed"),
     .help = "random seed, also for the order of launches"},
    {"launcher", 0, "COMMAND", TEXT_OPTION(struct options, launcher), .completes = COMPLETES_COMMANDS,
     .help =
         "command prefix for every runner, such as 'perf record -o p.data' or 'numactl -m 0'; run once "
         "first to check the parameters, unless it starts a job (srun, mpiexec)"},
    {"hosts", 0, "LIST", TEXT_OPTION(struct options, hosts),
     .help = "hosts of the ranks of mpi, separated by commas: what mpiexec or srun is given"},
    HEADING(HOW_OFTEN),
    {"warmup", 0, "N", COUNT_OPTION(struct options, limits.warmup, 0, 1e9), .initial = "1",
     .help = "runs before the measured ones"},
    {"timeout", 0, "SECONDS", SECONDS_OPTION(struct options, timeout_ns), .initial = "never",
     .help = "kill a launch that takes longer, with all its children"},
    {"max-requests", 0, "N", COUNT_OPTION(struct options, max_requests, 0, 1e15), .initial = "1000",
     .help = "requests to other machines, over all runs: no more are made (http, python)"},
    HEADING(OUTPUT),
    {"output", 'o', "FILE", TEXT_OPTION(struct options, output), .completes = COMPLETES_FILES,
     .help = "append a row for every run to this CSV file"},
    {"label", 0, "TEXT", TEXT_OPTION(struct options, label),
     .help = "free-text label in every row, such as a commit"},
    {"reference-work", 0, NULL, FLAG_OPTION(struct options, is_with_reference),
     .help = "also run work that never changes, one that computes and one that goes through memory, so "
             "that bench history can tell the machine's changes from the program's"},
    {"dry-run", 'n', NULL, FLAG_OPTION(struct options, dry_run),
     .help = "show the cases without running them; with -v, what a runner would be told"},
    {"quiet", 'q', NULL, FLAG_OPTION(struct options, quiet),
     .help = "no progress, notes or warnings on stderr"},
    {"verbose", 'v', NULL, FLAG_OPTION(struct options, verbose),
     .help = "report each launch on stderr; add latency, start-up and memory to the table"},
    {0},
};

static int take_slo(void *field, const char *value, struct bench_error *err)
{
    struct bench_error why = {0};
    int rc = slo_parse(field, value, &why);
    return rc < 0 ? bench_error_set(err, rc, "--slo: %s", why.message) : 0;
}

static const char *column_word(size_t index)
{
    return index < COLUMNS ? column_name((enum column)index) : index == COLUMNS ? "all" : NULL;
}

static int take_columns(void *field, const char *value, struct bench_error *err)
{
    struct bench_error why = {0};
    enum column *columns = column_list_parse(value, &why);
    free(columns);
    if (!columns)
        return bench_error_set(err, why.code, "--columns: %s", why.message);
    *(const char **)field = value;
    return 0;
}

/* Those of `bench run` alone. */
static const struct option_row run_rows[] = {
    {OPERANDS(struct options, operands)},
    HEADING(HOW_OFTEN),
    {"precision", 0, "PERCENT", PERCENT_OPTION(struct options, limits.precision, 0.01, 50),
     .initial = "1, unless --runs or --time is given",
     .help =
         "measure until the median's 95 % confidence interval is within this much of it, up and down"},
    {"runs", 'r', "N", COUNT_OPTION(struct options, limits.runs, 1, 1e9),
     .help = "instead: exactly this many measured runs per launch"},
    {"time", 't', "SECONDS", SECONDS_OPTION(struct options, limits.time_ns), .initial = "5",
     .help = "stop after this long: per case with --precision, else per launch; verification, warm-up "
             "and untimed work between runs count"},
    {"min-runs", 0, "N", COUNT_OPTION(struct options, limits.min_runs, 1, 1e9),
     .initial =
         "3 per launch, or 10 per case with --precision; fewer where --time is over, but two per case",
     .help = "at least this many runs per launch; overrides all other limits"},
    {"max-runs", 0, "N", COUNT_OPTION(struct options, limits.max_runs, 1, 1e9), .initial = "1000000",
     .help = "at most this many runs per launch"},
    {"launches", 0, "N", COUNT_OPTION(struct options, launches, 1, 1e6),
     .initial = "1; 5 with a baseline", .help = "fresh processes per case, in shuffled rounds"},
    {"no-latency", 0, NULL, FLAG_OPTION(struct options, no_latency),
     .help = "time whole runs only, no ranges; of ranges under 1 us only a sample is timed anyway"},
    HEADING(ARRIVE),
    {"rate", 0, "N[,N...]", TEXT_OPTION(struct options, rates),
     .help = "arrivals a second, over all workers, whatever the tasks take; latency counts from when "
             "a task was due. --time, 10 s, is shared out over the runs, 5"},
    {"arrivals", 0, "HOW", KNOB_OPTION(struct options, shape, "arrivals"), .initial = "poisson",
     .help = "how arrivals are spaced: at random, or evenly"},
    {"slo", 0, "WHAT=TIME", PARSED_OPTION(struct options, slo, take_slo),
     .words = "p50= p90= p99= p999= max=",
     .help =
         "find the highest rate at which this holds of the latency, such as p99=10ms, for each case; "
         "--time, 30 s, is what that may take for one"},
    HEADING(OUTPUT),
    {"summary", 0, "FILE", TEXT_OPTION(struct options, summary), .completes = COMPLETES_FILES,
     .help = "append a row for every case to this CSV file"},
    {"per-rank", 0, "FILE", TEXT_OPTION(struct options, per_rank), .completes = COMPLETES_FILES,
     .help = "append a row for every rank of every run to this CSV file (mpi)"},
    {"format", 0, "FORMAT", TEXT_OPTION(struct options, format_word), .word = format_word_of_results,
     .initial = "table, or csv if stdout is a file whose name ends in .csv",
     .help = "what stdout gets (bench help report); with --baseline, a format of bench compare"},
    {"columns", 0, "LIST", PARSED_OPTION(struct options, columns, take_columns), .word = column_word,
     .is_list = true,
     .help = "columns of the CSV on stdout, by name, or all; the file of -o always has all"},
    {"trace", 0, "FILE", TEXT_OPTION(struct options, trace), .completes = COMPLETES_FILES,
     .help =
         "write a timeline, who did what when and who waited, for ui.perfetto.dev and chrome://tracing; "
         "bench report --trace FILE draws it"},
    {"trace-size", 0, "SIZE", SIZE_OPTION(struct options, trace_bytes, 1e12), .initial = "10MB",
     .help = "how large that may become: of more ranges than fit, the slowest and one in some are kept"},
    {"histograms", 0, "FILE", TEXT_OPTION(struct options, histograms), .completes = COMPLETES_FILES,
     .help = "append all latencies of each run to this file: bench report RESULTS.csv --histograms FILE "
             "--format hgrm makes a percentile distribution of them"},
    {"resume", 0, NULL, FLAG_OPTION(struct options, resume),
     .help = "skip cases that are complete in the file of -o"},
    HEADING(COMPARISON),
    {"baseline", 0, "FILE", TEXT_OPTION(struct options, baseline), .completes = COMPLETES_FILES,
     .help = "compare with the results in this file, once all cases have run"},
    {"save-baseline", 0, "FILE", TEXT_OPTION(struct options, save_baseline),
     .completes = COMPLETES_FILES,
     .help =
         "replace this file with the new results if no case failed; with --baseline, only if nothing "
         "got slower either"},
    {0},
};

const struct command_line run_line = {
    .name = "bench",
    .summary = "Run workloads under executors, verify the results and time them.",
    .notes =
        "bench help lists the other commands; bench help COMMAND explains one.\n"
        "\n"
        "Exit status: 0 success; 2 the command line or an input file is wrong; 3 a case failed, "
        "crashed, "
        "timed out or gave a wrong answer, or results could not be written; 130 interrupted, with what "
        "was finished written. With --baseline also: 1 a case got slower; 4 with --strict, a case is "
        "inconclusive or on one side only.\n"
        "\n"
        "Example: bench -w blur -x serial,pthread,omp -j 1,2 -s sigma=2,5 -o blur.csv",
    .parts = {{options_rows, 0}, {run_rows, 0}, {compare_rows, offsetof(struct options, compare)}},
};

/* Where a format is chosen by its word; 0: there is none of that name, and `err` says which there are.
 */
static unsigned choose_format(const char *word, enum format_subject subject, struct bench_error *err)
{
    const char *(*word_of)(size_t index) =
        subject == FORMAT_OF_RESULTS ? format_word_of_results : format_word_of_comparisons;
    const struct format *found = format_find(word, subject, err);
    unsigned choice = 0;
    while (found && strcmp(word_of(choice), found->name) != 0)
        choice++;
    return found ? choice + 1 : 0;
}

/* With a baseline, --format is the comparison's; the table of what was run goes with its table. */
static int check_comparison(struct options *options, struct bench_error *err)
{
    struct compare_options *compare = &options->compare;
    const char *word = options->format_word;
    if (!options->baseline && compare->given)
        return bench_error_set(err, -EINVAL, "--%s: needs --baseline FILE to compare with",
                               compare->given);
    if (!options->baseline) {
        options->format = word ? format_find(word, FORMAT_OF_RESULTS, err) : NULL;
        if (options->format && options->format->readers == FORMAT_OF_HISTOGRAMS)
            return bench_error_set(
                err, -EINVAL, "--format: %s is written by bench report, from the file of --histograms",
                word);
        return word && !options->format ? -EINVAL : 0;
    }
    compare->request.format = word ? choose_format(word, FORMAT_OF_COMPARISON, err) : 0;
    options->format = format_chosen(FORMAT_OF_RESULTS, 0);
    options->is_compared_only = compare->request.format > 1;
    return word && !compare->request.format ? -EINVAL : 0;
}

/* The rule of precision, as of one of a case's launches. */
static void share_limits(struct stopping_limits *limits, uint64_t launches)
{
    if (!(limits->precision > 0))
        limits->precision = 0.01;
    if (!limits->time_ns)
        limits->time_ns = PRECISE_TIME_NS;
    limits->time_ns = limits->time_ns > launches ? limits->time_ns / launches : 1;
}

static uint64_t least_of(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* What only makes sense together. */
static int check_limits(struct options *options, struct bench_error *err)
{
    struct stopping_limits *limits = &options->limits;
    if (options->output && strcmp(options->output, "-") == 0)
        return bench_error_set(err, -EINVAL, "--output: '-' is not a file; for stdout use --format csv");
    if (limits->runs && limits->time_ns)
        return bench_error_set(err, -EINVAL,
                               "--runs and --time exclude each other: give a number of runs or a time");
    if (limits->runs && limits->precision > 0)
        return bench_error_set(
            err, -EINVAL,
            "--runs and --precision exclude each other: give a number of runs or a precision");
    if (limits->runs && (limits->min_runs || limits->max_runs))
        return bench_error_set(err, -EINVAL,
                               "--min-runs and --max-runs work with --time and --precision, not with "
                               "--runs, which fixes the number");
    uint64_t usual = 3;
    if (!limits->runs && (limits->precision > 0 || !limits->time_ns)) {
        share_limits(limits, options->launches);
        usual = (PRECISE_RUNS - 1) / options->launches + 1;
    }
    if (!limits->max_runs)
        limits->max_runs = limits->min_runs > 1000000 ? limits->min_runs : 1000000;
    limits->usual_runs = limits->min_runs ? limits->min_runs : least_of(usual, limits->max_runs);
    if (!limits->min_runs)
        limits->min_runs = least_of(options->launches > 1 ? 1 : 2, limits->max_runs);
    if (limits->warmup == WARMUP_NOT_GIVEN) {
        limits->warmup = 1;
        limits->warmup_may_go = true;
    }
    if (limits->min_runs > limits->max_runs)
        return bench_error_set(err, -EINVAL, "--min-runs %" PRIu64 " is more than --max-runs %" PRIu64,
                               limits->min_runs, limits->max_runs);
    return 0;
}

void options_begin(struct options *options)
{
    *options = (struct options){.shape = shape_default,
                                .limits = {.warmup = 1},
                                .max_requests = 1000,
                                .trace_bytes = 10000000,
                                .compare = COMPARE_OPTIONS_DEFAULT};
}

static int check(struct options *options, struct bench_error *err)
{
    if (options->operands.count > 0) {
        const char *word = options->operands.texts[0];
        return bench_error_set(err, -EINVAL,
                               "'%s' is neither an option nor a command; did you mean --workload %s? "
                               "(bench --help)",
                               word, word);
    }
    if (options->resume && !options->output)
        return bench_error_set(err, -EINVAL,
                               "--resume: needs --output FILE, whose complete cases are skipped");
    if (options->histograms && options->no_latency)
        return bench_error_set(err, -EINVAL, "--histograms and --no-latency exclude each other");
    if (options->trace && options->shape.lever[0])
        return bench_error_set(err, -EINVAL, "--trace and --lever exclude each other");
    int rc = check_comparison(options, err);
    if (!options->launches)
        options->launches = options->baseline || options->save_baseline ? BASELINE_LAUNCHES : 1;
    if (rc == 0)
        rc = arrival_options_settle(options, err);
    return rc == 0 ? check_limits(options, err) : rc;
}

int options_parse(struct options *options, int argc, char **argv, struct bench_error *err)
{
    options_begin(options);
    options->limits.warmup = WARMUP_NOT_GIVEN;
    int rc = command_line_parse(&run_line, options, argc, argv, err);
    if (rc == 0)
        rc = check(options, err);
    if (rc != 0)
        options_free(options);
    return rc;
}

void options_free(struct options *options)
{
    option_texts_free(&options->operands);
    option_texts_free(&options->settings);
    option_texts_free(&options->plugins);
}
