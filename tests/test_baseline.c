/* `bench run --baseline FILE --save-baseline FILE` as a user types it. */
#include "program.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define SPIN "bench -w spin -j 1 -s tasks=20 -s steps_per_us=1 --warmup 0 -r 5"
#define FAULTY "bench --plugin " FAKE("faulty") " -w faulty -x serial -r 5"

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is not in:\n%s", part, text);
}

static void assert_status(const struct program *bench, int status)
{
    if (bench->status != status)
        fail_msg("%s: exit status %d, not %d: %s%s", bench->command, bench->status, status, bench->err,
                 bench->out);
}

/* A baseline of serial and pthread whose times are multiplied: all is certain then. */
static void make_baseline(struct sandbox *box, const char *factor)
{
    assert_status(program_run(box, SPIN " -x serial,pthread -q --save-baseline true.csv"), 0);
    assert_status(program_run(box,
                              "python3 -c '\n"
                              "import csv, sys\n"
                              "rows = list(csv.DictReader(open(\"true.csv\", newline=\"\")))\n"
                              "out = csv.DictWriter(open(\"b.csv\", \"w\", newline=\"\"), rows[0])\n"
                              "out.writeheader()\n"
                              "for row in rows:\n"
                              "    if row[\"wall_s\"]:\n"
                              "        row[\"wall_s\"] = float(row[\"wall_s\"]) * %s\n"
                              "    out.writerow(row)\n"
                              "' && rm true.csv",
                              factor),
                  0);
}

/* Exit status 2, one line that begins as said and has the other in it; nothing was run. */
static void assert_refused(struct sandbox *box, const char *options, const char *start, const char *part)
{
    struct program *bench = program_run(box, SPIN " -x serial -o ran.csv %s", options);

    assert_status(bench, 2);
    if (strncmp(bench->err, "bench: ", 7) != 0 || strncmp(bench->err + 7, start, strlen(start)) != 0)
        fail_msg("%s: the message does not begin with '%s': %s", bench->command, start, bench->err);
    assert_has(bench->err, part);
    assert_int_equal(strcspn(bench->err, "\n") + 1, strlen(bench->err));
    assert_string_equal(bench->out, "");
    assert_false(sandbox_has(box, "ran.csv"));
}

/* Is what b.csv was, and nothing lies beside it. */
static void assert_unchanged(struct sandbox *box, const char *before)
{
    assert_string_equal(sandbox_read(box, "b.csv"), before);
    assert_string_equal(program_run(box, "ls")->out, "b.csv\n");
}

/* ---- saving ---- */

static void baseline_is_what_output_gets_with_5_launches(void **state)
{
    struct program *bench = program_run(*state, SPIN " -x serial -o o.csv --save-baseline b.csv");
    struct rows rows = rows_of(*state, sandbox_read(*state, "b.csv"));

    assert_status(bench, 0);
    assert_has(bench->err, "bench: b.csv: written with the new results\n");
    assert_string_equal(sandbox_read(*state, "b.csv"), sandbox_read(*state, "o.csv"));
    assert_int_equal(rows_with(&rows, "phase", "verify"), 5);
    assert_int_equal(rows_with(&rows, "phase", "measure"), 25);
    assert_string_equal(program_run(*state, "ls")->out, "b.csv\no.csv\n");
    program_run(*state, SPIN " -x serial -q --launches 2 --save-baseline b.csv");
    rows = rows_of(*state, sandbox_read(*state, "b.csv"));
    assert_int_equal(rows_with(&rows, "phase", "verify"), 2);
}

