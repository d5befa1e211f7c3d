/*
 * `bench selftest`: can this machine, now, tell a slowdown from none? Cases are compared with
 * themselves, and with themselves made slower on purpose, again and again, as `bench ab` would.
 */
#include "base/memory.h"
#include "base/quantity.h"
#include "base/standard_output.h"
#include "base/text.h"
#include "cli/ab_options.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "control/alternate.h"
#include "control/preflight.h"
#include "machine/load.h"
#include "records/csv.h"
#include "report/selftest_table.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is compared where the user does not say: runs of a fraction of a millisecond. */
#define CELL_WORKLOADS "spin,matmul,fileread,sleep"
#define QUICK_WORKLOADS "spin,matmul"
#define CELL_EXECUTORS "serial,pthread,omp,process"
#define QUICK_EXECUTORS "serial,omp"
static const char *const cell_settings[] = {"spin.tasks=200", "matmul.n=128", "fileread.size=1MiB",
                                            "sleep.duration=100us", "sleep.tasks=4"};
static const double cell_sizes[] = {0, 0.005, 0.01, 0.02, 0.05};
static const double quick_sizes[] = {0, 0.01, 0.05};

struct selftest_options {
    struct options run;
    uint64_t trials;
    double sizes[SELFTEST_SIZES_MAX];
    size_t sizes_count;
    double confidence;
    bool quick;
};

struct selftest {
    struct selftest_options options;
    struct context context;
    struct preflight_verdict *verdicts;
    struct progress progress;
    struct csv csv;
    bool has_csv;
    struct selftest_cell *cells;
    size_t failed;
    uint64_t seed;
    struct load load; /* before the first comparison */
};

/* The whole struct, since there are several of them. */
static int take_sizes(void *field, const char *value, struct bench_error *err)
{
    struct selftest_options *options = field;
    char **words = text_split(value);
    bool is_wrong = !words;
    options->sizes_count = 0;
    for (size_t i = 0; !is_wrong && words[i]; i++) {
        double percent;
        is_wrong = !quantity_real(words[i], &percent) || !(percent >= 0 && percent <= 100) ||
                   options->sizes_count == SELFTEST_SIZES_MAX;
        if (!is_wrong)
            options->sizes[options->sizes_count++] = percent / 100;
    }
    free(words);
    return is_wrong ? bench_error_set(
                          err, -EINVAL,
                          "--sizes: '%s' must be up to %d percentages from 0 to 100, such as 0,1,5",
                          value, SELFTEST_SIZES_MAX)
                    : 0;
}

static const struct option_row rows[] = {
    HEADING("Self-test:"),
    {"time", 't', "SECONDS", SECONDS_OPTION(struct selftest_options, run.limits.time_ns),
     .initial = "2; 1 with --quick", .help = "at most this long per comparison"},
    {"trials", 0, "N", COUNT_OPTION(struct selftest_options, trials, 1, 1e6),
     .initial = "10; 4 with --quick", .help = "comparisons of each kind"},
    {"sizes", 0, "LIST", .type = OPTION_PARSED, .offset = 0, .parse = take_sizes,
     .initial = "0,0.5,1,2,5; 0,1,5 with --quick",
     .help = "slowdowns to look for, in percent; 0 compares A with A"},
    {"confidence", 0, "PERCENT", CONFIDENCE_OPTION(struct selftest_options, confidence),
     .initial = "99.9%",
     .help = "confidence of each comparison that no difference is reported where there is none"},
    {"quick", 0, NULL, FLAG_OPTION(struct selftest_options, quick),
     .help = "take less than a minute: fewer cases, trials and sizes, one second each"},
    {0},
};

const struct command_line selftest_line = {
    .name = "bench selftest",
    .summary = "Compare cases with themselves, and with themselves slowed down on purpose, as bench ab "
               "does: how often is it wrong on this machine, and which slowdowns does it see?",
    .notes =
        "Without -w: small variants of spin, matmul, fileread and sleep; without -x: serial, "
        "pthread, omp and process; with --quick, spin and matmul under serial and omp. Where not all "
        "was found, it says what would help. -o FILE gets a row for every comparison.\n"
        "\n"
        "Exit status: 0 success; 2 the command line is wrong; 3 a case failed, or there were more "
        "false alarms than promised; 130 interrupted.",
    .parts = {{options_rows, offsetof(struct selftest_options, run)}, {rows, 0}},
};

/* Some setting of a module that was not chosen would be refused: give those that are. */
static void add_settings(struct options *run)
{
    struct option_texts all = {0};
    for (size_t i = 0; i < sizeof cell_settings / sizeof *cell_settings; i++) {
        char name[32], list[256];
        snprintf(name, sizeof name, ",%.*s,", (int)strcspn(cell_settings[i], "."), cell_settings[i]);
        snprintf(list, sizeof list, ",%s,", run->workloads);
        if (strstr(list, name))
            option_texts_add(&all, cell_settings[i]);
    }
    for (size_t i = 0; i < run->settings.count; i++)
        option_texts_add(&all, run->settings.texts[i]); /* the user's come last, and so win */
    option_texts_free(&run->settings);
    run->settings = all;
}

