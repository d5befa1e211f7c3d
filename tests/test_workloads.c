/* Small workloads as a user runs them: counter, mixed, spin, sleep, filewrite; and what they notice. */
#include "program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ONCE "--warmup 0 -r 1 --format csv"
#define LIAR "bench --plugin " FAKE("liar") " -x liar " ONCE

/* ---- what came out ---- */

static struct rows assert_good(struct program *bench)
{
    if (bench->status != 0)
        fail_msg("%s: exit status %d: %s", bench->command, bench->status, bench->err);
    struct rows rows = rows_of(bench->box, bench->out);
    assert_true(rows.count > 0);
    assert_int_equal(rows_with(&rows, "status", "ok"), rows.count);
    return rows;
}

/* The case has failed, and these words say why. */
static void assert_failed(struct program *bench, const char *reason)
{
    struct rows rows = rows_of(bench->box, bench->out);
    if (bench->status != 3)
        fail_msg("%s: exit status %d: %s", bench->command, bench->status, bench->err);
    size_t row = rows_find(&rows, 0, "status", "failed");
    if (!strstr(rows_field(&rows, row, "error"), reason))
        fail_msg("%s: '%s' has no '%s'", bench->command, rows_field(&rows, row, "error"), reason);
}

/* Nothing is run, and one line says what is wrong and what would be right. */
static void assert_refused(struct program *bench, const char *wrong, const char *right)
{
    if (bench->status != 2 || bench->out[0] || !strstr(bench->err, wrong) || !strstr(bench->err, right))
        fail_msg("%s: exit status %d, '%s' does not say '%s' and '%s'", bench->command, bench->status,
                 bench->err, wrong, right);
}

/* The runner's answers to the messages of a case, changed by a sed script: one a line. */
static struct program *run_messages(struct sandbox *box, const char *options, const char *script)
{
    return program_run(box, "bench -n -v -r 1 --warmup 0 %s | sed '%s' | bench runner", options, script);
}

static size_t count_of(const char *text, const char *word)
{
    size_t count = 0;
    for (; (text = strstr(text, word)); text += strlen(word))
        count++;
    return count;
}

/* ---- payload ---- */

static void payload_comes_back_whole_whatever_way_it_goes(void **state)
{
    /* more than a pipe holds, in ranges of several tasks */
    assert_good(program_run(*state,
                            "bench -w payload -x $EXECUTORS -j 1,3 -i 1,2 -s by=reference,pipe,shared "
                            "-s size=100001,1 -s tasks=11 --grain 4 " ONCE));
}

/* ---- counter ---- */

/* No race is sure to be lost, so it may try again. */
static void counter_without_sync_loses_updates_and_says_so(void **state)
{
    struct program *bench = NULL;
    skip_on_one_cpu();
    for (int i = 0; i < 20 && (!bench || bench->status == 0); i++)
        bench =
            program_run(*state, "bench -w counter -x pthread -j 2 -s sync=none -s updates=10k " ONCE);
    assert_failed(bench, " of 10000000 updates (sync=none: ");
    assert_failed(bench, "lost ");
    assert_failed(bench, "use sync=mutex, lock, atomic or private)");
}

static void counter_without_sync_loses_none_with_one_worker(void **state)
{
    assert_good(program_run(*state, "bench -w counter -x $EXECUTORS -j 1 -s sync=none " ONCE));
}

static void counter_with_sync_loses_none(void **state)
{
    struct rows rows =
        assert_good(program_run(*state, "bench -w counter -x $EXECUTORS -j 1,3 -i 1,4 -s "
                                        "sync=mutex,lock,atomic,private -s updates=100 " ONCE));
    assert_int_equal(rows_with(&rows, "work", "100000"), rows.count);
    assert_int_equal(rows_with(&rows, "work_unit", "update"), rows.count);
}

static void counter_counts_each_run_by_itself_however_many_passes(void **state)
{
    struct program *runner =
        run_messages(*state, "-w counter -x process -j 2", "s/\"passes\":1/\"passes\":3/");
    assert_int_equal(count_of(runner->out, "\"ok\":true"), 4);
    assert_int_equal(count_of(runner->out, "\"work\":3000000"), 2);
}

/* ---- spin, sleep, mixed ---- */

