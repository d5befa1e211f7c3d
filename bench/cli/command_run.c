/* `bench [run]`: plan the cases, launch each, write what comes. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "control/preflight.h"
#include "control/stop.h"
#include "machine/facts.h"
#include "machine/placement.h"
#include "machine/topology.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wordexp.h>

extern char **environ;

static volatile sig_atomic_t stop_signal; /* the signal that asked us to end, 0 while there is none */

struct command {
    struct options options;
    struct registry *registry;
    hwloc_topology_t topology;
    struct machine_facts facts;
    struct plan_request request;
    struct plan plan;
    struct verdict *verdicts; /* one a case */
    int topology_fd;
    wordexp_t launcher;
    struct child_setup setup;
    struct record session;
    struct output output;
    struct progress progress;
    char **notes; /* said already */
    size_t notes_count;
    size_t failed, finished; /* launches */
};

static void on_stop(int signal_number)
{
    stop_signal = signal_number;
}

/* A signal that was ignored when we were started (nohup) stays so. */
static void watch_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_stop}, before;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
    child_control_init();
}

/* ---- planning ---- */

static int check_placement(struct command *command, struct bench_error *err)
{
    struct placement_policy policy;
    struct placement placement;
    int rc = placement_policy_parse(command->options.pin, command->options.places, &policy, err);
    if (rc < 0)
        return rc;
    rc = placement_make(command->topology, &policy, 1, &placement, err);
    if (rc == 0)
        placement_free(&placement);
    placement_policy_free(&policy);
    return rc;
}

static int make_plan(struct command *command, struct bench_error *err)
{
    const struct options *options = &command->options;
    struct plan_request *request = &command->request;
    if (!options->workloads)
        return bench_error_set(err, -EINVAL,
                               "--workload: say what to run, such as --workload blur (bench list "
                               "shows the workloads, bench --help the options)");
    *request = (struct plan_request){.workloads = options->workloads,
                                     .executors = options->executors ? options->executors : "all",
                                     .settings = options->settings,
                                     .settings_count = options->settings_count,
                                     .pin = options->pin,
                                     .places = options->places,
                                     .schedule = options->schedule,
                                     .grain = options->grain,
                                     .seed = options->seed};
    uint32_t places = placement_count(command->topology, PLACES_CORES);
    int rc =
        number_list_parse(&request->workers, "--workers", options->workers ? options->workers : "max",
                          places ? places : 1, 4096, err);
    if (rc == 0)
        rc = number_list_parse(&request->inflight, "--inflight",
                               options->inflight ? options->inflight : "1", 0, 16777216, err);
    if (rc == 0)
        rc = plan_make(&command->plan, command->registry, request, err);
    return rc;
}

static int prepare(struct command *command, struct bench_error *err)
{
    int rc =
        registry_open(&command->registry, command->options.plugins, command->options.plugins_count, err);
    if (rc == 0)
        rc = topology_load(&command->topology, err);
    if (rc < 0) {
        command->topology = NULL;
        return rc;
    }
    rc = facts_read(command->topology, &command->facts, err);
    if (rc == 0)
        rc = check_placement(command, err);
    if (rc == 0)
        rc = make_plan(command, err);
    return rc;
}

/* ---- how runners are started ---- */

static int split_launcher(struct command *command, struct bench_error *err)
{
    const char *text = command->options.launcher;
    if (!text)
        return 0;
    int rc = wordexp(text, &command->launcher, WRDE_NOCMD);
    if (rc == 0 && command->launcher.we_wordc == 0)
        wordfree(&command->launcher);
    if (rc != 0 || command->launcher.we_wordc == 0)
        return bench_error_set(
            err, -EINVAL,
            "--launcher: '%s' must be a command and its arguments, with | & ; < > ( ) { } in quotes",
            text);
    command->setup.launcher = command->launcher.we_wordv;
    return 0;
}

/* The environment of runners: ours, and the topology so that they need not discover it. */
static int make_environment(struct command *command, struct bench_error *err)
{
    size_t count = 0;
    while (environ[count])
        count++;
    char **environment = calloc(count + 3, sizeof *environment);
    command->setup.environment = environment;
    if (!environment)
        return bench_error_set(err, -ENOMEM, "out of memory");
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(environ[i], CHILD_MARK "=", sizeof CHILD_MARK) != 0)
            environment[n++] = strdup(environ[i]);
    }
    if (topology_export(command->topology, &command->topology_fd, NULL) < 0) {
        command->topology_fd = -1; /* they will discover it themselves */
        return 0;
    }
    if (asprintf(&environment[n++], "HWLOC_XMLFILE=/dev/fd/%d", command->topology_fd) < 0)
        return bench_error_set(err, -ENOMEM, "out of memory");
    environment[n++] = strdup("HWLOC_THISSYSTEM=1");
    return 0;
}

static int describe_session(struct command *command, struct bench_error *err)
{
    char session[64], machine[512];
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t length = strftime(session, sizeof session, "%Y%m%dT%H%M%S", &utc);
    snprintf(session + length, sizeof session - length, "-%06ld-%d", now.tv_nsec / 1000, (int)getpid());
    facts_describe(&command->facts, machine, sizeof machine);
    int rc = record_set_text(&command->session, COLUMN_session, session);
    if (rc == 0)
        rc = record_set_text(&command->session, COLUMN_host, command->facts.host);
    if (rc == 0)
        rc = record_set_text(&command->session, COLUMN_machine, machine);
    if (rc == 0)
        rc = record_set_text(&command->session, COLUMN_label, command->options.label);
    return rc < 0 ? bench_error_set(err, rc, "out of memory") : 0;
}

