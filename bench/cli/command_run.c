/* `bench [run]`: plan the cases, launch each, write what comes. */
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/workplace.h"
#include "control/preflight.h"
#include "control/stop.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct command {
    struct options options;
    struct workplace workplace;
    struct verdict *verdicts; /* one a case */
    struct output output;
    struct progress progress;
    struct said notes;
    size_t failed, finished; /* launches */
};

static int on_record(void *context, const struct record *record, struct bench_error *err)
{
    struct command *command = context;
    if (strcmp(record->status, "ok") != 0) {
        progress_clear(&command->progress);
        say_case(command->progress.now, record->status, record->error);
        command->failed += strcmp(record->status, "unsupported") != 0;
        command->finished--;
    }
    return output_record(&command->output, record, err);
}

static void on_progress(void *context, uint64_t run, uint64_t runs)
{
    struct command *command = context;
    progress_draw(&command->progress, run, runs);
}

static void on_note(void *context, const char *note)
{
    struct command *command = context;
    const struct plan_case *one = command->progress.now;
    if (command->options.quiet || said_before(&command->notes, one->workload->name, note))
        return;
    progress_clear(&command->progress);
    say_case(one, "note", note);
}

/* Lanes were asked for, and no executor chosen has several. */
static void note_inflight(const struct command *command)
{
    bool asked = false;
    for (size_t i = 0; i < command->workplace.request.inflight.count; i++)
        asked = asked || command->workplace.request.inflight.numbers[i] > 1;
    for (size_t i = 0; i < command->workplace.plan.count; i++)
        asked = asked && !(command->workplace.plan.cases[i].executor->flags & BENCH_HAS_LANES);
    if (asked && !command->options.quiet)
        fprintf(stderr,
                "bench: note: --inflight: without effect on the executors chosen, which have one "
                "lane a worker; uring and uv have several\n");
}

/* Workers that are throttled by the control group's quota look like workers that do not scale. */
static void note_quota(const struct command *command)
{
    uint32_t most = 0;
    for (size_t i = 0; i < command->workplace.plan.count; i++)
        most = command->workplace.plan.cases[i].workers > most ? command->workplace.plan.cases[i].workers
                                                               : most;
    if (!command->options.quiet && most > command->workplace.facts.quota_cpus)
        fprintf(stderr,
                "bench: note: this control group has a quota of %.3g CPUs: more workers than that are "
                "throttled\n",
                command->workplace.facts.quota_cpus);
}

/* Rounds of all cases, one launch of each: drift of the machine does not sit on one case alone. */
static int run_cases(struct command *command, struct bench_error *err)
{
    const struct launch_hooks hooks = {
        .context = command, .on_record = on_record, .on_progress = on_progress, .on_note = on_note};
    int rc = 0;
    note_inflight(command);
    note_quota(command);
    progress_init(&command->progress, command->workplace.plan.count * command->options.launches,
                  command->options.quiet);
    for (uint64_t round = 1; rc == 0 && round <= command->options.launches; round++) {
        for (size_t i = 0; rc == 0 && i < command->workplace.plan.count; i++) {
            struct launch launch = {.one = &command->workplace.plan.cases[i],
                                    .registry = command->workplace.registry,
                                    .setup = &command->workplace.setup,
                                    .limits = &command->options.limits,
                                    .hooks = &hooks,
                                    .session = &command->workplace.session,
                                    .timeout_ns = command->options.limits.timeout_ns,
                                    .number = (int64_t)round};
            command->progress.now = launch.one;
            command->finished++;
            uint64_t began = bench_now();
            const struct verdict *verdict = &command->verdicts[i];
            rc = verdict->status ? flight_refuse(&launch, verdict->status, verdict->error, err)
                                 : launch_run(&launch, err);
            command->progress.done++;
            if (command->options.verbose && rc == 0) {
                char took[32];
                progress_clear(&command->progress);
                snprintf(took, sizeof took, "%.2f s", (double)(bench_now() - began) * 1e-9);
                say_case(launch.one, "launch took", took);
            }
        }
    }
    progress_clear(&command->progress);
    return rc;
}

static int run_and_write(struct command *command, struct bench_error *err)
{
    struct bench_error closing = {0};
    int rc = output_open(&command->output, &command->options, &stop_signal, err);
    if (rc < 0)
        return rc;
    rc = run_cases(command, err);
    stop_release(); /* all that is left is to tell */
    int closed = output_close(&command->output, &closing);
    if (rc == -EINTR && stop_signal) {
        fprintf(stderr, "bench: interrupted; what was finished is written\n");
        return EXIT_SIGNAL + stop_signal;
    }
    if (rc == 0 && closed < 0) {
        bench_error_set(err, closed, "%s", closing.message);
        rc = closed;
    }
    if (rc < 0) {
        fprintf(stderr, "bench: %s\n", err->message);
        return EXIT_CASE;
    }
    return command->failed || !command->finished ? EXIT_CASE : EXIT_OK;
}

/* ---- without running ---- */

static void print_messages(const struct command *command, const struct plan_case *one)
{
    const struct launch_limits *limits = &command->options.limits;
    json_t *message = flight_message(one, command->workplace.registry, "open");
    json_dumpf(message, stdout, JSON_COMPACT);
    json_decref(message);
    printf("\n{\"op\":\"run\",\"verify\":true,\"passes\":1}\n");
    for (uint64_t i = 0; i < limits->warmup + (limits->runs ? limits->runs : limits->min_runs); i++)
        printf("{\"op\":\"run\",\"verify\":false,\"passes\":1}\n");
    printf("{\"op\":\"close\"}\n");
}

static int dry_run(const struct command *command, struct bench_error *err)
{
    for (size_t i = 0; i < command->workplace.plan.count; i++) {
        const struct plan_case *one = &command->workplace.plan.cases[i];
        if (command->options.verbose)
            print_messages(command, one);
        else
            printf("%s %s%sunder %s, %" PRIu32 " worker%s, %" PRIu32 " in flight\n", one->workload->name,
                   one->params, one->params[0] ? " " : "", one->executor->name, one->workers,
                   one->workers == 1 ? "" : "s", one->inflight);
    }
    if (fflush(stdout) != 0)
        return bench_error_set(err, -errno, "stdout: %s", strerror(errno));
    return EXIT_OK;
}

static void clean_up(struct command *command)
{
    said_free(&command->notes);
    verdicts_free(command->verdicts, command->workplace.plan.count);
    workplace_close(&command->workplace);
    options_free(&command->options);
}

int command_run(int argc, char **argv, struct bench_error *err)
{
    struct command command = {0};
    int rc = options_parse(&command.options, argc, argv, err);
    if (rc != 0)
        return rc < 0 ? rc : EXIT_OK;
    rc = workplace_open(&command.workplace, &command.options, err);
    if (rc == 0) {
        stop_watch();
        struct child_setup setup = command.workplace.setup;
        if (command.options.dry_run)
            setup.launcher = NULL; /* it may have effects of its own: perf record writes a file */
        rc = preflight(&command.verdicts, &command.workplace.plan, command.workplace.registry, &setup,
                       command.options.limits.timeout_ns, err);
    }
    if (rc == 0)
        rc = command.options.dry_run ? dry_run(&command, err) : run_and_write(&command, err);
    if (rc == -EINTR && stop_signal)
        rc = EXIT_SIGNAL + stop_signal;
    clean_up(&command);
    return rc;
}
