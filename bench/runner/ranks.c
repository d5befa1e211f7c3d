/* Ranks: joined, held against each other, and kept in step. See ranks.h. */
#include "runner/ranks.h"

#include "base/memory.h"
#include "base/rank_variables.h"
#include "machine/affinity.h"
#include "modules/loader.h"
#include "runner/team.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOOK_TICKS = 30000, LEAD_NS = 300000 };

/* What each rank says of itself, before anything else. Its first three fields are for all time. */
struct hello {
    char version[32];
    uint32_t hello_bytes;
    char host[64];
    char machine[64]; /* two hosts may have the same name */
    uint32_t tally_bytes;
    struct rank_address minder;
    unsigned long cpus[AFFINITY_WORDS_MAX / 16];
};

static void make_hello(struct hello *hello, const struct rank_address *minder)
{
    *hello = (struct hello){.version = BENCH_VERSION,
                            .hello_bytes = sizeof *hello,
                            .tally_bytes = sizeof(struct worker_tally),
                            .minder = *minder};
    gethostname(hello->host, sizeof hello->host - 1);
    FILE *boot = mem_open("/proc/sys/kernel/random/boot_id");
    if (boot && !fgets(hello->machine, sizeof hello->machine, boot))
        hello->machine[0] = '\0';
    if (boot)
        fclose(boot);
    affinity_get(hello->cpus, sizeof hello->cpus / sizeof *hello->cpus);
}

/* ---- are they fit to work together? ---- */

static int refuse_version(struct ranks *ranks, uint32_t rank, const struct hello *one,
                          const struct hello *first)
{
    return bench_error_set(
        &ranks->unfit, -EPROTO,
        "bench %.31s on host %.63s is another than bench %.31s on host %.63s (rank %u): "
        "all hosts must have the same",
        first->version, first->host, one->version, one->host, rank);
}

/* The launcher's word for how many there are, against the engine's. */
static void check_size(struct ranks *ranks)
{
    const char *variable;
    long size = rank_variables_size(&variable);
    if (size == 0 || size == (long)ranks->who.ranks)
        return;
    bench_error_set(
        &ranks->unfit, -EPROTO,
        "the launcher has started %ld ranks (%s), of which %s knows %u: it is probably that of "
        "another MPI; name the library (-s mpi.library=...) or its mpiexec (--launcher)",
        size, variable, ranks->who.runtime, ranks->who.ranks);
}

static bool same_host(const struct hello *a, const struct hello *b)
{
    return strcmp(a->host, b->host) == 0 && strcmp(a->machine, b->machine) == 0;
}

/* Of a host, and on the same CPUs: where the launcher gave each rank its own, each is by itself. */
static void find_place(struct rank_place *place, const struct hello *hellos, uint32_t rank,
                       uint32_t count)
{
    const struct hello *own = &hellos[rank];
    *place = (struct rank_place){.first = true, .is_apart = !same_host(&hellos[0], own)};
    snprintf(place->host, sizeof place->host, "%s", own->host);
    for (uint32_t r = 0; r < count; r++) {
        bool here = same_host(&hellos[r], own);
        bool cpus = memcmp(hellos[r].cpus, own->cpus, sizeof own->cpus) == 0;
        place->first &= !here || r >= rank;
        place->before += here && cpus && r < rank;
        place->beside += here && cpus;
    }
}

static void judge_hellos(struct ranks *ranks, const void *all, const size_t *sizes)
{
    const struct hello *hellos = all;
    for (uint32_t r = 1; r < ranks->who.ranks && ranks->unfit.code == 0; r++) {
        const struct hello *one = &hellos[r];
        if (sizes[r] != sizeof *one || memcmp(one->version, hellos->version, sizeof one->version) != 0 ||
            one->tally_bytes != hellos->tally_bytes)
            refuse_version(ranks, r, sizes[r] >= sizeof *one ? one : &(struct hello){.version = "?"},
                           hellos);
    }
}

/* Everybody learns where everybody is. */
static void introduce(struct ranks *ranks, const struct rank_address *minder)
{
    uint32_t count = ranks->who.ranks;
    struct hello own;
    void *hellos = NULL;
    size_t *sizes = mem_zero(count, sizeof *sizes), size = count * sizeof own;
    make_hello(&own, minder);
    check_size(ranks);
    ranks->engine->gather(ranks->state, &own, sizeof own, &hellos, sizes);
    if (ranks_is_first(ranks))
        judge_hellos(ranks, hellos, sizes);
    ranks->engine->share(ranks->state, &hellos, &size);
    ranks->places = mem_zero(count, sizeof *ranks->places);
    for (uint32_t r = 0; size == count * sizeof own && r < count; r++)
        find_place(&ranks->places[r], hellos, r, count);
    if (size == count * sizeof own)
        ranks->first_address = ((const struct hello *)hellos)->minder;
    free(hellos);
    free(sizes);
}

