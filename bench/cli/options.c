#include "cli/options.h"

#include "base/quantity.h"
#include "cli/arguments.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of a case, where it is measured until its median is known well. */
#define PRECISE_RUNS UINT64_C(10)
#define PRECISE_TIME_NS UINT64_C(5000000000)

/* Of which a comparison knows how much the luck of a launch changes. */
#define BASELINE_LAUNCHES 5

enum key {
    KEY_PIN = 256,
    KEY_PLACES,
    KEY_SCHEDULE,
    KEY_GRAIN,
    KEY_PRECISION,
    KEY_MIN_RUNS,
    KEY_MAX_RUNS,
    KEY_WARMUP,
    KEY_LAUNCHES,
    KEY_TIMEOUT,
    KEY_SUMMARY,
    KEY_FORMAT,
    KEY_LABEL,
    KEY_SEED,
    KEY_PLUGIN,
    KEY_LAUNCHER,
    KEY_BASELINE,
    KEY_SAVE_BASELINE,
};

static const struct argp_option table[] = {
    {0, 0, 0, 0, "What to run (lists make a matrix):", 1},
    {"workload", 'w', "LIST", 0, "the work: names separated by commas, or all (bench list)", 0},
    {"executor", 'x', "LIST", 0, "the ways of running it: names, or all; default: all", 0},
    {"workers", 'j', "LIST", 0,
     "threads, processes, ...: 4 or 1,2,4 or 1-8 or max; default: one per allowed core", 0},
    {"inflight", 'i', "LIST", 0, "lanes per worker, for executors that have them; default: 1", 0},
    {"set", 's', "[MODULE.]KEY=V[,V...]", 0,
     "a module's parameter (bench list NAME), without MODULE the workload's first; several values sweep",
     0},
    {"plugin", KEY_PLUGIN, "FILE", 0,
     "a .so with a workload or executor of your own; also BENCH_PLUGIN_PATH", 0},
    {0, 0, 0, 0, "How:", 2},
    {"pin", KEY_PIN, "HOW", 0, "close, spread, none, or CPUs such as 0,2,4-7; default: close", 0},
    {"places", KEY_PLACES, "WHAT", 0, "cores, threads, numa or sockets; default: cores", 0},
    {"schedule", KEY_SCHEDULE, "HOW", 0,
     "static, dynamic or guided, as OpenMP means them; default: dynamic", 0},
    {"grain", KEY_GRAIN, "N", 0, "tasks handed out together; default: as the workload prefers", 0},
    {"seed", KEY_SEED, "N", 0, "of all that is random, the order of the launches too; default: 1", 0},
    {"launcher", KEY_LAUNCHER, "COMMAND", 0,
     "put before every runner, once more to check the parameters: 'perf record -o p.data', 'numactl -m "
     "0'",
     0},
    {"warmup", KEY_WARMUP, "N", 0, "runs before the measured ones; default: 1", 3},
    {"timeout", KEY_TIMEOUT, "SECONDS", 0, "kill a launch that takes longer; default: never", 0},
    {0, 0, 0, 0, "Where to:", 4},
    {"output", 'o', "FILE", 0, "append every run to this CSV file", 0},
    {"label", KEY_LABEL, "TEXT", 0, "a word of yours in every row, such as a commit", 0},
    {"dry-run", 'n', 0, 0, "show the cases, run nothing; with -v what a runner would be told", 0},
    {"quiet", 'q', 0, 0, "no progress, notes and warnings on stderr", 0},
    {"verbose", 'v', 0, 0, "more: each launch on stderr; latency, start-up and memory in the table", 0},
    {0},
};

/* Those of `bench run` alone. */
static const struct argp_option run_table[] = {
    {0, 0, 0, 0, "How often:", 3},
    {"precision", KEY_PRECISION, "PERCENT", 0,
     "until the median is known within so much, 95 times in 100; default, where neither --runs nor "
     "--time "
     "is given: 1",
     0},
    {"runs", 'r', "N", 0, "instead: so many measured runs a launch", 0},
    {"time", 't', "SECONDS", 0,
     "with --precision: give up after so long, all launches of a case together; default: 5; without: "
     "until the measured runs of a launch add up to so long",
     0},
    {"min-runs", KEY_MIN_RUNS, "N", 0,
     "without --runs: at least so many a launch; default: 3, with --precision 10 a case", 0},
    {"max-runs", KEY_MAX_RUNS, "N", 0, "without --runs: at most so many a launch; default: 1000000", 0},
    {"launches", KEY_LAUNCHES, "N", 0, "fresh processes a case, in shuffled rounds; default: 1", 0},
    {"summary", KEY_SUMMARY, "FILE", 0, "append one row a case to this CSV file", 4},
    {"format", KEY_FORMAT, "FORMAT", 0,
     "of stdout: table, csv or json; default: table on a terminal, else csv; with --baseline "
     "those of bench compare, default: table",
     4},
    {0, 0, 0, 0, "Against what was measured before (bench compare):", 5},
    {"baseline", KEY_BASELINE, "FILE", 0,
     "compare with the results in it, when all has run; --launches is 5 then, unless given", 0},
    {"save-baseline", KEY_SAVE_BASELINE, "FILE", 0,
     "write the results to it, in place of what it had, if all went well; with --baseline if nothing "
     "got slower either",
     0},
    {0},
};

