/*
 * Ranks, as a user starts them: every workload, schedule and executor within, under each MPI that this
 * build and this machine have. argv[1] is the MPI: openmpi or mpich.
 */
#include "program.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { SKIPPED = 77 };

static const char *library;

/* What Open MPI wants here is the user's to say, and not bench's. */
static int setup(void **state)
{
    int rc = sandbox_setup(state);
    struct sandbox *box = *state;
    size_t i = 0;
    while (box->variables[i])
        i++;
    box->variables[i++] = "OMPI_ALLOW_RUN_AS_ROOT=1";
    box->variables[i++] = "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1";
    box->variables[i++] = "OMPI_MCA_rmaps_base_oversubscribe=1";
    return rc;
}

static struct program *run(struct sandbox *box, const char *options)
{
    return program_run(box, "bench -x mpi -s mpi.library=%s -r 1 --warmup 0 --format csv %s", library,
                       options);
}

static struct rows run_well(struct sandbox *box, const char *options)
{
    struct program *bench = run(box, options);
    struct rows rows = rows_of(box, bench->out);
    if (bench->status != 0)
        fail_msg("%s: exit status %d: %s", options, bench->status, bench->err);
    assert_int_equal(rows_with(&rows, "status", "ok"), rows.count);
    assert_true(rows.count > 0);
    return rows;
}

#define SPIN "-w spin -s tasks=20000 -s steps_per_us=1000 "

/* Those that cannot be shared out say so; all others are verified. */
static void every_workload_runs_verified_on_two_ranks(void **state)
{
    struct sandbox *box = *state;
    char settings[512] = "", options[600];
    settings_of_less_work(box, own_less_work, settings, sizeof settings);
    snprintf(options, sizeof options, "-w all -j 2 %s", settings);
    struct rows rows = rows_of(box, run(box, options)->out);
    for (size_t row = 0; row < rows.count; row++) {
        const char *workload = rows_field(&rows, row, "workload");
        bool shares = strcmp(workload, "counter") == 0 || strcmp(workload, "filewrite") == 0;
        if (strcmp(rows_field(&rows, row, "status"), shares ? "unsupported" : "ok") != 0)
            fail_msg("%s: %s", workload, rows_field(&rows, row, "error"));
    }
    assert_true(rows_with(&rows, "status", "ok") >= 10);
}

static void one_to_four_ranks_share_the_tasks(void **state)
{
    static const char *const schedules[] = {"static", "dynamic", "guided", "static --grain 7"};
    for (size_t i = 0; i < sizeof schedules / sizeof *schedules; i++) {
        char options[256];
        snprintf(options, sizeof options, SPIN "-j 1-4 --schedule %s", schedules[i]);
        struct rows rows = run_well(*state, options);
        assert_int_equal(rows.count, 8);
        assert_int_equal(rows_with(&rows, "tasks", "20000"), 8);
    }
}

static void executors_run_within_ranks(void **state)
{
    static const char *const executors[] = {"pthread", "omp", "gil", "uring", "uv"};
    for (size_t i = 0; i < sizeof executors / sizeof *executors; i++) {
        char options[256];
        if (!executor_works(executors[i]))
            continue;
        snprintf(options, sizeof options, SPIN "-j 4 -i 4 -s mpi.threads=2 -s mpi.within=%s",
                 executors[i]);
        struct rows rows = run_well(*state, options);
        assert_string_equal(rows_field(&rows, 0, "workers"), "4");
    }
}

/* Rows say all of it, and the executor within is really told. */
static void parameters_of_the_executor_within_are_set_and_swept(void **state)
{
    if (!executor_works("uv"))
        skip();
    struct rows rows = run_well(
        *state, SPIN "-j 2 -s mpi.within=uv -s mpi.within.threads=2,3 -s mpi.within.stack=64KiB");
    assert_int_equal(rows.count, 4);
    const char *said = rows_field(&rows, 3, "executor_params");
    if (!strstr(said, "within=uv") || !strstr(said, "within.threads=3") ||
        !strstr(said, "within.stack=64KiB"))
        fail_msg("executor_params: %s", said);
}

static void parameter_that_the_executor_within_lacks_is_refused(void **state)
{
    struct program *bench = run(*state, SPIN "-j 2 -s mpi.threads=2 -s mpi.within.strat=fresh");
    assert_int_equal(bench->status, 2);
    if (!strstr(bench->err, "no parameter 'strat' of pthread") || !strstr(bench->err, "'start'"))
        fail_msg("%s", bench->err);
}

