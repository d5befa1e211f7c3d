/*
 * `bench advise`: what is this work bound by, which way of running it should I use, and with how many
 * workers?
 */
#include "advise/advise.h"

#include "base/memory.h"
#include "base/text.h"
#include "cli/advise_rows.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/defaults.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "machine/cgroup.h"
#include "records/csv.h"
#include "report/formats.h"
#include "results/scaling.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct advise_options {
    struct options run;
    unsigned format;
    bool explain;
};

struct advising {
    struct advise_options options;
    struct context context;
    struct preflight_verdict *verdicts;
    struct progress progress;
    struct csv csv;
    bool has_csv;
    struct bench_error csv_failure;
    struct said said;
    struct cases cases; /* of the race, for how they scale */
    struct results results;
    struct scalings scalings;
    struct advice advice;
};

static const struct option_row rows[] = {
    {OPERANDS(struct advise_options, run.operands), .completes = COMPLETES_FILES},
    HEADING("Advice:"),
    {"time", 't', "SECONDS", SECONDS_OPTION(struct advise_options, run.limits.time_ns), .initial = "45",
     .help = "roughly this long in total"},
    {"explain", 0, NULL, FLAG_OPTION(struct advise_options, explain),
     .help = "explain how each figure was obtained"},
    {"format", 0, "FORMAT", CHOICE_OPTION(struct advise_options, format), .word = format_word_of_advice,
     .initial = "table", .help = "what stdout gets"},
    {0},
};

const struct command_line advise_line = {
    .name = "bench advise",
    .operands = "[RUNS.csv...]",
    .summary = "Find out what limits a workload (CPU, waiting, memory, a lock), and which way of "
               "running it is best, with how many workers.",
    .notes = "Takes one workload with one set of parameters. Without -x it tries all of bench's own "
             "executors, or those of the workload's runtime; without -j and -i it finds the best "
             "numbers, too. -o FILE gets every run (column lever). -n shows what would be "
             "tried.\n\nWith files that -o has written nothing is run: it says what their rows tell, "
             "and which command would tell the rest; -w, -x, -s and --label choose among them.\n\nExit "
             "status: 0 success; 2 the command line or a file is wrong; 3 the work failed, or an "
             "output could not be written; 4 what limits it could not be determined; 130 interrupted.",
    .parts = {{options_rows, offsetof(struct advise_options, run)}, {rows, 0}},
};

static int parse(struct advise_options *options, int argc, char **argv, struct bench_error *err)
{
    options_begin(&options->run);
    int rc = command_line_parse(&advise_line, options, argc, argv, err);
    if (rc == 0 && options->run.operands.count == 0 && !options->run.limits.time_ns)
        options->run.limits.time_ns = UINT64_C(45000000000);
    return rc;
}

/* ---- what the adviser tells meanwhile ---- */

static int on_record(void *context, const struct record *record, struct bench_error *err)
{
    struct advising *advising = context;
    (void)err;
    if (advising->has_csv && advising->csv_failure.code == 0)
        csv_write_record(&advising->csv, record, &advising->csv_failure);
    if (!record->lever)
        cases_add(&advising->cases, record);
    return stop_signal ? -EINTR : 0;
}

static void on_note(void *context, const struct plan_case *one, const char *note)
{
    struct advising *advising = context;
    if (!advising->options.run.verbose || said_before(&advising->said, one->executor->name, note))
        return;
    progress_clear(&advising->progress);
    say_case(&advising->context, one, "note", note);
}

static void on_announce(void *context, const char *text)
{
    struct advising *advising = context;
    if (advising->options.run.quiet)
        return;
    progress_clear(&advising->progress);
    fprintf(stderr, "bench: %s\n", text);
}

static void on_progress(void *context, const struct plan_case *one, const char *what, double part)
{
    struct advising *advising = context;
    double all_s = (double)advising->options.run.limits.time_ns * 1e-9;
    char text[96];
    snprintf(text, sizeof text, ": %s, %.0f s left", what, fmax(0, ceil((1 - part) * all_s)));
    advising->progress.now = one;
    progress_tell(&advising->progress, text);
}

/* ---- before and after ---- */

/* One work only: advice on several would be several pieces of advice. */
static int check_plan(const struct plan *plan, struct bench_error *err)
{
    for (size_t i = 1; i < plan->count; i++) {
        if (plan->cases[i].workload != plan->cases[0].workload &&
            strcmp(plan->cases[i].workload->name, plan->cases[0].workload->name) != 0)
            return bench_error_set(err, -EINVAL,
                                   "--workload: advise takes one workload at a time, for example -w %s",
                                   plan->cases[0].workload->name);
        if (strcmp(plan->cases[i].params, plan->cases[0].params) != 0)
            return bench_error_set(
                err, -EINVAL,
                "--set: advise takes one value per parameter of the workload, not a sweep");
    }
    return 0;
}

