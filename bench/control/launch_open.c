/* A launch from its runner's start to its end: the case is opened and closed. */
#include "base/memory.h"
#include "control/launch.h"
#include "control/launch_answer.h"
#include "control/launch_record.h"
#include "control/launch_requests.h"
#include "control/opening.h"
#include "control/plausible.h"
#include "control/rank_command.h"
#include "control/scratch.h"
#include "control/trace_file.h"
#include "measure/clock.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* A runner that was told to close and does not is killed after this; a profiler has files to write. */
static const uint64_t grace_ns = 10000000000;

/* What a record says of which no run was begun. */
static const struct launch_run to_open = {.phase = PHASE_VERIFY, .run = 1, .block = RECORD_NO_COUNT};
static const struct launch_run to_close = {.phase = PHASE_MEASURE, .run = 0, .block = RECORD_NO_COUNT};

/* Which CPUs each worker is for, for a runner of this host that leaves it to us; the texts for free().
 */
static char **place(const struct child_setup *setup, const struct plan_case *one, struct names *cpus)
{
    const struct runtime *runtime = one->way->runtime;
    bool ours = runtime && runtime->placed && setup->place && !(setup->launcher && setup->known);
    char **sets = ours ? setup->place(setup->place_context, &one->shape) : NULL;
    for (int64_t i = 0; sets && i < one->shape.workers; i++)
        names_add(cpus, sets[i]);
    return sets;
}

static enum talk ask_to_open(struct launch *launch, const struct child_setup *setup, struct reply *reply,
                             struct bench_error *why)
{
    const struct launch_request *request = launch->request;
    struct opening opening;
    opening_make(&opening, request->one, setup->counters, OP_OPEN);
    opening.message.open.scratch = launch->scratch;
    if (setup->requests)
        opening.message.open.max_requests = (int64_t)request_limit_left(setup->requests);
    if (setup->trace) {
        launch->trace_launch = trace_file_launch(setup->trace, request->one, request->number);
        opening.message.open.trace = setup->trace->path;
        opening.message.open.trace_launch = launch->trace_launch;
    }
    char **cpus = place(setup, request->one, &opening.message.open.cpus);
    uint64_t deadline_ns =
        launch->deadline_ns ? launch->deadline_ns : launch->started_ns + launch_opening_most_ns;
    enum talk talk = talk_introduce(&launch->child, setup, &opening.message, deadline_ns, reply, why);
    opening_free(&opening);
    for (int64_t i = 0; cpus && i < request->one->shape.workers; i++)
        free(cpus[i]);
    free(cpus);
    return talk;
}

/* A fresh runner, or several as ranks, asked to open the case. */
static enum talk start(struct launch *launch, struct child_setup *setup, struct reply *reply,
                       struct bench_error *why)
{
    if (child_start(&launch->child, setup, why) < 0)
        return TALK_WRONG;
    launch->scratch = scratch_name();
    if (setup->keeper)
        keeper_tell(setup->keeper, launch->scratch);
    return ask_to_open(launch, setup, reply, why);
}

/* The same with ranks; *rc: whether there is a command that starts them. */
static enum talk start_ranks(struct launch *launch, struct child_setup *setup, struct reply *reply,
                             int *rc, struct bench_error *why)
{
    struct rank_command command;
    enum talk talk = TALK_WRONG;
    *rc = rank_command_make(&command, launch->request->one, setup, why);
    if (*rc == 0) {
        launch->launcher = mem_text(command.text);
        setup->launcher = command.words;
        setup->known = command.known;
        setup->engine = command.engine;
        talk = start(launch, setup, reply, why);
    }
    rank_command_free(&command);
    return talk;
}

int launch_open(struct launch *launch, const struct launch_request *request, struct bench_error *err)
{
    struct bench_error why = {0};
    struct reply reply;
    *launch = (struct launch){.request = request, .wall_s = NAN, .started_ns = bench_now()};
    if (request->timeout_ns)
        launch->deadline_ns = launch->started_ns + request->timeout_ns;
    struct child_setup setup = *request->setup;
    setup.command = request->one->way->command;
    if (setup.command)
        setup.speaks = NULL; /* that was found out of another runner */
    int rc = 0;
    enum talk talk = case_has_ranks(request->one) ? start_ranks(launch, &setup, &reply, &rc, &why)
                                                  : start(launch, &setup, &reply, &why);
    if (rc < 0) {
        rc = launch_give_up(launch, &to_open, STATUS_UNSUPPORTED, why.message, err);
        return rc < 0 ? rc : LAUNCH_OVER;
    }
    rc = talk == TALK_ANSWERED ? launch_take(launch, &to_open, &reply, err)
                               : launch_fail(launch, talk, &to_open, &why, err);
    if (rc != LAUNCH_GOES_ON)
        return rc;
    int read = opened_decode(&launch->opened, &reply, &why);
    if (read == 0)
        read = plausible_opened(&launch->opened, &why);
    if (setup.requests)
        request_limit_settle(setup.requests, 0, 0, reply.requested);
    launch->note = reply.note ? mem_text(reply.note) : NULL;
    reply_free(&reply);
    if (read < 0) {
        rc = launch_give_up(launch, &to_open, STATUS_FAILED, why.message, err);
        return rc < 0 ? rc : LAUNCH_OVER;
    }
    launch->is_open = true;
    for (size_t i = 0; i < launch->opened.measured.count; i++) {
        const struct entry *measured = &launch->opened.measured.list[i];
        variant_learn(request->one->work, measured->name, measured->value);
    }
    launch_requests_tell(launch);
    if (setup.trace)
        trace_file_add(setup.trace, "starting and opening", launch->started_ns, bench_now());
    return LAUNCH_GOES_ON;
}

int launch_close(struct launch *launch, struct bench_error *err)
{
    struct message message = {.op = OP_CLOSE};
    struct bench_error why = {0};
    struct reply reply;
    launch->closing_ns = bench_now();
    if (launch->deadline_ns == 0 || launch->deadline_ns > launch->closing_ns + grace_ns)
        launch->deadline_ns = launch->closing_ns + grace_ns;
    enum talk talk = talk_ask(&launch->child, &message, launch->deadline_ns, &reply, &why);
    if (talk != TALK_ANSWERED)
        return launch_fail(launch, talk, &to_close, &why, err);
    int rc = launch_take(launch, &to_close, &reply, err);
    if (rc == LAUNCH_GOES_ON)
        reply_free(&reply);
    return rc;
}

void launch_end(struct launch *launch, int outcome)
{
    int rc = child_end(&launch->child, outcome == LAUNCH_GOES_ON && !launch->slow_end ? grace_ns : 0);
    if (rc < 0)
        launch_note(
            launch,
            rc == -EPERM
                ? "a process that the runner started belongs to another user and is still running"
                : "a process that the runner started was killed but is still running");
    if (launch->scratch)
        scratch_remove(launch->scratch);
    free(launch->scratch);
    free(launch->note);
    free(launch->launcher);
    launch->launcher = NULL;
    opened_free(&launch->opened);
    launch->scratch = launch->note = NULL;
    launch->is_open = false;
}

int launch_refuse(const struct launch_request *request, enum status status, const char *error,
                  struct bench_error *err)
{
    struct launch launch = {.request = request};
    return launch_give_up(&launch, &to_open, status, error, err);
}