static void runs_begin_behind_a_barrier_where_that_is_asked_for(void **state)
{
    struct rows rows = run_well(*state, SPIN "-j 2 -s mpi.start=barrier");
    assert_non_null(strstr(rows_field(&rows, 1, "counters"), "start_skew_s="));
    assert_non_null(strstr(rows_field(&rows, 1, "executor_params"), "start=barrier"));
}

/* The ranks' tasks are all tasks; the longest of them is as long as the run. */
static void each_rank_has_a_row_of_its_own(void **state)
{
    struct sandbox *box = *state;
    struct program *bench = run(box, SPIN "-j 3 -r 2 --per-rank ranks.csv --schedule static");
    assert_int_equal(bench->status, 0);
    struct rows runs = rows_of(box, bench->out), ranks = rows_of(box, sandbox_read(box, "ranks.csv"));
    assert_int_equal(ranks.count, 6);
    assert_int_equal(rows_with(&ranks, "rank", "2"), 2);
    assert_int_equal(rows_with(&ranks, "phase", "measure"), 6);
    long tasks = 0;
    double longest_s = 0;
    for (size_t row = 0; row < 3; row++) {
        double wall_s = strtod(rows_field(&ranks, row, "wall_s"), NULL);
        tasks += strtol(rows_field(&ranks, row, "tasks"), NULL, 10);
        longest_s = wall_s > longest_s ? wall_s : longest_s;
        assert_non_null(strstr(rows_field(&ranks, row, "counters"), "began_s="));
        assert_true(strlen(rows_field(&ranks, row, "hosts")) > 0);
        assert_true(strtod(rows_field(&ranks, row, "peak_rss_bytes"), NULL) > 0);
    }
    assert_int_equal(tasks, 20000);
    assert_string_equal(rows_field(&runs, 1, "run"), rows_field(&ranks, 0, "run"));
    double wall_s = strtod(rows_field(&runs, 1, "wall_s"), NULL);
    assert_true(longest_s > 0.999 * wall_s && longest_s < 1.001 * wall_s);
}

static void rows_of_ranks_need_ranks(void **state)
{
    struct program *bench = program_run(*state, "bench -w spin -x serial --per-rank ranks.csv");
    assert_int_equal(bench->status, 2);
    assert_non_null(strstr(bench->err, "--per-rank"));
    assert_false(sandbox_has(*state, "ranks.csv"));
}

/* What each has counted is added up: the clocks of both have run for all of the time. */
static void counters_are_those_of_all_ranks(void **state)
{
    struct program *bench = run(*state, SPIN "-j 2 --counters task-clock --per-rank ranks.csv");
    assert_int_equal(bench->status, 0);
    if (strstr(bench->err, "--counters"))
        skip(); /* this kernel lets nobody count */
    struct rows rows = rows_of(*state, bench->out);
    struct rows ranks = rows_of(*state, sandbox_read(*state, "ranks.csv"));
    const char *all = strstr(rows_field(&rows, 1, "counters"), "task-clock=");
    assert_non_null(all);
    double sum_s = 0;
    for (size_t row = 0; row < 2; row++) {
        const char *own = strstr(rows_field(&ranks, row, "counters"), "task-clock=");
        assert_non_null(own);
        sum_s += strtod(own + strlen("task-clock="), NULL);
    }
    double all_s = strtod(all + strlen("task-clock="), NULL);
    assert_true(sum_s > 0);
    assert_true(all_s > 0.999 * sum_s && all_s < 1.001 * sum_s);
}

static void case_that_is_complete_is_not_run_again(void **state)
{
    run_well(*state, SPIN "-j 2 -o r.csv --resume");
    assert_int_equal(run(*state, SPIN "-j 2 -o r.csv --resume")->status, 0);
    struct rows rows = rows_of(*state, sandbox_read(*state, "r.csv"));
    assert_int_equal(rows.count, 2);
}

static void open_loop_is_refused_before_anything_runs(void **state)
{
    static const char *const loads[] = {"--rate 100", "--slo p99=10ms"};
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++) {
        struct program *bench = program_run(*state, "bench -w spin -x mpi -j 2 %s -o r.csv", loads[i]);
        assert_int_equal(bench->status, 2);
        assert_non_null(strstr(bench->err, "ranks cannot wait for arrivals"));
        assert_false(sandbox_has(*state, "r.csv"));
    }
}

static void max_is_what_the_launcher_has_room_for(void **state)
{
    struct program *bench =
        program_run(*state, "bench -w spin -x mpi,pthread -j max --hosts a:2,b:3 -n");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "under mpi threads=1 library=auto, 5 workers"));
    assert_null(strstr(bench->out, "start=pool, 5 workers"));
}