static const char doc[] =
    "Run workloads under executors, verify and time them.\v"
    "Commands: bench [run], bench ab, bench compare OLD.csv NEW.csv, bench report FILE, bench selftest, "
    "bench list [NAME], bench topo, bench serve, bench runner. Each has "
    "--help.\n\n"
    "Exit status: 0 all well; 2 the command line or an input file is wrong; 3 a case failed, crashed, "
    "timed "
    "out or answered wrongly; 130 interrupted, with what was finished written. With --baseline: 1 a "
    "case got slower; 4 with --strict, if a case is inconclusive or on one side only.\n\n"
    "Example: bench -w blur -x serial,pthread,omp -j 1,2 -s sigma=2,5 -o blur.csv";

/* Percent, as 0.5 or 0.5%; *out is a part of one. */
static int parse_percent(struct arguments *arguments, const char *option, const char *value, double *out)
{
    char number[32];
    size_t length = strlen(value);
    double percent;
    length -= length > 0 && value[length - 1] == '%';
    snprintf(number, sizeof number, "%.*s", (int)length, value);
    if (length >= sizeof number || !quantity_real(number, &percent) || percent < 0.01 || percent > 50)
        return arguments_refuse(arguments, option, value, "a percentage from 0.01 to 50, such as 0.5");
    *out = percent / 100;
    return 0;
}

static int parse_word(struct arguments *arguments, const char *option, const char *value,
                      const char *const *words, const char *allowed, size_t *out)
{
    for (size_t i = 0; words[i]; i++) {
        if (strcmp(words[i], value) == 0) {
            *out = i;
            return 0;
        }
    }
    return arguments_refuse(arguments, option, value, allowed);
}

static int append(struct arguments *arguments, const char ***list, size_t *count, const char *value)
{
    const char **grown = realloc(*list, (*count + 1) * sizeof *grown);
    if (!grown) {
        bench_error_set(arguments->err, -ENOMEM, "out of memory");
        return ENOMEM;
    }
    *list = grown;
    grown[(*count)++] = value;
    return 0;
}

static struct options *options_of(struct arguments *arguments)
{
    return arguments->options;
}

static int parse_schedule(struct arguments *arguments, const char *value)
{
    static const char *const words[] = {"static", "dynamic", "guided", NULL};
    size_t which;
    options_of(arguments)->schedule = value;
    return parse_word(arguments, "--schedule", value, words, "static, dynamic or guided", &which);
}

static error_t parse_one(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    struct options *options = arguments->options;
    switch (key) {
    case 'w':
        options->workloads = value;
        return 0;
    case 'x':
        options->executors = value;
        return 0;
    case 'j':
        options->workers = value;
        return 0;
    case 'i':
        options->inflight = value;
        return 0;
    case 's':
        return append(arguments, &options->settings, &options->settings_count, value);
    case KEY_PLUGIN:
        return append(arguments, &options->plugins, &options->plugins_count, value);
    case KEY_PIN:
        options->pin = value;
        return 0;
    case KEY_PLACES:
        options->places = value;
        return 0;
    case KEY_SCHEDULE:
        return parse_schedule(arguments, value);
    case KEY_GRAIN:
        return arguments_count(arguments, "--grain", value, 1, INT64_MAX, &options->grain);
    case KEY_SEED:
        return arguments_count(arguments, "--seed", value, 0, INT64_MAX, &options->seed);
    case KEY_LAUNCHER:
        options->launcher = value;
        return 0;
    case KEY_WARMUP:
        return arguments_count(arguments, "--warmup", value, 0, 1000000000, &options->limits.warmup);
    case KEY_TIMEOUT:
        return arguments_seconds(arguments, "--timeout", value, &options->timeout_ns);
    case 'o':
        options->output = value;
        return 0;
    case KEY_LABEL:
        options->label = value;
        return 0;
    case 'n':
        options->dry_run = true;
        return 0;
    case 'q':
        options->quiet = true;
        return 0;
    case 'v':
        options->verbose = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_run(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    struct options *options = arguments->options;
    struct stopping_limits *limits = &options->limits;
    switch (key) {
    case 'r':
        return arguments_count(arguments, "--runs", value, 1, 1000000000, &limits->runs);
    case 't':
        return arguments_seconds(arguments, "--time", value, &limits->time_ns);
    case KEY_PRECISION:
        return parse_percent(arguments, "--precision", value, &limits->precision);
    case KEY_MIN_RUNS:
        return arguments_count(arguments, "--min-runs", value, 1, 1000000000, &limits->min_runs);
    case KEY_MAX_RUNS:
        return arguments_count(arguments, "--max-runs", value, 1, 1000000000, &limits->max_runs);
    case KEY_LAUNCHES:
        return arguments_count(arguments, "--launches", value, 1, 1000000, &options->launches);
    case KEY_SUMMARY:
        options->summary = value;
        return 0;
    case KEY_FORMAT:
        options->format_word = value;
        return 0;
    case KEY_BASELINE:
        options->baseline = value;
        return 0;
    case KEY_SAVE_BASELINE:
        options->save_baseline = value;
        return 0;
    case ARGP_KEY_ARG:
        bench_error_set(arguments->err, -EINVAL,
                        "'%s' is neither an option nor a command; "
                        "did you mean --workload %s? (bench --help)",
                        value, value);
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int find_format(const char *word, enum format *format, struct bench_error *err)
{
    static const char *const words[] = {"table", "csv", "json"};
    enum comparison_format other;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i], word) == 0) {
            *format = (enum format)(FORMAT_TABLE + i);
            return 0;
        }
    }
    return bench_error_set(err, -EINVAL, "--format: '%s' must be table, csv or json%s", word,
                           comparison_format_parse(word, &other)
                               ? "; it is of a comparison: --baseline FILE or bench compare"
                               : "");
}

