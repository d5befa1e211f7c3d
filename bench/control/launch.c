/* One runner and its case: messages, answers, records. */
#include "control/launch.h"

#include "base/memory.h"
#include "control/fate.h"
#include "control/opening.h"
#include "control/plausible.h"
#include "control/scratch.h"
#include "measure/clock.h"

#include <bench/workload.h>

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A runner that was told to close and does not is killed after this; a profiler has files to write. */
static const uint64_t grace_ns = 10000000000;

/*
 * How long a runner may take to open a case where --timeout does not say: for ever would be a hang that
 * nobody ends in CI, and creating 100 GB of files on a slow disk takes some ten minutes.
 */
static const uint64_t opening_most_ns = 1200000000000;

/* ---- records ---- */

static void set_time(struct record *record)
{
    char text[32];
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t length = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text + length, sizeof text - length, ".%03ldZ", now.tv_nsec / 1000000);
    record_set_text(record, COLUMN_time_utc, text);
}

void launch_describe(struct record *record, const struct plan_case *one, const struct record *session)
{
    record_copy(record, session);
    record_set_text(record, COLUMN_runtime,
                    one->way->version ? one->way->version : "bench " BENCH_VERSION);
    record_set_text(record, COLUMN_workload, one->workload->name);
    record_set_text(record, COLUMN_params, one->params);
    record_set_text(record, COLUMN_executor, one->executor->name);
    record_set_text(record, COLUMN_executor_params, one->executor_params);
    record_set_shape(record, &one->shape);
    if (one->executor->flags & MODULE_SCHEDULES_ITSELF)
        record_set_text(record, COLUMN_schedule, "own");
}

/* What the reply to open says there really is. */
static void describe_opened(struct record *record, const struct opened *opened)
{
    record->grain = opened->grain;
    if (opened->workers != RECORD_NO_COUNT)
        record->workers = opened->workers;
    if (opened->inflight != RECORD_NO_COUNT)
        record->inflight = opened->inflight;
    if (opened->schedule)
        record_set_text(record, COLUMN_schedule, opened->schedule);
    record_set_text(record, COLUMN_clock, opened->clock ? opened->clock : "release");
    record_set_text(record, COLUMN_work_unit, opened->work_unit);
}

/* What is known of a run before it has run. */
static void describe_run(const struct launch *launch, struct record *record,
                         const struct launch_run *what)
{
    const struct launch_request *request = launch->request;
    launch_describe(record, request->one, request->session);
    set_time(record);
    record_set_text(record, COLUMN_side, request->side);
    record->block = what->block;
    record->launch = request->number;
    record->run = (int64_t)what->run;
    if (what->passes)
        record->passes = (int64_t)what->passes;
    record->phase = what->phase;
    if (what->lever)
        record_set_text(record, COLUMN_lever, what->lever);
    if (launch->is_open)
        describe_opened(record, &launch->opened);
}

static int give(const struct launch *launch, struct record *record, enum status status,
                const char *error, struct bench_error *err)
{
    const struct launch_hooks *hooks = launch->request->hooks;
    record->status = status;
    record_set_text(record, COLUMN_error, error);
    int rc = hooks->on_record ? hooks->on_record(hooks->context, record, err) : 0;
    record_free(record);
    return rc;
}

/* The launch ends here, with a record that says why. */
static int give_up(const struct launch *launch, const struct launch_run *what, enum status status,
                   const char *error, struct bench_error *err)
{
    struct record record;
    describe_run(launch, &record, what);
    return give(launch, &record, status, error, err);
}

/* Adds the note to the row, too, if there is one. */
static void add_note(struct record *record, const char *text)
{
    char *both = record->notes ? mem_format("%s; %s", record->notes, text) : NULL;
    record_set_text(record, COLUMN_notes, both ? both : text);
    free(both);
}

static void note(const struct launch *launch, const char *text)
{
    const struct launch_hooks *hooks = launch->request->hooks;
    if (text && hooks->on_note)
        hooks->on_note(hooks->context, text);
}

/* ---- one message and its answer ---- */

/* A runner's word for what went wrong, if it is one. */
static enum status refusal_status(const char *said)
{
    enum status status = status_find(said);
    return status > STATUS_OK ? status : STATUS_FAILED;
}

