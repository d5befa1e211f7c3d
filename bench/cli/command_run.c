/* `bench [run]`: plan the cases, launch each, write what comes. */
#include "base/memory.h"
#include "base/standard_output.h"
#include "base/text.h"
#include "cli/baseline.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/defaults.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/resume.h"
#include "cli/slo.h"
#include "control/opening.h"
#include "control/preflight.h"
#include "control/rounds.h"
#include "control/stop.h"
#include "control/trace_file.h"
#include "machine/load.h"
#include "report/units.h"
#include "report/warnings.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct command {
    struct options options;
    struct context context;
    struct preflight_verdict *verdicts; /* one a case */
    struct baseline baseline;
    struct output output;
    struct trace_file trace; /* where one is wanted */
    struct progress progress;
    struct said notes;
    struct defaults defaults;
    uint64_t *passes;        /* of each case's runs, once known */
    bool *done;              /* cases that are not run again */
    struct measure_end end;  /* of the last launch that ended well */
    struct load before;      /* the first launch */
    size_t failed, finished; /* launches */
    bool told;               /* of the launch under way: that it has not gone well */
};

static int on_record(void *context, const struct record *record, struct bench_error *err)
{
    struct command *command = context;
    if (record->status != STATUS_OK && !command->told) { /* one run of several may be the first */
        progress_clear(&command->progress);
        say_case(&command->context, command->progress.now, status_word(record->status), record->error);
        command->failed += record->status != STATUS_UNSUPPORTED;
        command->finished--;
        command->told = true;
    }
    int rc = output_record(&command->output, record, err);
    return rc == 0 ? baseline_record(&command->baseline, record, err) : rc;
}

static int on_rank(void *context, int64_t rank, const struct record *record)
{
    struct command *command = context;
    return output_rank(&command->output, rank, record);
}

static void on_progress(void *context, uint64_t run, uint64_t runs)
{
    struct command *command = context;
    progress_draw(&command->progress, run, runs);
}

static void on_latencies(void *context, const struct record *record, const struct latencies *latencies)
{
    struct command *command = context;
    output_latencies(&command->output, record, latencies);
}

static void on_note(void *context, const char *note)
{
    struct command *command = context;
    const struct plan_case *one = command->progress.now;
    if (command->options.quiet || said_before(&command->notes, one->workload->name, note))
        return;
    progress_clear(&command->progress);
    say_case(&command->context, one, "note", note);
}

/* --inflight was given, but no chosen executor has several lanes. */
static void note_inflight(const struct command *command)
{
    bool asked = false;
    for (size_t i = 0; i < command->context.request.inflight.count; i++)
        asked = asked || command->context.request.inflight.numbers[i] > 1;
    for (size_t i = 0; i < command->context.plan.count; i++)
        asked = asked && !(command->context.plan.cases[i].executor->flags & MODULE_LANES);
    if (asked && !command->options.quiet)
        fprintf(stderr, "bench: note: --inflight: no effect on the chosen executors, which have one "
                        "lane per worker; uring and uv have several\n");
}

static void on_end(void *context, const struct measure_end *end)
{
    struct command *command = context;
    command->end = *end;
}

/* "1.23 s, 57 runs of 20 passes, stopped by precision; median +- 0.9 %"; "0.1 s, 3 runs, as requested"
 */
static void say_launch(struct command *command, const struct plan_case *one, uint64_t began_ns)
{
    const struct measure_end *end = &command->end;
    char precision[UNITS_TEXT];
    struct text said = {0};
    text_add(&said, "%.2f s", (double)(bench_now() - began_ns) * 1e-9);
    if (end->why != STOPPING_NOT_YET) {
        text_add(&said, ", %" PRIu64 " run%s", end->runs, end->runs == 1 ? "" : "s");
        if (end->passes > 1)
            text_add(&said, " of %" PRIu64 " passes", end->passes);
        if (end->why == STOPPING_RUNS)
            text_add(&said, ", as requested");
        else
            text_add(&said, ", stopped by %s", stopping_name(end->why));
        if (!isnan(end->precision))
            text_add(&said, "; median +- %s", units_percent(precision, end->precision));
    }
    progress_clear(&command->progress);
    say_case(&command->context, one, "launch took", said.text);
    free(said.text);
}