static void mixed_waits_as_long_as_it_is_told(void **state)
{
    const double tasks = 8, wait_s = 0.01;
    struct rows rows =
        assert_good(program_run(*state, "bench -w mixed -x $EXECUTORS -j 1,2 -i 1,2 -s tasks=8 "
                                        "-s wait=10ms -s compute=1us -s steps_per_us=100 " ONCE));
    for (size_t row = 0; row < rows.count; row++) {
        if (strcmp(rows_field(&rows, row, "phase"), "measure") != 0)
            continue;
        double lanes =
            atof(rows_field(&rows, row, "workers")) * atof(rows_field(&rows, row, "inflight"));
        assert_true(atof(rows_field(&rows, row, "wall_s")) >= tasks * wait_s / lanes);
    }
}

static void mixed_may_have_nothing_to_compute_or_nothing_to_wait_for(void **state)
{
    assert_good(program_run(
        *state, "bench -w mixed -x $EXECUTORS -j 2 -i 1,4 -s compute=0,1us -s mixed.wait=0,1us "
                "-s steps_per_us=100 " ONCE));
}

static void spin_may_let_others_go_first(void **state)
{
    assert_good(program_run(*state,
                            "bench -w spin -x $EXECUTORS -j 2 -i 1,10 -s yield=yes -s work=0,1us "
                            "-s tasks=1000 -s steps_per_us=100 " ONCE));
}

static void a_sleep_that_ends_early_is_noticed(void **state)
{
    assert_good(program_run(*state, LIAR " -w sleep"));
    assert_failed(program_run(*state, LIAR " -w sleep -s how=early"), "ns before its deadline");
    assert_failed(program_run(*state, LIAR " -w sleep -s how=at_once"), "ns before its deadline");
}

static void a_wait_of_mixed_that_ends_early_is_noticed(void **state)
{
    assert_good(program_run(*state, LIAR " -w mixed"));
    assert_failed(program_run(*state, LIAR " -w mixed -s how=early"), "ns before its deadline");
    assert_failed(program_run(*state, LIAR " -w mixed -s how=at_once"), "ns before its deadline");
}

/* ---- filewrite ---- */

static void filewrite_writes_in_every_order_and_way(void **state)
{
    assert_good(program_run(*state, "bench -w filewrite -x $EXECUTORS -j 2 -i 1,4 -s size=1MiB "
                                    "-s order=sequential,random -s sync=none,fdatasync " ONCE));
}

/* Where the file system can. */
static void filewrite_writes_past_the_page_cache(void **state)
{
    struct program *bench =
        program_run(*state, "bench -w filewrite -x $EXECUTORS -j 2 -i 1,4 -s size=1MiB "
                            "-s order=sequential,random -s sync=direct " ONCE);
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(rows_with(&rows, "status", "ok") + rows_with(&rows, "status", "unsupported"),
                     rows.count);
}

/* The type of an overlay does not tell what is below it: what was read and written does. */
static void files_in_memory_below_an_overlay_are_not_taken_for_a_disk(void **state)
{
    static const char overlay[] =
        "unshare -m sh -c 'mkdir -p mnt && mount -t tmpfs none mnt && mkdir mnt/up mnt/work mnt/dir && "
        "mount -t overlay none -o lowerdir=mnt/dir,upperdir=mnt/up,workdir=mnt/work mnt/dir && "
        "exec \"$@\"' sh";
    if (program_run(*state, "%s true", overlay)->status != 0)
        skip(); /* this user may not mount, or there is no overlay */
    static const char *const ways[] = {"fileread -s direct=yes", "filewrite -s sync=direct",
                                       "filewrite -s sync=fdatasync"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct program *bench = program_run(
            *state, "%s bench -x serial -s size=1MiB -s dir=mnt/dir -w %s " ONCE, overlay, ways[i]);
        struct rows rows = assert_good(bench);
        assert_non_null(strstr(rows_field(&rows, 0, "notes"), "not the speed of a disk"));
    }
}

static void filewrite_writes_blocks_of_any_size(void **state)
{
    assert_good(program_run(
        *state, "bench -w filewrite -x $EXECUTORS -j 2 --grain 3 -s size=4999 -s order=random "
                "-s block=1,7,17,100,4096,4999 " ONCE));
}