static void link_is_followed_and_mode_kept(void **state)
{
    struct stat status;

    program_run(*state, "mkdir d; : >d/real.csv; chmod 640 d/real.csv; ln -s d/real.csv b.csv");
    assert_status(program_run(*state, SPIN " -x serial -q --save-baseline b.csv"), 0);
    assert_string_equal(program_run(*state, "readlink b.csv; ls d")->out, "d/real.csv\nreal.csv\n");
    assert_int_equal(stat(sandbox_path(*state, "d/real.csv"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
    assert_true(status.st_size > 1000);
}

static void failed_run_saves_nothing(void **state)
{
    struct program *bench = program_run(*state, FAULTY " -s how=fail --save-baseline b.csv");
    char *before;

    assert_status(bench, 3);
    assert_has(bench->err, "bench: b.csv: not written: a case failed\n");
    assert_false(sandbox_has(*state, "b.csv"));
    make_baseline(*state, "1");
    before = sandbox_read(*state, "b.csv");
    bench = program_run(*state, FAULTY " -s how=nothing,segv --save-baseline b.csv");
    assert_status(bench, 3);
    assert_has(bench->err, "bench: b.csv: not replaced: a case failed\n");
    assert_unchanged(*state, before);
}

static void interrupted_run_saves_nothing(void **state)
{
    struct program *bench;
    char *before;

    make_baseline(*state, "1");
    before = sandbox_read(*state, "b.csv");
    bench = program_start(*state, TERMINAL_NONE,
                          "exec bench -w sleep -x serial -s duration=20ms -s tasks=1 -v -r 1 --launches "
                          "100000 --save-baseline b.csv");
    program_expect(bench, "launch took");
    kill(bench->pid, SIGINT);
    program_finish(bench);
    assert_status(bench, 130);
    assert_has(bench->err, "bench: b.csv: not replaced: interrupted\n");
    assert_unchanged(*state, before);
}

/* The folder is gone when it has run. */
static void baseline_that_cannot_be_written_is_a_failure(void **state)
{
    struct program *bench = program_run(
        *state, "mkdir d; bench -w exec -x serial -s command='rm -rf d' -s tasks=1 -r 1 --launches 1 "
                "--save-baseline d/b.csv");

    assert_status(bench, 3);
    assert_has(bench->err, "bench: d/b.csv: not written: ");
    assert_has(bench->err, "No such file or directory");
}

/* ---- comparing ---- */

static void what_got_slower_ends_with_1_and_is_not_saved(void **state)
{
    struct program *bench;
    char *before;

    make_baseline(*state, "0.001");
    before = sandbox_read(*state, "b.csv");
    bench =
        program_run(*state, SPIN " -x serial,pthread --strict --baseline b.csv --save-baseline b.csv");
    assert_status(bench, 1);
    assert_has(bench->out, "wall (time of a run, s): old is b.csv, new is this run\n");
    assert_has(bench->out, "\n2 slower\n");
    assert_has(bench->err, "bench: b.csv: not replaced: a case got worse\n");
    assert_unchanged(*state, before);
    bench = program_run(*state, SPIN " -x serial,pthread -m ctx_voluntary --baseline b.csv");
    assert_has(bench->out,
               "ctx_voluntary (voluntary context switches: the worker waited): old is b.csv");
}

static void what_got_faster_ends_with_0_and_is_saved(void **state)
{
    struct program *bench;
    char *before;

    make_baseline(*state, "1000");
    before = sandbox_read(*state, "b.csv");
    bench =
        program_run(*state, SPIN " -x serial,pthread --strict --baseline b.csv --save-baseline b.csv");
    assert_status(bench, 0);
    assert_has(bench->out, "\n2 faster\n");
    assert_has(bench->err, "bench: b.csv: replaced with the new results\n");
    assert_string_not_equal(sandbox_read(*state, "b.csv"), before);
    assert_string_equal(program_run(*state, "ls")->out, "b.csv\n");
}

static void failed_case_ends_with_3_unless_another_got_slower(void **state)
{
    struct program *bench;

    make_baseline(*state, "0.001");
    bench = program_run(*state,
                        "bench --plugin " FAKE(
                            "faulty") " -w spin,faulty -x serial -j 1 -s spin.tasks=20 "
                                      "-s spin.steps_per_us=1 -s faulty.how=segv -r 5 --baseline b.csv");
    assert_status(bench, 1);
    assert_status(program_run(*state, FAULTY " --save-baseline f.csv"), 0);
    program_run(*state, "sed -i s/how=nothing/how=segv/ f.csv");
    bench = program_run(*state, FAULTY " -s how=segv --baseline f.csv --save-baseline f.csv");
    assert_status(bench, 3);
    assert_has(bench->out, "failed: this run: crashed");
    assert_has(bench->err, "bench: f.csv: not replaced: a case failed\n");
}

static void case_that_the_baseline_lacks_is_told_before_it_is_run(void **state)
{
    const char *note = "bench: note: b.csv does not have spin work=1us tasks=20 steps_per_us=1 yield=no "
                       "under "
                       "process";
    struct program *bench;
    char *before;

    make_baseline(*state, "1000");
    before = sandbox_read(*state, "b.csv");
    bench = program_run(*state, SPIN " -x serial,pthread,process -n --baseline b.csv");
    assert_status(bench, 0);
    assert_has(bench->err, note);
    assert_null(strstr(bench->out, "old is"));
    bench = program_run(*state, SPIN " -x serial,process --strict --baseline b.csv --save-baseline "
                                     "b.csv");
    assert_status(bench, 4);
    assert_has(bench->err, note);
    assert_has(bench->err, "bench: note: b.csv will lose the cases that are not run: spin ");
    assert_has(bench->err, "bench: b.csv: not replaced: with --strict, a case is inconclusive\n");
    assert_has(bench->out, "only in this run");
    assert_has(bench->out, "only in b.csv");
    assert_unchanged(*state, before);
}

static void format_is_the_comparisons(void **state)
{
    static const char *const starts[][2] = {{"markdown", "**bench: 1 faster, 1 only in b.csv**\n\nwall"},
                                            {"json", "{"},
                                            {"junit", "<?xml"},
                                            {"github", "::"},
                                            {"table", "spin tasks=20 steps_per_us=1 (20"}};
    const char *table;

    make_baseline(*state, "1000");
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        struct program *bench =
            program_run(*state, SPIN " -x serial -q --baseline b.csv --format %s", starts[i][0]);

        assert_status(bench, 0);
        if (strncmp(bench->out, starts[i][1], strlen(starts[i][1])) != 0)
            fail_msg("%s: does not begin with '%s': %s", bench->command, starts[i][1], bench->out);
    }
    table = program_run(*state, SPIN " -x serial -q --baseline b.csv --page p.html")->out;
    assert_has(table, "executor  workers"); /* of the run, where there is no terminal too */
    assert_has(table, "\n\nwall (time of a run, s): old is b.csv, new is this run\n");
    assert_has(sandbox_read(*state, "p.html"), "</html>");
}

static void other_machines_are_compared_when_asked_for(void **state)
{
    make_baseline(*state, "1000");
    program_run(*state, "sed -i 's/ cores/0 cores/' b.csv");
    assert_refused(*state, "--baseline b.csv", "the machines differ: b.csv: ", "--across-machines");
    assert_has(program_run(*state, SPIN " -x serial --across-machines --baseline b.csv")->out,
               "note: the machines differ");
}

/* ---- what is refused before anything is run ---- */

static void baselines_that_are_none_are_refused(void **state)
{
    assert_refused(*state, "--baseline b.csv", "--baseline: b.csv: No such file",
                   "create it with --save-baseline b.csv");
    make_baseline(*state, "1");
    assert_refused(*state, "-s work=2us --baseline b.csv", "no case is in both: b.csv has spin work=1us",
                   "this run has spin work=2us");
    assert_refused(*state, "--baseline b.csv --page no/p.html", "--page: no/p.html: ", "No such file");
    program_run(*state, "head -1 b.csv >head.csv; echo hello >photo");
    assert_refused(*state, "--baseline head.csv", "head.csv: no rows", "only a header line");
    assert_refused(*state, "--baseline photo", "photo:1: not a file of runs", "no column 'schema'");
    assert_refused(*state, "--baseline .", ".: ", "Is a directory");
    assert_refused(*state, "--save-baseline photo", "--save-baseline: photo is not replaced",
                   "no column 'schema'");
    assert_refused(*state, "--save-baseline .", "--save-baseline: . must be a file", "replaced");
    assert_refused(*state, "--save-baseline /dev/null", "--save-baseline: /dev/null must be", "file");
    assert_refused(*state, "--save-baseline no/b.csv", "--save-baseline: no/b.csv: ", "No such file");
    assert_refused(*state, "--save-baseline ran.csv", "--save-baseline: ran.csv is the file of --output",
                   "replaced");
    program_run(*state, "ln b.csv same.csv");
    assert_refused(*state, "-o same.csv --baseline b.csv", "--output: same.csv is the baseline", "both");
}

static void options_that_do_not_go_together_are_refused(void **state)
{
    make_baseline(*state, "1");
    assert_refused(*state, "--threshold 3", "--threshold: needs --baseline FILE", "to compare with");
    assert_refused(*state, "--save-baseline b.csv --strict", "--strict: needs --baseline", "FILE");
    assert_refused(*state, "--format junit", "--format: 'junit' must be table, markdown, csv, json",
                   "--baseline FILE");
    assert_refused(*state, "--baseline b.csv --format csv",
                   "--format: 'csv' must be table, markdown, json, html, junit", "-o FILE");
    assert_refused(*state, "--baseline b.csv --format xml", "--format: 'xml' must", "junit");
    assert_refused(*state, "--baseline b.csv --metric wal", "--metric: no metric 'wal'", "'wall'");
    assert_refused(*state, "--baseline b.csv --confidence 100", "--confidence: '100'", "below 100");
}

#define BASELINE_TEST(test) cmocka_unit_test_setup_teardown(test, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BASELINE_TEST(baseline_is_what_output_gets_with_5_launches),
        BASELINE_TEST(link_is_followed_and_mode_kept),
        BASELINE_TEST(failed_run_saves_nothing),
        BASELINE_TEST(interrupted_run_saves_nothing),
        BASELINE_TEST(baseline_that_cannot_be_written_is_a_failure),
        BASELINE_TEST(what_got_slower_ends_with_1_and_is_not_saved),
        BASELINE_TEST(what_got_faster_ends_with_0_and_is_saved),
        BASELINE_TEST(failed_case_ends_with_3_unless_another_got_slower),
        BASELINE_TEST(case_that_the_baseline_lacks_is_told_before_it_is_run),
        BASELINE_TEST(format_is_the_comparisons),
        BASELINE_TEST(other_machines_are_compared_when_asked_for),
        BASELINE_TEST(baselines_that_are_none_are_refused),
        BASELINE_TEST(options_that_do_not_go_together_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