static int run_case(void *context, size_t i, uint64_t round, struct bench_error *err)
{
    struct command *command = context;
    const struct launch_hooks hooks = {.context = command,
                                       .on_record = on_record,
                                       .on_rank = command->options.per_rank ? on_rank : NULL,
                                       .on_latencies = command->options.histograms ? on_latencies : NULL,
                                       .on_progress = on_progress,
                                       .on_end = on_end,
                                       .on_note = on_note};
    const struct plan_case *one = &command->context.plan.cases[i];
    struct launch_request launch = {.one = one,
                                    .side = one->is_reference ? RECORD_REFERENCE : NULL,
                                    .setup = &command->context.setup,
                                    .limits = &command->options.limits,
                                    .hooks = &hooks,
                                    .session = &command->context.session,
                                    .timeout_ns = command->options.timeout_ns,
                                    .number = (int64_t)round,
                                    .passes = &command->passes[i]};
    const struct preflight_verdict *verdict = &command->verdicts[i];
    uint64_t began_ns = bench_now();
    command->progress.now = launch.one;
    command->output.place = i;
    command->end = (struct measure_end){.why = STOPPING_NOT_YET};
    command->finished++;
    command->told = false;
    if (command->done[i]) {
        command->progress.done++;
        return 0;
    }
    request_limit_share(&command->context.requests, command->progress.launches - command->progress.done);
    int rc = verdict->status ? launch_refuse(&launch, verdict->status, verdict->error, err)
                             : measure_launch(&launch, err);
    command->progress.done++;
    if (rc == 0 && command->end.why != STOPPING_NOT_YET)
        output_stop(&command->output, stopping_name(command->end.why));
    if (rc == 0 && command->options.verbose)
        say_launch(command, launch.one, began_ns);
    return rc;
}

static int run_cases(struct command *command, struct bench_error *err)
{
    const struct options *options = &command->options;
    const struct rounds rounds = {.cases = command->context.plan.count,
                                  .rounds = options->launches,
                                  .seed = (uint64_t)options->shape.seed,
                                  .launch = run_case,
                                  .context = command};
    note_inflight(command);
    progress_init(&command->progress, &command->context.naming, rounds.cases * rounds.rounds,
                  options->quiet);
    command->passes = mem_zero(rounds.cases, sizeof *command->passes);
    load_read("", &command->before);
    if (options->verbose && rounds.rounds > 1)
        fprintf(stderr, "bench: %" PRIu64 " rounds of %zu cases, shuffled from --seed %" PRId64 "\n",
                rounds.rounds, rounds.cases, options->shape.seed);
    int rc = rounds_run(&rounds, err);
    keeper_dismiss(&command->context.keeper); /* it ends while results are shown */
    progress_clear(&command->progress);
    return rc;
}

static void on_warning(void *context, const char *text)
{
    (void)context;
    say_warning(text);
}

/* What the user should know before believing the results, once they have been shown. */
static void warn(void *context, const struct results *results)
{
    const struct command *command = context;
    const struct options *options = &command->options;
    struct load after;
    load_read("", &after);
    const struct warning_facts facts = {.quota_cpus = command->context.facts.quota_cpus,
                                        .throttled_s = after.throttled_s - command->before.throttled_s,
                                        .others_cpus = load_others_cpus(&command->before, &after),
                                        .cpus = command->context.facts.threads,
                                        .governor = command->context.facts.governor,
                                        .topology = command->context.topology,
                                        .precision = options->limits.precision,
                                        .time_s = (double)options->limits.time_ns * 1e-9 *
                                                  (double)options->launches};
    if (!options->quiet)
        warnings_tell(results, &facts, on_warning, NULL);
}

/* The runs are only in the file; what they come to is another page than that of results. */
static int run_slo(struct command *command, struct bench_error *err)
{
    struct bench_error closing = {0};
    int rc = slo_run(&command->context, command->verdicts, &command->output, err);
    stop_release();
    int closed = output_close(&command->output, &closing);
    if (rc == -EINTR && stop_signal)
        return EXIT_SIGNAL + stop_signal;
    if (rc >= 0 && closed < 0) {
        *err = closing;
        rc = closed;
    }
    if (rc < 0)
        fprintf(stderr, "bench: %s\n", err->message);
    return rc < 0 ? EXIT_CASE : rc;
}

/* Outputs stand alone: the first that broke is told at the end, another here. */
static int close_trace(struct command *command, int closed, struct bench_error *closing)
{
    struct bench_error why = {0};
    int rc = command->context.setup.trace ? trace_file_close(&command->trace, &why) : 0;
    if (rc == 0)
        return closed;
    if (closed < 0)
        fprintf(stderr, "bench: %s\n", why.message);
    else
        *closing = why;
    return rc;
}