static struct fate fate_of(const struct launch *launch, const struct launch_run *what, enum talk talk)
{
    const struct module_info *executor = launch->request->one->executor;
    return (struct fate){.stage = launch->closing_ns ? STAGE_CLOSE
                                  : launch->is_open  ? STAGE_RUN
                                                     : STAGE_OPEN,
                         .phase = what->phase,
                         .run = what->run,
                         .signal = talk == TALK_DIED ? child_killed_by(&launch->child) : 0,
                         .small_stacks = !executor->runtime && executor->flags & MODULE_LANES};
}

/* All has been measured: that the runner takes its time to end does not make any of it less true. */
static int note_slow_end(struct launch *launch)
{
    char text[200];
    snprintf(text, sizeof text,
             "everything was measured, but the runner did not exit within %g s of being told to, and "
             "was killed",
             round((double)(bench_now() - launch->closing_ns) * 1e-8) / 10);
    launch->slow_end = true;
    note(launch, text);
    return LAUNCH_GOES_ON;
}

static void describe_timeout(const struct launch *launch, struct bench_error *why)
{
    uint64_t timeout_ns = launch->request->timeout_ns;
    *why = (struct bench_error){0};
    if (timeout_ns)
        bench_error_set(why, -ETIMEDOUT, "the launch took longer than %g s (--timeout) and was killed",
                        (double)timeout_ns * 1e-9);
    else
        bench_error_set(why, -ETIMEDOUT,
                        "opening the case took longer than %g s, so its runner was killed; --timeout "
                        "SECONDS allows more",
                        (double)opening_most_ns * 1e-9);
}

/* No usable reply has come: a record says why, and the launch is over. */
static int describe_failure(struct launch *launch, enum talk talk, const struct launch_run *what,
                            struct bench_error *why, struct bench_error *err)
{
    if (talk == TALK_STOPPED)
        return bench_error_set(err, -EINTR, "interrupted");
    if (talk == TALK_TIMEOUT && launch->closing_ns)
        return note_slow_end(launch);
    if (talk == TALK_TIMEOUT)
        describe_timeout(launch, why);
    if (talk == TALK_DIED || (talk == TALK_TIMEOUT && launch->request->timeout_ns)) {
        const struct fate fate = fate_of(launch, what, talk);
        fate_tell(&fate, why);
    }
    int rc = give_up(launch, what, talk_status(talk), why->message, err);
    return rc < 0 ? rc : LAUNCH_OVER;
}

/* A reply has come. LAUNCH_GOES_ON: it is good, and the caller owns it; else it is freed. */
static int take(struct launch *launch, const struct launch_run *what, struct reply *reply,
                struct bench_error *err)
{
    if (reply->ok) {
        note(launch, reply->note);
        return LAUNCH_GOES_ON;
    }
    if (launch->request->setup->requests) /* what it was reckoned with stays counted, too */
        request_limit_settle(launch->request->setup->requests, 0, 0, reply->requested);
    struct bench_error why = {0};
    enum status status = refusal_status(reply->status);
    bench_error_set(&why, -EIO, "%s",
                    reply->error ? reply->error : "the runner reported a failure without a reason");
    if (status == STATUS_CRASHED) { /* a worker of its, or it itself with a last word */
        const struct fate fate = fate_of(launch, what, TALK_ANSWERED);
        fate_tell(&fate, &why);
    }
    int rc = give_up(launch, what, status, why.message, err);
    reply_free(reply);
    return rc < 0 ? rc : LAUNCH_OVER;
}

/* ---- runs ---- */

static bool is_verification(const struct launch_run *what)
{
    return what->phase == PHASE_VERIFY;
}

/* The lever of the run, NULL where there is none. */
static const char *lever_of(const struct launch *launch, const struct launch_run *what)
{
    const char *lever = what->lever ? what->lever : launch->request->one->shape.lever;
    return lever[0] != '\0' ? lever : NULL;
}

static struct run_asked asked_of(const struct launch *launch, const struct launch_run *what)
{
    bool verify = is_verification(what);
    return (struct run_asked){.verify = verify,
                              .brief = what->brief,
                              .passes = (int64_t)what->passes,
                              .slower = what->slower,
                              .lever = verify ? NULL : lever_of(launch, what),
                              .settle_s = what->settle_s};
}

