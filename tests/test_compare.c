/* `bench compare` as a user types it: files in, words and exit status out. */
#include "program.h"
#include "records/csv.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What the rows of a file have; the rest is made up. Zero: as is usual. */
struct results {
    const char *session, *machine, *label, *workload, *status;
    double factor; /* of the times */
    int launches;
    double delayed; /* this part of the time without a CPU */
};

static void write_case(struct csv *csv, const struct results *results, const char *executor,
                       double wall_s)
{
    struct record row;
    double drift = 0;

    record_init(&row);
    row.session = (char *)results->session;
    row.machine = (char *)(results->machine ? results->machine : "Xeon, 2 cores");
    row.label = (char *)results->label;
    row.workload = (char *)(results->workload ? results->workload : "spin");
    row.params = (char *)"work=1us name=";
    row.executor = (char *)executor;
    row.workers = row.inflight = row.grain = 1;
    row.pin = (char *)"close";
    row.schedule = (char *)"dynamic";
    row.status = STATUS_OK;
    row.tasks = 100;
    row.work = 100;
    row.work_unit = (char *)"task";
    for (row.launch = 1; row.launch <= (results->launches ? results->launches : 6); row.launch++) {
        for (row.run = 0; row.run <= 10; row.run++) {
            drift = fmod(drift + 0.618034, 1);
            row.phase = row.run == 0 ? PHASE_VERIFY : PHASE_MEASURE;
            row.wall_s = row.run == 0 ? NAN : wall_s * (0.997 + 0.006 * drift);
            row.run_delay_s = row.wall_s * results->delayed;
            assert_int_equal(csv_write_record(csv, &row, NULL), 0);
        }
    }
    if (results->status) {
        row.status = status_find(results->status);
        row.error = (char *)"line 1\nline 2 of <omp> & \"co\" | \x1b[31m";
        assert_int_equal(csv_write_record(csv, &row, NULL), 0);
    }
}

/* One case under serial, whose time is multiplied, and one under omp, which always takes the same and
 * has the status. */
static void write_file(void **state, const char *name, struct results results)
{
    struct results serial = results;
    struct csv csv;

    serial.status = NULL;
    unlink(sandbox_path(*state, name));
    assert_int_equal(csv_open(&csv, sandbox_path(*state, name), record_header, NULL), 0);
    write_case(&csv, &serial, "serial", 0.01 * (results.factor > 0 ? results.factor : 1));
    write_case(&csv, &results, "omp", 0.005);
    assert_int_equal(csv_close(&csv, NULL), 0);
}

static void write_pair(void **state, struct results new)
{
    write_file(state, "old.csv", (struct results){.session = "s1"});
    new.session = new.session ? new.session : "s2";
    write_file(state, "new.csv", new);
}

static struct program *compare(void **state, const char *options, int status)
{
    struct program *bench = program_run(*state, "bench compare %s old.csv new.csv", options);

    if (bench->status != status)
        fail_msg("%s: exit status %d, not %d: %s%s", bench->command, bench->status, status, bench->err,
                 bench->out);
    return bench;
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is not in:\n%s", part, text);
}

/* Exit status 2, a message of one line that begins as said and has the other in it, and nothing else. */
static void assert_refused(struct program *bench, const char *start, const char *part)
{
    if (bench->status != 2)
        fail_msg("%s: exit status %d, not 2: %s%s", bench->command, bench->status, bench->err,
                 bench->out);
    if (strncmp(bench->err, "bench: ", 7) != 0 || strncmp(bench->err + 7, start, strlen(start)) != 0)
        fail_msg("%s: the message does not begin with '%s': %s", bench->command, start, bench->err);
    assert_has(bench->err, part);
    assert_int_equal(strcspn(bench->err, "\n") + 1, strlen(bench->err));
    assert_string_equal(bench->out, "");
}

/* ---- exit statuses ---- */

static void same_results_end_with_0(void **state)
{
    struct program *bench;

    write_pair(state, (struct results){0});
    bench = compare(state, "--strict", 0);
    assert_has(bench->out, "\n2 same\n");
    assert_string_equal(bench->err, "");
}

