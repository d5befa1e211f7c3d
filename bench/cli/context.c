/* What every command that launches needs first. */
#include "cli/context.h"

#include "base/memory.h"
#include "base/text.h"
#include "cli/planning.h"
#include "control/counting.h"
#include "control/rank_command.h"
#include "machine/placement.h"
#include "machine/topology.h"
#include "modules/own_modules.h"
#include "modules/ranks_module.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wordexp.h>

extern char **environ;

volatile sig_atomic_t stop_signal;

/* ---- the user's wish to end ---- */

static void on_stop(int signal_number)
{
    stop_signal = signal_number;
}

/* A signal that was ignored when we were started (nohup) stays so. */
void stop_watch(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_stop}, before;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
    child_control_init();
}

/* ---- how runners are started ---- */

/* Where the policy places workers, as texts; NULL where it cannot: the runner will say why. */
static char **place_workers(const void *opaque, const struct shape *shape)
{
    const struct context *context = opaque;
    struct placement_policy policy;
    struct placement placement;
    char **sets = NULL;
    if (placement_policy_parse(shape->pin, shape->places, &policy, NULL) < 0)
        return NULL;
    if (placement_make(context->topology, &policy, (uint32_t)shape->workers, &placement, NULL) == 0) {
        sets = mem_zero((size_t)shape->workers, sizeof *sets);
        for (int64_t w = 0; w < shape->workers; w++)
            sets[w] = placement_describe(placement.sets[w]);
        placement_free(&placement);
    }
    placement_policy_free(&policy);
    return sets;
}

/* {ranks} would be none of a command's words. For free(). */
static char *mark_ranks(const char *text)
{
    static const char written[] = "{ranks}";
    const char *at = strstr(text, written);
    return at ? mem_format("%.*s%s%s", (int)(at - text), text, LAUNCHER_RANKS, at + sizeof written - 1)
              : mem_text(text);
}

static int split_launcher(struct context *context, struct bench_error *err)
{
    const char *text = context->options->launcher;
    if (!text)
        return 0;
    wordexp_t words;
    char *marked = mark_ranks(text);
    int rc = wordexp(marked, &words, WRDE_NOCMD);
    free(marked);
    if (rc == 0 && words.we_wordc == 0)
        wordfree(&words);
    if (rc != 0 || words.we_wordc == 0)
        return bench_error_set(
            err, -EINVAL,
            "--launcher: '%s' must be a command and its arguments, with | & ; < > ( ) { } in quotes",
            text);
    context->setup.ranks_launcher = context->ranks_launcher = launcher_words(words.we_wordv);
    context->setup.launcher = context->launcher = launcher_words(words.we_wordv);
    for (char **word = context->launcher; *word; word++) {
        char *filled = launcher_fill(*word, 1);
        free(*word);
        *word = filled;
    }
    context->setup.known = launcher_find(words.we_wordv);
    wordfree(&words);
    return 0;
}

static int split_counters(struct context *context, struct bench_error *err)
{
    const char *list = context->options->counters;
    struct bench_error why = {0};
    bool elsewhere = context->setup.known;
    if (list && counting_parse(&context->counters, list, elsewhere, &why) < 0)
        return bench_error_set(err, why.code, "--counters: %s", why.message);
    context->setup.counters = context->counters;
    return 0;
}

/* The environment of runners: ours, and the topology so that they need not discover it. */
static void make_environment(struct context *context)
{
    size_t count = 0;
    while (environ[count])
        count++;
    char **environment = mem_zero(count + 3, sizeof *environment);
    context->setup.environment = environment;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(environ[i], CHILD_MARK "=", sizeof CHILD_MARK) != 0)
            environment[n++] = mem_text(environ[i]);
    }
    if (topology_export(context->topology, &context->topology_fd, NULL) < 0) {
        context->topology_fd = -1; /* they will discover it themselves */
        return;
    }
    environment[n++] = mem_format("HWLOC_XMLFILE=/dev/fd/%d", context->topology_fd);
    environment[n++] = mem_text("HWLOC_THISSYSTEM=1");
}

/* How this program was called, quoted as for a shell. */
static void add_command(struct text *command)
{
    char *line = NULL;
    size_t size = 0;
    FILE *words = mem_open("/proc/self/cmdline");
    while (words && mem_delimited(&line, &size, '\0', words) > 0) {
        if (command->length)
            text_add(command, " ");
        text_add_word(command, line);
    }
    if (words)
        fclose(words);
    free(line);
}

