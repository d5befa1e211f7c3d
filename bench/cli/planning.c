/* From options to cases. See planning.h. */
#include "cli/planning.h"

#include "control/rank_command.h"
#include "control/slots.h"
#include "machine/placement.h"
#include "modules/ranks_module.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS_MOST = 4096 };

static int check_placement(const struct planning *planning, struct bench_error *err)
{
    struct placement_policy policy;
    struct placement placement;
    int rc = placement_policy_parse(planning->options->shape.pin, planning->options->shape.places,
                                    &policy, err);
    if (rc < 0)
        return rc;
    rc = placement_make(planning->topology, &policy, 1, &placement, err);
    if (rc == 0)
        placement_free(&placement);
    placement_policy_free(&policy);
    return rc;
}

/*
 * What the machine itself does shows in work that never changes: one that computes, and one that goes
 * through memory (every byte of a block that no cache holds, as a triad does).
 */
static int add_reference(const struct planning *planning, struct bench_error *err)
{
    static const char *const settings[] = {"spin.tasks=200", "payload.size=64MiB", "payload.tasks=4"};
    struct plan_request request = {.workloads = "spin,payload",
                                   .executors = "serial",
                                   .settings = settings,
                                   .settings_count = sizeof settings / sizeof *settings,
                                   .shape = shape_default};
    request.shape.seed = planning->options->shape.seed;
    int rc = number_list_parse(&request.workers, "--workers", "1", 1, 1, err);
    if (rc == 0)
        rc = number_list_parse(&request.inflight, "--inflight", "1", 1, 1, err);
    if (rc == 0)
        rc = plan_make(planning->reference, planning->registry, &request, err);
    if (rc == 0)
        plan_add_reference(planning->plan, planning->reference);
    number_list_free(&request.workers);
    number_list_free(&request.inflight);
    return rc;
}

static bool is_in_list(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = list; at && (at = strstr(at, name)); at += length) {
        if ((at == list || at[-1] == ',') && (at[length] == ',' || at[length] == '\0'))
            return true;
    }
    return false;
}

/* Of ranks, max is what their launcher has room for. */
static int parse_workers(const struct planning *planning, struct bench_error *err)
{
    const struct options *options = planning->options;
    struct plan_request *request = planning->request;
    const char *text = options->workers ? options->workers : "max";
    uint32_t places = placement_count(planning->topology, PLACES_CORES);
    const struct slots_asked asked = {.hosts = options->hosts,
                                      .launcher = planning->launcher,
                                      .cores = places ? places : 1,
                                      .variable = getenv};
    uint32_t slots = asked.cores;
    int rc = number_list_parse(&request->workers, "--workers", text, asked.cores, WORKERS_MOST, err);
    if (rc == 0 && is_in_list(options->executors, RANKS_EXECUTOR) && is_in_list(text, "max"))
        rc = slots_find(&asked, &slots, err);
    return rc == 0
               ? number_list_parse(&request->rank_workers, "--workers", text, slots, WORKERS_MOST, err)
               : rc;
}

/* Without ranks they would be passed over in silence. */
static int check_ranks_options(const struct planning *planning, struct bench_error *err)
{
    const struct options *options = planning->options;
    bool any = !options->hosts && !options->per_rank;
    for (size_t i = 0; !any && i < planning->plan->count; i++)
        any = case_has_ranks(&planning->plan->cases[i]);
    return any ? 0
               : bench_error_set(err, -EINVAL,
                                 "--%s; add -x " RANKS_EXECUTOR " (bench list " RANKS_EXECUTOR ")",
                                 options->hosts ? "hosts: only ranks go to other hosts"
                                                : "per-rank: nothing that was chosen has ranks");
}

int planning_make(const struct planning *planning, struct bench_error *err)
{
    const struct options *options = planning->options;
    struct plan_request *request = planning->request;
    if (!options->workloads)
        return bench_error_set(err, -EINVAL,
                               "--workload: say what to run, such as --workload blur (bench list "
                               "shows the workloads, bench --help the options)");
    *request = (struct plan_request){.workloads = options->workloads,
                                     .executors = options->executors,
                                     .settings = options->settings.texts,
                                     .settings_count = options->settings.count,
                                     .shape = options->shape};
    int rc = check_placement(planning, err);
    if (rc == 0)
        rc = parse_workers(planning, err);
    if (rc == 0)
        rc = number_list_parse(&request->inflight, "--inflight",
                               options->inflight ? options->inflight : "1", 0, 16777216, err);
    if (rc == 0 && options->rates)
        rc = real_list_parse(&request->rates, "--rate", options->rates, 1e9, err);
    request->arrivals_s = options->arrivals_s;
    request->arrives = options->rates || options->slo.word;
    if (rc == 0)
        rc = plan_make(planning->plan, planning->registry, request, err);
    if (rc == 0 && options->is_with_reference)
        rc = add_reference(planning, err);
    return rc == 0 ? check_ranks_options(planning, err) : rc;
}
