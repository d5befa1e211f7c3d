/*
 * The ranks of which this runner is one: who they are, what they have to agree on, and the engine that
 * connects them (bench/engine.h). What a run over ranks is made of is in ranked_run.h.
 */
#ifndef RUNNER_RANKS_H
#define RUNNER_RANKS_H

#include "runner/rank_links.h"

#include <bench/engine.h>

#include <pthread.h>
#include <sys/types.h>

struct team;

/* A rank, as all others know it. */
struct rank_place {
    char host[64];
    uint32_t before; /* how many ranks of its host, on the same CPUs, have a lower number */
    uint32_t beside; /* how many there are in all, itself included */
    bool first;      /* of its host */
    bool is_apart;   /* from rank 0: on another host */
};

struct ranks {
    const struct bench_engine *engine;
    void *state;
    struct bench_ranks who;
    struct rank_place *places;         /* of each rank */
    struct rank_address first_address; /* of rank 0's minder */
    struct bench_error unfit;          /* why they cannot work together; code 0: they can */
    struct bench_clock clock;          /* of this rank, as of the current run */
    /* Between the last rank's being ready and the start; grows where it is short. 0: by a barrier. */
    uint64_t lead_ns;
    bool spin;              /* there is a CPU for each to wait on */
    pthread_mutex_t asking; /* whoever asks for a block */
    bool failed;            /* whether this rank has */
};

/*
 * Connect with the others by the engine of this name; `own` is where the minder is. 0 or -errno with a
 * message; where the ranks are not fit to work together, 0 with `unfit`, which is rank 0's to tell.
 * ranks_leave undoes it.
 */
int ranks_join(struct ranks *ranks, const char *engine, volatile uint32_t *awaited,
               const struct rank_address *own, struct bench_error *err);
void ranks_leave(struct ranks *ranks);

/* Rank 0's line of `length` (0 or less: there is none any more) to all; elsewhere into *line, as
 * getline's. Returns the length. */
ssize_t ranks_share_line(struct ranks *ranks, char **line, size_t *size, ssize_t length);

/* "rank 2 (host b)", into text. Returns text. */
const char *ranks_name(const struct ranks *ranks, uint32_t rank, char *text, size_t size);

/*
 * All go on, or none: each rank comes with what it has come to. 0 where that is 0 for all; else the
 * first failure, whose message names the rank, in `err` of every rank.
 */
int ranks_agree(struct ranks *ranks, int rc, struct bench_error *err);

/* Rank 0's bytes into those of all ranks; -EPROTO where one has another number of them. */
int ranks_spread(struct ranks *ranks, void *bytes, size_t size);

static inline bool ranks_is_first(const struct ranks *ranks)
{
    return ranks->who.rank == 0;
}

/* ---- during a run ---- */

/* After a range, at `tick` of the team's clock: is it useful to look whether others want something? */
bool ranks_is_due(uint64_t tick, uint64_t *looked_tick);
/* Answer them. Rank 0. */
void ranks_progress(struct ranks *ranks);

/* The next block; false: there is none, or a rank has failed. Under the lock. */
bool ranks_take(struct ranks *ranks, struct bench_block *block);
void ranks_lock(struct ranks *ranks);
void ranks_unlock(struct ranks *ranks);

/* This rank's team is ready: wait for the common start, which becomes its release. */
void ranks_start(struct ranks *ranks, struct team *team);

#endif