/* CPUs that may be used: the mask's, or the quota's where that is less. */
static double usable_cpus(const struct context *context)
{
    double cpus = context->facts.allowed_threads ? context->facts.allowed_threads : 1;
    double quota = context->facts.quota_cpus;
    return fmax(1, quota > 0 && quota < cpus ? quota : cpus);
}

/* Bytes that may be used: of the machine, or of our control group where that is less. */
static double memory_room(void)
{
    double room = cgroup_memory_room(""), free_bytes = NAN;
    long pages = sysconf(_SC_AVPHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    if (pages > 0 && size > 0)
        free_bytes = (double)pages * (double)size;
    return isnan(room) || room > free_bytes ? free_bytes : room;
}

static int begin(struct advising *advising, struct bench_error *err)
{
    const struct options *run = &advising->options.run;
    int rc = check_plan(&advising->context.plan, err);
    if (rc == 0)
        rc = preflight(&advising->verdicts, &advising->context.plan, &advising->context.setup,
                       run->timeout_ns, err);
    if (rc == 0 && run->output && !run->dry_run) {
        rc = csv_open(&advising->csv, run->output, record_header, err);
        advising->has_csv = rc == 0;
    }
    progress_init(&advising->progress, &advising->context.naming, 1, run->quiet);
    return rc;
}

static void print_plan(const struct advising *advising)
{
    const struct plan *plan = &advising->context.plan;
    printf("would turn levers on %s with one lane, then race", plan->cases[0].workload->name);
    for (size_t i = 0; i < plan->count; i++)
        printf("%s %s", i ? "," : "", plan->cases[i].executor->name);
    printf("; about %g s in all, and no more than %" PRIu64
           " requests to other machines (--max-requests)\n",
           (double)advising->options.run.limits.time_ns * 1e-9, advising->options.run.max_requests);
}

/* The command that runs the work so: what the user gave, and what was found. */
static char *command_of(const struct options *run, const struct advice *advice)
{
    const struct advice_way *way = &advice->ways[advice->recommended];
    struct text command = {0};
    text_add(&command, "bench -w ");
    text_add_word(&command, run->workloads);
    for (size_t i = 0; i < run->plugins.count; i++) {
        text_add(&command, " --plugin ");
        text_add_word(&command, run->plugins.texts[i]);
    }
    for (size_t i = 0; i < run->settings.count; i++) {
        text_add(&command, " -s ");
        text_add_word(&command, run->settings.texts[i]);
    }
    text_add(&command, " -x %s%s%s", way->runtime ? way->runtime : "", way->runtime ? "." : "",
             way->executor);
    if (!way->is_serial)
        text_add(&command, " -j %" PRId64, way->workers);
    if (way->inflight > 1)
        text_add(&command, " -i %" PRId64, way->inflight);
    return command.text;
}

static int print_advice(void *context, const struct advice *advice, struct bench_error *err)
{
    struct advising *advising = context;
    const struct advise_options *options = &advising->options;
    struct defaults defaults;
    defaults_open(&defaults, advising->context.registry);
    struct page page = {.out = stdout,
                        .width = output_width(),
                        .defaults = &defaults.known,
                        .with_details = options->explain || options->run.verbose};
    int rc = format_chosen(FORMAT_OF_ADVICE, options->format)->advice(&page, advice, err);
    defaults_close(&defaults);
    return rc;
}

static int tell(struct advising *advising, struct bench_error *err)
{
    struct advice *advice = &advising->advice;
    if (advice->recommended != SIZE_MAX)
        advice->command = command_of(&advising->options.run, advice);
    return print_advice(advising, advice, err);
}

static int exit_status(const struct advising *advising)
{
    const struct advice *advice = &advising->advice;
    if (advising->csv_failure.code)
        return EXIT_CASE;
    if (advice->recommended == SIZE_MAX)
        return EXIT_CASE;
    return advice->bound.class == BOUND_UNKNOWN ? EXIT_INCONCLUSIVE : EXIT_OK;
}

/*
 * What a task costs by itself: an empty one of `spin`, in the same runtime. Whatever goes wrong with
 * that is no reason to withhold the advice.
 */
static int find_cost(struct advising *advising, const struct advise_request *like,
                     struct bench_error *err)
{
    static const char *const settings[] = {"work=0", "tasks=20000", "steps_per_us=1000"};
    struct advice *advice = &advising->advice;
    const struct advice_way *way = &advice->ways[advice->recommended];
    const char *runtime = way->runtime ? way->runtime : "", *dot = way->runtime ? "." : "";
    char *workload = mem_format("%s%sspin", runtime, dot);
    char *executors = mem_format("%s%sserial,%s%s%s", runtime, dot, runtime, dot, way->executor);
    struct plan_request request = {.workloads = workload,
                                   .executors = executors,
                                   .settings = settings,
                                   .settings_count = sizeof settings / sizeof *settings,
                                   .shape = advising->options.run.shape};
    struct bench_error ignored = {0};
    char number[24];
    snprintf(number, sizeof number, "%" PRId64, way->workers);
    struct plan plan = {0};
    struct preflight_verdict *verdicts = NULL;
    int rc = number_list_parse(&request.workers, "--workers", number, 1, 65536, &ignored);
    if (rc == 0)
        rc = number_list_parse(&request.inflight, "--inflight", "1", 1, 65536, &ignored);
    if (rc == 0)
        rc = plan_make(&plan, advising->context.registry, &request, &ignored);
    if (rc == 0)
        rc = preflight(&verdicts, &plan, &advising->context.setup, like->timeout_ns, &ignored);
    const struct advise_hooks silent = {.context = advising};
    struct advise_request cost = *like;
    cost.plan = &plan;
    cost.verdicts = verdicts;
    cost.hooks = &silent;
    if (rc == 0)
        rc = advise_cost(advice, &cost, &ignored);
    preflight_free(verdicts);
    plan_free(&plan);
    number_list_free(&request.workers);
    number_list_free(&request.inflight);
    free(executors);
    free(workload);
    return rc == -EINTR ? bench_error_set(err, rc, "%s", ignored.message) : 0;
}

/* What the race tells of how the recommended executor scales. */
static void find_scaling(struct advising *advising)
{
    struct advice *advice = &advising->advice;
    cases_finish(&advising->cases);
    results_make(&advising->results, &advising->cases);
    scalings_of(&advising->scalings, &advising->results);
    if (advising->scalings.size == 0 || advice->recommended == SIZE_MAX)
        return;
    scalings_keep(&advising->scalings, &advising->results.cases[0],
                  advice->ways[advice->recommended].executor);
    advice->scalings = &advising->scalings;
}

static int find(struct advising *advising, struct bench_error *err)
{
    const struct options *run = &advising->options.run;
    const struct advise_hooks hooks = {.context = advising,
                                       .on_record = on_record,
                                       .on_note = on_note,
                                       .on_announce = on_announce,
                                       .on_progress = on_progress};
    const struct advise_request request = {.plan = &advising->context.plan,
                                           .verdicts = advising->verdicts,
                                           .setup = &advising->context.setup,
                                           .session = &advising->context.session,
                                           .hooks = &hooks,
                                           .time_ns = run->limits.time_ns,
                                           .timeout_ns = run->timeout_ns,
                                           .seed = (uint64_t)run->shape.seed,
                                           .cpus = usable_cpus(&advising->context),
                                           .memory_room = memory_room(),
                                           .has_ladder = !run->workers && !run->inflight};
    int rc = advise(&advising->advice, &request, err);
    const struct advice *advice = &advising->advice;
    if (rc == 0 && advice->recommended != SIZE_MAX && !advice->ways[advice->recommended].is_serial)
        rc = find_cost(advising, &request, err);
    progress_clear(&advising->progress);
    if (rc == 0)
        find_scaling(advising);
    if (rc == 0)
        rc = tell(advising, err);
    return rc == 0 ? exit_status(advising) : rc;
}

int command_advise(int argc, char **argv, struct bench_error *err)
{
    struct advising advising = {0};
    struct bench_error closing = {0};
    struct options *run = &advising.options.run;
    advice_init(&advising.advice);
    cases_init(&advising.cases, IDENTITY_ALL);
    results_ask(&advising.cases);
    int rc = parse(&advising.options, argc, argv, err);
    if (rc != 0) {
        options_free(run);
        return rc < 0 ? rc : EXIT_OK;
    }
    if (run->operands.count > 0) {
        rc = advise_rows(run, print_advice, &advising, err);
        cases_free(&advising.cases);
        options_free(run);
        return rc;
    }
    rc = context_open(&advising.context, run, err);
    if (rc == 0) {
        stop_watch();
        rc = begin(&advising, err);
    }
    if (rc == 0 && run->dry_run)
        print_plan(&advising);
    else if (rc == 0)
        rc = find(&advising, err);
    if (advising.csv_failure.code)
        fprintf(stderr, "bench: %s\n", advising.csv_failure.message);
    if (advising.has_csv && csv_close(&advising.csv, &closing) < 0 && rc >= 0)
        rc = bench_error_set(err, closing.code, "%s", closing.message);
    if (rc == -EINTR && stop_signal)
        rc = EXIT_SIGNAL + stop_signal;
    advice_free(&advising.advice);
    scalings_free(&advising.scalings);
    results_free(&advising.results);
    cases_free(&advising.cases);
    said_free(&advising.said);
    preflight_free(advising.verdicts);
    context_close(&advising.context);
    options_free(run);
    return rc;
}