static void row_says_where_its_ranks_were_and_how_they_began(void **state)
{
    struct rows rows = run_well(*state, SPIN "-j 2 --pin none");
    const char *counters = rows_field(&rows, 1, "counters");
    assert_non_null(strstr(counters, "start_skew_s="));
    assert_non_null(strstr(counters, "clock_error_s="));
    assert_true(strlen(rows_field(&rows, 1, "hosts")) > 0);
    assert_non_null(strchr(rows_field(&rows, 1, "cpus"), ' '));
    assert_non_null(strstr(rows_field(&rows, 1, "launcher"), "-n 2"));
    assert_non_null(strstr(rows_field(&rows, 1, "runtime"),
                           strcmp(library, "mpich") == 0 ? "MPICH 4" : "Open MPI "));
}

static void launcher_of_ones_own_is_told_how_many_ranks(void **state)
{
    char options[256];
    snprintf(options, sizeof options, SPIN "-j 2 --launcher 'mpiexec.%s -n {ranks}'", library);
    run_well(*state, options);
}

static void launcher_that_does_not_say_how_many_is_refused(void **state)
{
    char options[256];
    snprintf(options, sizeof options, SPIN "-j 2 --launcher 'mpiexec.%s -n 2'", library);
    struct rows rows = rows_of(*state, run(*state, options)->out);
    assert_string_equal(rows_field(&rows, 0, "status"), "unsupported");
    assert_non_null(strstr(rows_field(&rows, 0, "error"), "{ranks}"));
}

/* Each of the two believes that it is alone; the figures would look fine. */
static void mpiexec_of_another_mpi_is_found_out(void **state)
{
    const char *other = strcmp(library, "mpich") == 0 ? "openmpi" : "mpich";
    char options[256];
    snprintf(options, sizeof options, SPIN "-j 2 --launcher 'env mpiexec.%s -n {ranks}'", other);
    struct rows rows = rows_of(*state, run(*state, options)->out);
    assert_string_equal(rows_field(&rows, 0, "status"), "unsupported");
    assert_non_null(strstr(rows_field(&rows, 0, "error"), other));
}

static void engine_that_is_not_installed_is_named_with_its_package(void **state)
{
    struct program *bench =
        program_run(*state,
                    "mkdir -p alone/bin && cp \"$BUILD\"/bin/bench alone/bin &&"
                    "alone/bin/bench -q -w spin -x mpi -s mpi.library=%s --format csv",
                    library);
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(rows_with(&rows, "status", "unsupported"), 1);
    assert_non_null(strstr(rows_field(&rows, 0, "error"), "it is in the package bench-mpi"));
}

static void workers_that_are_no_whole_number_of_ranks_are_refused(void **state)
{
    struct rows rows = rows_of(*state, run(*state, SPIN "-j 3 -s mpi.threads=2")->out);
    assert_string_equal(rows_field(&rows, 0, "status"), "unsupported");
    assert_non_null(strstr(rows_field(&rows, 0, "error"), "no whole number"));
}

/* ---- ends ---- */

#define FAULTY "-w faulty --plugin " FAKE("faulty") " "

static void wrong_answer_names_its_rank(void **state)
{
    struct rows rows =
        rows_of(*state, run(*state, FAULTY "-j 2 -s at=check -s how=fail -s task=7")->out);
    assert_string_equal(rows_field(&rows, 0, "status"), "failed");
    assert_non_null(strstr(rows_field(&rows, 0, "error"), "rank "));
}

/* The last of these tasks is the last rank's, in the measured run. */
#define IN_RUN "--schedule static -j 3 -s at=run -s task=7 -s run=2 "

static void assert_last_row(struct sandbox *box, const char *csv, const char *status, const char *error)
{
    struct rows rows = rows_of(box, csv);
    assert_string_equal(rows_field(&rows, rows.count - 1, "status"), status);
    const char *said = rows_field(&rows, rows.count - 1, "error");
    if (!strstr(said, error))
        fail_msg("'%s' has no '%s'", said, error);
}

