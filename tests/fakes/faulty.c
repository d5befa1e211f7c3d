/*
 * faulty: a workload that misbehaves on demand: `how` it does, and in which hook (`at`). Which of its
 * runs and which of its tasks goes wrong can be chosen, so that good runs come before.
 */
#include <bench/workload.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum place { VALIDATE, SETUP, PREPARE, LANE_INIT, RUN, CHECK, FINISH, LANE_FINI, TEARDOWN };
static const char *const place_words[] = {"validate", "setup",  "prepare",   "lane_init", "run",
                                          "check",    "finish", "lane_fini", "teardown",  NULL};

enum way {
    NOTHING,
    FAIL,        /* with a reason */
    MUTE,        /* without one */
    UNSUPPORTED, /* what it needs is not here */
    NOTE,
    SEGV,
    ABORT,
    EXIT,
    QUIT,   /* _exit */
    THREAD, /* pthread_exit */
    SIGNAL,
    BUSY,
    ASLEEP,
    PRINT,
    READ,
    DAEMON,       /* leaves a process behind that has left its session */
    DAEMON_CRASH, /* the same, and then crashes */
    BEREAVE,      /* kills one child of this process, and waits until that is dead */
    DISOWN,       /* the same where nobody is told how children end */
    CLOSE,        /* what is open and not its own */
    MEMORY,
    MOVE,   /* the worker, to the first CPU */
    WANDER, /* through all CPUs, and back to where it may be */
};
static const char *const way_words[] = {
    "nothing",      "fail",         "mute",   "unsupported", "note",   "segv",  "abort",  "exit",
    "_exit",        "pthread_exit", "kill",   "busy",        "asleep", "print", "stdin",  "daemon",
    "daemon_crash", "bereave",      "disown", "close",       "memory", "move",  "wander", NULL};

struct faulty_params {
    int at, how;
    int64_t run, task, tasks, lines;
    const char *text;
};

static const struct bench_param params_table[] = {
    BENCH_CHOICE(struct faulty_params, at, "run", place_words, "in which hook it goes wrong"),
    BENCH_CHOICE(struct faulty_params, how, "nothing", way_words, "what goes wrong"),
    BENCH_COUNT(struct faulty_params, run, "1", 1, 1e9, NULL,
                "in which run, the verification run being 1"),
    BENCH_COUNT(struct faulty_params, task, "0", 0, 1e9, NULL, "at which task"),
    BENCH_COUNT(struct faulty_params, tasks, "8", 0, 1e9, NULL, "how many there are"),
    BENCH_COUNT(struct faulty_params, lines, "1000", 1, 1e9, NULL, "how much to print"),
    BENCH_TEXT(struct faulty_params, text, "as it was told to", "the reason it gives"),
    BENCH_PARAM_END,
};

struct faulty {
    const struct faulty_params *params;
    _Atomic int64_t run; /* that is under way, from 1 */
    cpu_set_t first_cpu;
};

static void __attribute__((noinline)) crash(void)
{
    volatile char *nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *nowhere = 1;
}

static void spin_for_ever(void)
{
    for (volatile uint64_t turns = 0;; turns++)
        ;
}

static void sleep_for_ever(void)
{
    for (;;)
        pause();
}

/* As a daemon does: out of the session and the process group, the parent gone. */
static void leave_daemon(void)
{
    if (fork() != 0)
        return;
    setsid();
    if (fork() != 0)
        _exit(0);
    sleep_for_ever();
}

/* The first of this process's children, as a worker may be; it is not reaped here. */
static int kill_child(void)
{
    int pid = 0;
    FILE *children = fopen("/proc/thread-self/children", "re");
    int found = children ? fscanf(children, "%d", &pid) : 0;
    if (children)
        fclose(children);
    if (found != 1 || kill(pid, SIGKILL) < 0)
        return -ECHILD;
    siginfo_t ended;
    waitid(P_PID, (id_t)pid, &ended,
           WEXITED | WNOWAIT); /* ECHILD where SIGCHLD is ignored: it is gone */
    return 0;
}

