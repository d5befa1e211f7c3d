/* A case is opened by several ranks. See ranked_open.h. */
#include "runner/ranked_open.h"

#include "base/memory.h"
#include "base/text.h"
#include "modules/ranks_module.h"
#include "runner/ranks.h"
#include "runner/tally.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int ranked_shape(const struct open_case *one, const struct open_asked *asked, struct bench_team *shape,
                 struct bench_error *err)
{
    const struct ranks_params *params = one->ranks_params.data;
    const struct bench_executor *executor = one->executor;
    int64_t threads = params->threads, ranks = one->ranks->who.ranks;
    if (executor->flags & BENCH_ONE_WORKER && threads > 1)
        return bench_error_set(err, -ENOTSUP,
                               "%s has one worker, so it cannot run the %" PRId64
                               " of each rank (threads); within=pthread could",
                               executor->name, threads);
    if (executor->flags & BENCH_PROCESSES)
        return bench_error_set(
            err, -ENOTSUP,
            "%s forks, and a process that MPI knows must not: take more ranks, or within=pthread",
            executor->name);
    if (asked->shape.rate_per_s > 0)
        return bench_error_set(err, -ENOTSUP, "%s has no open loop; leave out --rate", RANKS_EXECUTOR);
    if (threads * ranks != asked->shape.workers)
        return bench_error_set(err, -EPROTO,
                               "%" PRId64 " workers, %" PRId64 " in each rank, are %" PRId64
                               " ranks, but the launcher has started %" PRId64,
                               asked->shape.workers, threads, asked->shape.workers / threads, ranks);
    shape->workers = (uint32_t)threads;
    if (params->start == RANKS_START_BARRIER)
        one->ranks->lead_ns = 0;
    return 0;
}

/* ---- set-up, by turns ---- */

static unsigned turn_of(const struct ranks *ranks, uint32_t rank)
{
    return rank == 0 ? 0 : ranks->places[rank].first ? 1 : 2;
}

unsigned ranked_turns(const struct ranks *ranks, unsigned *own)
{
    unsigned last = 0;
    for (uint32_t r = 0; r < ranks->who.ranks; r++)
        last = turn_of(ranks, r) > last ? turn_of(ranks, r) : last;
    *own = turn_of(ranks, ranks->who.rank);
    return last + 1;
}

/* A parameter that was left to set-up: the others do not measure it again, and otherwise. */
static int pass_measured(struct open_case *one, struct bench_error *err)
{
    char text[256] = "";
    if (one->plan.measured)
        snprintf(text, sizeof text, "%s", one->plan.measured);
    int rc = ranks_spread(one->ranks, text, sizeof text);
    char *equals = strchr(text, '=');
    if (rc < 0 || !equals || ranks_is_first(one->ranks))
        return rc;
    *equals = '\0';
    return params_set(&one->workload_params, text, equals + 1, err);
}

int ranked_turn_end(struct open_case *one, unsigned turn, int rc, struct bench_error *err)
{
    rc = ranks_agree(one->ranks, rc, err);
    return rc == 0 && turn == 0 ? pass_measured(one, err) : rc;
}

/* ---- all open ---- */

/* What each tells rank 0; the CPUs of its workers follow, each a text with its NUL. */
struct opening_told {
    uint64_t tasks, grain;
    double work;
};

static char *tell_opening(const struct open_case *one, size_t *size)
{
    const struct opening_told told = {one->plan.tasks, one->plan.grain, one->plan.work};
    char **cpus = tally_cpus(one->team);
    char *bytes = mem_alloc(sizeof told);
    memcpy(bytes, &told, sizeof told);
    *size = sizeof told;
    for (uint32_t w = 0; w < one->team->shape.workers; w++) {
        size_t length = strlen(cpus[w]) + 1;
        bytes = mem_resize(bytes, *size + length, 1);
        memcpy(bytes + *size, cpus[w], length);
        *size += length;
        free(cpus[w]);
    }
    free(cpus);
    return bytes;
}