static void a_regression_ends_with_1(void **state)
{
    write_pair(state, (struct results){.factor = 1.06});
    assert_has(compare(state, "", 1)->out, "\n1 slower, 1 same\n");
    assert_has(compare(state, "--threshold 10%", 0)->out, "\n2 same\n");
}

static void the_page_is_written_beside_what_stdout_gets(void **state)
{
    struct program *bench;

    write_pair(state, (struct results){.factor = 1.06});
    bench = compare(state, "--format github --page p.html", 1);
    assert_has(bench->out, "::error title=");
    assert_true(
        program_run(*state, "bench compare old.csv new.csv --format html | cmp - p.html")->status == 0);
    compare(state, "--page p.html", 1); /* once more, over it */
}

static void a_page_replaces_nothing_but_a_page(void **state)
{
    write_pair(state, (struct results){0});
    assert_refused(program_run(*state, "bench compare old.csv new.csv --page new.csv"),
                   "--page: new.csv is not replaced", "name another file");
    assert_refused(program_run(*state, "bench compare old.csv new.csv --page no/p.html"),
                   "--page: no/p.html: the folder no: ", "No such file");
    assert_refused(program_run(*state, "bench compare old.csv new.csv --page ."),
                   "--page: .: ", "directory");
    compare(state, "", 0);
}

static void what_became_faster_ends_with_0(void **state)
{
    write_pair(state, (struct results){.factor = 0.9});
    assert_has(compare(state, "--strict", 0)->out, "\n1 faster, 1 same\n");
}

static void a_failed_case_ends_with_3(void **state)
{
    struct program *bench;

    write_pair(state, (struct results){.status = "crashed"});
    bench = compare(state, "--strict", 3);
    assert_has(bench->out, "omp, 1 worker: failed: new.csv: crashed: line 1");
    assert_has(bench->out, "\n1 failed, 1 same\n");
    assert_null(strchr(bench->out, '\x1b'));
}

static void a_regression_beside_a_failure_ends_with_1(void **state)
{
    write_pair(state, (struct results){.factor = 1.2, .status = "failed"});
    assert_has(compare(state, "", 1)->out, "\n1 slower, 1 failed\n");
}

static void doubt_ends_with_4_where_strict(void **state)
{
    write_pair(state, (struct results){.factor = 1.02});
    assert_has(compare(state, "", 0)->out, "\n1 inconclusive, 1 same\n");
    assert_has(compare(state, "--strict", 4)->out, "inconclusive: there is a change");
}

static void unmatched_case_ends_with_4_where_strict(void **state)
{
    write_pair(state, (struct results){0});
    program_run(*state, "grep -v ,omp, old.csv >one.csv; mv one.csv old.csv");
    assert_has(compare(state, "", 0)->out, "only in new.csv: spin under omp, 1 worker\n");
    compare(state, "--strict", 4);
}

static void no_case_in_both_ends_with_2(void **state)
{
    write_pair(state, (struct results){.workload = "spun"});
    assert_refused(program_run(*state, "bench compare old.csv new.csv"),
                   "no case is in both: old.csv has ",
                   "new.csv has spun work=1us under serial, 1 worker");
}

static void all_unsupported_ends_with_2(void **state)
{
    write_pair(state, (struct results){0});
    program_run(*state,
                "for f in old new; do awk -F, -v OFS=, 'NR == 1 || /verify/ { "
                "if (NR > 1) sub(/,ok,/, \",unsupported,\"); print }' $f.csv >x; mv x $f.csv; done");
    assert_refused(program_run(*state, "bench compare old.csv new.csv"),
                   "old.csv and new.csv: nothing to compare: ", "unsupported in both");
}

static void machines_that_differ_end_with_2(void **state)
{
    write_pair(state, (struct results){.machine = "Xeon, 4 cores"});
    assert_refused(program_run(*state, "bench compare old.csv new.csv"),
                   "the machines differ: old.csv: 2 cores; new.csv: 4 cores; ", "--across-machines");
    assert_has(compare(state, "--across-machines", 0)->out, "note: the machines differ");
}

/* ---- the command line ---- */

