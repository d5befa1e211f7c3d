/* Levers on the timed path. See lever.h. */
#include "runner/lever.h"

#include "machine/caches.h"
#include "runner/lever_hog.h"

#include <bench/random.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    WAIT_LEAST_NS = 2000,     /* a call that took less has not waited: the clocks themselves take that */
    HELD_LEAST_NS = 1000,     /* of a lock: paid at once from here on */
    CACHE_EVERY_NS = 1000000, /* how often the cache is taken away */
    CACHE_LINE = 64,
    SPIN_NS = 20000, /* between two looks at the CPU clock, which takes 1 to 2 us */
};
static const double unseen_least = 0.05; /* of the time looked at: less is the clocks' own, or stolen */

/* How long this thread could have run and had no CPU; 0 where the kernel does not say. */
static uint64_t run_delay_ns(const struct lever_pace *pace)
{
    char text[128];
    ssize_t length = pace->schedstat_fd >= 0 ? pread(pace->schedstat_fd, text, sizeof text - 1, 0) : 0;
    if (length <= 0)
        return 0;
    text[length] = '\0';
    char *end;
    strtoull(text, &end, 10);
    return strtoull(end, NULL, 10);
}

static bool is_one_lane(const struct team *team)
{
    return team->shape.workers == 1 && team->shape.inflight == 1;
}

/* ---- paying ---- */

/* Burn CPU time, and say how much it became. */
static uint64_t spin(uint64_t ns)
{
    uint64_t began = clock_thread_cpu_ns(), spun = 0;
    while (spun < ns) {
        uint64_t piece_ns = ns - spun < SPIN_NS ? ns - spun : SPIN_NS;
        for (uint64_t until = bench_now() + piece_ns; bench_now() < until;)
            ;
        spun = clock_thread_cpu_ns() - began;
    }
    return spun;
}

static void pay_by_spinning(struct bench_worker *worker)
{
    struct lever_pace *pace = &worker->pace;
    if (pace->owed_ns <= 0)
        return;
    uint64_t spun = spin((uint64_t)pace->owed_ns);
    pace->owed_ns -= (int64_t)spun; /* what was too much is owed less next time */
    worker->tally.lever.spun_ns += spun;
}

/* The sleep's own CPU time is not the work's. `lane` NULL: all lanes have ended. */
static void pay_by_sleeping(struct bench_worker *worker, struct bench_lane *lane)
{
    struct lever_pace *pace = &worker->pace;
    if (pace->owed_ns <= 0)
        return;
    const struct bench_io *io = lane ? team_io(worker->team) : &bench_io_blocking;
    uint64_t began = bench_now(), cpu = clock_thread_cpu_ns(), until = began + (uint64_t)pace->owed_ns;
    /* Others are not to sleep for the same debt meanwhile. */
    int64_t owed = pace->owed_ns;
    pace->owed_ns = 0;
    io->sleep_until(lane ? lane : bench_team_lane(&worker->team->shape, worker->index, 0), until);
    uint64_t slept = bench_now() - began;
    pace->owed_ns += owed - (int64_t)slept;
    worker->tally.lever.slept_ns += slept;
    if (is_one_lane(worker->team))
        pace->cpu_ns += clock_thread_cpu_ns() - cpu;
}

/* ---- the cache ---- */

/* Read through all of it: what the work had in its second-level cache is elsewhere then. */
static void read_through(const struct lever_pace *pace)
{
    const volatile char *byte = pace->cache;
    for (size_t at = 0; at < pace->cache_bytes; at += CACHE_LINE)
        (void)byte[at];
}

/* How long that takes when it has to come from further away, as it will. */
static void time_reading(struct lever_pace *pace)
{
    uint64_t shortest = UINT64_MAX;
    for (int i = 0; i < 5; i++) {
        uint64_t began = bench_now();
        read_through(pace);
        uint64_t took = bench_now() - began;
        shortest = took < shortest ? took : shortest;
    }
    pace->reading_ns = shortest;
}