static void describe_session(struct context *context)
{
    char session[64], machine[512];
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t length = strftime(session, sizeof session, "%Y%m%dT%H%M%S", &utc);
    snprintf(session + length, sizeof session - length, "-%06ld-%d", now.tv_nsec / 1000, (int)getpid());
    facts_describe(&context->facts, machine, sizeof machine);
    struct record *record = &context->session;
    record_set_text(record, COLUMN_session, session);
    record_set_text(record, COLUMN_host, context->facts.host);
    record_set_text(record, COLUMN_machine, machine);
    record_set_text(record, COLUMN_label, context->options->label);
    struct text command = {0};
    add_command(&command);
    record_set_text(record, COLUMN_command, command.text);
    free(command.text);
    record_set_text(record, COLUMN_launcher, context->options->launcher);
}

/* What was passed over, in modules and their runtimes. */
void say_warning(const char *text)
{
    char *said = mem_format("bench: warning: %s", text);
    fprintf(stderr, "%s\n", text_make_visible(said));
    free(said);
}

int context_open(struct context *context, const struct options *options, struct bench_error *err)
{
    *context = (struct context){.options = options, .topology_fd = -1, .setup.stop = &stop_signal};
    context->setup.speaks = &context->speaks;
    context->setup.place = place_workers;
    context->setup.place_context = context;
    context->requests.most = options->max_requests;
    context->setup.no_latency = options->no_latency;
    context->setup.requests = &context->requests;
    record_init(&context->session);
    context->setup.hosts = options->hosts;
    context->asker.limit_ns = options->timeout_ns;
    context->asker.warn = options->quiet ? NULL : say_warning;
    const struct module_source source = module_ask_source(&context->asker);
    char program[PATH_MAX];
    int rc = launcher_refuse_ranks(err);
    if (rc == 0)
        rc = own_program(program, sizeof program, err); /* else each module would seem to be missing */
    if (rc == 0)
        rc = registry_open(&context->registry, &source, options->plugins.texts, options->plugins.count,
                           err);
    if (rc == 0)
        rc = topology_load(&context->topology, err);
    if (rc < 0) {
        context->topology = NULL;
        return rc;
    }
    facts_read(context->topology, &context->facts);
    rc = split_launcher(context, err);
    const struct planning planning = {.options = options,
                                      .registry = context->registry,
                                      .topology = context->topology,
                                      .launcher = context->ranks_launcher,
                                      .request = &context->request,
                                      .plan = &context->plan,
                                      .reference = &context->reference};
    if (rc == 0)
        rc = planning_make(&planning, err);
    if (rc == 0)
        plan_naming(&context->naming, &context->plan);
    if (rc == 0)
        rc = split_counters(context, err);
    if (rc == 0) {
        context->setup.keeper = &context->keeper;
        make_environment(context);
        describe_session(context);
    }
    return rc;
}

void context_close(struct context *context)
{
    keeper_dismiss(&context->keeper);
    record_free(&context->session);
    for (char **variable = context->setup.environment; variable && *variable; variable++)
        free(*variable);
    free(context->setup.environment);
    launcher_words_free(context->launcher);
    free(context->counters);
    launcher_words_free(context->ranks_launcher);
    if (context->topology_fd >= 0)
        close(context->topology_fd);
    case_naming_free(&context->naming);
    plan_free(&context->plan);
    plan_free(&context->reference);
    number_list_free(&context->request.workers);
    number_list_free(&context->request.rank_workers);
    real_list_free(&context->request.rates);
    number_list_free(&context->request.inflight);
    facts_free(&context->facts);
    if (context->topology)
        hwloc_topology_destroy(context->topology);
    registry_close(context->registry);
    keeper_end(&context->keeper);
}

/* ---- talk ---- */

void say_case(const struct context *context, const struct plan_case *one, const char *what,
              const char *text)
{
    char *name = plan_name(one, &context->naming);
    char *said = mem_format("bench: %s: %s%s%s", name, what, text ? ": " : "", text ? text : "");
    fprintf(stderr, "%s\n", text_make_visible(said));
    free(said);
    free(name);
}

bool said_before(struct said *said, const char *subject, const char *text)
{
    char *whole = mem_format("%s: %s", subject, text);
    for (size_t i = 0; i < said->count; i++) {
        if (strcmp(said->texts[i], whole) == 0) {
            free(whole);
            return true;
        }
    }
    said->texts = mem_resize(said->texts, said->count + 1, sizeof *said->texts);
    said->texts[said->count++] = whole;
    return false;
}

void said_free(struct said *said)
{
    for (size_t i = 0; i < said->count; i++)
        free(said->texts[i]);
    free(said->texts);
}