/* How long the machine has been suspended so far. */
static int64_t suspended_ns(void)
{
    struct timespec awake, all;
    clock_gettime(CLOCK_MONOTONIC, &awake);
    clock_gettime(CLOCK_BOOTTIME, &all);
    return (all.tv_sec - awake.tv_sec) * INT64_C(1000000000) + (all.tv_nsec - awake.tv_nsec);
}

static bool counts_tree(const struct launch *launch, const struct launch_run *what)
{
    return launch->opened.count && !what->brief && !is_verification(what);
}

static struct request_limit *limit_of(const struct launch *launch)
{
    return launch->request->setup->requests;
}

uint64_t launch_passes_left(const struct launch *launch)
{
    const struct request_limit *limit = limit_of(launch);
    return limit ? request_limit_passes(limit, launch->opened.requests) : UINT64_MAX;
}

/* Before the first run that makes some, the user is told. */
static void tell_limit(const struct launch *launch)
{
    struct request_limit *limit = limit_of(launch);
    char text[200];
    if (!limit || limit->told || launch->opened.requests <= 0)
        return;
    snprintf(text, sizeof text,
             "a run makes %" PRId64 " requests to other machines; all runs together make %" PRIu64
             " at most (--max-requests)",
             launch->opened.requests, limit->most);
    note(launch, text);
    limit->told = true;
}

/* What a run's reply says that it has made, against what was reckoned with; the next will make as many.
 */
static void count_requests(struct launch *launch, const struct launch_run *what,
                           const struct reply *reply)
{
    struct request_limit *limit = limit_of(launch);
    if (!limit || reply->requested < 0)
        return;
    request_limit_settle(limit, launch->opened.requests, what->passes, reply->requested);
    launch->opened.requests = reply->requested / (int64_t)what->passes;
    tell_limit(launch);
}

int launch_run_begin(struct launch *launch, const struct launch_run *what, struct record *record,
                     struct bench_error *err)
{
    describe_run(launch, record, what);
    struct message message = {.op = OP_RUN, .run = asked_of(launch, what)};
    struct bench_error why = {0};
    if (limit_of(launch) &&
        request_limit_take(limit_of(launch), launch->opened.requests, what->passes, &why) < 0) {
        int rc = give(launch, record, STATUS_FAILED, why.message, err);
        return rc < 0 ? rc : LAUNCH_OVER;
    }
    if (counts_tree(launch, what))
        tree_read(launch->child.pid, false, &launch->tree);
    launch->suspended_ns = suspended_ns();
    launch->asked_ns = bench_now();
    enum talk talk = talk_tell(&launch->child, &message, launch->deadline_ns, &why);
    if (talk == TALK_ANSWERED)
        return LAUNCH_GOES_ON;
    record_free(record);
    return describe_failure(launch, talk, what, &why, err);
}

/* What no clock of the runner's shows: it, or all of the machine, has stood still meanwhile. */
static void note_standstill(const struct launch *launch, const struct launch_run *what, int64_t gap_ns,
                            struct record *record)
{
    char text[200];
    bool stopped = child_was_stopped(&launch->child);
    if (gap_ns > 10000000)
        snprintf(text, sizeof text, "the machine was suspended for %.3g s", (double)gap_ns * 1e-9);
    else if (stopped)
        snprintf(text, sizeof text, "the runner was stopped (SIGSTOP)");
    else
        return;
    add_note(record, text);
    size_t length = strlen(text);
    snprintf(text + length, sizeof text - length,
             " during run %" PRIu64 " (%s) of launch %" PRId64 "; its time is not a measurement",
             what->run, phase_word(what->phase), launch->request->number);
    note(launch, text);
}

/* Counts CPU time and memory for a runner that leaves it to us. Processes that ended unseen make them
 * unknown. */
static void count_tree(const struct launch *launch, const struct launch_run *what, struct record *record)
{
    struct tree_use now;
    if (!counts_tree(launch, what))
        return;
    tree_read(launch->child.pid, true, &now);
    double cpu_s = now.cpu_s - launch->tree.cpu_s;
    record->cpu_s = cpu_s >= 0 ? cpu_s : NAN;
    record->user_s = record->sys_s = NAN; /* a process's clock does not tell them apart */
    record->pss_bytes = now.pss_bytes;
}

