/* The open loop: when tasks arrive, who does them, and what that took. See arrivals.h. */
#include "runner/arrivals.h"

#include "base/memory.h"
#include "base/quantity.h"
#include "records/counters.h"

#include <bench/random.h>

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A sleep ends 40 to 110 us late on a virtual machine. Whoever wakes so much earlier and spins is on
 * time to a few nanoseconds, but where the host itself was late.
 */
static const uint64_t lead_ns = 150000;

/* Past this many times the run's own length nothing more is begun: the backlog would never end. */
enum { LENGTHS_MOST = 2 };
static const uint64_t grace_ns = 100000000; /* and not before this, however short the run is */

/* ---- a case ---- */

int arrivals_open(struct team *team, const struct shape *shape, int64_t most, struct bench_error *err)
{
    if (shape->rate_per_s <= 0)
        return 0;
    if (most < 1 || most > ARRIVALS_MOST)
        return bench_error_set(err, -EINVAL,
                               "open: %" PRId64 " arrivals a run (arrivals_most): must be 1 to %" PRId64
                               "; take a lower --rate or a shorter --time",
                               most, ARRIVALS_MOST);
    uint64_t lanes = (uint64_t)team->shape.workers * team->shape.inflight;
    size_t head = (sizeof(struct arrivals) + TEAM_LINE - 1) / TEAM_LINE * TEAM_LINE;
    size_t tallies = team->shape.workers * sizeof(struct arrival_tally);
    size_t times = (size_t)most * sizeof(uint64_t);
    size_t bytes = head + tallies + times + lanes * sizeof(uint32_t);
    char *base = bench_shared_alloc(bytes);
    if (!base)
        return bench_error_set(err, -ENOMEM, "out of memory for %" PRId64 " arrivals", most);
    struct arrivals *arrivals = (struct arrivals *)(void *)base;
    arrivals->rate_per_s = shape->rate_per_s;
    arrivals->poisson = shape->arrivals[0] != 'f';
    arrivals->most = (uint64_t)most;
    arrivals->tallies = (struct arrival_tally *)(void *)(base + head);
    arrivals->due_ns = (uint64_t *)(void *)(base + head + tallies);
    arrivals->parked = (uint32_t *)(void *)(base + head + tallies + times);
    arrivals->bytes = bytes;
    arrivals->lead_ns = team_has_cpus(team) ? lead_ns : 0;
    team->arrivals = arrivals;
    return 0;
}

void arrivals_close(struct team *team)
{
    if (!team || !team->arrivals)
        return;
    bench_shared_free(team->arrivals, team->arrivals->bytes);
    team->arrivals = NULL;
}

/* ---- a run ---- */

/* The next of a Poisson process is an exponential time away: -ln(U) / rate, U uniform in (0, 1]. */
void arrivals_draw(struct team *team, uint64_t count, uint64_t draw)
{
    struct arrivals *arrivals = team->arrivals;
    uint64_t source = bench_random_mix(draw);
    double at_s = 0, step_s = 1 / arrivals->rate_per_s;
    for (uint64_t i = 0; i < count; i++) {
        if (arrivals->poisson)
            at_s -= log(1 - bench_random_fraction(bench_random_next(&source))) * step_s;
        else
            at_s = (double)(i + 1) * step_s;
        arrivals->due_ns[i] = (uint64_t)(at_s * 1e9);
    }
    arrivals->last_ns = arrivals->due_ns[count - 1];
    arrivals->give_up_ns = LENGTHS_MOST * arrivals->last_ns;
    if (arrivals->give_up_ns < arrivals->last_ns + grace_ns)
        arrivals->give_up_ns = arrivals->last_ns + grace_ns;
    atomic_store(&arrivals->free_ns, 0);
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        struct arrival_tally *tally = &arrivals->tallies[w];
        histogram_clear(&tally->service);
        histogram_clear(&tally->late);
        tally->dropped = tally->free_ns = tally->idle = 0;
        tally->accepting = false;
        for (int quarter = 0; quarter < 4; quarter++) {
            tally->waited_ns[quarter] = 0;
            tally->counts[quarter] = 0;
        }
    }
}

/* ---- the timed path ---- */

static struct arrival_tally *tally_of(const struct bench_lane *lane)
{
    return &lane->worker->team->arrivals->tallies[lane->worker_index];
}

/* Do lanes exclude each other beyond their worker? */
static bool one_at_a_time(const struct team *team)
{
    return team->executor->flags & BENCH_ONE_AT_A_TIME;
}

void arrivals_free(struct bench_lane *lane, uint64_t now_ns)
{
    const struct team *team = lane->worker->team;
    if (one_at_a_time(team))
        atomic_store_explicit(&team->arrivals->free_ns, now_ns, memory_order_relaxed);
    else
        tally_of(lane)->free_ns = now_ns;
}

