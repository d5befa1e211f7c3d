/*
 * liar: an executor with one worker that does not wait, write or read as it should, `how` says in which
 * way: what workloads that check their answers must notice.
 */
#include <bench/executor.h>

#include <errno.h>
#include <stdlib.h>

enum way { HONEST, EARLY, AT_ONCE, SHORT, DROPPED, REPEATED, SHIFTED, STALLED, FULL };
static const char *const way_words[] = {"honest",   "early",   "at_once", "short", "dropped",
                                        "repeated", "shifted", "stalled", "full",  NULL};

struct liar_params {
    int how;
};

static const struct bench_param params_table[] = {
    BENCH_CHOICE(
        struct liar_params, how, "honest", way_words,
        "early, at_once: sleeps are too short; short: writes are, as they may be; dropped: "
        "writes are left out; repeated: only the first run writes; shifted: all reads and writes "
        "are at the beginning of the file; stalled: writes write nothing; full: so is the disk"),
    BENCH_PARAM_END,
};

struct liar {
    enum way how;
    unsigned runs;
};

/* The executor has one worker with one lane: it may keep what it likes there. */
static const struct liar *liar_of(const struct bench_lane *lane)
{
    return lane->own;
}

static int liar_sleep_until(struct bench_lane *lane, uint64_t deadline_ns)
{
    if (liar_of(lane)->how == AT_ONCE)
        return 0;
    return bench_io_blocking.sleep_until(lane, deadline_ns - (liar_of(lane)->how == EARLY ? 500000 : 0));
}

static ssize_t liar_pread(struct bench_lane *lane, int fd, void *buf, size_t n, off_t offset)
{
    return bench_io_blocking.pread(lane, fd, buf, n, liar_of(lane)->how == SHIFTED ? 0 : offset);
}

static ssize_t liar_pwrite(struct bench_lane *lane, int fd, const void *buf, size_t n, off_t offset)
{
    const struct liar *liar = liar_of(lane);
    if (liar->how == STALLED)
        return 0;
    if (liar->how == FULL)
        return -ENOSPC;
    if (liar->how == DROPPED || (liar->how == REPEATED && liar->runs > 1))
        return (ssize_t)n;
    if (liar->how == SHORT && n > 1)
        n = n / 2;
    return bench_io_blocking.pwrite(lane, fd, buf, n, liar->how == SHIFTED ? 0 : offset);
}

static const struct bench_io liar_io = {
    .sleep_until = liar_sleep_until,
    .pread = liar_pread,
    .pwrite = liar_pwrite,
};

static int liar_open(struct bench_team *team, const void *params, void **state, struct bench_error *err)
{
    struct liar *liar = calloc(1, sizeof *liar);
    if (!liar)
        return bench_error_set(err, -ENOMEM, "out of memory");
    liar->how = (enum way)((const struct liar_params *)params)->how;
    bench_team_lane(team, 0, 0)->own = liar;
    *state = liar;
    return 0;
}

static int liar_run(struct bench_team *team, void *state, struct bench_error *err)
{
    (void)err;
    ((struct liar *)state)->runs++;
    bench_enter(team, 0);
    bench_work(bench_team_lane(team, 0, 0));
    bench_leave(team, 0);
    return 0;
}

static void liar_close(struct bench_team *team, void *state)
{
    bench_retire(team, 0);
    free(state);
}

const struct bench_executor BENCH_EXECUTOR(liar) = {
    .abi = BENCH_EXECUTOR_ABI,
    .name = "liar",
    .summary = "does not wait, write or read as it should",
    .params = params_table,
    .params_size = sizeof(struct liar_params),
    .offers = BENCH_OFFERS_ONE_ADDRESS_SPACE,
    .flags = BENCH_ONE_WORKER,
    .io = &liar_io,
    .open = liar_open,
    .run = liar_run,
    .close = liar_close,
};
