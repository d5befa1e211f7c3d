/* One case is opened, and closed. What happens between is case_run.c's. */
#include "runner/open_case.h"

#include "base/memory.h"
#include "base/shared.h"
#include "base/text.h"
#include "machine/placement.h"
#include "machine/topology.h"
#include "runner/arrivals.h"
#include "runner/case_state.h"
#include "runner/clock_watch.h"
#include "runner/counting.h"
#include "runner/ranked_open.h"
#include "runner/ranks.h"
#include "runner/request.h"
#include "runner/resources.h"
#include "runner/tally.h"
#include "runner/trace.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_STACK_BYTES = 16384, STACK_BYTES_MAX = 1 << 30 }; /* as workload.h says */

static struct open_case *case_new(void)
{
    struct open_case *open_case = mem_zero(1, sizeof *open_case);
    steal_init(&open_case->steal);
    return open_case;
}

/* Can its tasks come at times of their own? */
static int check_arrivals(const struct open_case *open_case, const struct shape *shape,
                          struct bench_error *err)
{
    const struct bench_plan *plan = &open_case->plan;
    if (shape->rate_per_s <= 0)
        return 0;
    if (plan->single_pass)
        return bench_error_set(err, -ENOTSUP,
                               "%s with these parameters cannot do its tasks more than once, and with "
                               "--rate they come again and again",
                               open_case->workload->name);
    if (shape->grain > 1)
        return bench_error_set(
            err, -EINVAL, "grain=%" PRId64 ": with --rate an arrival is one task; leave out --grain",
            shape->grain);
    return 0;
}

static int make_shape(const struct open_case *open_case, const struct open_asked *request,
                      struct bench_team *shape, struct bench_error *err)
{
    const struct bench_executor *executor = open_case->executor;
    *shape = (struct bench_team){
        .workers = executor->flags & BENCH_ONE_WORKER ? 1 : (uint32_t)request->shape.workers,
        .inflight = executor->flags & BENCH_HAS_LANES ? (uint32_t)request->shape.inflight : 1,
        .schedule = request_schedule(request),
        .in_turn = request->shape.grain > 0,
    };
    return open_case->ranks ? ranked_shape(open_case, request, shape, err) : 0;
}

const char *bench_scratch(struct bench_plan *plan, struct bench_error *err)
{
    struct open_case *open_case =
        (struct open_case *)(void *)((char *)plan - offsetof(struct open_case, plan));
    return scratch_get(&open_case->scratch, err);
}

static int check_plan(struct bench_plan *plan, struct bench_error *err)
{
    if (plan->tasks > INT64_MAX)
        return bench_error_set(err, -EINVAL, "setup planned more than 2^63 - 1 tasks");
    if (plan->tasks == 0)
        return bench_error_set(err, -EINVAL, "setup planned no tasks; there must be at least 1");
    if (!isfinite(plan->work) || plan->work < 0)
        return bench_error_set(
            err, -EINVAL,
            "setup planned work=%g; it must be positive and finite, or 0 for the number of tasks",
            plan->work);
    if (plan->work > 0 && plan->work != (double)plan->tasks && !plan->work_unit)
        return bench_error_set(
            err, -EINVAL,
            "setup planned work=%g without a work_unit, such as \"byte\"; without one, "
            "work is the number of tasks",
            plan->work);
    if (plan->stack_bytes > STACK_BYTES_MAX)
        return bench_error_set(err, -EINVAL, "setup planned stack_bytes=%zu; it must be at most %d",
                               plan->stack_bytes, STACK_BYTES_MAX);
    if (plan->work == 0)
        plan->work = (double)plan->tasks;
    return 0;
}

static int set_up(struct open_case *open_case, const struct open_asked *request,
                  const struct bench_team *shape, struct bench_error *err)
{
    struct bench_plan *plan = &open_case->plan;
    uint32_t workers = shape->workers * (open_case->ranks ? open_case->ranks->who.ranks : 1);
    *plan = (struct bench_plan){
        .seed = (uint64_t)request->shape.seed,
        .workers = workers,
        .lanes = workers * shape->inflight,
        .arrivals = request->shape.rate_per_s > 0 ? (uint64_t)request->arrivals_most : 0};
    shared_watch(open_case->ranks != NULL);
    int rc = open_case->workload->setup(&open_case->shared, open_case->workload_params.data, plan, err);
    shared_watch(false);
    if (rc != 0)
        return hook_failed(rc, "set-up", err);
    open_case->is_set_up = true;
    rc = check_plan(plan, err);
    if (rc == 0)
        rc = check_arrivals(open_case, &request->shape, err);
    if (rc < 0)
        return rc;
    if (request->shape.rate_per_s > 0)
        plan->grain = 1;
    if (request->shape.grain > 0)
        plan->grain = (uint64_t)request->shape.grain;
    if (plan->grain == 0)
        plan->grain = 1;
    if (plan->grain > plan->tasks)
        plan->grain = plan->tasks;
    return 0;
}