static void crash_of_a_rank_names_it_and_its_host(void **state)
{
#ifdef SANITIZED
    skip(); /* its end is then an exit status, of the sanitizer's own */
#endif
    struct program *bench = run(*state, FAULTY IN_RUN "-s how=segv");
    assert_last_row(*state, bench->out, "crashed", "rank 2 (host ");
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static void rank_that_hangs_is_named_when_the_time_is_over(void **state)
{
    struct program *bench = run(*state, FAULTY IN_RUN "-s how=asleep --timeout 6");
    assert_last_row(*state, bench->out, "timeout", "rank 2 (host ");
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static void rank_that_hangs_before_the_start_is_named_too(void **state)
{
    struct program *bench = run(*state, FAULTY "-j 2 -s at=lane_init -s how=asleep --timeout 6");
    assert_last_row(*state, bench->out, "timeout", "rank ");
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static void failure_of_one_rank_ends_the_work_of_all(void **state)
{
    struct program *bench = run(*state, FAULTY IN_RUN "-s how=fail");
    assert_last_row(*state, bench->out, "failed", "rank 2 (host ");
    assert_last_row(*state, bench->out, "failed", "as it was told to");
}

static bool a_row_is_written(void *box)
{
    const char *text = sandbox_has(box, "r.csv") ? sandbox_read(box, "r.csv") : NULL;
    return text && strstr(text, ",verify,");
}

/* One whose ranks hang in the measured run, once it does. */
static struct program *start_hang(struct sandbox *box)
{
    struct program *bench = program_start(
        box, TERMINAL_NONE,
        "exec bench -x mpi -s mpi.library=%s -r 1 --warmup 0 -o r.csv " FAULTY IN_RUN "-s how=asleep",
        library);
    assert_true(wait_until(a_row_is_written, box));
    return bench;
}

static void interrupt_leaves_nothing(void **state)
{
    struct program *bench = start_hang(*state);
    kill(bench->pid, SIGINT);
    program_finish(bench);
    assert_int_equal(bench->status, 130);
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static void kill_of_the_controller_leaves_nothing(void **state)
{
    struct program *bench = start_hang(*state);
    kill(bench->pid, SIGKILL);
    program_finish(bench);
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static pid_t child_named(pid_t parent, const char *name)
{
    char command[256];
    long pid = 0;
    snprintf(command, sizeof command, "pgrep -P %d -f '%s' | head -1", (int)parent, name);
    FILE *answer = popen(command, "r");
    assert_non_null(answer);
    assert_int_equal(fscanf(answer, "%ld", &pid), 1);
    pclose(answer);
    return (pid_t)pid;
}

static void kill_of_mpiexec_is_a_crashed_row_and_leaves_nothing(void **state)
{
    struct program *bench = start_hang(*state);
    kill(child_named(bench->pid, "mpiexec"), SIGKILL);
    program_finish(bench);
    assert_int_equal(bench->status, 3);
    assert_last_row(*state, sandbox_read(*state, "r.csv"), "crashed", "");
    assert_int_equal(sandbox_processes_left(*state), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, sandbox_teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(every_workload_runs_verified_on_two_ranks),
        TEST(one_to_four_ranks_share_the_tasks),
        TEST(executors_run_within_ranks),
        TEST(parameters_of_the_executor_within_are_set_and_swept),
        TEST(parameter_that_the_executor_within_lacks_is_refused),
        TEST(runs_begin_behind_a_barrier_where_that_is_asked_for),
        TEST(each_rank_has_a_row_of_its_own),
        TEST(rows_of_ranks_need_ranks),
        TEST(counters_are_those_of_all_ranks),
        TEST(case_that_is_complete_is_not_run_again),
        TEST(open_loop_is_refused_before_anything_runs),
        TEST(max_is_what_the_launcher_has_room_for),
        TEST(row_says_where_its_ranks_were_and_how_they_began),
        TEST(launcher_of_ones_own_is_told_how_many_ranks),
        TEST(launcher_that_does_not_say_how_many_is_refused),
        TEST(mpiexec_of_another_mpi_is_found_out),
        TEST(engine_that_is_not_installed_is_named_with_its_package),
        TEST(workers_that_are_no_whole_number_of_ranks_are_refused),
        TEST(wrong_answer_names_its_rank),
        TEST(crash_of_a_rank_names_it_and_its_host),
        TEST(rank_that_hangs_is_named_when_the_time_is_over),
        TEST(rank_that_hangs_before_the_start_is_named_too),
        TEST(failure_of_one_rank_ends_the_work_of_all),
        TEST(interrupt_leaves_nothing),
        TEST(kill_of_the_controller_leaves_nothing),
        TEST(kill_of_mpiexec_is_a_crashed_row_and_leaves_nothing),
    };
    char command[128], engine[sizeof BINARY_FOLDER + 64];
    library = argc > 1 ? argv[1] : "openmpi";
    snprintf(engine, sizeof engine, "%s/lib/bench/engine-%s.so", BINARY_FOLDER, library);
    if (access(engine, R_OK) != 0) {
        printf("skipped: bench was built without %s (bench list mpi)\n", library);
        return SKIPPED;
    }
    snprintf(command, sizeof command, "mpiexec.%s --version >/dev/null 2>&1 || exit 1", library);
    if (system(command) != 0) {
        printf("skipped: there is no mpiexec.%s (apt install %s)\n", library,
               strcmp(library, "mpich") == 0 ? "mpich" : "openmpi-bin");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