static void filewrite_goes_on_after_a_short_write(void **state)
{
    assert_good(program_run(*state, LIAR " -w filewrite -s size=1MiB -s how=short"));
}

static void filewrite_notices_a_write_that_was_left_out(void **state)
{
    assert_failed(program_run(*state, LIAR " -w filewrite -s how=dropped"),
                  "what is read back at byte 0 is not what was written");
}

/* Each block is read back as it was written: only all of them together tell. */
static void filewrite_notices_blocks_in_the_wrong_place(void **state)
{
    assert_failed(program_run(*state, LIAR " -w filewrite -s how=shifted"),
                  "block 0 does not hold what this run wrote");
}

static void filewrite_notices_what_an_earlier_run_has_left(void **state)
{
    const char *options = "--plugin " FAKE("liar") " -x liar -w filewrite";
    struct program *runner;
    char lying[256];
    snprintf(lying, sizeof lying, "%s -s how=repeated", options);
    runner = run_messages(*state, options, "s/\"verify\":false/\"verify\":true/");
    assert_int_equal(count_of(runner->out, "\"ok\":true"), 4);
    runner = run_messages(*state, lying, "s/\"verify\":false/\"verify\":true/");
    assert_int_equal(count_of(runner->out, "\"ok\":true"), 3);
    assert_int_equal(count_of(runner->out, "what is read back at byte 0 is not what was written"), 1);
}

static void filewrite_says_that_the_disk_is_full(void **state)
{
    assert_failed(program_run(*state, LIAR " -w filewrite -s how=full"),
                  "writing at byte 0: No space left on device; use a smaller size");
}

static void filewrite_does_not_wait_for_writes_that_get_nowhere(void **state)
{
    assert_failed(program_run(*state, LIAR " -w filewrite -s how=stalled"), "writing at byte 0: ");
}

static void filewrite_refuses_what_cannot_be_written(void **state)
{
#define FILEWRITE "bench -w filewrite -x serial " ONCE " "
    assert_refused(program_run(*state, FILEWRITE "-s size=1K -s block=2K"), "block=2048", "at most");
    assert_refused(program_run(*state, FILEWRITE "-s size=1000 -s block=300 -s sync=direct"),
                   "size=1000", "a multiple of block (300)");
    assert_refused(program_run(*state, FILEWRITE "-s dir=none"), "dir=none", "No such file");
    assert_refused(program_run(*state, FILEWRITE "-s dir=/dev/full"), "dir=/dev/full",
                   "Not a directory");
    assert_refused(program_run(*state, FILEWRITE "-s dir=/proc"), "dir=/proc", "can be written");
    assert_refused(program_run(*state, FILEWRITE "-s size=1024TiB"), "size=1125899906842624", "free");
    assert_refused(program_run(*state, "ulimit -f 100; " FILEWRITE), "size=16777216", "ulimit -f");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(payload_comes_back_whole_whatever_way_it_goes),
        TEST(counter_without_sync_loses_updates_and_says_so),
        TEST(counter_without_sync_loses_none_with_one_worker),
        TEST(counter_with_sync_loses_none),
        TEST(counter_counts_each_run_by_itself_however_many_passes),
        TEST(mixed_waits_as_long_as_it_is_told),
        TEST(mixed_may_have_nothing_to_compute_or_nothing_to_wait_for),
        TEST(spin_may_let_others_go_first),
        TEST(a_sleep_that_ends_early_is_noticed),
        TEST(a_wait_of_mixed_that_ends_early_is_noticed),
        TEST(filewrite_writes_in_every_order_and_way),
        TEST(filewrite_writes_past_the_page_cache),
        TEST(files_in_memory_below_an_overlay_are_not_taken_for_a_disk),
        TEST(filewrite_writes_blocks_of_any_size),
        TEST(filewrite_goes_on_after_a_short_write),
        TEST(filewrite_notices_a_write_that_was_left_out),
        TEST(filewrite_notices_blocks_in_the_wrong_place),
        TEST(filewrite_notices_what_an_earlier_run_has_left),
        TEST(filewrite_says_that_the_disk_is_full),
        TEST(filewrite_does_not_wait_for_writes_that_get_nowhere),
        TEST(filewrite_refuses_what_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
