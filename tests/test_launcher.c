/* Launchers that start a job: what bench does for them that it does for no other command. */
#include "program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define SPIN "bench -w spin -x serial -s tasks=5 -s steps_per_us=1 -r 1 --warmup 0 --format csv "

/* A stand-in for a launcher, known by its name. Its own options end where the runner's command begins.
 */
static void write_launcher(struct sandbox *box, const char *name, const char *first)
{
    char script[1024];
    int length = snprintf(
        script, sizeof script,
        "#!/bin/sh\necho \"$*\" >>log\nwhile [ \"${1#/}\" = \"$1\" ]; do shift; done\n%s\n", first);
    sandbox_write(box, name, script, (size_t)length);
    assert_int_equal(chmod(sandbox_path(box, name), 0755), 0);
}

static void job_is_started_for_a_launch_alone(void **state)
{
    write_launcher(*state, "srun", "exec \"$@\"");
    struct program *bench = program_run(*state, SPIN "--launcher './srun -n 1'");
    assert_int_equal(bench->status, 0);
    const char *log = sandbox_read(*state, "log");
    assert_ptr_equal(strchr(log, '\n'), log + strlen(log) - 1);
}

static void srun_is_told_whose_stdin_it_is(void **state)
{
    write_launcher(*state, "srun", "exec \"$@\"");
    program_run(*state, SPIN "--launcher 'env A=1 ./srun -n 1'");
    assert_non_null(strstr(sandbox_read(*state, "log"), "--input=0 --kill-on-bad-exit=1 -n 1 /"));
    program_run(*state, SPIN "--launcher './srun --input=none -n 2'");
    assert_null(strstr(sandbox_read(*state, "log"), "--input=0 --input"));
}

static void job_launcher_that_is_not_there_is_refused(void **state)
{
    struct program *bench = program_run(*state, SPIN "--launcher ./srun");
    assert_int_equal(bench->status, 2);
    assert_non_null(strstr(bench->err, "./srun: No such file"));
}

static void what_a_launcher_says_on_stdout_is_no_answer(void **state)
{
    write_launcher(*state, "mpiexec.mpich", "echo '=   BAD TERMINATION OF ONE'; \"$@\"");
    struct program *bench = program_run(*state, SPIN "--launcher ./mpiexec.mpich");
    assert_int_equal(bench->status, 0);
}

static void mpiexec_is_known_by_what_it_answers(void **state)
{
    static const char script[] =
        "#!/bin/sh\n[ $1 != --version ] || exec echo HYDRA\necho noise; \"$@\"\n";
    sandbox_write(*state, "mpirun", script, sizeof script - 1);
    assert_int_equal(chmod(sandbox_path(*state, "mpirun"), 0755), 0);
    struct program *bench = program_run(*state, SPIN "--launcher ./mpirun");
    assert_int_equal(bench->status, 0);
}

static void launcher_is_told_to_end_before_it_is_killed(void **state)
{
    static const char waits[] = "trap 'echo >told; kill $job; exit 1' TERM; sleep 1000 & job=$!; wait";
    write_launcher(*state, "srun", waits);
    struct program *bench = program_run(*state, SPIN "--timeout 1 --launcher ./srun");
    assert_int_equal(bench->status, 3);
    assert_true(sandbox_has(*state, "told"));
    assert_int_equal(sandbox_processes_left(*state), 0);
}

/* As MPICH's proxy does. */
static void runner_whose_launcher_keeps_its_stdin_open_ends_all_the_same(void **state)
{
    static const char script[] = "exec 9>/proc/self/fd/0\nexec \"$@\"\n";
    sandbox_write(*state, "leak.sh", script, sizeof script - 1);
    struct program *runner =
        program_run(*state, "true | timeout 20 sh leak.sh bench runner; echo status $?");
    assert_string_equal(runner->out, "status 0\n");
}

static void another_file_under_the_topologys_number_is_none(void **state)
{
    static const char script[] =
        "echo no topology >file\nfor n in 3 4 5 6 7 8 9; do eval \"exec $n<file\"; done; exec \"$@\"\n";
    sandbox_write(*state, "launcher.sh", script, sizeof script - 1);
    struct program *bench = program_run(*state, SPIN "--timeout 20 --launcher 'sh launcher.sh'");
    assert_int_equal(bench->status, 0);
}

static void bench_that_was_started_as_ranks_is_refused(void **state)
{
    static const char *const started[] = {
        "OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=1",
        "PMI_SIZE=2 PMI_RANK=1",
        "SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=1",
    };
    for (size_t i = 0; i < sizeof started / sizeof *started; i++) {
        struct program *bench = program_run(*state, "%s " SPIN, started[i]);
        assert_int_equal(bench->status, 2);
        assert_string_equal(bench->out, "");
        assert_non_null(strstr(bench->err, "2 times over"));
    }
}

static void hosts_without_ranks_are_refused(void **state)
{
    struct program *bench = program_run(*state, SPIN "--hosts a,b");
    assert_int_equal(bench->status, 2);
    assert_non_null(strstr(bench->err, "-x mpi"));
}

/* As it is in a batch script, or where a job has one task. */
static void bench_in_a_job_of_its_own_is_not_refused(void **state)
{
    struct program *bench =
        program_run(*state, "SLURM_NTASKS=4 SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=1 PMI_SIZE=1 " SPIN);
    assert_int_equal(bench->status, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(job_is_started_for_a_launch_alone),
        TEST(srun_is_told_whose_stdin_it_is),
        TEST(job_launcher_that_is_not_there_is_refused),
        TEST(what_a_launcher_says_on_stdout_is_no_answer),
        TEST(mpiexec_is_known_by_what_it_answers),
        TEST(launcher_is_told_to_end_before_it_is_killed),
        TEST(runner_whose_launcher_keeps_its_stdin_open_ends_all_the_same),
        TEST(another_file_under_the_topologys_number_is_none),
        TEST(bench_that_was_started_as_ranks_is_refused),
        TEST(hosts_without_ranks_are_refused),
        TEST(bench_in_a_job_of_its_own_is_not_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