static void wrong_command_lines_are_refused(void **state)
{
    static const char *const all[][3] = {
        {"", "compare: give two results files", "bench -o FILE"},
        {"old.csv", "compare: give two results files", "OLD.csv NEW.csv"},
        {"old.csv new.csv more.csv", "compare: 'more.csv' is one file too many", "OLD.csv"},
        {"-m latency_p9 old.csv new.csv", "--metric: no metric 'latency_p9'",
         "did you mean 'latency_p90'?"},
        {"-m x old.csv new.csv", "--metric: no metric 'x'", "bench compare --help"},
        {"--threshold -1 old.csv new.csv", "--threshold: '-1' must be a percentage", "0.5%"},
        {"--threshold 2,5 old.csv new.csv", "--threshold: '2,5' must be", "percentage"},
        {"--threshold nan old.csv new.csv", "--threshold: 'nan' must be", "percentage"},
        {"--threshold % old.csv new.csv", "--threshold: '%' must be", "percentage"},
        {"--confidence 100 old.csv new.csv", "--confidence: '100' must be", "below 100"},
        {"--confidence 5 old.csv new.csv", "--confidence: '5' must be", "from 50"},
        {"--format xml old.csv new.csv", "--format: 'xml' must be", "junit"},
        {"--stict old.csv new.csv", "no option '--stict'", "did you mean '--strict'?"},
    };

    write_pair(state, (struct results){0});
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        assert_refused(program_run(*state, "bench compare %s", all[i][0]), all[i][1], all[i][2]);
}

static void percentages_are_taken_as_people_write_them(void **state)
{
    static const char *const options[] = {"--threshold 10",
                                          "--threshold=10%",
                                          "--threshold '10 %'",
                                          "--threshold 10.0 --confidence 99",
                                          "--threshold=10 --confidence=0.99",
                                          "--thresh 10% --confidence 99%"};

    write_pair(state, (struct results){.factor = 1.06});
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        compare(state, options[i], 0);
}

