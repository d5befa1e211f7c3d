/* Speed-up and efficiency: of each case against its reference. */
#include "results/speedup.h"

#include "base/memory.h"
#include "records/identity.h"
#include "results/case_sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double level = 0.95; /* of all intervals here */
static const double efficiency_slack = 1.5;

static bool is_serial(const struct record *run)
{
    return same_text(run->executor, "serial");
}

static bool is_comparable(const struct record *a, const struct record *b)
{
    return !(a->rate_per_s > 0) && !(b->rate_per_s > 0) && same_text(a->side, b->side) &&
           same_text(a->lever, b->lever);
}

static bool is_placed_alike(const struct record *a, const struct record *b)
{
    return same_text(a->pin, b->pin) && same_text(a->places, b->places) &&
           same_text(a->schedule, b->schedule) && a->grain == b->grain;
}

/* Cases that have a time, by their work: a list in the order of the cases. */
struct candidates {
    const struct case_result **of_work; /* the first */
    const struct case_result **next;    /* of each case */
};

/* How well `other` does as a reference: any of the runtime's, its serial, that of the same version,
 * placed alike. */
static int fitness(const struct record *other, const struct record *run)
{
    return 1 + is_serial(other) *
                   (8 + 4 * same_text(other->runtime, run->runtime) + 2 * is_placed_alike(other, run));
}

/* Ranks do bench's own work, and what connects them has no serial executor. */
static bool is_of_ranks(const struct record *run)
{
    return same_text(run->executor, "mpi");
}

static bool is_own_serial(const struct record *run)
{
    return identity_is_own(run) && is_serial(run);
}

/* The fittest of its runtime, or of bench's own serials; the first of several. */
static const struct case_result *find_reference(const struct case_result *cases,
                                                const struct candidates *candidates,
                                                const struct case_result *result, bool own_serial)
{
    const struct case_result *best = NULL;
    const struct case_result *other = candidates->of_work[result->work_number];
    for (; other; other = candidates->next[other - cases]) {
        bool fits = is_own_serial(other->identity);
        if (!own_serial && !(fits && is_of_ranks(result->identity)))
            fits = identity_same_runtime(other->identity, result->identity);
        if (fits && is_comparable(other->identity, result->identity) &&
            (!best ||
             fitness(other->identity, result->identity) > fitness(best->identity, result->identity)))
            best = other;
    }
    return best;
}

struct interval speedup_interval(const struct case_result *result, const struct case_result *reference)
{
    struct case_sample own, other;
    struct sample_ratio ratio = {.interval = INTERVAL_UNKNOWN};
    case_sample_make(&own, result->cases, result->source, COLUMN_wall_s, result->source->pass_tasks);
    case_sample_make(&other, reference->cases, reference->source, COLUMN_wall_s,
                     reference->source->pass_tasks);
    if (result != reference && own.sample.launches > 0 && other.sample.launches > 0)
        ratio = sample_ratio(&own.sample, &other.sample, level);
    case_sample_free(&own);
    case_sample_free(&other);
    return ratio.interval;
}

static double lanes_of(const struct case_result *result)
{
    const struct record *run = result->identity;
    return run->workers > 0 && run->inflight > 0 ? (double)run->workers * (double)run->inflight : NAN;
}

static void fill(struct case_result *result, const struct case_result *reference,
                 const struct case_result *own_serial)
{
    if (!reference || isnan(result->wall_s.median))
        return;
    if (own_serial && !identity_is_own(reference->identity))
        result->over_own = own_serial->wall_s.median / result->wall_s.median;
    double lanes = lanes_of(result) / lanes_of(reference);
    result->reference = is_serial(reference->identity) ? "serial" : "first";
    result->reference_run = reference->identity;
    result->speedup = reference->wall_s.median / result->wall_s.median;
    result->efficiency = result->speedup / lanes;
    result->speedup_interval = speedup_interval(result, reference);
    result->efficiency_interval =
        (struct interval){result->speedup_interval.low / lanes, result->speedup_interval.high / lanes};
}

void speedups_fill(struct case_result *cases, size_t size, size_t works)
{
    struct candidates candidates = {mem_zero(works, sizeof *candidates.of_work),
                                    mem_zero(size, sizeof *candidates.next)};
    /* Backwards, so that the first comes first. */
    for (size_t i = size; i > 0; i--) {
        const struct case_result *result = &cases[i - 1];
        const struct case_result **first = &candidates.of_work[result->work_number];
        if (isnan(result->wall_s.median))
            continue;
        candidates.next[i - 1] = *first;
        *first = result;
    }
    for (size_t i = 0; i < size; i++)
        fill(&cases[i], find_reference(cases, &candidates, &cases[i], false),
             find_reference(cases, &candidates, &cases[i], true));
    free(candidates.of_work);
    free(candidates.next);
}

bool result_is_too_efficient(const struct case_result *result)
{
    double least = interval_known(result->efficiency_interval) ? result->efficiency_interval.low
                                                               : result->efficiency / efficiency_slack;
    return result->identity != result->reference_run && least > 1;
}