static int set_up_in_turn(struct open_case *open_case, const struct open_asked *request,
                          const struct bench_team *shape, struct bench_error *err)
{
    unsigned own;
    int rc = 0;
    if (!open_case->ranks)
        return set_up(open_case, request, shape, err);
    unsigned turns = ranked_turns(open_case->ranks, &own);
    for (unsigned turn = 0; rc == 0 && turn < turns; turn++) {
        rc = turn == own ? set_up(open_case, request, shape, err) : 0;
        rc = ranked_turn_end(open_case, turn, rc, err);
    }
    return rc;
}

/* Masks of the workers' CPUs, one after the other, into *masks for the caller to free. */
static int place(struct open_case *open_case, const struct open_asked *request, uint32_t workers,
                 unsigned long **masks, size_t *words, struct bench_error *err)
{
    hwloc_topology_t topology;
    struct placement_policy policy;
    struct placement placement;
    int rc = placement_policy_parse(request->shape.pin, request->shape.places, &policy, err);
    if (rc < 0)
        return rc;
    rc = topology_load(&topology, err);
    if (rc < 0)
        goto fail_topology;
    const struct ranks *ranks = open_case->ranks;
    const struct rank_place *among = ranks ? &ranks->places[ranks->who.rank] : NULL;
    uint32_t all = workers * (among ? among->beside : 1), first = workers * (among ? among->before : 0);
    rc = placement_make(topology, &policy, all, &placement, err);
    if (rc < 0)
        goto fail_placement;
    *words = placement_mask_words(topology);
    *masks = mem_zero(workers * *words, sizeof **masks);
    open_case->all_cpus = mem_zero(*words, sizeof **masks);
    for (uint32_t w = 0; w < workers; w++) {
        placement_mask(placement.sets[first + w], *masks + w * *words, *words);
        for (size_t i = 0; i < *words; i++)
            open_case->all_cpus[i] |= (*masks)[w * *words + i];
    }
    if (placement.per_place > 1 && policy.pin != PIN_NONE)
        bench_error_note(err, "%" PRIu32 " workers on %" PRIu32 " place%s: up to %" PRIu32 " share one",
                         all, placement.places_size, placement.places_size == 1 ? "" : "s",
                         placement.per_place);
    if (open_case->ranks)
        open_case->ranks->spin = placement.per_place <= 1;
    placement_free(&placement);
fail_placement:
    hwloc_topology_destroy(topology);
fail_topology:
    placement_policy_free(&policy);
    return rc;
}

static int gather_team(struct open_case *open_case, const struct open_asked *request,
                       const struct bench_team *shape, struct bench_error *err)
{
    unsigned long *masks;
    size_t words;
    int rc = place(open_case, request, shape->workers, &masks, &words, err);
    if (rc < 0)
        return rc;
    rc = team_create(&open_case->team, shape, open_case->workload, open_case->executor,
                     open_case->shared, &open_case->plan, masks, words, err);
    free(masks);
    struct ranks *ranks = open_case->ranks;
    if (rc == 0 && ranks)
        team_join(open_case->team, ranks, ranks->who.rank * shape->workers,
                  ranks->who.ranks * shape->workers);
    if (rc == 0)
        rc = arrivals_open(open_case->team, &request->shape, request->arrivals_most, err);
    if (rc == 0)
        rc = trace_open(open_case->team, request->trace, request->trace_launch, err);
    if (rc < 0)
        return rc;
    steal_open(&open_case->steal, open_case->all_cpus, words);
    clock_watch_begin(&open_case->clock, open_case->all_cpus, words);
    return 0;
}

static int open_executor(struct open_case *open_case, struct bench_error *err)
{
    const struct bench_executor *executor = open_case->executor;
    open_case->team->counters = open_case->counters.count ? &open_case->counters : NULL;
    uint64_t before = bench_now();
    int rc = executor->open ? executor->open(&open_case->team->shape, open_case->executor_params.data,
                                             &open_case->state, err)
                            : 0;
    uint64_t after = bench_now();
    open_case->opening_ns = after > before ? after - before : 0;
    open_case->opened = rc == 0;
    return rc != 0 ? hook_failed(rc, executor->name, err) : 0;
}

/* What it has come to, as the reply says. */
static char *say_opened(const struct open_case *open_case, const struct reply_head *head)
{
    const struct bench_plan *plan = &open_case->plan;
    struct opened opened;
    opened_init(&opened);
    opened.tasks = (int64_t)plan->tasks;
    opened.grain = (int64_t)plan->grain;
    opened.work = plan->work;
    opened.work_unit = plan->work_unit ? plan->work_unit : "task";
    opened.single_pass = plan->single_pass;
    opened.workers = open_case->team->all_workers;
    opened.runtime = open_case->ranks ? open_case->ranks->who.runtime : NULL;
    opened.inflight = open_case->team->shape.inflight;
    opened.schedule = open_case->executor->flags & BENCH_OWN_SCHEDULE ? "own" : NULL;
    opened.clock = "release";
    opened.requests = plan->requests ? (int64_t)plan->requests : RECORD_NO_COUNT;
    const char *equals = plan->measured ? strchr(plan->measured, '=') : NULL;
    char *measured = equals ? mem_text_part(plan->measured, (size_t)(equals - plan->measured)) : NULL;
    if (equals)
        entries_add(&opened.measured, measured, equals + 1);
    char **own = tally_cpus(open_case->team), **cpus = open_case->ranked ? open_case->ranked->cpus : own;
    for (uint32_t w = 0; cpus && w < open_case->team->all_workers; w++)
        names_add(&opened.cpus, cpus[w]);
    char *line = opened_encode(head, &opened);
    opened_free(&opened);
    for (uint32_t w = 0; w < open_case->team->shape.workers; w++)
        free(own[w]);
    free(own);
    free(measured);
    return line;
}