static int parse(struct selftest_options *options, int argc, char **argv, struct bench_error *err)
{
    struct options *run = &options->run;
    options_begin(run);
    options->confidence = 0.999;
    int rc = command_line_parse(&selftest_line, options, argc, argv, err);
    if (rc != 0)
        return rc;
    if (!run->workloads)
        run->workloads = options->quick ? QUICK_WORKLOADS : CELL_WORKLOADS;
    if (!run->executors)
        run->executors = options->quick ? QUICK_EXECUTORS : CELL_EXECUTORS;
    if (!options->trials)
        options->trials = options->quick ? 4 : 10;
    if (!run->limits.time_ns)
        run->limits.time_ns = options->quick ? 1000000000 : 2000000000;
    if (!options->sizes_count) {
        const double *sizes = options->quick ? quick_sizes : cell_sizes;
        options->sizes_count = options->quick ? sizeof quick_sizes / sizeof *quick_sizes
                                              : sizeof cell_sizes / sizeof *cell_sizes;
        memcpy(options->sizes, sizes, options->sizes_count * sizeof *sizes);
    }
    add_settings(run);
    return 0;
}

/* ---- trials ---- */

static int on_record(void *context, const struct record *record, struct bench_error *err)
{
    struct selftest *selftest = context;
    (void)err;
    if (record->status != STATUS_OK) {
        progress_clear(&selftest->progress);
        say_case(&selftest->context, selftest->progress.now, status_word(record->status), record->error);
        selftest->failed += record->status != STATUS_UNSUPPORTED;
    }
    return 0;
}

static int write_trial(struct selftest *selftest, const struct plan_case *one, double size,
                       uint64_t trial, const struct alternate_outcome *outcome, double took_s,
                       struct bench_error *err)
{
    struct csv *csv = &selftest->csv;
    struct paired_result result = paired_result(&outcome->paired);
    if (!selftest->has_csv)
        return 0;
    csv_text(csv, selftest->context.session.session);
    csv_text(csv, selftest->context.session.machine);
    csv_text(csv, selftest->context.session.label);
    csv_text(csv, one->workload->name);
    char *params = plan_case_params(one);
    csv_text(csv, params);
    free(params);
    csv_text(csv, one->executor->name);
    csv_count(csv, one->shape.workers);
    csv_count(csv, one->shape.inflight);
    csv_real(csv, size);
    csv_count(csv, (int64_t)trial);
    csv_text(csv, outcome->failed ? "failed" : selftest_answer(&outcome->paired));
    csv_real(csv, expm1(result.difference));
    csv_real(csv, expm1(result.interval.low));
    csv_real(csv, expm1(result.interval.high));
    csv_real(csv, result.p);
    csv_real(csv, expm1(result.detectable));
    csv_count(csv, (int64_t)outcome->paired.rounds.count);
    csv_count(csv, (int64_t)outcome->runs);
    csv_count(csv, (int64_t)outcome->passes);
    csv_real(csv, outcome->values[0]);
    csv_real(csv, took_s);
    return csv_end_row(csv, err);
}

static int do_trial(struct selftest *selftest, size_t which, size_t size, uint64_t trial,
                    struct bench_error *err)
{
    const struct selftest_options *options = &selftest->options;
    const struct plan_case *one = &selftest->context.plan.cases[which];
    const struct launch_hooks hooks = {.context = selftest, .on_record = on_record};
    const struct launch_request launch = {.one = one,
                                          .setup = &selftest->context.setup,
                                          .hooks = &hooks,
                                          .session = &selftest->context.session,
                                          .timeout_ns = options->run.timeout_ns};
    const struct alternate_limits limits = {.time_ns = options->run.limits.time_ns,
                                            .seed = selftest->seed++,
                                            .warmup = options->run.limits.warmup};
    /* A change that is to be seen must not be taken for none: half of it at most. */
    double threshold =
        options->sizes[size] > 0 ? fmin(AB_THRESHOLD, options->sizes[size] / 2) : AB_THRESHOLD;
    const struct alternate_request request = {
        .sides = {&launch, &launch},
        .limits = &limits,
        .rules = {.false_alarm = 1 - options->confidence, .threshold = log1p(threshold), .level = 0.95},
        .column = COLUMN_wall_s,
        .slower = options->sizes[size]};
    struct alternate_outcome outcome;
    double began_s = (double)bench_now() * 1e-9;
    int rc = alternate_run(&request, &outcome, err);
    double took_s = (double)bench_now() * 1e-9 - began_s;
    if (rc == 0)
        rc = write_trial(selftest, one, options->sizes[size], trial, &outcome, took_s, err);
    if (rc == 0 && !outcome.failed)
        selftest_cell_add(&selftest->cells[which], size, &outcome.paired, outcome.round_s);
    selftest->cells[which].failed |= outcome.failed;
    alternate_free(&outcome);
    return rc;
}