int ranks_join(struct ranks *ranks, const char *engine, volatile uint32_t *awaited,
               const struct rank_address *own, struct bench_error *err)
{
    *ranks = (struct ranks){.lead_ns = LEAD_NS, .who.awaited = awaited};
    int rc = module_load_engine(engine, &ranks->engine, err);
    if (rc == 0)
        rc = ranks->engine->join(&ranks->who, &ranks->state, err);
    if (rc < 0)
        return rc;
    pthread_mutex_init(&ranks->asking, NULL);
    introduce(ranks, own);
    return 0;
}

static void leave_alone(int number)
{
    (void)number;
    _exit(0);
}

/* All has been said by now; where others are lost, it would never end. */
void ranks_leave(struct ranks *ranks)
{
    signal(SIGALRM, leave_alone);
    alarm(8);
    ranks->engine->leave(ranks->state);
    alarm(0);
    free(ranks->places);
    pthread_mutex_destroy(&ranks->asking);
}

/* ---- in step ---- */

ssize_t ranks_share_line(struct ranks *ranks, char **line, size_t *size, ssize_t length)
{
    void *bytes = *line;
    size_t count = length > 0 ? (size_t)length + 1 : 0;
    ranks->engine->share(ranks->state, &bytes, &count);
    if (!ranks_is_first(ranks)) {
        free(*line);
        *line = bytes;
        *size = count;
    }
    return count ? (ssize_t)count - 1 : 0;
}

const char *ranks_name(const struct ranks *ranks, uint32_t rank, char *text, size_t size)
{
    snprintf(text, size, "rank %u (host %s)", rank, ranks->places[rank].host);
    return text;
}

/* Rank 0 may speak of another. */
static bool names_rank(const struct bench_error *error)
{
    return strncmp(error->message, "rank ", 5) == 0;
}

/* All ranks say the same: then it is not of one of them. */
static bool are_alike(const struct ranks *ranks, const struct bench_error *all)
{
    for (uint32_t r = 1; r < ranks->who.ranks; r++) {
        if (all[r].code != all[0].code || strcmp(all[r].message, all[0].message) != 0)
            return false;
    }
    return true;
}

/* The first that failed is whose message is told. */
static struct bench_error judge(const struct ranks *ranks, const struct bench_error *all)
{
    struct bench_error verdict = {0};
    char name[128];
    if (are_alike(ranks, all))
        return all[0];
    for (uint32_t r = 0; r < ranks->who.ranks; r++) {
        if (all[r].code == 0)
            continue;
        if (verdict.code == 0)
            bench_error_set(&verdict, all[r].code, "%s%s%.800s",
                            names_rank(&all[r]) ? "" : ranks_name(ranks, r, name, sizeof name),
                            names_rank(&all[r]) ? "" : ": ",
                            all[r].message[0] ? all[r].message : strerror(-all[r].code));
    }
    return verdict;
}

int ranks_agree(struct ranks *ranks, int rc, struct bench_error *err)
{
    struct bench_error own = {.code = rc}, verdict = {0};
    size_t *sizes = mem_zero(ranks->who.ranks, sizeof *sizes);
    void *all = NULL;
    if (rc < 0 && err)
        memcpy(own.message, err->message, sizeof own.message);
    ranks->engine->gather(ranks->state, &own, sizeof own, &all, sizes);
    if (ranks_is_first(ranks))
        verdict = judge(ranks, all);
    free(all);
    free(sizes);
    ranks_spread(ranks, &verdict, sizeof verdict);
    if (verdict.code < 0)
        *err = verdict;
    return verdict.code;
}

int ranks_spread(struct ranks *ranks, void *bytes, size_t size)
{
    void *given = bytes;
    size_t count = size;
    ranks->engine->share(ranks->state, &given, &count);
    if (ranks_is_first(ranks))
        return 0;
    if (count == size)
        memcpy(bytes, given, size);
    free(given);
    return count == size ? 0 : -EPROTO;
}

/* ---- during a run ---- */

bool ranks_is_due(uint64_t tick, uint64_t *looked_tick)
{
    if (tick - *looked_tick < LOOK_TICKS)
        return false;
    *looked_tick = tick;
    return true;
}

void ranks_progress(struct ranks *ranks)
{
    ranks->engine->progress(ranks->state);
}

bool ranks_take(struct ranks *ranks, struct bench_block *block)
{
    return ranks->engine->take(ranks->state, false, block) == 1;
}

void ranks_lock(struct ranks *ranks)
{
    pthread_mutex_lock(&ranks->asking);
}

void ranks_unlock(struct ranks *ranks)
{
    pthread_mutex_unlock(&ranks->asking);
}

void ranks_start(struct ranks *ranks, struct team *team)
{
    uint64_t start_ns;
    bool failed = atomic_load(&team->failed);
    if (ranks->engine->start(ranks->state, failed, ranks->spin, ranks->lead_ns, &start_ns) < 0) {
        ranks->failed = true;
        atomic_store(&team->failed, true);
        return;
    }
    uint64_t now_ns = bench_now();
    team->released_ns = start_ns;
    team->late_ns = now_ns > start_ns ? now_ns - start_ns : 0;
}
