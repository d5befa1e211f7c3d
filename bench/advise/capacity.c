/* The search for the highest load within a service level. See capacity.h. */
#include "advise/capacity.h"

#include "base/memory.h"
#include "control/measure.h"
#include "control/plausible.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_MOST = 12, LATE_MOST = 3 };
static const double closed_part = 1 / 24.0; /* of the time, to see what can be done at most */

/* One case while it is looked at. */
struct finding_load {
    const struct capacity_request *request;
    const struct plan_case *one;
    struct capacity *capacity;
    uint64_t passes;
    size_t steps, late; /* launches so far; of them those of which nothing can be said */
    bool is_over;
    /* what the launch under way has come to */
    double latency_s, per_s, cpu_use, wall_s;
    int64_t tasks;
    double counted, beyond; /* of its tasks, those whose latency is told; of these, those too long */
    bool overloaded, failed;
};

static void give_up(struct finding_load *finding, const struct record *record)
{
    struct capacity *capacity = finding->capacity;
    free(capacity->failed);
    capacity->failed = mem_format("%s: %s", status_word(record->status),
                                  record->error ? record->error : "it does not say why");
    capacity->status = record->status;
    capacity->was_late = record->phase == PHASE_MEASURE && plausible_lateness(record, NULL) < 0;
    finding->failed = true;
}

static void take(struct finding_load *finding, const struct record *record)
{
    double tasks_per_s = (double)record->tasks / record->wall_s;
    finding->per_s = isnan(finding->per_s) ? tasks_per_s : fmax(finding->per_s, tasks_per_s);
    finding->latency_s = record_real(record, finding->request->slo.column);
    finding->cpu_use = record->cpu_s / record->wall_s;
    finding->wall_s = record->wall_s;
    finding->tasks = record->tasks;
    finding->overloaded = record->notes && strstr(record->notes, RECORD_OVERLOADED);
}

static void on_latencies(void *context, const struct record *record, const struct latencies *latencies)
{
    struct finding_load *finding = context;
    const struct launch_hooks *hooks = finding->request->hooks;
    finding->counted = (double)latencies_count(latencies);
    finding->beyond = latencies_beyond(latencies, finding->request->slo.limit_s);
    if (hooks->on_latencies)
        hooks->on_latencies(hooks->context, record, latencies);
}

static int on_record(void *context, const struct record *record, struct bench_error *err)
{
    struct finding_load *finding = context;
    const struct launch_hooks *hooks = finding->request->hooks;
    if (record->status != STATUS_OK)
        give_up(finding, record);
    else if (record->phase == PHASE_MEASURE)
        take(finding, record);
    return hooks->on_record ? hooks->on_record(hooks->context, record, err) : 0;
}

/* That a rate is too high is what is looked for, and no news. */
static void on_note(void *context, const char *note)
{
    struct finding_load *finding = context;
    const struct launch_hooks *hooks = finding->request->hooks;
    if (hooks->on_note && !strstr(note, RECORD_OVERLOADED))
        hooks->on_note(hooks->context, note);
}

/* A launch at this rate for so long; 0: as fast as can be. */
static int look(struct finding_load *finding, double rate_per_s, double step_s, struct bench_error *err)
{
    const struct capacity_request *request = finding->request;
    const struct launch_hooks hooks = {
        .context = finding, .on_record = on_record, .on_latencies = on_latencies, .on_note = on_note};
    const struct stopping_limits open = {.runs = 1};
    const struct stopping_limits closed = {.warmup = 1,
                                           .min_runs = 1,
                                           .max_runs = 1000,
                                           .time_ns = (uint64_t)(step_s * 1e9),
                                           .precision = 0.01};
    struct plan_case one;
    plan_case_copy(&one, finding->one);
    one.shape.rate_per_s = rate_per_s;
    one.shape.arrivals = rate_per_s > 0 ? request->arrivals : "";
    one.arrivals_s = step_s;
    struct launch_request launch = {.one = &one,
                                    .setup = request->setup,
                                    .limits = rate_per_s > 0 ? &open : &closed,
                                    .hooks = &hooks,
                                    .session = request->session,
                                    .timeout_ns = request->timeout_ns,
                                    .number = (int64_t)++finding->steps,
                                    .passes = rate_per_s > 0 ? NULL : &finding->passes};
    finding->latency_s = finding->per_s = finding->cpu_use = finding->wall_s = NAN;
    finding->counted = finding->beyond = 0;
    finding->overloaded = finding->failed = false;
    int rc = measure_launch(&launch, err);
    plan_case_free(&one);
    return rc;
}

/* What was seen closest to the answer. */
static void keep_nearest(struct finding_load *finding, double rate)
{
    struct capacity *capacity = finding->capacity;
    double at = limit_answer(&capacity->search).load;
    static const double far = 0.05;
    if (!isnan(capacity->latency_s) && fabs(rate / at - 1) > far)
        return;
    capacity->latency_s = finding->latency_s;
    capacity->cpu_use = finding->cpu_use;
    capacity->tasks = finding->tasks;
}