static void make_cache(struct bench_worker *worker)
{
    struct lever_pace *pace = &worker->pace;
    if (pace->cache)
        return;
    pace->cache_bytes = 2 * cache_l2_bytes();
    void *cache = mmap(NULL, pace->cache_bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (cache == MAP_FAILED) {
        bench_error_set(&worker->error, -errno, "the cache lever needs %zu bytes of memory",
                        pace->cache_bytes);
        team_fail(worker);
        return;
    }
    pace->cache = cache;
    time_reading(pace);
}

/* Or spin as long. */
static void read_or_spin(void *context, int away)
{
    const struct lever_pace *pace = context;
    if (away)
        read_through(pace);
    else
        for (uint64_t until = bench_now() + pace->reading_ns; bench_now() < until;)
            ;
}

static void prove_cache(struct lever_pace *pace)
{
    if (pace->cache && !pace->has_cache_proof)
        pace->cache_proof = lever_proof_of_cache(read_or_spin, pace, cache_l2_bytes());
    pace->has_cache_proof = true;
}

static void take_cache(struct bench_worker *worker)
{
    struct lever_pace *pace = &worker->pace;
    uint64_t now = bench_now();
    if (!pace->cache || now < pace->cache_due_ns)
        return;
    uint64_t cpu = clock_thread_cpu_ns();
    read_or_spin(pace, worker->team->lever.share > 0);
    uint64_t burned = clock_thread_cpu_ns() - cpu;
    uint64_t after = bench_now();
    pace->cpu_ns += burned;
    pace->looked_ns += after - now;
    worker->tally.lever.spun_ns += burned;
    pace->cache_due_ns = after + CACHE_EVERY_NS;
}

/* ---- memory ---- */

static void tell_hog(void *context, int away)
{
    lever_hog_tell(context, away ? HOG_STREAMS : HOG_SPINS);
}

static void prove_memory(struct bench_worker *worker)
{
    struct lever_pace *pace = &worker->pace;
    struct lever_hog *hog = worker->team->hog;
    if (!hog)
        return;
    if (!pace->has_memory_proof)
        pace->memory_proof = lever_proof_of_memory(tell_hog, hog);
    pace->has_memory_proof = true;
    tell_hog(hog, worker->team->lever.share > 0);
}

/* ---- looking ---- */

static uint64_t waits_seen(const struct lever_use *use)
{
    uint64_t sum = use->slept_ns;
    for (int kind = 0; kind < WAIT_KINDS; kind++)
        sum += use->waited_ns[kind];
    return sum;
}

/* Time in which the only lane neither computed, nor stood in the queue of those that could, nor waited
 * through the lane. */
static uint64_t unseen_wait(struct bench_worker *worker, uint64_t cpu_ns, uint64_t now)
{
    struct lever_pace *pace = &worker->pace;
    uint64_t seen = waits_seen(&worker->tally.lever), delay = run_delay_ns(pace);
    uint64_t elapsed = now - pace->looked_ns;
    uint64_t known = cpu_ns + (seen - pace->seen_ns) + (delay - pace->delay_ns);
    pace->seen_ns = seen;
    pace->delay_ns = delay;
    if (elapsed < known + WAIT_LEAST_NS || (double)(elapsed - known) < unseen_least * (double)elapsed)
        return 0;
    return elapsed - known;
}

/* What has been used since the last look. */
static void look(struct bench_worker *worker)
{
    struct lever_pace *pace = &worker->pace;
    struct lever_use *use = &worker->tally.lever;
    const struct team *team = worker->team;
    uint64_t cpu = clock_thread_cpu_ns(), now = bench_now();
    if (cpu < pace->cpu_ns) { /* while it held a lock longer it lost its CPU: that was not burned */
        uint64_t lost = pace->cpu_ns - cpu;
        use->spun_ns -= lost < use->spun_ns ? lost : use->spun_ns;
        pace->cpu_ns = cpu;
    }
    uint64_t used = cpu - pace->cpu_ns, unseen = 0;
    if (is_one_lane(team))
        unseen = unseen_wait(worker, used, now);
    use->cpu_ns += used;
    use->waited_ns[WAIT_OTHER] += unseen;
    if (team->lever.kind == LEVER_CPU) {
        uint64_t held = use->held_ns - pace->held_ns; /* counts as the lock's */
        uint64_t own = used > held ? used - held : 0;
        pace->gathered_ns += own;
        pace->owed_ns += (int64_t)(team->lever.share * (double)own);
    } else if (team->lever.kind == LEVER_WAIT) {
        pace->gathered_ns += unseen;
        pace->owed_ns += (int64_t)(team->lever.share * (double)unseen);
    } else {
        pace->gathered_ns += used;
    }
    pace->held_ns = use->held_ns;
    pace->cpu_ns = cpu;
    pace->looked_ns = now;
}

/* What is paid is over when the clocks are read again. */
static void forget_pause(struct bench_worker *worker)
{
    struct lever_pace *pace = &worker->pace;
    pace->gathered_ns = 0;
    pace->cpu_ns = clock_thread_cpu_ns();
    pace->looked_ns = bench_now();
    pace->seen_ns = waits_seen(&worker->tally.lever);
    pace->delay_ns = is_one_lane(worker->team) ? run_delay_ns(pace) : 0;
}

void lever_after_range(struct bench_lane *lane)
{
    struct bench_worker *worker = lane->worker;
    const struct team *team = worker->team;
    struct lever_pace *pace = &worker->pace;
    if (team->lever.kind == LEVER_CACHE)
        take_cache(worker);
    /* No more CPU time can have come together than time has passed. */
    if (bench_now() - pace->looked_ns < team->settle_ns - pace->gathered_ns)
        return;
    look(worker);
    if (pace->gathered_ns < team->settle_ns)
        return;
    if (team->lever.kind == LEVER_CPU)
        pay_by_spinning(worker);
    else if (team->lever.kind == LEVER_WAIT)
        pay_by_sleeping(worker, lane);
    forget_pause(worker);
}

/* ---- a worker's run ---- */

void lever_prepare(struct team *team, const struct lever *lever, uint64_t settle_ns)
{
    bool was_there = team->lever.kind != LEVER_NONE, is_there = lever->kind != LEVER_NONE;
    team->lever = *lever;
    team->settle_ns = settle_ns;
    if (is_there)
        team->tick_ns = tick_clock_scale(&team->clock) * 1e9;
    if (was_there == is_there)
        return;
    team_set_io(team, is_there ? &lever_io : team_io(team));
}

void lever_make_ready(struct bench_worker *worker)
{
    struct lever_pace *pace = &worker->pace;
    worker->tally.lever = (struct lever_use){0};
    pace->schedstat_fd =
        is_one_lane(worker->team) ? open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC) : -1;
    if (worker->team->lever.kind == LEVER_CACHE) {
        make_cache(worker);
        prove_cache(pace);
        worker->tally.lever.proof = pace->cache_proof;
    } else if (worker->team->lever.kind == LEVER_MEMORY) {
        prove_memory(worker);
        worker->tally.lever.proof = pace->memory_proof;
    }
}