static void help_lists_every_metric(void **state)
{
    static const char *const names[] = {"wall", "cpu", "rate",          "startup",     "latency_p99",
                                        "pss",  "rss", "ctx_voluntary", "faults_major"};
    struct program *bench = program_run(*state, "bench compare --help");

    assert_int_equal(bench->status, 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_has(bench->out, names[i]);
}

static void metric_without_values_is_a_failure(void **state)
{
    write_pair(state, (struct results){0});
    assert_has(compare(state, "-m pss", 3)->out, "no value of pss in launch 1, run 1");
}

/* ---- files ---- */

static void files_that_are_none_are_refused(void **state)
{
    write_pair(state, (struct results){0});
    assert_refused(program_run(*state, "bench compare missing.csv new.csv"),
                   "missing.csv: ", "No such file");
    assert_refused(program_run(*state, "bench compare old.csv missing.csv"),
                   "missing.csv: ", "No such file");
    assert_refused(program_run(*state, "bench compare old.csv ."), ".: ", "Is a directory");
    assert_refused(program_run(*state, ": >e.csv; bench compare old.csv e.csv"), "e.csv: empty",
                   "column names");
    assert_refused(program_run(*state, "head -1 old.csv >h.csv; bench compare old.csv h.csv"),
                   "h.csv: no rows", "only a header line");
}

/* What `command` makes of good.csv, into bad.csv. */
static void assert_bad(void **state, const char *command, const char *start, const char *part)
{
    assert_refused(program_run(*state, "{ %s; } >bad.csv; bench compare bad.csv new.csv", command),
                   start, part);
    assert_refused(program_run(*state, "bench compare old.csv bad.csv"), start, part);
}

static void bad_files_are_refused_with_line_and_column(void **state)
{
    write_pair(state, (struct results){0});
    assert_bad(state, "sed '3s/,close,.*//' old.csv", "bad.csv:3:", "the row ends after ");
    assert_bad(state, "cut -d, -f1-30 old.csv", "bad.csv:1: not a file of runs", "no column 'status'");
    assert_bad(state, "sed 's/wall_s/wall_ms/' old.csv", "bad.csv:1: not a file of runs",
               "no column 'wall_s'");
    assert_bad(state, "sed '1!s/^2,/3,/' old.csv", "bad.csv:2:1: schema:", "must be 1 or 2");
    assert_bad(state, "tr , ';' <old.csv", "bad.csv:1: columns are separated by ';'", "commas");
    assert_bad(state, "sed '4s/0\\.0/0,0/' old.csv", "bad.csv:4:", "numbers have a point, not a comma");
    assert_bad(state, "sed -E '4s/,(0)\\.(0[0-9]*)/,\"\\1,\\2\"/' old.csv",
               "bad.csv:4:", "is not a number, which has a point, not a comma");
    assert_bad(state, "sed '5s/spin/sp\"in/' old.csv",
               "bad.csv:5:", "workload: a quote inside an unquoted field");
    assert_bad(state, "sed '5s/spin/\"spin/' old.csv", "bad.csv:", "workload: ");
    assert_bad(state, "sed '6s/spin/sp\\x00in/' old.csv", "bad.csv:6:", "workload: a NUL byte");
    assert_bad(state, "sed '6s/spin/sp\\rin/' old.csv",
               "bad.csv:6:", "a carriage return that does not end a line");
    assert_bad(state, "sed '7s/measure,,ok/measure,,ok,/' old.csv", "bad.csv:7:", "");
    assert_bad(state, "sed '4s/,0\\.0[0-9]*/,nan/' old.csv",
               "bad.csv:4:", "wall_s: 'nan' is not a number");
    assert_bad(state, "head -5 old.csv; printf 1,; head -c 11000000 /dev/zero | tr '\\0' x; echo",
               "bad.csv:6:3: session: ", "longer than 10485760 bytes");
    assert_bad(state, "printf '\\211PNG\\r\\001\\377\\376%5000s'", "bad.csv:1: not a file of runs",
               "no column 'schema'");
}

static void files_that_others_have_saved_are_read(void **state)
{
    static const char *const commands[] = {
        "sed 's/$/\\r/' old.csv",                               /* CRLF */
        "printf '\\357\\273\\277'; cat old.csv",                /* a byte-order mark */
        "sed -E '1!s/([^,\"]*),/\"\\1\",/' old.csv",            /* quotes that are not needed */
        "sed 's/^$//;2,$s/,100,/,100.0,/' old.csv; echo; echo", /* floats, blank lines */
        "(head -1 old.csv; tail -n +2 old.csv | sort -R)",      /* sorted otherwise */
        "head -c -1 old.csv",                                   /* no line end */
    };

    write_pair(state, (struct results){0});
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        program_run(*state, "{ %s; } >good.csv", commands[i]);
        assert_has(program_run(*state, "bench compare --strict good.csv new.csv")->out, "\n2 same\n");
    }
    assert_has(program_run(*state, "cat old.csv | bench compare --strict /dev/stdin new.csv")->out,
               "\n2 same\n");
}

static void doubtful_files_are_noted(void **state)
{
    struct program *bench;

    write_pair(state, (struct results){.session = "s1", .launches = 1});
    bench = compare(state, "", 0);
    assert_has(bench->out, "note: both sides have session s1");
    assert_has(bench->out, "note: only one launch");
    assert_has(bench->out, "--launches 5");
    program_run(*state, "cat old.csv >>new.csv"); /* its header line is no row */
    assert_refused(program_run(*state, "bench compare old.csv new.csv"), "new.csv:", "schema");
}

/* ---- formats ---- */

static void table_fits_80_columns_and_is_as_shown(void **state)
{
    struct program *bench;

    write_pair(state, (struct results){.factor = 1.06});
    bench = compare(state, "", 1);
    assert_has(bench->out, "wall (time of a run, s): old is old.csv, new is new.csv\n\n"
                           "spin\n"
                           "executor  workers      old      new   change");
    assert_has(bench->out, "serial          1  10.0 ms  10.6 ms   +6.0 %");
    assert_has(bench->out, "  slower\n");
    for (const char *line = bench->out; *line; line += strcspn(line, "\n") + 1)
        assert_true(strcspn(line, "\n") <= 80);
}