/* With a baseline, --format is the comparison's; the table of what was run goes with its table. */
static int check_comparison(struct options *options, struct bench_error *err)
{
    struct compare_options *compare = &options->compare;
    const char *word = options->format_word;
    if (!options->baseline && compare->given)
        return bench_error_set(err, -EINVAL,
                               "--%s: goes with --baseline FILE: there is nothing to compare with",
                               compare->given);
    if (!options->baseline)
        return word ? find_format(word, &options->format, err) : 0;
    if (word && !comparison_format_parse(word, &compare->request.format))
        return bench_error_set(err, -EINVAL, "--format: '%s' must, with --baseline, be %s%s", word,
                               COMPARISON_FORMATS,
                               strcmp(word, "csv") == 0 ? "; -o FILE is for the rows" : "");
    options->format = compare->request.format <= COMPARISON_TABLE ? FORMAT_TABLE : FORMAT_NONE;
    return 0;
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

/* What only makes sense together. */
static int check_limits(struct options *options, struct bench_error *err)
{
    struct stopping_limits *limits = &options->limits;
    if (options->output && strcmp(options->output, "-") == 0)
        return bench_error_set(err, -EINVAL,
                               "--output: '-' must be a file; for stdout say --format csv");
    if (limits->runs && limits->time_ns)
        return bench_error_set(err, -EINVAL,
                               "--runs and --time exclude each other: say how often or how long");
    if (limits->runs && limits->precision > 0)
        return bench_error_set(err, -EINVAL,
                               "--runs and --precision exclude each other: say how often or how well");
    if (limits->runs && (limits->min_runs || limits->max_runs))
        return bench_error_set(err, -EINVAL,
                               "--min-runs and --max-runs go with --time and --precision, not with "
                               "--runs, which says how many there are");
    uint64_t least = 3;
    if (!limits->runs && (limits->precision > 0 || !limits->time_ns)) {
        share_limits(limits, options->launches);
        least = (PRECISE_RUNS - 1) / options->launches + 1;
    }
    if (!limits->max_runs)
        limits->max_runs = limits->min_runs > 1000000 ? limits->min_runs : 1000000;
    if (!limits->min_runs)
        limits->min_runs = limits->max_runs < least ? limits->max_runs : least;
    if (limits->min_runs > limits->max_runs)
        return bench_error_set(err, -EINVAL, "--min-runs %" PRIu64 " is more than --max-runs %" PRIu64,
                               limits->min_runs, limits->max_runs);
    return 0;
}

void options_begin(struct options *options)
{
    *options = (struct options){.pin = "close",
                                .places = "cores",
                                .schedule = "dynamic",
                                .seed = 1,
                                .limits = {.warmup = 1},
                                .compare = COMPARE_OPTIONS_DEFAULT};
}

struct arguments_part options_part(struct options *options)
{
    return (struct arguments_part){.table = table, .parse_one = parse_one, .options = options};
}

int options_parse(struct options *options, int argc, char **argv, struct bench_error *err)
{
    const struct arguments_part parts[] = {
        options_part(options), {run_table, parse_run, options}, compare_options_part(&options->compare)};
    options_begin(options);
    int rc = arguments_parse_parts("bench", parts, 3, NULL, doc, argc, argv, err);
    if (rc == 0)
        rc = check_comparison(options, err);
    if (!options->launches)
        options->launches = options->baseline || options->save_baseline ? BASELINE_LAUNCHES : 1;
    if (rc == 0)
        rc = check_limits(options, err);
    if (rc != 0)
        options_free(options);
    return rc;
}

void options_free(struct options *options)
{
    free(options->settings);
    free(options->plugins);
}