static uint64_t free_since(const struct bench_lane *lane)
{
    const struct team *team = lane->worker->team;
    return one_at_a_time(team) ? atomic_load_explicit(&team->arrivals->free_ns, memory_order_relaxed)
                               : tally_of(lane)->free_ns;
}

/* Let the next lane of this worker wait for an arrival. */
static void pass_on(struct bench_lane *lane)
{
    struct bench_worker *worker = lane->worker;
    struct team *team = worker->team;
    struct arrival_tally *tally = tally_of(lane);
    if (!tally->accepting || !team_io(team)->park)
        return;
    if (tally->idle == 0) {
        tally->accepting = false;
        return;
    }
    const uint32_t *parked = team->arrivals->parked + (size_t)worker->index * team->shape.inflight;
    team_io(team)->unpark(lane, bench_team_lane(&team->shape, worker->index, parked[--tally->idle]));
}

/* Be the one that waits for an arrival; false: the run has failed. */
static bool accept_begin(struct bench_lane *lane)
{
    struct bench_worker *worker = lane->worker;
    struct team *team = worker->team;
    struct arrival_tally *tally = tally_of(lane);
    if (team->shape.inflight == 1 || !team_io(team)->park)
        return true;
    if (tally->accepting) {
        uint32_t *parked = team->arrivals->parked + (size_t)worker->index * team->shape.inflight;
        parked[tally->idle++] = lane->index - worker->index * team->shape.inflight;
        if (team_io(team)->park(lane) < 0)
            return false;
    }
    tally->accepting = true;
    return true;
}

bool arrival_take(struct bench_lane *lane, uint64_t *range)
{
    struct team *team = lane->worker->team;
    if (!accept_begin(lane))
        return false;
    *range = atomic_fetch_add_explicit(&team->next, 1, memory_order_relaxed);
    if (*range < team->shape.ranges)
        return true;
    pass_on(lane);
    return false;
}

/* An event loop goes on looking after its other lanes. */
static int yield_until(struct bench_lane *lane, uint64_t due_ns, uint64_t *now_ns)
{
    const struct team *team = lane->worker->team;
    const struct bench_io *io = team_io(team);
    uint64_t lead = team->arrivals->lead_ns;
    int rc = bench_now() + lead < due_ns ? io->sleep_until(lane, due_ns - lead) : 0;
    while (rc == 0 && (*now_ns = bench_now()) < due_ns) {
        if (bench_team_failed(&team->shape))
            return -ECANCELED;
        io->yield(lane);
    }
    return rc;
}

/* Until then, as exactly as can be: see lead_ns. *now_ns: when it was over. */
static int wait_until(struct bench_lane *lane, uint64_t due_ns, uint64_t *now_ns)
{
    struct bench_worker *worker = lane->worker;
    const struct team *team = worker->team;
    if (team->executor->flags & BENCH_HAS_LANES)
        return yield_until(lane, due_ns, now_ns);
    worker->woke_ns = 0;
    worker->spin_ns = team->arrivals->lead_ns;
    int rc = team_io(team)->sleep_until(lane, due_ns);
    worker->spin_ns = 0;
    /* It may have been let go too late by an executor of its own, or by a global lock. */
    *now_ns = worker->woke_ns && !one_at_a_time(team) ? worker->woke_ns : bench_now();
    return rc;
}

bool arrival_await(struct bench_lane *lane, uint64_t range, struct arrival *arrival)
{
    const struct team *team = lane->worker->team;
    const struct arrivals *arrivals = team->arrivals;
    struct arrival_tally *tally = tally_of(lane);
    uint64_t now_ns = bench_now();
    arrival->due_ns = team->released_ns + arrivals->due_ns[range];
    bool was_free = now_ns < arrival->due_ns;
    int rc = was_free ? wait_until(lane, arrival->due_ns, &now_ns) : 0;
    pass_on(lane);
    if (rc < 0)
        return false;
    arrival->begun_ns = now_ns;
    uint64_t waited_ns = arrival->begun_ns - arrival->due_ns;
    size_t quarter = (size_t)(range * 4 / team->shape.ranges);
    tally->waited_ns[quarter] += (double)waited_ns;
    tally->counts[quarter]++;
    if (arrival->begun_ns > team->released_ns + arrivals->give_up_ns) {
        tally->dropped++;
        histogram_add(&lane->worker->tally.latency, waited_ns);
        lane->worker->tally.ranges++;
        return false;
    }
    uint64_t free_ns = free_since(lane);
    uint64_t from_ns = free_ns > arrival->due_ns ? free_ns : arrival->due_ns;
    arrival->late_ns = was_free && arrival->begun_ns > from_ns ? arrival->begun_ns - from_ns : 0;
    return true;
}