/* Each rank for itself, once all have set up. */
static int make_team(struct open_case *open_case, const struct open_asked *asked,
                     struct bench_team *shape, struct bench_error *err)
{
    shape->stack_bytes = open_case->plan.stack_bytes ? open_case->plan.stack_bytes : DEFAULT_STACK_BYTES;
    int rc = resources_check(open_case->executor, shape, &open_case->plan, err);
    if (rc == 0)
        rc = gather_team(open_case, asked, shape, err);
    if (rc == 0)
        rc = counting_open(&open_case->counters, &asked->counters, err);
    return rc == 0 ? open_executor(open_case, err) : rc;
}

/* With ranks: what one cannot do is done by none. */
static int all_ranks(struct open_case *open_case, int rc, struct bench_error *err)
{
    return open_case->ranks ? ranks_agree(open_case->ranks, rc, err) : rc;
}

int case_open(struct open_case **out, struct ranks *ranks, const struct open_asked *asked,
              struct reply_head *head, char **line, struct bench_error *err)
{
    struct bench_team shape;
    int rc = request_check(asked, err);
    if (rc < 0)
        return rc;
    struct open_case *open_case = case_new();
    open_case->ranks = ranks;
    /* the folder that the controller removes is on its host; other ranks make their own */
    scratch_init(&open_case->scratch, ranks && !ranks_is_first(ranks) ? NULL : asked->scratch);
    rc = case_load(open_case, asked, err);
    if (rc == 0)
        rc = case_check_needs(open_case, err);
    if (rc == 0)
        rc = make_shape(open_case, asked, &shape, err);
    rc = all_ranks(open_case, rc, err);
    if (rc == 0)
        rc = set_up_in_turn(open_case, asked, &shape, err);
    if (rc == 0) {
        rc = make_team(open_case, asked, &shape, err);
        rc = all_ranks(open_case, rc, err);
    }
    if (rc == 0 && ranks)
        rc = ranked_complete(open_case, err);
    if (rc < 0) {
        case_close(open_case);
        return rc;
    }
    head->note = text_make_visible(err->message);
    *line = say_opened(open_case, head);
    *out = open_case;
    return 0;
}

void case_end_note(const struct open_case *open_case, struct bench_error *err)
{
    if (open_case)
        clock_watch_end(&open_case->clock, err);
}

void case_close(struct open_case *open_case)
{
    if (!open_case)
        return;
    if (open_case->opened && open_case->executor->close)
        open_case->executor->close(&open_case->team->shape, open_case->state);
    steal_close(&open_case->steal);
    counters_close(&open_case->counters);
    arrivals_close(open_case->team);
    ranked_free(open_case->ranked);
    trace_close(open_case->team);
    team_destroy(open_case->team);
    if (open_case->is_set_up && open_case->workload->teardown)
        open_case->workload->teardown(open_case->shared);
    scratch_free(&open_case->scratch);
    free(open_case->all_cpus);
    params_free(&open_case->ranks_params);
    params_free(&open_case->executor_params);
    params_free(&open_case->workload_params);
    free(open_case->files);
    free(open_case);
}

/* What the executor wants to stand in the environment, as texts to be freed. */
static void add_variable(void *context, const char *name, const char *value)
{
    entries_add(context, mem_text(name), mem_text(value));
}

static char *say_checked(const struct open_case *open_case, const struct reply_head *head)
{
    const struct bench_executor *executor = open_case->executor;
    struct entries variables = {0};
    if (!executor->environment)
        return reply_encode(head);
    executor->environment(open_case->executor_params.data, add_variable, &variables);
    char *line = checked_encode(head, &variables);
    for (size_t i = 0; i < variables.count; i++) {
        free((char *)(uintptr_t)variables.list[i].name);
        free((char *)(uintptr_t)variables.list[i].value);
    }
    entries_free(&variables);
    return line;
}

int case_check(const struct open_asked *asked, struct reply_head *head, char **line,
               struct bench_error *err)
{
    int rc = request_check(asked, err);
    if (rc < 0)
        return rc;
    struct open_case *open_case = case_new();
    rc = case_load(open_case, asked, err);
    if (rc == 0 && open_case->workload->validate)
        rc = open_case->workload->validate(open_case->workload_params.data, err);
    if (rc != 0)
        rc = hook_failed(rc, "checking the parameters", err);
    if (rc == 0) {
        head->note = text_make_visible(err->message);
        *line = say_checked(open_case, head);
    }
    case_close(open_case);
    return rc;
}
