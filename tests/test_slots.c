/* How many ranks a launcher has room for. */
#include "control/slots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* "NAME=VALUE", ended by NULL. */
static const char *const *environment;

static char *variable(const char *name)
{
    size_t length = strlen(name);
    for (const char *const *one = environment; one && *one; one++) {
        if (strncmp(*one, name, length) == 0 && (*one)[length] == '=')
            return (char *)(uintptr_t)(*one + length + 1);
    }
    return NULL;
}

static uint32_t slots_of(const char *hosts, char *const *launcher)
{
    struct bench_error why = {0};
    uint32_t slots = 0;
    const struct slots_asked asked = {
        .hosts = hosts, .launcher = launcher, .cores = 3, .variable = variable};
    if (slots_find(&asked, &slots, &why) < 0)
        fail_msg("%s", why.message);
    return slots;
}

static void assert_refused(const char *hosts, char *const *launcher, const char *says)
{
    struct bench_error why = {0};
    uint32_t slots;
    const struct slots_asked asked = {
        .hosts = hosts, .launcher = launcher, .cores = 3, .variable = variable};
    assert_true(slots_find(&asked, &slots, &why) < 0);
    if (!strstr(why.message, says))
        fail_msg("'%s' has no '%s'", why.message, says);
}

static int setup(void **state)
{
    (void)state;
    environment = NULL;
    return 0;
}

static void nothing_said_means_the_cores_of_this_host(void **state)
{
    (void)state;
    assert_int_equal(slots_of(NULL, NULL), 3);
    assert_int_equal(slots_of(NULL, (char *const[]){"mpiexec", "-n", "{ranks}", NULL}), 3);
}

static void hosts_with_their_numbers_are_added_up(void **state)
{
    (void)state;
    assert_int_equal(slots_of("a:2,b:6", NULL), 8);
}

static void host_without_a_number_is_named(void **state)
{
    (void)state;
    assert_refused("a:2,b", NULL, "'b'");
    assert_refused("a:2,b:x", NULL, "b:N");
}

static void launchers_own_list_counts(void **state)
{
    (void)state;
    assert_int_equal(slots_of(NULL, (char *const[]){"mpiexec", "--host", "a:4,b:4", "-n", "x", NULL}),
                     8);
    assert_int_equal(slots_of(NULL, (char *const[]){"mpiexec", "-hosts=a:1,b:4", NULL}), 5);
}

static void launchers_own_file_counts(void **state)
{
    (void)state;
    char path[] = "/tmp/test_slots.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    static const char text[] = "# hosts\na slots=2 max_slots=4\n\nb:3 # MPICH's way\n";
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    assert_int_equal(slots_of(NULL, (char *const[]){"mpiexec", "--hostfile", path, NULL}), 5);
    char named[64];
    snprintf(named, sizeof named, "HYDRA_HOST_FILE=%s", path);
    environment = (const char *const[]){named, NULL};
    assert_int_equal(slots_of(NULL, NULL), 5);
    unlink(path);
    assert_refused(NULL, (char *const[]){"mpiexec", "--hostfile", path, NULL}, path);
}

static void allocation_of_slurm_counts(void **state)
{
    (void)state;
    environment = (const char *const[]){"SLURM_JOB_ID=7", "SLURM_JOB_CPUS_PER_NODE=4(x3),2", NULL};
    assert_int_equal(slots_of(NULL, NULL), 14);
    environment = (const char *const[]){"SLURM_JOB_ID=7", "SLURM_JOB_CPUS_PER_NODE=4(x3),2",
                                        "SLURM_NTASKS=6", "SLURM_CPUS_PER_TASK=2", NULL};
    assert_int_equal(slots_of(NULL, NULL), 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_said_means_the_cores_of_this_host, setup),
        cmocka_unit_test_setup(hosts_with_their_numbers_are_added_up, setup),
        cmocka_unit_test_setup(host_without_a_number_is_named, setup),
        cmocka_unit_test_setup(launchers_own_list_counts, setup),
        cmocka_unit_test_setup(launchers_own_file_counts, setup),
        cmocka_unit_test_setup(allocation_of_slurm_counts, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