void lever_begin(struct bench_worker *worker)
{
    struct lever_pace *pace = &worker->pace;
    pace->owed_ns = 0;
    pace->held_ns = 0;
    pace->cache_due_ns = bench_now() + CACHE_EVERY_NS;
    forget_pause(worker);
}

void lever_end(struct bench_worker *worker)
{
    struct lever_pace *pace = &worker->pace;
    look(worker);
    if (worker->team->lever.kind == LEVER_CPU)
        pay_by_spinning(worker);
    else if (worker->team->lever.kind == LEVER_WAIT)
        pay_by_sleeping(worker, NULL);
    if (pace->schedstat_fd >= 0)
        close(pace->schedstat_fd);
    pace->schedstat_fd = -1;
}

/* ---- waits ---- */

void lever_waited(struct bench_lane *lane, enum wait_kind kind, uint64_t waited_ns)
{
    struct bench_worker *worker = lane->worker;
    const struct team *team = worker->team;
    struct lever_pace *pace = &worker->pace;
    if (waited_ns < WAIT_LEAST_NS)
        return;
    worker->tally.lever.waited_ns[kind] += waited_ns;
    if (team->lever.kind != LEVER_WAIT || kind == WAIT_LOCK)
        return;
    pace->gathered_ns += waited_ns;
    pace->owed_ns += (int64_t)(team->lever.share * (double)waited_ns);
    if (pace->gathered_ns < team->settle_ns)
        return;
    pace->gathered_ns = 0;
    pay_by_sleeping(worker, lane);
}

/* ---- locks ---- */

void lever_locked(struct bench_lane *lane)
{
    lane->lock_tick = tick_clock_read(&lane->worker->team->clock);
}

void lever_unlocking(struct bench_lane *lane)
{
    struct bench_worker *worker = lane->worker;
    struct lever_pace *pace = &worker->pace;
    const struct team *team = worker->team;
    uint64_t held =
        (uint64_t)((double)(tick_clock_read(&team->clock) - lane->lock_tick) * team->tick_ns);
    worker->tally.lever.held_ns += held;
    if (team->lever.kind != LEVER_LOCK)
        return;
    pace->owed_ns += (int64_t)(team->lever.share * (double)held);
    if (pace->owed_ns < HELD_LEAST_NS)
        return;
    uint64_t began = bench_now(), now = began;
    while (now < began + (uint64_t)pace->owed_ns)
        now = bench_now();
    pace->owed_ns -= (int64_t)(now - began);
    pace->cpu_ns += now - began;
    pace->looked_ns += now - began;
    worker->tally.lever.spun_ns += now - began;
}
