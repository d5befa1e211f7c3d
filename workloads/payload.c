/*
 * payload: a task is given so many bytes and gives back as many, as it would get them from another
 * thread or another process: by reference, through a pipe, which copies them into the kernel and out
 * again, or through shared memory, into which they are copied and out of which the answer is. What the
 * task itself does is little: it changes every byte. Shows what it costs to share data between
 * processes, which threads do for nothing.
 *
 * A lane is both ends of its pipe, so that no two workers wait for each other: the copies and the calls
 * are those of two processes, the switch from one to the other is not there (spin with work=0 shows
 * that).
 */
#include <bench/random.h>
#include <bench/workload.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long long ull;

/* How many different payloads there are, what they repeat themselves after, and what a byte is changed
 * by.
 */
enum { KINDS = 8, PATTERN_BYTES = 4096, CHANGE = 0x5a, STACK_BYTES = 512 };

enum by { BY_REFERENCE, BY_PIPE, BY_SHARED };
static const char *const by_words[] = {"reference", "pipe", "shared", NULL};

struct payload_params {
    int by;
    uint64_t size;
    int64_t tasks;
};

static const struct bench_param params_table[] = {
    BENCH_CHOICE(
        struct payload_params, by, "reference", by_words,
        "how bytes come to a task and go back: a pointer, copies through a pipe, or through memory "
        "that is shared"),
    BENCH_SIZE(struct payload_params, size, "64KiB", 1, 256 << 20,
               "bytes that a task takes and returns"),
    BENCH_COUNT(struct payload_params, tasks, "200", 1, 1e9, NULL, "tasks in a run"),
    BENCH_PARAM_END,
};

struct payload {
    enum by by;
    size_t size_bytes, blocks_bytes;
    unsigned char *kinds;  /* KINDS payloads, one after the other */
    unsigned char *blocks; /* shared memory: a payload a lane */
};

/* A lane's own. */
struct post {
    int read_fd, write_fd; /* of its pipe */
    unsigned char *here, *out,
        *got;                    /* what came in, the answer where it is made, and where it is wanted */
    const unsigned char *answer; /* the last task's */
    uint64_t mark;               /* of all answers of a range: a byte of each */
};

static void payload_teardown(void *shared)
{
    struct payload *payload = shared;
    bench_shared_free(payload->blocks, payload->blocks_bytes);
    free(payload->kinds);
    free(payload);
}

static void fill(struct payload *payload, uint64_t seed)
{
    for (size_t kind = 0; kind < KINDS; kind++) {
        for (size_t at = 0; at < payload->size_bytes; at++) {
            size_t in_pattern = at % PATTERN_BYTES;
            uint64_t word = bench_random_at(seed, (kind * PATTERN_BYTES + in_pattern) / 8);
            if (at >= PATTERN_BYTES)
                payload->kinds[kind * payload->size_bytes + at] =
                    payload->kinds[kind * payload->size_bytes + in_pattern];
            else
                payload->kinds[kind * payload->size_bytes + at] =
                    (unsigned char)(word >> in_pattern % 8 * 8);
        }
    }
}

static int payload_setup(void **shared, const void *params, struct bench_plan *plan,
                         struct bench_error *err)
{
    const struct payload_params *given = params;
    struct payload *payload = calloc(1, sizeof *payload);
    if (!payload)
        return bench_error_set(err, -ENOMEM, "out of memory");
    payload->by = (enum by)given->by;
    payload->size_bytes = (size_t)given->size;
    payload->kinds = malloc(KINDS * payload->size_bytes);
    if (payload->by == BY_SHARED) {
        payload->blocks_bytes = plan->lanes * payload->size_bytes;
        payload->blocks = bench_shared_alloc(payload->blocks_bytes);
    }
    if (!payload->kinds || (payload->by == BY_SHARED && !payload->blocks)) {
        payload_teardown(payload);
        return bench_error_set(err, -ENOMEM, "out of memory for payloads of %llu bytes for %u lanes",
                               (ull)given->size, plan->lanes);
    }
    fill(payload, plan->seed);
    *shared = payload;
    plan->tasks = (uint64_t)given->tasks;
    plan->grain = 1;
    plan->work = (double)given->tasks * (double)given->size;
    plan->work_unit = "byte";
    plan->stack_bytes = STACK_BYTES;
    plan->lane_fds = payload->by == BY_PIPE ? 2 : 0;
    plan->lane_bytes = given->size < UINT32_MAX / 3 ? (uint32_t)given->size * 3 : UINT32_MAX;
    return 0;
}

static void payload_lane_fini(struct bench_lane *lane)
{
    struct post *post = lane->local;
    if (!post)
        return;
    if (post->read_fd >= 0) {
        close(post->read_fd);
        close(post->write_fd);
    }
    free(post->here);
    free(post->out);
    free(post->got);
    free(post);
    lane->local = NULL;
}