void arrival_end(struct bench_lane *lane, const struct arrival *arrival)
{
    struct arrival_tally *tally = tally_of(lane);
    uint64_t now_ns = bench_now();
    histogram_add(&lane->worker->tally.latency, now_ns - arrival->due_ns);
    histogram_add(&tally->service, now_ns - arrival->begun_ns);
    histogram_add(&tally->late, arrival->late_ns);
    lane->worker->tally.ranges++;
    arrivals_free(lane, now_ns);
}

/* ---- afterwards ---- */

/* All workers' together. */
struct arrived {
    struct histogram latency, service, late;
    uint64_t dropped;
    double waited_s[4]; /* the mean of each quarter */
};

static struct arrived *arrived_make(const struct team *team)
{
    struct arrived *all = mem_zero(1, sizeof *all);
    uint64_t counts[4] = {0};
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        const struct arrival_tally *tally = &team->arrivals->tallies[w];
        histogram_merge(&all->latency, &team->workers[w].tally.latency);
        histogram_merge(&all->service, &tally->service);
        histogram_merge(&all->late, &tally->late);
        all->dropped += tally->dropped;
        for (int quarter = 0; quarter < 4; quarter++) {
            all->waited_s[quarter] += tally->waited_ns[quarter] * 1e-9;
            counts[quarter] += tally->counts[quarter];
        }
    }
    for (int quarter = 0; quarter < 4; quarter++)
        all->waited_s[quarter] /= counts[quarter] ? (double)counts[quarter] : 1;
    return all;
}

static uint64_t last_left_ns(const struct team *team)
{
    uint64_t last = team->released_ns;
    for (uint32_t w = 0; w < team->shape.workers; w++)
        last = team->workers[w].tally.left_ns > last ? team->workers[w].tally.left_ns : last;
    return last - team->released_ns;
}

/*
 * The backlog still grew when the arrivals ended: waits became longer from quarter to quarter, and to
 * work off what was left took over a twentieth of the run, beyond what one task takes, and beyond what
 * comes by chance, as the number of n random arrivals varies by the root of n.
 */
static bool is_overloaded(const struct team *team, const struct arrived *all)
{
    double length_s = (double)team->arrivals->last_ns * 1e-9;
    double most = 0.05 + (team->arrivals->poisson ? 2 / sqrt((double)team->shape.ranges) : 0);
    double over_s =
        (double)last_left_ns(team) * 1e-9 - length_s - histogram_quantile(&all->service, 0.99) * 1e-9;
    return all->dropped > 0 || (all->waited_s[3] > all->waited_s[2] &&
                                all->waited_s[2] > all->waited_s[1] && over_s > most * length_s);
}

void arrivals_note(const struct team *team, struct bench_error *err)
{
    const struct arrivals *arrivals = team->arrivals;
    struct arrived *all = arrived_make(team);
    double service_s = histogram_quantile(&all->service, 0.5) * 1e-9;
    uint64_t lanes = (uint64_t)team->shape.workers * team->shape.inflight;
    double wanted = ceil(service_s * arrivals->rate_per_s); /* Little's law */
    if (is_overloaded(team, all)) {
        char more[160] = "", took[32];
        if (wanted > (double)lanes)
            snprintf(more, sizeof more,
                     "; at %s a task and %g/s it takes %.0f lanes or more, and there %s %" PRIu64,
                     quantity_show_seconds(took, sizeof took, service_s), arrivals->rate_per_s, wanted,
                     lanes == 1 ? "is" : "are", lanes);
        if (all->dropped)
            snprintf(more + strlen(more), sizeof more - strlen(more),
                     "; %" PRIu64 " of %" PRIu64 " arrivals were never begun", all->dropped,
                     team->shape.ranges);
        bench_error_note(
            err, RECORD_OVERLOADED ": the backlog grew until the end, latencies are lower bounds%s",
            more);
    }
    if (!arrivals->lead_ns)
        bench_error_note(err, "with more workers than CPUs, arrivals are slept for without spinning, "
                              "and begin some 50 us late");
    free(all);
}

void arrivals_tally(struct record *record, const struct team *team, const struct bench_plan *plan)
{
    struct arrived *all = arrived_make(team);
    record->tasks = (int64_t)(team->shape.ranges - all->dropped);
    record->work = plan->work / (double)plan->tasks * (double)record->tasks;
    record->service_p50_s = histogram_quantile(&all->service, 0.5) * 1e-9;
    record->service_p99_s = histogram_quantile(&all->service, 0.99) * 1e-9;
    counter_add(record, COLUMN_counters, "late_p50_s", histogram_quantile(&all->late, 0.5) * 1e-9);
    counter_add(record, COLUMN_counters, "late_p99_s", histogram_quantile(&all->late, 0.99) * 1e-9);
    if (all->dropped)
        counter_add(record, COLUMN_counters, "dropped", (double)all->dropped);
    free(all);
}