static void markdown_is_a_table(void **state)
{
    struct program *bench;

    write_pair(state, (struct results){.factor = 1.06, .status = "crashed"});
    bench = compare(state, "--format markdown", 1);
    assert_has(bench->out, "**bench: 1 slower, 1 failed**\n\nwall (time of a run, s): old is old.csv");
    assert_has(bench->out, "| executor | workers |     old |     new | change |");
    assert_has(bench->out, "| :------- | ------: | ------: | ------: | -----: |");
    assert_has(bench->out, "| serial   |       1 | 10.0 ms | 10.6 ms | +6.0 % |");
    assert_has(bench->out, " | **slower** |\n");
    assert_has(bench->out, "crashed: line 1?line 2 of \\<omp> \\& \"co\" \\| ?[31m");
}

/* jansson's own reading is of the test of the fuzzer; here it is another program's. */
static void json_is_read_by_others(void **state)
{
    struct program *bench;

    write_pair(state, (struct results){.factor = 1.06, .status = "crashed"});
    compare(state, "--format json", 1);
    bench =
        program_run(*state, "bench compare --format json old.csv new.csv | python3 -c '\n"
                            "import json, sys\n"
                            "d = json.load(sys.stdin)\n"
                            "for c in d[\"cases\"]:\n"
                            "    print(c[\"executor\"], c[\"verdict\"], c[\"word\"], c[\"ratio\"] and "
                            "round(c[\"ratio\"], 2), c[\"old\"][\"runs\"])\n"
                            "print(d[\"metric\"], d[\"threshold\"], d[\"counts\"][\"worse\"])'");
    assert_string_equal(bench->out,
                        "serial worse slower 1.06 60\nomp failed failed None 60\nwall 0.02 1\n");
}

static void junit_is_xml_with_its_counts(void **state)
{
    struct program *bench;

    write_pair(state, (struct results){.factor = 1.06, .status = "crashed"});
    compare(state, "--format junit", 1);
    bench = program_run(*state,
                        "bench compare --format junit old.csv new.csv | python3 -c '\n"
                        "import sys, xml.etree.ElementTree as x\n"
                        "s = x.parse(sys.stdin).getroot().find(\"testsuite\")\n"
                        "print([s.get(k) for k in (\"tests\", \"failures\", \"errors\", \"skipped\")])\n"
                        "for c in s.iter(\"testcase\"):\n"
                        "    print(c.get(\"classname\"), \"/\", c.get(\"name\"), c[0].tag, "
                        "c[0].get(\"type\"))\n"
                        "print(s.find(\".//error\").get(\"message\"))'");
    assert_string_equal(bench->out,
                        "['2', '1', '1', '0']\n"
                        "spin work=1us / serial, 1 worker failure slower\n"
                        "spin work=1us / omp, 1 worker error failed\n"
                        "failed: new.csv: crashed: line 1?line 2 of <omp> & \"co\" | ?[31m\n");
    assert_string_equal(bench->err, "");
}

static void github_gets_annotations_and_a_step_summary(void **state)
{
    struct program *bench;

    write_pair(state, (struct results){.factor = 1.06, .status = "crashed"});
    bench = program_run(*state, "echo before >summary; GITHUB_STEP_SUMMARY=summary bench compare "
                                "--format github old.csv new.csv");
    assert_int_equal(bench->status, 1);
    assert_has(bench->out, "::error title=spin under serial%2C 1 worker::slower: wall 10.0 ms -> "
                           "10.6 ms, +6.0 %25 (");
    assert_has(bench->out, "::error title=spin under omp%2C 1 worker::failed: new.csv: crashed: ");
    assert_has(bench->out, "\nbench: 1 slower, 1 failed\n");
    assert_has(sandbox_read(*state, "summary"), "before\n**bench: 1 slower, 1 failed**");
    bench = program_run(*state, "GITHUB_STEP_SUMMARY=no/such/file bench compare --format github old.csv "
                                "new.csv");
    assert_int_equal(bench->status, 2);
    assert_has(bench->err, "GITHUB_STEP_SUMMARY: no/such/file: ");
}

static void full_disk_is_no_pass(void **state)
{
    static const char *const formats[] = {"table", "markdown", "json", "junit", "github"};

    write_pair(state, (struct results){0});
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct program *bench =
            program_run(*state, "bench compare --format %s old.csv new.csv >/dev/full", formats[i]);

        assert_int_equal(bench->status, 3);
        assert_has(bench->err, "cannot print ");
        assert_has(bench->err, ": No space left");
    }
}