static int payload_lane_init(struct bench_lane *lane)
{
    const struct payload *payload = lane->shared;
    struct post *post = calloc(1, sizeof *post);
    int fds[2] = {-1, -1};
    if (!post)
        return bench_fail(lane, -ENOMEM, "out of memory");
    lane->local = post;
    int rc = payload->by == BY_PIPE && pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0 ? -errno : 0;
    post->read_fd = fds[0];
    post->write_fd = fds[1];
    post->here = malloc(payload->size_bytes);
    post->out = malloc(payload->size_bytes);
    post->got = malloc(payload->size_bytes);
    unsigned char *block = payload->blocks ? payload->blocks + lane->index * payload->size_bytes : NULL;
    if (rc == 0 && post->here && post->out && post->got) {
        if (block)
            memset(block, 0, payload->size_bytes);
        memset(post->here, 0, payload->size_bytes); /* touched now, not when time is measured */
        memset(post->out, 0, payload->size_bytes);
        memset(post->got, 0, payload->size_bytes);
        return 0;
    }
    payload_lane_fini(lane);
    return rc < 0 ? bench_fail(lane, rc, "cannot create a pipe: %s", strerror(-rc))
                  : bench_fail(lane, -ENOMEM, "out of memory for %llu bytes", (ull)payload->size_bytes);
}

/* As much as the pipe holds goes in, and comes out, until all has. -errno. */
static int send_through(const struct post *post, const unsigned char *from, unsigned char *to,
                        size_t size_bytes)
{
    for (size_t done = 0; done < size_bytes;) {
        ssize_t in = write(post->write_fd, from + done, size_bytes - done);
        if (in < 0 && errno != EINTR)
            return -errno;
        for (size_t until = done + (in > 0 ? (size_t)in : 0); done < until;) {
            ssize_t out = read(post->read_fd, to + done, until - done);
            if (out < 0 && errno != EINTR)
                return -errno;
            done += out > 0 ? (size_t)out : 0;
        }
    }
    return 0;
}

/* The task itself. */
static void change(const unsigned char *from, unsigned char *to, size_t size_bytes)
{
    for (size_t i = 0; i < size_bytes; i++)
        to[i] = from[i] ^ CHANGE;
}

static const unsigned char *kind_of(const struct payload *payload, uint64_t task)
{
    return payload->kinds + task % KINDS * payload->size_bytes;
}

/* Which byte of a task's answer is looked at while time is measured. */
static size_t probe(const struct payload *payload, uint64_t task)
{
    return (size_t)(task * 7919 % payload->size_bytes);
}

static int do_task(const struct payload *payload, struct post *post, unsigned char *block, uint64_t task)
{
    const unsigned char *given = kind_of(payload, task);
    size_t size_bytes = payload->size_bytes;
    int rc;
    switch (payload->by) {
    case BY_PIPE:
        rc = send_through(post, given, post->here, size_bytes);
        change(post->here, post->out, size_bytes);
        post->answer = post->got;
        return rc < 0 ? rc : send_through(post, post->out, post->got, size_bytes);
    case BY_SHARED:
        memcpy(block, given, size_bytes);
        change(block, block, size_bytes);
        memcpy(post->got, block, size_bytes);
        post->answer = post->got;
        return 0;
    default:
        change(given, post->out, size_bytes);
        post->answer = post->out;
        return 0;
    }
}

static int payload_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct payload *payload = lane->shared;
    struct post *post = lane->local;
    unsigned char *block = payload->blocks ? payload->blocks + lane->index * payload->size_bytes : NULL;
    post->mark = 0;
    for (uint64_t task = first; task < end; task++) {
        int rc = do_task(payload, post, block, task);
        if (rc < 0)
            return bench_fail(lane, rc, "task %llu: the pipe: %s", (ull)task, strerror(-rc));
        post->mark = post->mark * 31 + post->answer[probe(payload, task)];
    }
    return 0;
}

static int payload_check(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct payload *payload = lane->shared;
    const struct post *post = lane->local;
    const unsigned char *given = kind_of(payload, end - 1);
    uint64_t mark = 0;
    for (size_t i = 0; i < payload->size_bytes; i++) {
        if (post->answer[i] != (given[i] ^ CHANGE))
            return bench_fail(lane, -EIO, "task %llu: byte %llu of its answer is wrong", (ull)(end - 1),
                              (ull)i);
    }
    for (uint64_t task = first; task < end; task++)
        mark = mark * 31 + (kind_of(payload, task)[probe(payload, task)] ^ CHANGE);
    if (mark != post->mark)
        return bench_fail(lane, -EIO, "tasks %llu to %llu: an answer is wrong", (ull)first,
                          (ull)(end - 1));
    return 0;
}

const struct bench_workload BENCH_WORKLOAD(payload) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "payload",
    .summary = "bound by memory: take and return bytes, by reference, a pipe, or shared memory",
    .params = params_table,
    .params_size = sizeof(struct payload_params),
    .setup = payload_setup,
    .lane_init = payload_lane_init,
    .run = payload_run,
    .check = payload_check,
    .lane_fini = payload_lane_fini,
    .teardown = payload_teardown,
};
