/* The stages of advice, one after the other. */
#include "advise/advise.h"
#include "advise/class.h"
#include "advise/ways.h"

#include "measure/clock.h"

#include <bench/workload.h>

#include <math.h>
#include <string.h>

/* Parts of the time: what binds the work; the race; what then binds the way that won. */
static const double class_until = 0.4, contention_until = 0.5, race_until = 0.85;

/* One lane: the runtime's own serial executor; else the first that can have one worker. */
static const struct plan_case *find_base(const struct advise_request *request, struct plan_case *room)
{
    const struct plan *plan = request->plan;
    const struct plan_case *base = NULL;
    for (size_t i = 0; i < plan->count; i++) {
        if (!adviser_can_run(request, i))
            continue;
        bool is_serial = strcmp(plan->cases[i].executor->name, "serial") == 0;
        if (!base || is_serial)
            base = &plan->cases[i];
        if (is_serial)
            break;
    }
    if (!base)
        return NULL;
    *room = *base;
    room->shape.workers = room->shape.inflight = 1;
    return room;
}

/* Threads, one on each core: where others want the lock, too. */
static const struct plan_case *find_threads(const struct advise_request *request)
{
    const struct plan_case *found = NULL;
    for (size_t i = 0; i < request->plan->count; i++) {
        const struct plan_case *one = &request->plan->cases[i];
        bool can =
            adviser_can_run(request, i) && !(one->executor->flags & (MODULE_ONE_WORKER | MODULE_LANES));
        if (can && (!found || strcmp(one->executor->name, "pthread") == 0))
            found = one;
    }
    return found;
}

static int find_contention(struct adviser *adviser, struct bench_error *err)
{
    struct advice *advice = adviser->advice;
    const struct plan_case *threads = find_threads(adviser->request);
    struct bound bound;
    struct bound_rules rules;
    if (!threads || advice->cpus < 2)
        return 0;
    struct plan_case one = *threads;
    one.shape.workers = (int64_t)advice->cpus;
    one.shape.inflight = 1;
    int rc = class_find(adviser, &one, contention_until, false, &bound, &rules, err);
    if (rc == 0 && bound.rounds > 0)
        bound_is_contended(&advice->bound, bound.lock);
    return rc;
}

static int find_then(struct adviser *adviser, struct bench_error *err)
{
    struct advice *advice = adviser->advice;
    struct plan_case one;
    struct bound_rules rules;
    const struct advice_way *way =
        advice->recommended == SIZE_MAX ? NULL : &advice->ways[advice->recommended];
    if (!way || adviser_spent(adviser) > 1 || way->workers * way->inflight == 1 ||
        !ways_case(adviser, way, &one))
        return 0;
    int rc = class_find(adviser, &one, 1, false, &advice->then, &rules, err);
    advice->has_then = rc == 0 && advice->then.rounds > 0;
    return rc;
}

int advise(struct advice *advice, const struct advise_request *request, struct bench_error *err)
{
    struct adviser adviser = {
        .request = request, .advice = advice, .random = {request->seed}, .began_ns = bench_now()};
    struct plan_case room;
    advice_init(advice);
    advice->cpus = request->cpus;
    advice->workload = request->plan->cases[0].workload->name;
    advice->params = request->plan->cases[0].params;
    const struct plan_case *base = find_base(request, &room);
    int rc = 0;
    if (base)
        rc = class_find(&adviser, base, class_until, true, &advice->bound, &advice->rules, err);
    if (rc == 0 && !isnan(advice->bound.lock.value))
        rc = find_contention(&adviser, err);
    if (rc == 0)
        rc = ways_race(&adviser, race_until, err);
    if (rc == 0)
        rc = find_then(&adviser, err);
    values_free(&adviser.serial_walls_s);
    advice->took_s = clock_seconds(adviser.began_ns, bench_now());
    return rc;
}