char *ranked_cpu_text(const struct ranked *ranked, const char *host, const char *cpus)
{
    return ranked->many_hosts ? mem_format("%s:%s", host, cpus) : mem_text(cpus);
}

static void list_hosts(struct ranked *ranked, const struct ranks *ranks)
{
    struct text text = {0};
    for (uint32_t r = 0; r < ranks->who.ranks; r++) {
        if (!ranks->places[r].first)
            continue;
        ranked->many_hosts |= text.length > 0;
        text_add(&text, "%s%s", text.length ? " " : "", ranks->places[r].host);
    }
    ranked->hosts = text.text;
}

static int same_plan(const struct ranks *ranks, uint32_t rank, const struct opening_told *one,
                     const struct opening_told *first, struct bench_error *err)
{
    char name[128];
    if (one->tasks == first->tasks && one->grain == first->grain && one->work == first->work)
        return 0;
    return bench_error_set(err, -EPROTO,
                           "%s has planned %" PRIu64 " tasks of %g in all, rank 0 %" PRIu64
                           " of %g: is its input the same on all hosts?",
                           ranks_name(ranks, rank, name, sizeof name), one->tasks, one->work,
                           first->tasks, first->work);
}

static int hear_openings(struct open_case *one, const char *all, const size_t *sizes,
                         struct bench_error *err)
{
    const struct ranks *ranks = one->ranks;
    struct ranked *ranked = one->ranked;
    struct opening_told first, told;
    uint32_t workers = one->team->shape.workers, worker = 0;
    memcpy(&first, all, sizeof first);
    int rc = 0;
    for (uint32_t r = 0; rc == 0 && r < ranks->who.ranks; all += sizes[r++]) {
        memcpy(&told, all, sizeof told);
        rc = same_plan(ranks, r, &told, &first, err);
        const char *text = all + sizeof told;
        for (uint32_t w = 0; w < workers; w++, text += strlen(text) + 1)
            ranked->cpus[worker++] = ranked_cpu_text(ranked, ranks->places[r].host, text);
    }
    return rc;
}

/* All workers, as if they were of one team: what they have done is copied there, and summed up. */
static int make_whole(struct open_case *one, struct bench_error *err)
{
    struct ranked *ranked = one->ranked;
    struct bench_team shape = one->team->shape;
    shape.workers = one->team->all_workers;
    shape.inflight = 1;
    ranked->executor = *one->executor;
    ranked->executor.flags = (ranked->executor.flags & ~(unsigned)BENCH_HELPERS) | BENCH_PROCESSES;
    ranked->executor.name = RANKS_EXECUTOR;
    unsigned long *masks = mem_zero(shape.workers, sizeof *masks);
    int rc = team_create(&ranked->whole, &shape, one->workload, &ranked->executor, one->shared,
                         &one->plan, masks, 1, err);
    free(masks);
    return rc;
}

int ranked_complete(struct open_case *one, struct bench_error *err)
{
    struct ranks *ranks = one->ranks;
    size_t size, *sizes = mem_zero(ranks->who.ranks, sizeof *sizes);
    char *told = tell_opening(one, &size);
    void *all = NULL;
    int rc = 0;
    one->ranked = mem_zero(1, sizeof *one->ranked);
    list_hosts(one->ranked, ranks);
    ranks->engine->gather(ranks->state, told, size, &all, sizes);
    if (ranks_is_first(ranks)) {
        one->ranked->cpus = mem_zero(one->team->all_workers + 1, sizeof *one->ranked->cpus);
        rc = hear_openings(one, all, sizes, err);
        if (rc == 0)
            rc = make_whole(one, err);
    }
    free(all);
    free(told);
    free(sizes);
    return ranks_agree(ranks, rc, err);
}

void ranked_free(struct ranked *ranked)
{
    if (!ranked)
        return;
    team_destroy(ranked->whole);
    text_free_all(ranked->cpus);
    free(ranked->hosts);
    free(ranked);
}
