/* One run of a launch: it is asked for, and its answer held against what can be. */
#include "control/launch.h"
#include "control/launch_answer.h"
#include "control/launch_ranks.h"
#include "control/launch_record.h"
#include "control/launch_requests.h"
#include "control/plausible.h"
#include "control/trace_file.h"
#include "measure/clock.h"
#include "records/counters.h"

#include <bench/random.h>

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

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

/* Which sample of all possible arrivals: another in each run, the same again with the same seed. 53
 * bits, since not every language's numbers have more. */
static int64_t draw_of(const struct launch_request *request, const struct launch_run *what)
{
    uint64_t launch = bench_random_at((uint64_t)request->one->shape.seed, (uint64_t)request->number);
    return (int64_t)(bench_random_at(launch, what->run * 4 + (uint64_t)what->phase) >> 11);
}

static struct run_asked asked_of(const struct launch *launch, const struct launch_run *what)
{
    bool verify = is_verification(what);
    const struct launch_request *request = launch->request;
    return (struct run_asked){.verify = verify,
                              .arrivals = verify ? 0 : plan_case_arrivals(request->one),
                              .draw = draw_of(request, what),
                              .brief = what->brief,
                              .no_latency = request->setup->no_latency,
                              .latency_counts =
                                  what->phase == PHASE_MEASURE && request->hooks->on_latencies,
                              .passes = (int64_t)what->passes,
                              .slower = what->slower,
                              .lever = verify ? NULL : lever_of(launch, what),
                              .per_rank = launch_wants_ranks(launch, what),
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

/* As many passes as the arrivals of the run make up, the last one counted whole. */
static uint64_t passes_of(const struct launch *launch, const struct launch_run *what)
{
    int64_t arrivals = is_verification(what) ? 0 : plan_case_arrivals(launch->request->one);
    return arrivals ? (uint64_t)((arrivals - 1) / launch->opened.tasks + 1) : what->passes;
}

static bool counts_tree(const struct launch *launch, const struct launch_run *what)
{
    return launch->opened.count && !what->brief && !is_verification(what);
}

/* Of a launch's measured runs the first is traced range by range. */
static void begin_trace(struct launch *launch, const struct launch_run *what)
{
    struct trace_file *trace = launch->request->setup->trace;
    launch->trace_bytes = 0;
    if (!trace || what->phase != PHASE_MEASURE || launch->has_traced)
        return;
    launch->has_traced = true;
    launch->trace_bytes = trace_file_room(trace);
}

/* The whole run, preparing it and starting its workers included. */
static void end_trace(const struct launch *launch, const struct launch_run *what)
{
    struct trace_file *trace = launch->request->setup->trace;
    char name[48];
    snprintf(name, sizeof name, "%s %" PRIu64, phase_word(what->phase), what->run);
    if (trace)
        trace_file_add(trace, name, launch->asked_ns, bench_now());
}

int launch_run_begin(struct launch *launch, const struct launch_run *what, struct record *record,
                     struct bench_error *err)
{
    launch_record_begin(launch, record, what);
    begin_trace(launch, what);
    struct message message = {.op = OP_RUN, .run = asked_of(launch, what)};
    message.run.trace_bytes = launch->trace_bytes;
    struct bench_error why = {0};
    struct request_limit *limit = launch_request_limit(launch);
    if (limit && request_limit_take(limit, launch->opened.requests, passes_of(launch, what), &why) < 0) {
        int rc = launch_give(launch, record, STATUS_FAILED, why.message, err);
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
    return launch_fail(launch, talk, what, &why, err);
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
    record_add_note(record, text);
    size_t length = strlen(text);
    snprintf(text + length, sizeof text - length,
             " during run %" PRIu64 " (%s) of launch %" PRId64 "; its time is not a measurement",
             what->run, phase_word(what->phase), launch->request->number);
    launch_note(launch, text);
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

/* Numbers that a launch of the session has found out for all of them: they say what the work was, but
 * are no part of the case, or no two sessions would have the same. */
static void count_learnt(const struct variant *work, struct record *record)
{
    const struct bench_param *entry = work->learnt ? work->params.table : NULL;
    for (; entry && entry->name; entry++) {
        const char *value = param_set_get(work->learnt, entry->name);
        if (entry->type != BENCH_PARAM_TEXT && value && !param_set_is_default(work->learnt, entry) &&
            param_set_is_default(&work->params, entry))
            counter_add(record, COLUMN_counters, entry->name, strtod(value, NULL));
    }
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
        record->work = launch->opened.work * (double)record->tasks / (double)launch->opened.tasks;
    record->work_per_s = record->work / record->wall_s;
    if (isnan(record->cpu_s))
        record->cpu_s = record->user_s + record->sys_s;
    return 0;
}

static int give_latencies(const struct launch *launch, const struct launch_run *what,
                          const struct reply *reply, const struct record *record,
                          struct bench_error *why)
{
    struct latencies latencies;
    const struct launch_hooks *hooks = launch->request->hooks;
    if (what->phase != PHASE_MEASURE || !hooks->on_latencies)
        return 0;
    int rc = told_latencies(&latencies, reply, why);
    if (rc == 0)
        hooks->on_latencies(hooks->context, record, &latencies);
    latencies_free(&latencies);
    return rc;
}

/* A measured run is a row of its own, good or bad: the next may be on time. */
static int give_run(struct launch *launch, const struct launch_run *what, struct record *record,
                    struct bench_error *err)
{
    struct bench_error why = {0};
    bool is_late = what->phase == PHASE_MEASURE && plan_case_arrivals(launch->request->one) &&
                   plausible_lateness(record, &why) < 0;
    return launch_give(launch, record, is_late ? STATUS_FAILED : STATUS_OK, is_late ? why.message : NULL,
                       err);
}

int launch_run_end(struct launch *launch, const struct launch_run *what, struct record *record,
                   struct bench_error *err)
{
    struct bench_error why = {0};
    struct reply reply;
    enum talk talk = talk_hear(&launch->child, launch->deadline_ns, &reply, &why);
    double elapsed_s = clock_seconds(launch->asked_ns, bench_now());
    end_trace(launch, what);
    int64_t gap_ns = suspended_ns() - launch->suspended_ns;
    int rc = talk == TALK_ANSWERED ? launch_take(launch, what, &reply, err)
                                   : launch_fail(launch, talk, what, &why, err);
    if (rc != LAUNCH_GOES_ON) {
        record_free(record);
        return rc;
    }
    launch_requests_count(launch, what, &reply);
    if (reply.note)
        record_add_note(record, reply.note);
    int read = read_run(launch, what, &reply, elapsed_s, (double)gap_ns * 1e-9, record, &why);
    if (read == 0)
        read = give_latencies(launch, what, &reply, record, &why);
    if (read != -ETIME)
        note_standstill(launch, what, gap_ns, record);
    if (read == 0)
        read = launch_tell_ranks(launch, &reply, record, &why);
    reply_free(&reply);
    if (read == -EINTR) {
        record_free(record);
        return read;
    }
    if (read < 0) {
        record_forget_told(record);
        rc = launch_give(launch, record, read == -ENOTSUP ? STATUS_UNSUPPORTED : STATUS_FAILED,
                         why.message, err);
        return rc < 0 ? rc : LAUNCH_OVER;
    }
    count_learnt(launch->request->one->work, record);
    launch->wall_s = record->wall_s;
    launch->value = record_number(record, launch->request->column);
    launch->tasks = record->tasks;
    rc = give_run(launch, what, record, err);
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