/* What bench itself has written is compared too. */
static void results_of_bench_are_compared(void **state)
{
    struct program *bench;

    program_run(
        *state,
        "for f in old new; do bench -w spin -x serial -s tasks=20 -s steps_per_us=1 --launches 2 -r 3 "
        "-q -o $f.csv >/dev/null; done");
    bench = program_run(*state, "bench compare --threshold 99 old.csv new.csv");
    assert_has(bench->out, "spin tasks=20 steps_per_us=1\n");
    assert_has(bench->out, "serial");
}

/* The old file is as it was before the parameter had its name of today. */
static void a_renamed_parameter_does_not_part_a_case_from_its_old_self(void **state)
{
    program_run(*state, "bench -w spin -x serial -s tasks=20 -s rate=1 --launches 2 -r 3 -q -o new.csv "
                        ">/dev/null; sed 's/steps_per_us=/rate=/; s/^2,/1,/' new.csv >old.csv");
    struct program *bench = program_run(*state, "bench compare --threshold 99 old.csv new.csv");
    assert_int_equal(bench->status, 0);
    assert_has(bench->out, "spin tasks=20 steps_per_us=1\n");
}

#define COMPARE_TEST(test) cmocka_unit_test_setup_teardown(test, sandbox_setup, sandbox_teardown)

/* ---- a machine that was busy ---- */

static void load_on_one_side_is_said_beside_the_verdict(void **state)
{
    write_pair(state, (struct results){.factor = 1.1, .delayed = 0.1});
    struct program *bench = compare(state, "--format json", 1);
    assert_has(bench->out, "the machine was not as busy for both: for 0.0 % of the time of old.csv, and "
                           "10.0 % of that of new.csv, its workers waited for a CPU");
}

static void load_on_both_sides_is_not(void **state)
{
    write_file(state, "old.csv", (struct results){.session = "s1", .delayed = 0.1});
    write_file(state, "new.csv", (struct results){.session = "s2", .delayed = 0.11, .factor = 1.1});
    assert_null(strstr(compare(state, "", 1)->out, "busy"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        COMPARE_TEST(same_results_end_with_0),
        COMPARE_TEST(load_on_one_side_is_said_beside_the_verdict),
        COMPARE_TEST(load_on_both_sides_is_not),
        COMPARE_TEST(a_regression_ends_with_1),
        COMPARE_TEST(the_page_is_written_beside_what_stdout_gets),
        COMPARE_TEST(a_page_replaces_nothing_but_a_page),
        COMPARE_TEST(what_became_faster_ends_with_0),
        COMPARE_TEST(a_failed_case_ends_with_3),
        COMPARE_TEST(a_regression_beside_a_failure_ends_with_1),
        COMPARE_TEST(doubt_ends_with_4_where_strict),
        COMPARE_TEST(unmatched_case_ends_with_4_where_strict),
        COMPARE_TEST(no_case_in_both_ends_with_2),
        COMPARE_TEST(all_unsupported_ends_with_2),
        COMPARE_TEST(machines_that_differ_end_with_2),
        COMPARE_TEST(wrong_command_lines_are_refused),
        COMPARE_TEST(percentages_are_taken_as_people_write_them),
        COMPARE_TEST(help_lists_every_metric),
        COMPARE_TEST(metric_without_values_is_a_failure),
        COMPARE_TEST(files_that_are_none_are_refused),
        COMPARE_TEST(bad_files_are_refused_with_line_and_column),
        COMPARE_TEST(files_that_others_have_saved_are_read),
        COMPARE_TEST(doubtful_files_are_noted),
        COMPARE_TEST(table_fits_80_columns_and_is_as_shown),
        COMPARE_TEST(markdown_is_a_table),
        COMPARE_TEST(json_is_read_by_others),
        COMPARE_TEST(junit_is_xml_with_its_counts),
        COMPARE_TEST(github_gets_annotations_and_a_step_summary),
        COMPARE_TEST(full_disk_is_no_pass),
        COMPARE_TEST(results_of_bench_are_compared),
        COMPARE_TEST(a_renamed_parameter_does_not_part_a_case_from_its_old_self),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