/* All cells and sizes in turn, trial after trial: what the machine does at one time falls on all. */
static int do_trials(struct selftest *selftest, struct bench_error *err)
{
    const struct selftest_options *options = &selftest->options;
    const struct plan *plan = &selftest->context.plan;
    size_t each = plan->count * options->sizes_count;
    int rc = 0;
    load_read("", &selftest->load);
    progress_init(&selftest->progress, &selftest->context.naming, each * options->trials,
                  options->run.quiet);
    for (uint64_t trial = 1; rc == 0 && trial <= options->trials; trial++) {
        for (size_t i = 0; rc == 0 && i < each; i++) {
            size_t which = i / options->sizes_count, size = i % options->sizes_count;
            selftest->progress.now = &plan->cases[which];
            progress_draw(&selftest->progress, trial - 1, options->trials);
            if (!selftest->cells[which].failed)
                rc = do_trial(selftest, which, size, trial, err);
            selftest->progress.done++;
        }
    }
    progress_clear(&selftest->progress);
    return rc;
}

/* ---- from the options to the answer ---- */

static int begin(struct selftest *selftest, struct bench_error *err)
{
    static const char header[] =
        "session,machine,label,workload,params,executor,workers,inflight,slower,trial,answer,change,"
        "change_low,change_high,p,detectable,rounds,runs,passes,wall_s,took_s";
    struct selftest_options *options = &selftest->options;
    struct plan *plan = &selftest->context.plan;
    int rc =
        preflight(&selftest->verdicts, plan, &selftest->context.setup, options->run.timeout_ns, err);
    if (rc == 0 && options->run.output && !options->run.dry_run) {
        rc = csv_open(&selftest->csv, options->run.output, header, err);
        selftest->has_csv = rc == 0;
    }
    selftest->seed = (uint64_t)options->run.shape.seed;
    selftest->cells = mem_zero(plan->count, sizeof *selftest->cells);
    for (size_t i = 0; rc == 0 && i < plan->count; i++) {
        struct selftest_cell *cell = &selftest->cells[i];
        const struct plan_case *one = &plan->cases[i];
        *cell = (struct selftest_cell){.workload = one->workload->name,
                                       .executor = one->executor->name,
                                       .workers = (uint32_t)one->shape.workers,
                                       .inflight = (uint32_t)one->shape.inflight,
                                       .sizes_count = options->sizes_count};
        memcpy(cell->sizes, options->sizes, sizeof cell->sizes);
    }
    return rc;
}

static int end(struct selftest *selftest, struct bench_error *err)
{
    const struct plan *plan = &selftest->context.plan;
    double promised = 1 - selftest->options.confidence;
    struct load now;
    load_read("", &now);
    const struct selftest_conditions conditions = {
        .false_alarm = promised,
        .time_s = (double)selftest->options.run.limits.time_ns * 1e-9,
        .others_cpus = load_others_cpus(&selftest->load, &now),
        .cpus = selftest->context.facts.threads};
    struct page page = {.out = stdout, .width = output_width()};
    int rc = selftest_page(&page, selftest->cells, plan->count, &conditions, err);
    if (rc < 0)
        return rc;
    if (selftest->failed || !selftest_kept_promise(selftest->cells, plan->count, promised))
        return EXIT_CASE;
    return EXIT_OK;
}

/* What would be compared with itself. */
static int show(const struct selftest *selftest, struct bench_error *err)
{
    const struct plan *plan = &selftest->context.plan;
    for (size_t i = 0; i < plan->count; i++)
        plan_show("", &plan->cases[i]);
    return standard_output_end(err);
}

int command_selftest(int argc, char **argv, struct bench_error *err)
{
    struct selftest selftest = {0};
    struct bench_error closing = {0};
    int rc = parse(&selftest.options, argc, argv, err);
    if (rc != 0) {
        options_free(&selftest.options.run);
        return rc < 0 ? rc : EXIT_OK;
    }
    rc = context_open(&selftest.context, &selftest.options.run, err);
    if (rc == 0) {
        stop_watch();
        rc = begin(&selftest, err);
    }
    if (rc == 0 && selftest.options.run.dry_run) {
        rc = show(&selftest, err);
    } else if (rc == 0) {
        rc = do_trials(&selftest, err);
        if (rc == 0)
            rc = end(&selftest, err);
        else if (rc != -EINTR && rc < 0) {
            fprintf(stderr, "bench: %s\n", err->message);
            rc = EXIT_CASE;
        }
    }
    bool has_rows = selftest.has_csv;
    if (selftest.has_csv && csv_close(&selftest.csv, &closing) < 0 && rc >= 0) {
        fprintf(stderr, "bench: %s\n", closing.message);
        rc = EXIT_CASE;
    }
    if (rc == -EINTR && stop_signal) {
        fprintf(stderr, "bench: interrupted%s%s\n",
                has_rows ? "; the comparisons until then are in " : "",
                has_rows ? selftest.options.run.output : "");
        rc = EXIT_SIGNAL + stop_signal;
    }
    free(selftest.cells);
    preflight_free(selftest.verdicts);
    context_close(&selftest.context);
    options_free(&selftest.options.run);
    return rc;
}