/* A run that failed because the generator was late says nothing of the work; another may. */
static void look_again_or_end(struct finding_load *finding)
{
    finding->is_over = ++finding->late >= LATE_MOST || !finding->capacity->was_late;
}

static int begin(struct finding_load *finding, struct bench_error *err)
{
    struct capacity *capacity = finding->capacity;
    const struct capacity_request *request = finding->request;
    double time_s = (double)request->time_ns * 1e-9, closed_s = time_s * closed_part;
    int rc = look(finding, 0, closed_s, err);
    capacity->closed_per_s = finding->per_s;
    finding->is_over = finding->failed || !(finding->per_s > 0);
    capacity->search = (struct limit_search){.limit = request->slo.limit_s,
                                             .allowed = request->slo.allowed,
                                             .ceiling = finding->per_s,
                                             .time_s = time_s - closed_s,
                                             .is_random = request->arrivals[0] != 'f',
                                             .most = STEPS_MOST - 1};
    if (!(request->slo.allowed > 0)) /* no more than one in a launch of usual length */
        capacity->search.allowed = fmin(0.5, STEPS_MOST / (finding->per_s * time_s));
    return rc;
}

/* What came a second is told by the run's time: it ends a task after the last arrival, if it was not
 * overloaded. */
static void add_look(struct finding_load *finding, const struct limit_step *step)
{
    double came_per_s = (double)finding->tasks / finding->wall_s;
    limit_add(&finding->capacity->search,
              &(struct limit_look){.load = step->load,
                                   .offered = finding->overloaded ? step->load : came_per_s,
                                   .tasks = finding->counted,
                                   .beyond = finding->beyond,
                                   .latency = finding->latency_s,
                                   .is_overloaded = finding->overloaded,
                                   .part = step->part});
}

static int step(struct finding_load *finding, struct bench_error *err)
{
    struct capacity *capacity = finding->capacity;
    if (finding->steps == 0)
        return begin(finding, err);
    struct limit_step next = limit_next(&capacity->search);
    if (next.load <= 0) {
        finding->is_over = true;
        return 0;
    }
    int rc = look(finding, next.load, next.part * capacity->search.time_s, err);
    if (finding->failed) {
        look_again_or_end(finding);
        return rc;
    }
    free(capacity->failed);
    capacity->failed = NULL;
    capacity->status = STATUS_OK;
    capacity->was_late = false;
    if (!(finding->counted > 0)) {
        capacity->status = STATUS_UNSUPPORTED;
        capacity->failed =
            mem_format("%s tells no latency_counts, without which there is no service level",
                       finding->one->executor->name);
        finding->is_over = true;
        return rc;
    }
    add_look(finding, &next);
    keep_nearest(finding, next.load);
    return rc;
}

static void refuse(struct finding_load *finding, const struct preflight_verdict *verdict)
{
    finding->capacity->status = verdict->status;
    finding->capacity->failed = mem_format("%s: %s", status_word(verdict->status), verdict->error);
    finding->is_over = true;
}

/* Of the time of all cases, so far as it is not over for one sooner. */
static double left_of_all(const struct finding_load *findings, const struct capacity_request *request)
{
    double left_s = 0;
    for (size_t i = 0; i < request->plan->count; i++) {
        const struct limit_search *search = &findings[i].capacity->search;
        double part = 1;
        for (size_t look = 0; look < search->count; look++)
            part -= search->looks[look].part;
        if (!findings[i].is_over)
            left_s += findings[i].steps ? part * search->time_s : (double)request->time_ns * 1e-9;
    }
    return left_s;
}

static int find_all(struct finding_load *findings, const struct capacity_request *request,
                    struct bench_error *err)
{
    int rc = 0;
    for (bool is_over = false; rc == 0 && !is_over;) {
        is_over = true;
        for (size_t i = 0; rc == 0 && i < request->plan->count; i++) {
            if (findings[i].is_over)
                continue;
            is_over = false;
            if (request->on_step)
                request->on_step(request->hooks->context, i, findings[i].steps + 1, STEPS_MOST,
                                 left_of_all(findings, request));
            rc = step(&findings[i], err);
        }
    }
    return rc;
}

int capacities_find(struct capacities *found, const struct capacity_request *request,
                    struct bench_error *err)
{
    size_t count = request->plan->count;
    struct finding_load *findings = mem_zero(count, sizeof *findings);
    *found = (struct capacities){.slo = request->slo, .list = mem_zero(count, sizeof *found->list)};
    found->count = count;
    for (size_t i = 0; i < count; i++) {
        struct capacity *capacity = &found->list[i];
        findings[i] = (struct finding_load){
            .request = request, .one = &request->plan->cases[i], .capacity = capacity};
        capacity->status = STATUS_OK;
        capacity->closed_per_s = capacity->cpu_use = capacity->latency_s = NAN;
        launch_describe(&capacity->identity, findings[i].one, request->session);
        if (request->verdicts[i].status)
            refuse(&findings[i], &request->verdicts[i]);
    }
    int rc = find_all(findings, request, err);
    for (size_t i = 0; i < count; i++)
        found->list[i].answer = limit_answer(&found->list[i].search);
    free(findings);
    return rc;
}
