/* What a task costs by itself: an empty one, under the recommended way and under serial. */
#include "advise/advise.h"
#include "advise/entrant.h"

#include <bench/workload.h>

#include <math.h>
#include <string.h>

static const struct plan_case *find(const struct advise_request *request, const char *executor)
{
    for (size_t i = 0; i < request->plan->count; i++) {
        const struct plan_case *one = &request->plan->cases[i];
        if (adviser_can_run(request, i) && strcmp(one->executor->name, executor) == 0)
            return one;
    }
    return NULL;
}

/* Seconds a task, wall time; NaN where it cannot be run. */
static int time_task(struct adviser *adviser, const struct plan_case *one, double *task_s,
                     struct bench_error *err)
{
    struct entrant entrant = {.one = *one};
    double wall_s;
    int rc = entrant_launch(&entrant, adviser, 1, &wall_s, err);
    *task_s = wall_s / entrant.tasks;
    entrant_free(&entrant);
    return rc;
}

int advise_cost(struct advice *advice, const struct advise_request *request, struct bench_error *err)
{
    struct adviser adviser = {.request = request,
                              .advice = advice,
                              .random = {request->seed},
                              .began_ns = bench_now(),
                              .doing = "timing empty tasks"};
    const struct plan_case *way = find(request, advice->ways[advice->recommended].executor);
    const struct plan_case *serial = find(request, "serial");
    double way_s = NAN, serial_s = NAN;
    if (!way || !serial)
        return 0;
    int rc = time_task(&adviser, way, &way_s, err);
    if (rc == 0)
        rc = time_task(&adviser, serial, &serial_s, err);
    if (rc < 0)
        return rc;
    /* CPU time, as far as there are CPUs: (t + cost) / CPUs = t + serial's cost. */
    double cpus = fmin((double)way->shape.workers, advice->cpus);
    advice->task_cost_s = way_s * cpus;
    advice->serial_cost_s = serial_s;
    if (cpus > 1)
        advice->break_even_s = fmax(0, (advice->task_cost_s - cpus * serial_s) / (cpus - 1));
    return 0;
}