/*
 * Can the answer be? What cannot by one of this host's clocks, but by another, is that clock's fault and
 * not the runner's: -ETIME.
 */
static int believe_run(const struct launch *launch, const struct run_asked *asked,
                       const struct run_seen *seen, double gap_s, const struct record *record,
                       struct bench_error *why)
{
    struct bench_error by_other = {0};
    struct run_seen other = *seen;
    other.elapsed_s += gap_s;
    other.alive_s += gap_s;
    int rc = plausible_run(record, &launch->opened, asked, seen, why);
    if (rc != -EPROTO || gap_s <= 0 ||
        plausible_run(record, &launch->opened, asked, &other, &by_other) < 0)
        return rc;
    *why = (struct bench_error){0};
    return bench_error_set(why, -ETIME,
                           "this host's clock (CLOCK_MONOTONIC) went back by %.3g s during the run, as "
                           "CLOCK_BOOTTIME shows: there is nothing to hold the answer against",
                           gap_s);
}

/* The answer into the record, as far as it can be true. 0, or why not; -ETIME: our clock is wrong. */
static int read_run(const struct launch *launch, const struct launch_run *what,
                    const struct reply *reply, double elapsed_s, double gap_s, struct record *record,
                    struct bench_error *why)
{
    const struct run_asked asked = asked_of(launch, what);
    const struct run_seen seen = {.elapsed_s = elapsed_s,
                                  .alive_s = clock_seconds(launch->started_ns, bench_now()),
                                  .cpus = (int)sysconf(_SC_NPROCESSORS_CONF),
                                  .old = launch->child.version == PROTOCOL_OLD};
    if (elapsed_s < 0)
        return bench_error_set(
            why, -ETIME, "the clock (CLOCK_MONOTONIC) went back by %g s during the run", -elapsed_s);
    int rc = told_decode(record, reply, why);
    if (rc == 0)
        count_tree(launch, what, record);
    if (rc == 0)
        rc = believe_run(launch, &asked, &seen, gap_s, record, why);
    if (rc < 0)
        return rc;
    if (isnan(record->work))
        record->work = launch->opened.work * (double)(record->tasks / launch->opened.tasks);
    record->work_per_s = record->work / record->wall_s;
    if (isnan(record->cpu_s))
        record->cpu_s = record->user_s + record->sys_s;
    return 0;
}

/* Nothing of what was told stands in a row that says that it cannot be. */
static void forget_told(struct record *record)
{
    for (enum column column = 0; column < COLUMNS; column++) {
        if (!told_column(column))
            continue;
        if (column_type(column) == COLUMN_TEXT)
            record_set_text(record, column, NULL);
        else if (column_type(column) == COLUMN_COUNT)
            record_set_count(record, column, RECORD_NO_COUNT);
        else
            record_set_real(record, column, NAN);
    }
}

int launch_run_end(struct launch *launch, const struct launch_run *what, struct record *record,
                   struct bench_error *err)
{
    struct bench_error why = {0};
    struct reply reply;
    enum talk talk = talk_hear(&launch->child, launch->deadline_ns, &reply, &why);
    double elapsed_s = clock_seconds(launch->asked_ns, bench_now());
    int64_t gap_ns = suspended_ns() - launch->suspended_ns;
    int rc = talk == TALK_ANSWERED ? take(launch, what, &reply, err)
                                   : describe_failure(launch, talk, what, &why, err);
    if (rc != LAUNCH_GOES_ON) {
        record_free(record);
        return rc;
    }
    count_requests(launch, what, &reply);
    if (reply.note)
        add_note(record, reply.note);
    int read = read_run(launch, what, &reply, elapsed_s, (double)gap_ns * 1e-9, record, &why);
    if (read != -ETIME)
        note_standstill(launch, what, gap_ns, record);
    reply_free(&reply);
    if (read < 0) {
        forget_told(record);
        rc = give(launch, record, read == -ENOTSUP ? STATUS_UNSUPPORTED : STATUS_FAILED, why.message,
                  err);
        return rc < 0 ? rc : LAUNCH_OVER;
    }
    launch->wall_s = record->wall_s;
    launch->value = record_number(record, launch->request->column);
    launch->tasks = record->tasks;
    rc = give(launch, record, STATUS_OK, NULL, err);
    return rc < 0 ? rc : LAUNCH_GOES_ON;
}