/* As a daemon does. */
static void close_all(void)
{
    for (int fd = 3; fd < 256; fd++)
        close(fd);
}

static void print_much(int64_t lines)
{
    for (int64_t i = 0; i < lines; i++) {
        printf("{\"ok\":true,\"wall_s\":12345}\nfaulty says %lld on stdout\n", (long long)i);
        fprintf(stderr, "faulty says %lld on stderr\n", (long long)i);
    }
    fflush(stdout);
    ssize_t written = write(STDOUT_FILENO, "faulty writes to descriptor 1\n", 30);
    (void)written;
}

/* What a workload would find there is either nothing, or messages that were not for it. */
static int read_stdin(void)
{
    char bytes[16];
    return read(STDIN_FILENO, bytes, sizeof bytes) == 0 ? 0 : -EPROTO;
}

/* Until there is none, within a limit of our own; then give it back. */
static int use_memory(void)
{
    enum { CHUNK = 1 << 20, CHUNKS = 64 };
    char *chunks[CHUNKS + 1] = {NULL};
    struct rlimit before, limit;
    unsigned long pages = 0;
    int count = 0;
    FILE *statm = fopen("/proc/self/statm", "re");
    int found = statm ? fscanf(statm, "%lu", &pages) : 0;
    if (statm)
        fclose(statm);
    if (found != 1 || getrlimit(RLIMIT_AS, &before) < 0)
        return -EIO;
    limit = before;
    limit.rlim_cur = pages * 4096 + CHUNKS / 2 * CHUNK;
    setrlimit(RLIMIT_AS, &limit);
    while (count < CHUNKS) {
        void *chunk =
            mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
        if (chunk == MAP_FAILED)
            break;
        chunks[count++] = chunk;
    }
    for (int i = 0; i < count; i++)
        munmap(chunks[i], CHUNK);
    setrlimit(RLIMIT_AS, &before);
    return count < CHUNKS ? -ENOMEM : 0;
}

/* Do it; 0 when that is survived and nothing failed. */
static int misbehave(const struct faulty_params *params)
{
    switch (params->how) {
    case SEGV:
        crash();
        return 0;
    case ABORT:
        abort();
    case EXIT:
        exit(0);
    case QUIT:
        _exit(0);
    case THREAD:
        pthread_exit(NULL);
    case SIGNAL:
        return kill(getpid(), SIGKILL);
    case BUSY:
        spin_for_ever();
        return 0;
    case ASLEEP:
        sleep_for_ever();
        return 0;
    case PRINT:
        print_much(params->lines);
        return 0;
    case READ:
        return read_stdin();
    case DAEMON:
        leave_daemon();
        return 0;
    case DAEMON_CRASH:
        leave_daemon();
        crash();
        return 0;
    case BEREAVE:
        return kill_child();
    case DISOWN:
        signal(SIGCHLD, SIG_IGN);
        return kill_child();
    case CLOSE:
        close_all();
        return 0;
    case MEMORY:
        return use_memory();
    case UNSUPPORTED:
        return -ENOTSUP;
    case FAIL:
    case MUTE:
        return -EIO;
    default:
        return 0;
    }
}

/* In the hooks that have a struct bench_error. */
static int go_wrong(const struct faulty_params *params, enum place at, struct bench_error *err)
{
    if (params->at != (int)at)
        return 0;
    int rc = misbehave(params);
    if (params->how == NOTE)
        bench_error_note(err, "%s: %s", place_words[at], params->text);
    if (rc < 0 && params->how != MUTE)
        bench_error_set(err, rc, "%s failed: %s", place_words[at], params->text);
    return rc;
}

/* To each CPU there is, and back. */
static void wander(void)
{
    cpu_set_t home, one;
    sched_getaffinity(0, sizeof home, &home);
    for (int cpu = 0, cpus = (int)sysconf(_SC_NPROCESSORS_CONF); cpu < cpus; cpu++) {
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        sched_setaffinity(0, sizeof one, &one);
    }
    sched_setaffinity(0, sizeof home, &home);
}

