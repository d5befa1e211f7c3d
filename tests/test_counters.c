/* Counters, by a PMU that gives known numbers, takes turns, or fails in every way; and the kernel's own.
 */
#include "base/memory.h"
#include "base/text.h"
#include "measure/counters.h"

#include <errno.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- the fake ---- */

static int fake_error;                          /* errno of each opening; 0: it counts */
static bool fake_forbids_kernel;                /* EACCES unless the kernel is left out */
static int fake_openings;                       /* so far */
static struct counter_reading fake_readings[4]; /* what it will read, one after the other */

static int fake_open(const struct event *event)
{
    fake_openings++;
    if (fake_forbids_kernel && !event->excludes_kernel)
        return -EACCES;
    if (fake_error)
        return -fake_error;
    int fd = memfd_create("counter", MFD_CLOEXEC);
    assert_int_equal(write(fd, fake_readings, sizeof fake_readings), sizeof fake_readings);
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static int reset(void **state)
{
    (void)state;
    fake_error = fake_openings = 0;
    fake_forbids_kernel = false;
    memset(fake_readings, 0, sizeof fake_readings);
    return 0;
}

/* ---- helpers ---- */

static void find(struct counters *counters, const char *name)
{
    struct counter *one = &counters->list[counters->count++];
    *one = (struct counter){.name = mem_text(name)};
    assert_int_equal(event_find(&one->event, name, NULL), 0);
}

static struct counters open_one(const char *name, counter_opener *opener)
{
    struct counters counters = {0};
    find(&counters, name);
    counters_open(&counters, opener);
    return counters;
}

/* What one counter of the fake has counted between its first two readings. */
static struct counted count_between(struct counter_reading first, struct counter_reading second)
{
    struct counter_reading start, end;
    fake_readings[0] = first;
    fake_readings[1] = second;
    struct counters counters = open_one("cycles", fake_open);
    counters_read(&counters, &start);
    counters_read(&counters, &end);
    struct counted counted = counter_between(&counters.list[0], &start, &end);
    counters_close(&counters);
    return counted;
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' has no '%s'", text, part);
}

/* The note of one that cannot be opened. */
static void assert_note(const char *name, int error, int paranoid, const char *part)
{
    struct bench_error note = {0};
    fake_error = error;
    struct counters counters = open_one(name, fake_open);
    counters_note(&counters, paranoid, &note);
    assert_has(note.message, name);
    assert_has(note.message, part);
    counters_close(&counters);
}

/* ---- numbers ---- */

static void what_came_between_two_readings_is_counted(void **state)
{
    (void)state;
    struct counted counted = count_between((struct counter_reading){500, 1000, 1000},
                                           (struct counter_reading){2500, 4000, 4000});
    assert_true(counted.value == 2000);
    assert_true(counted.share == 1);
}

static void what_took_turns_is_scaled_up(void **state)
{
    (void)state;
    struct counted counted = count_between((struct counter_reading){500, 1000, 900},
                                           (struct counter_reading){2500, 5000, 1900});
    assert_true(counted.value == 8000);
    assert_true(counted.share == 0.25);
}

static void one_that_never_got_a_turn_is_unknown(void **state)
{
    (void)state;
    struct counted counted =
        count_between((struct counter_reading){0, 1000, 0}, (struct counter_reading){0, 5000, 0});
    assert_true(isnan(counted.value));
    assert_true(counted.share == 0);
}

static void readings_that_stand_still_or_go_back_are_unknown(void **state)
{
    (void)state;
    const struct counter_reading start = {500, 1000, 1000};
    const struct counter_reading ends[] = {
        {500, 1000, 1000}, {499, 2000, 2000}, {600, 999, 1000}, {600, 2000, 999}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        assert_true(isnan(count_between(start, ends[i]).value));
}

static void one_that_cannot_be_read_is_unknown(void **state)
{
    (void)state;
    struct counter_reading start, end;
    struct counters counters = open_one("cycles", fake_open);
    fake_readings[0].value = 1;
    counters_read(&counters, &start);
    lseek(counters.list[0].fd, 0, SEEK_END);
    counters_read(&counters, &end);
    assert_true(isnan(counter_between(&counters.list[0], &start, &end).value));
    counters_close(&counters);
}

/* ---- what cannot be counted ---- */

static void every_error_leaves_it_unknown_and_is_told(void **state)
{
    (void)state;
    for (int error = 1; error <= 133; error++) {
        struct counter_reading start, end;
        fake_error = error;
        struct counters counters = open_one("instructions", fake_open);
        assert_int_equal(counters.list[0].fd, -error);
        counters_read(&counters, &start);
        counters_read(&counters, &end);
        assert_true(isnan(counter_between(&counters.list[0], &start, &end).value));
        counters_close(&counters);
        assert_note("instructions", error, 2, " is not counted: ");
    }
}

static void each_reason_says_what_would_be_right(void **state)
{
    (void)state;
    assert_note("cycles", ENOENT, 2, "virtual machines; run on the host");
    assert_note("cycles", EOPNOTSUPP, 2, "no PMU");
    assert_note("cycles", EACCES, 3,
                "kernel.perf_event_paranoid is 3); sysctl kernel.perf_event_paranoid=1");
    assert_note("cycles", EPERM, 1, "seccomp");
    assert_note("cycles", ENOSYS, 2, "CONFIG_PERF_EVENTS");
    assert_note("cycles", EBUSY, 2, "another program");
    assert_note("cycles", EMFILE, 2, "ulimit -n");
    assert_note("cycles", EINVAL, 2, "Invalid argument");
}

static void a_reason_is_told_once_for_all_that_have_it(void **state)
{
    (void)state;
    struct bench_error note = {0};
    struct counters counters = {0};
    find(&counters, "cycles");
    find(&counters, "branch-misses");
    fake_error = ENOENT;
    counters_open(&counters, fake_open);
    counters_note(&counters, 2, &note);
    assert_has(note.message, "--counters: cycles, branch-misses are not counted");
    assert_null(strstr(strstr(note.message, "not counted") + 1, "not counted"));
    counters_close(&counters);
}

static void nothing_is_said_of_what_counts(void **state)
{
    (void)state;
    struct bench_error note = {0};
    struct counters counters = open_one("cycles", fake_open);
    counters_note(&counters, 2, &note);
    assert_string_equal(note.message, "");
    counters_close(&counters);
}

static void where_the_kernels_part_is_forbidden_the_users_is_counted_and_that_is_told(void **state)
{
    (void)state;
    struct bench_error note = {0};
    fake_forbids_kernel = true;
    struct counters counters = open_one("cycles", fake_open);
    assert_true(counters.list[0].fd >= 0);
    counters_note(&counters, 2, &note);
    assert_has(note.message, "cycles is counted in user space only (kernel.perf_event_paranoid is 2)");
    counters_close(&counters);
}

static void what_happens_in_the_kernel_alone_is_not_counted_without_it(void **state)
{
    (void)state;
    fake_forbids_kernel = true;
    struct counters counters = open_one("cpu-migrations", fake_open);
    assert_int_equal(counters.list[0].fd, -EACCES);
    assert_int_equal(fake_openings, 1);
    counters_close(&counters);
}

/* ---- names ---- */

static void every_word_is_an_event(void **state)
{
    (void)state;
    for (size_t i = 0; event_word(i); i++) {
        struct event event;
        assert_int_equal(event_find(&event, event_word(i), NULL), 0);
        assert_true(event.worth > 0);
    }
}

static void an_unknown_name_gets_a_near_one(void **state)
{
    (void)state;
    struct event event;
    struct bench_error err = {0};
    assert_int_equal(event_find(&event, "instrctions", &err), -EINVAL);
    assert_has(err.message, "no counter 'instrctions' on this machine; did you mean 'instructions'?");
}

/* libpfm4 has a name of its own for it. */
static void the_kernels_own_are_known_by_any_name(void **state)
{
    (void)state;
    struct event event;
    struct bench_error err = {0};
    if (event_find(&event, "perf::PERF_COUNT_SW_CPU_MIGRATIONS", &err) < 0) {
        assert_has(err.message, "libpfm4"); /* it is not there */
        skip();
    }
    assert_int_equal(event.type, PERF_TYPE_SOFTWARE);
    assert_int_equal(event.config, PERF_COUNT_SW_CPU_MIGRATIONS);
    assert_true(event.kernels_own);
}

/* ---- the kernel's ---- */

enum { PAGES = 64 };

static void *touch_pages(void *unused)
{
    size_t size = (size_t)PAGES * (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(pages != MAP_FAILED);
    madvise(pages, size, MADV_NOHUGEPAGE);
    memset(pages, 1, size);
    munmap(pages, size);
    return unused;
}

static void threads_and_processes_that_are_started_are_counted_too(void **state)
{
    (void)state;
    struct counter_reading readings[4];
    struct counters counters = open_one("page-faults", counter_open);
    if (counters.list[0].fd < 0)
        skip(); /* it is forbidden here */
    counters_read(&counters, &readings[0]);
    touch_pages(NULL);
    counters_read(&counters, &readings[1]);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, touch_pages, NULL), 0);
    pthread_join(thread, NULL);
    counters_read(&counters, &readings[2]);
    pid_t child = fork();
    if (child == 0) {
        touch_pages(NULL);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    counters_read(&counters, &readings[3]);
    for (size_t i = 0; i < 3; i++)
        assert_true(counter_between(&counters.list[0], &readings[i], &readings[i + 1]).value >= PAGES);
    counters_close(&counters);
}

#define TEST(function) cmocka_unit_test_setup(function, reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_came_between_two_readings_is_counted),
        TEST(what_took_turns_is_scaled_up),
        TEST(one_that_never_got_a_turn_is_unknown),
        TEST(readings_that_stand_still_or_go_back_are_unknown),
        TEST(one_that_cannot_be_read_is_unknown),
        TEST(every_error_leaves_it_unknown_and_is_told),
        TEST(each_reason_says_what_would_be_right),
        TEST(a_reason_is_told_once_for_all_that_have_it),
        TEST(nothing_is_said_of_what_counts),
        TEST(where_the_kernels_part_is_forbidden_the_users_is_counted_and_that_is_told),
        TEST(what_happens_in_the_kernel_alone_is_not_counted_without_it),
        TEST(every_word_is_an_event),
        TEST(an_unknown_name_gets_a_near_one),
        TEST(the_kernels_own_are_known_by_any_name),
        TEST(threads_and_processes_that_are_started_are_counted_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