int launch_run(struct launch *launch, const struct launch_run *what, struct bench_error *err)
{
    struct record record;
    int rc = launch_run_begin(launch, what, &record, err);
    return rc == LAUNCH_GOES_ON ? launch_run_end(launch, what, &record, err) : rc;
}

bool launch_knows_one_pass(const struct launch *launch, uint64_t passes)
{
    return passes > 1 && launch->tasks == launch->opened.tasks;
}

/* ---- from open to close ---- */

/* What a record says of which no run was begun. */
static const struct launch_run to_open = {.phase = PHASE_VERIFY, .run = 1, .block = RECORD_NO_COUNT};
static const struct launch_run to_close = {.phase = PHASE_MEASURE, .run = 0, .block = RECORD_NO_COUNT};

/* Which CPUs each worker is for, for a runner of this host that leaves it to us; the texts for free().
 */
static char **place(const struct child_setup *setup, const struct plan_case *one, struct names *cpus)
{
    const struct runtime *runtime = one->way->runtime;
    bool ours = runtime && runtime->placed && setup->place && !child_starts_elsewhere(setup->launcher);
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
    opening_make(&opening, request->one, OP_OPEN);
    opening.message.open.scratch = launch->scratch;
    if (setup->requests)
        opening.message.open.max_requests = (int64_t)request_limit_left(setup->requests);
    char **cpus = place(setup, request->one, &opening.message.open.cpus);
    uint64_t deadline_ns =
        launch->deadline_ns ? launch->deadline_ns : launch->started_ns + opening_most_ns;
    enum talk talk = talk_introduce(&launch->child, setup, &opening.message, deadline_ns, reply, why);
    opening_free(&opening);
    for (int64_t i = 0; cpus && i < request->one->shape.workers; i++)
        free(cpus[i]);
    free(cpus);
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
    int rc = child_start(&launch->child, &setup, &why);
    if (rc < 0) {
        rc = give_up(launch, &to_open, STATUS_FAILED, why.message, err);
        return rc < 0 ? rc : LAUNCH_OVER;
    }
    launch->scratch = scratch_name();
    if (setup.keeper)
        keeper_tell(setup.keeper, launch->scratch);
    enum talk talk = ask_to_open(launch, &setup, &reply, &why);
    rc = talk == TALK_ANSWERED ? take(launch, &to_open, &reply, err)
                               : describe_failure(launch, talk, &to_open, &why, err);
    if (rc != LAUNCH_GOES_ON)
        return rc;
    int read = opened_decode(&launch->opened, &reply, &why);
    if (read == 0)
        read = plausible_opened(&launch->opened, &why);
    if (setup.requests)
        request_limit_settle(setup.requests, 0, 0, reply.requested);
    reply_free(&reply);
    if (read < 0) {
        rc = give_up(launch, &to_open, STATUS_FAILED, why.message, err);
        return rc < 0 ? rc : LAUNCH_OVER;
    }
    launch->is_open = true;
    for (size_t i = 0; i < launch->opened.measured.count; i++) {
        const struct entry *measured = &launch->opened.measured.list[i];
        variant_learn(request->one->work, measured->name, measured->value);
    }
    tell_limit(launch);
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
        return describe_failure(launch, talk, &to_close, &why, err);
    int rc = take(launch, &to_close, &reply, err);
    if (rc == LAUNCH_GOES_ON)
        reply_free(&reply);
    return rc;
}

void launch_end(struct launch *launch, int outcome)
{
    int rc = child_end(&launch->child, outcome == LAUNCH_GOES_ON && !launch->slow_end ? grace_ns : 0);
    if (rc < 0)
        note(launch,
             rc == -EPERM
                 ? "a process that the runner started belongs to another user and is still running"
                 : "a process that the runner started was killed but is still running");
    if (launch->scratch)
        scratch_remove(launch->scratch);
    free(launch->scratch);
    opened_free(&launch->opened);
    launch->scratch = NULL;
    launch->is_open = false;
}

int launch_refuse(const struct launch_request *request, enum status status, const char *error,
                  struct bench_error *err)
{
    struct launch launch = {.request = request};
    return give_up(&launch, &to_open, status, error, err);
}