/* ---- running ---- */

static void say_case(const struct plan_case *one, const char *what, const char *text)
{
    char name[128], *said = NULL;
    plan_case_name(name, sizeof name, one);
    if (asprintf(&said, "bench: %s: %s%s%s", name, what, text ? ": " : "", text ? text : "") < 0)
        return;
    fprintf(stderr, "%s\n", text_make_visible(said));
    free(said);
}

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
    char *said = NULL;
    const struct plan_case *one = command->progress.now;
    if (command->options.quiet || asprintf(&said, "%s: %s", one->workload->name, note) < 0)
        return;
    for (size_t i = 0; i < command->notes_count; i++) {
        if (strcmp(command->notes[i], said) == 0) {
            free(said);
            return;
        }
    }
    progress_clear(&command->progress);
    say_case(one, "note", note);
    char **grown = realloc(command->notes, (command->notes_count + 1) * sizeof *grown);
    if (grown) {
        command->notes = grown;
        grown[command->notes_count++] = said;
    } else {
        free(said);
    }
}

/* Lanes were asked for, and no executor chosen has several. */
static void note_inflight(const struct command *command)
{
    bool asked = false;
    for (size_t i = 0; i < command->request.inflight.count; i++)
        asked = asked || command->request.inflight.numbers[i] > 1;
    for (size_t i = 0; i < command->plan.count; i++)
        asked = asked && !(command->plan.cases[i].executor->flags & BENCH_HAS_LANES);
    if (asked && !command->options.quiet)
        fprintf(stderr,
                "bench: note: --inflight: without effect on the executors chosen, which have one "
                "lane a worker; uring and uv have several\n");
}

/* Workers that are throttled by the control group's quota look like workers that do not scale. */
static void note_quota(const struct command *command)
{
    uint32_t most = 0;
    for (size_t i = 0; i < command->plan.count; i++)
        most = command->plan.cases[i].workers > most ? command->plan.cases[i].workers : most;
    if (!command->options.quiet && most > command->facts.quota_cpus)
        fprintf(stderr,
                "bench: note: this control group has a quota of %.3g CPUs: more workers than that are "
                "throttled\n",
                command->facts.quota_cpus);
}

/* Rounds of all cases, one launch of each: drift of the machine does not sit on one case alone. */
static int run_cases(struct command *command, struct bench_error *err)
{
    const struct launch_hooks hooks = {
        .context = command, .on_record = on_record, .on_progress = on_progress, .on_note = on_note};
    int rc = 0;
    note_inflight(command);
    note_quota(command);
    progress_init(&command->progress, command->plan.count * command->options.launches,
                  command->options.quiet);
    for (uint64_t round = 1; rc == 0 && round <= command->options.launches; round++) {
        for (size_t i = 0; rc == 0 && i < command->plan.count; i++) {
            struct launch launch = {.one = &command->plan.cases[i],
                                    .registry = command->registry,
                                    .setup = &command->setup,
                                    .limits = &command->options.limits,
                                    .hooks = &hooks,
                                    .session = &command->session,
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
    json_t *message = flight_message(one, command->registry, "open");
    json_dumpf(message, stdout, JSON_COMPACT);
    json_decref(message);
    printf("\n{\"op\":\"run\",\"verify\":true,\"passes\":1}\n");
    for (uint64_t i = 0; i < limits->warmup + (limits->runs ? limits->runs : limits->min_runs); i++)
        printf("{\"op\":\"run\",\"verify\":false,\"passes\":1}\n");
    printf("{\"op\":\"close\"}\n");
}

static int dry_run(const struct command *command, struct bench_error *err)
{
    for (size_t i = 0; i < command->plan.count; i++) {
        const struct plan_case *one = &command->plan.cases[i];
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
    for (size_t i = 0; i < command->notes_count; i++)
        free(command->notes[i]);
    free(command->notes);
    verdicts_free(command->verdicts, command->plan.count);
    record_free(&command->session);
    for (char **variable = command->setup.environment; variable && *variable; variable++)
        free(*variable);
    free(command->setup.environment);
    if (command->setup.launcher)
        wordfree(&command->launcher);
    if (command->topology_fd >= 0)
        close(command->topology_fd);
    plan_free(&command->plan);
    number_list_free(&command->request.workers);
    number_list_free(&command->request.inflight);
    facts_free(&command->facts);
    if (command->topology)
        hwloc_topology_destroy(command->topology);
    registry_close(command->registry);
    options_free(&command->options);
}

int command_run(int argc, char **argv, struct bench_error *err)
{
    struct command command = {.topology_fd = -1, .setup.stop = &stop_signal};
    record_init(&command.session);
    int rc = options_parse(&command.options, argc, argv, err);
    if (rc != 0)
        return rc < 0 ? rc : EXIT_OK;
    rc = prepare(&command, err);
    if (rc == 0)
        rc = split_launcher(&command, err);
    if (rc == 0)
        rc = make_environment(&command, err);
    if (rc == 0)
        rc = describe_session(&command, err);
    if (rc == 0) {
        watch_signals();
        struct child_setup setup = command.setup;
        if (command.options.dry_run)
            setup.launcher = NULL; /* it may have effects of its own: perf record writes a file */
        rc = preflight(&command.verdicts, &command.plan, command.registry, &setup,
                       command.options.limits.timeout_ns, err);
    }
    if (rc == 0)
        rc = command.options.dry_run ? dry_run(&command, err) : run_and_write(&command, err);
    if (rc == -EINTR && stop_signal)
        rc = EXIT_SIGNAL + stop_signal;
    clean_up(&command);
    return rc;
}