/* In the hooks of a lane. */
static int lane_goes_wrong(struct bench_lane *lane, enum place at)
{
    const struct faulty *faulty = lane->shared;
    const struct faulty_params *params = faulty->params;
    if (params->at != (int)at || faulty->run != params->run)
        return 0;
    int rc = misbehave(params);
    if (params->how == NOTE)
        bench_note(lane, "%s: %s", place_words[at], params->text);
    if (params->how == MOVE)
        sched_setaffinity(0, sizeof faulty->first_cpu, &faulty->first_cpu);
    if (params->how == WANDER)
        wander();
    if (rc < 0 && params->how != MUTE)
        return bench_fail(lane, rc, "%s failed: %s", place_words[at], params->text);
    return rc;
}

static int faulty_validate(const void *params, struct bench_error *err)
{
    return go_wrong(params, VALIDATE, err);
}

static void set_first_cpu(cpu_set_t *first)
{
    cpu_set_t all;
    int cpu = 0;
    sched_getaffinity(0, sizeof all, &all);
    while (cpu < CPU_SETSIZE - 1 && !CPU_ISSET(cpu, &all))
        cpu++;
    CPU_ZERO(first);
    CPU_SET(cpu, first);
}

static int faulty_setup(void **shared, const void *params, struct bench_plan *plan,
                        struct bench_error *err)
{
    const struct faulty_params *given = params;
    int rc = go_wrong(given, SETUP, err);
    if (rc < 0)
        return rc;
    struct faulty *faulty = bench_shared_alloc(sizeof *faulty);
    if (!faulty)
        return bench_error_set(err, -ENOMEM, "out of memory");
    faulty->params = given;
    set_first_cpu(&faulty->first_cpu);
    *shared = faulty;
    plan->tasks = (uint64_t)given->tasks;
    plan->work = (double)given->tasks;
    plan->work_unit = "task";
    return 0;
}

static int faulty_prepare(void *shared, struct bench_error *err)
{
    struct faulty *faulty = shared;
    faulty->run++;
    return faulty->run == faulty->params->run ? go_wrong(faulty->params, PREPARE, err) : 0;
}

static int faulty_lane_init(struct bench_lane *lane)
{
    return lane_goes_wrong(lane, LANE_INIT);
}

static int faulty_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct faulty *faulty = lane->shared;
    uint64_t task = (uint64_t)faulty->params->task;
    return first <= task && task < end ? lane_goes_wrong(lane, RUN) : 0;
}

static int faulty_check(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct faulty *faulty = lane->shared;
    uint64_t task = (uint64_t)faulty->params->task;
    return first <= task && task < end ? lane_goes_wrong(lane, CHECK) : 0;
}

static int faulty_finish(void *shared, struct bench_error *err)
{
    const struct faulty *faulty = shared;
    return faulty->run == faulty->params->run ? go_wrong(faulty->params, FINISH, err) : 0;
}

static void faulty_lane_fini(struct bench_lane *lane)
{
    const struct faulty *faulty = lane->shared;
    go_wrong(faulty->params, LANE_FINI, NULL);
}

static void faulty_teardown(void *shared)
{
    const struct faulty *faulty = shared;
    go_wrong(faulty->params, TEARDOWN, NULL);
    bench_shared_free(shared, sizeof *faulty);
}

const struct bench_workload BENCH_WORKLOAD(faulty) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "faulty",
    .summary = "goes wrong where and how it is told to",
    .params = params_table,
    .params_size = sizeof(struct faulty_params),
    .validate = faulty_validate,
    .setup = faulty_setup,
    .prepare = faulty_prepare,
    .lane_init = faulty_lane_init,
    .run = faulty_run,
    .check = faulty_check,
    .finish = faulty_finish,
    .lane_fini = faulty_lane_fini,
    .teardown = faulty_teardown,
};