static int run_and_write(struct command *command, struct bench_error *err)
{
    struct bench_error closing = {0};
    if (command->options.trace) {
        int opened = trace_file_open(&command->trace, command->options.trace,
                                     (int64_t)command->options.trace_bytes, 0, err);
        if (opened < 0)
            return opened;
        command->context.setup.trace = &command->trace;
    }
    int rc = output_open(&command->output, &command->options, &stop_signal, err);
    if (rc < 0)
        return rc;
    defaults_open(&command->defaults, command->context.registry);
    command->output.defaults = &command->defaults;
    command->output.on_results = command->options.slo.word ? NULL : warn;
    command->output.context = command;
    if (command->options.slo.word)
        return run_slo(command, err);
    if (command->context.setup.trace)
        command->trace.launches_left = command->context.plan.count * command->options.launches;
    rc = resume_open(&command->done, &command->output, &command->context, err);
    if (rc == 0)
        rc = run_cases(command, err);
    stop_release(); /* all that is left is to tell */
    int closed = output_close(&command->output, &closing);
    closed = close_trace(command, closed, &closing);
    if (rc == -EINTR && stop_signal) {
        fprintf(stderr, "bench: interrupted%s\n",
                command->output.cases.rows > 0 ? "; what was finished is written"
                                               : " before a run was finished");
        baseline_give_up(&command->baseline, "interrupted");
        return EXIT_SIGNAL + stop_signal;
    }
    if (rc == 0 && closed < 0) {
        bench_error_set(err, closed, "%s", closing.message);
        rc = closed;
    }
    if (rc < 0) {
        fprintf(stderr, "bench: %s\n", err->message);
        baseline_give_up(&command->baseline, "results could not be written");
        return EXIT_CASE;
    }
    return baseline_finish(&command->baseline,
                           command->failed || !command->finished ? EXIT_CASE : EXIT_OK, err);
}

/* ---- without running ---- */

static void print_message(const struct message *message, int64_t id)
{
    struct message numbered = *message;
    numbered.id = id;
    numbered.version = PROTOCOL_VERSION;
    char *line = message_encode(&numbered);
    fputs(line ? line : "", stdout);
    free(line);
}

static void print_messages(const struct command *command, const struct plan_case *one)
{
    const struct stopping_limits *limits = &command->options.limits;
    uint64_t runs = 1 + limits->warmup + (limits->runs ? limits->runs : limits->usual_runs);
    struct opening opening;
    opening_make(&opening, one, command->context.setup.counters, OP_OPEN);
    print_message(&opening.message, 1);
    opening_free(&opening);
    for (uint64_t i = 0; i < runs; i++)
        print_message(&(struct message){.op = OP_RUN, .run = {.verify = i == 0, .passes = 1}},
                      (int64_t)i + 2);
    print_message(&(struct message){.op = OP_CLOSE}, (int64_t)runs + 2);
}

static int dry_run(const struct command *command, struct bench_error *err)
{
    stop_release(); /* there may be a lot to print, and nothing is lost where it ends early */
    for (size_t i = 0; i < command->context.plan.count; i++) {
        const struct plan_case *one = &command->context.plan.cases[i];
        if (command->options.verbose)
            print_messages(command, one);
        else
            plan_show("", one);
    }
    int written = standard_output_end(err);
    if (written < 0)
        return written;
    return EXIT_OK;
}

static void clean_up(struct command *command)
{
    said_free(&command->notes);
    defaults_close(&command->defaults);
    free(command->passes);
    free(command->done);
    baseline_close(&command->baseline);
    output_free(&command->output);
    preflight_free(command->verdicts);
    context_close(&command->context);
    options_free(&command->options);
}

int command_run(int argc, char **argv, struct bench_error *err)
{
    struct command command = {0};
    int rc = options_parse(&command.options, argc, argv, err);
    if (rc != 0)
        return rc < 0 ? rc : EXIT_OK;
    rc = context_open(&command.context, &command.options, err);
    if (rc == 0) {
        stop_watch();
        struct child_setup setup = command.context.setup;
        if (command.options.dry_run)
            setup.launcher = NULL; /* it may have effects of its own: perf record writes a file */
        rc =
            preflight(&command.verdicts, &command.context.plan, &setup, command.options.timeout_ns, err);
    }
    if (rc == 0) /* runtimes have said by now which they are */
        rc = baseline_open(&command.baseline, &command.options, &command.context, err);
    if (rc == 0)
        rc = command.options.dry_run ? dry_run(&command, err) : run_and_write(&command, err);
    if (rc == -EINTR && stop_signal)
        rc = EXIT_SIGNAL + stop_signal;
    clean_up(&command);
    return rc;
}
