/* `bench report` as a user types it, and the programs that read what it writes. */
#include "program.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define REFERENCE "\"$SOURCE\"/results/reference-2-core-vm.csv"
#define COMPARE_PY "/usr/share/benchmark/compare.py"
#define SPIN "bench --format csv -w spin -x serial -s tasks=10 -s work=10us -s steps_per_us=1 --warmup 0"
#define FAULTY "bench --format csv --plugin " FAKE("faulty") " -w faulty -x serial --warmup 0"

/* Exit status 2, one message with both words, nothing on stdout. */
static void assert_refused(struct program *bench, const char *wrong, const char *right)
{
    if (bench->status != 2)
        fail_msg("%s: exit status %d, not 2: %s", bench->command, bench->status, bench->err);
    if (strncmp(bench->err, "bench: ", 7) != 0 || strcspn(bench->err, "\n") + 1 != strlen(bench->err))
        fail_msg("%s: is no one-line message: %s", bench->command, bench->err);
    if (!strstr(bench->err, wrong) || !strstr(bench->err, right))
        fail_msg("%s: does not say both '%s' and '%s': %s", bench->command, wrong, right, bench->err);
    assert_string_equal(bench->out, "");
}

/* A case that is good, and one whose only launch crashes; the run's exit status is 3. */
static void make_failures(struct sandbox *box, const char *file)
{
    assert_int_equal(program_run(box, SPIN " -r 3 -o %s", file)->status, 0);
    assert_int_equal(program_run(box, FAULTY " -s how=segv -r 3 -o %s", file)->status, 3);
}

static json_t *load(struct program *bench)
{
    json_error_t why;
    json_t *root = json_loads(bench->out, JSON_REJECT_DUPLICATES, &why);

    if (bench->status != 0 || !root)
        fail_msg("%s: status %d, JSON: %s", bench->command, bench->status, root ? "good" : why.text);
    return root;
}

/* ---- what is refused ---- */

static void wrong_command_lines_are_refused(void **state)
{
    struct sandbox *box = *state;

    assert_refused(program_run(box, "bench report"), "name a results file", "bench report runs.csv");
    assert_refused(program_run(box, "bench report " REFERENCE " --format xml"), "'xml'", "gobench");
    assert_refused(program_run(box, "bench report --fromat csv " REFERENCE), "--fromat", "--format");
    assert_refused(program_run(box, "bench report none.csv"), "none.csv", "No such file");
    assert_refused(program_run(box, "cp " REFERENCE " a.csv; bench report a.csv ./a.csv"), "./a.csv",
                   "twice");
}

static void results_are_not_written_over(void **state)
{
    struct sandbox *box = *state;
    char *before, *after;

    program_run(box, "cp " REFERENCE " a.csv");
    before = sandbox_read(box, "a.csv");
    assert_refused(program_run(box, "bench report --format csv a.csv --format csv -o ./a.csv"),
                   "--output", "overwritten");
    after = sandbox_read(box, "a.csv");
    assert_string_equal(before, after);
}

static void broken_rows_are_refused_with_their_place(void **state)
{
    struct sandbox *box = *state;

    assert_refused(program_run(box, "echo a,b > other.csv; bench report other.csv"),
                   "other.csv:1: not a file of runs", "no column 'schema'");
    assert_refused(
        program_run(box, "sed '3s/,reference,/,reference,x,/' " REFERENCE " | bench report -"),
        "stdin:3:", "");
}

static void nothing_to_report_is_no_success(void **state)
{
    struct sandbox *box = *state;

    assert_refused(program_run(box, "bench report /dev/null"), "/dev/null", "empty");
    assert_refused(program_run(box, "head -1 " REFERENCE " > head.csv; bench report head.csv"),
                   "head.csv", "no runs");
    assert_refused(program_run(box, "bench report " REFERENCE " head.csv --format json"), "head.csv",
                   "no runs");
    assert_refused(program_run(box, "head -2 " REFERENCE " | bench report - --format gobench"),
                   "stdin: nothing to report", "none of 1 rows is a successful measured run");
}

static void nothing_but_failures_is_shown_and_no_success(void **state)
{
    struct sandbox *box = *state;
    struct program *bench;

    program_run(box, FAULTY " -s how=segv -r 3 -o f.csv");
    assert_refused(program_run(box, "bench report f.csv --format gbench -o f.json"), "f.csv", "crashed");
    assert_false(sandbox_has(box, "f.json"));
    bench = program_run(box, "bench report f.csv --format table");
    assert_int_equal(bench->status, 2);
    assert_non_null(strstr(bench->out, "serial, 1 worker: crashed"));
    assert_non_null(strstr(bench->err, "nothing to report"));
}

static void what_cannot_be_written_is_said(void **state)
{
    static const char *const formats[] = {"table",     "markdown", "csv",     "json",  "gbench",
                                          "hyperfine", "gobench",  "bencher", "otava", "openmetrics"};

    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct program *bench =
            program_run(*state, "bench report " REFERENCE " --format %s >/dev/full", formats[i]);

        if (bench->status != 3 || !strstr(bench->err, "No space left"))
            fail_msg("%s: status %d: %s", formats[i], bench->status, bench->err);
        bench = program_run(*state, "bench report " REFERENCE " --format %s -o no/file", formats[i]);
        assert_refused(bench, "--output: no/file", "No such file");
    }
}

/* ---- what is told ---- */

/* What only the run knows, and rows of a run do not tell (cases_stopped), is not told again. */
static json_t *load_without_origin(struct program *bench, bool is_report)
{
    static const char *const names[] = {"stopped_by"};
    json_t *root = load(bench), *result;
    size_t i;

    json_array_foreach(json_object_get(root, "cases"), i, result)
    {
        for (size_t n = 0; n < 1; n++) {
            assert_int_equal(json_is_null(json_object_get(result, names[n])), is_report);
            json_object_del(result, names[n]);
        }
    }
    return root;
}

static void report_tells_what_the_run_told(void **state)
{
    struct sandbox *box = *state;
    struct program *bench = program_run(box, SPIN " -j 1 -r 3 -o r.csv --summary s.csv --format json");
    json_t *run = load_without_origin(bench, false), *report;
    struct rows summary, again;

    report =
        load_without_origin(program_run(box, "bench report --format csv r.csv --format json"), true);
    assert_int_equal(json_array_size(json_object_get(report, "cases")), 1);
    assert_true(json_equal(run, report));
    json_decref(report);
    report = load_without_origin(program_run(box, "bench report - <r.csv --format json"), true);
    assert_true(json_equal(run, report));
    json_decref(report);
    report = load_without_origin(
        program_run(box, "bench report --format csv r.csv --format json -o r.json && cat r.json"), true);
    assert_true(json_equal(run, report));
    json_decref(report);
    json_decref(run);
    summary = rows_of(box, sandbox_read(box, "s.csv"));
    again = rows_of(box, program_run(box, "bench report --format csv r.csv")->out);
    assert_int_equal(again.count, 1);
    assert_int_equal(again.columns, summary.columns);
    for (size_t i = 0; i < summary.columns; i++) {
        const char *name = summary.fields[0][i];
        bool is_origin = strcmp(name, "stopped_by") == 0;

        assert_string_equal(again.fields[0][i], name);
        assert_string_equal(again.fields[1][i], is_origin ? "" : summary.fields[1][i]);
    }
}

static void table_is_the_default_on_a_terminal_and_fits_it(void **state)
{
    struct program *bench = program_start(*state, TERMINAL_OUT, "bench report " REFERENCE);

    program_finish(bench);
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "executor  workers "));
    for (const char *line = bench->out, *line_end; *line; line = line_end + 1) {
        line_end = strchr(line, '\n');
        assert_non_null(line_end);
        if (line_end - line > 81) /* a terminal's lines end in CR LF */
            fail_msg("is longer than 80 columns: %.*s", (int)(line_end - line), line);
    }
}

/* Rows as a spreadsheet may leave them, which sorts by whatever column one clicks on. */
static void shuffled_rows_tell_the_same_in_every_format(void **state)
{
    static const char *const formats[] = {"table",     "markdown", "csv",     "json",  "gbench",
                                          "hyperfine", "gobench",  "bencher", "otava", "openmetrics"};
    static const char *const files[] = {"reference-2-core-vm.csv", "ways-2-core-vm.csv"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct program *bench = program_run(
            *state, "f=\"$SOURCE\"/results/%s && (head -1 \"$f\" && tail -n +2 \"$f\" | sort -R) >s.csv",
            files[i]);
        assert_int_equal(bench->status, 0);
        for (size_t j = 0; j < sizeof formats / sizeof *formats; j++) {
            bench = program_run(*state,
                                "bench report \"$SOURCE\"/results/%s --format %s >a; bench report s.csv "
                                "--format %s >b && cmp a b",
                                files[i], formats[j], formats[j]);
            if (bench->status != 0)
                fail_msg("%s as %s: %s%s", files[i], formats[j], bench->out, bench->err);
        }
    }
}

/* The cases come in another order, and each says the same. */
static void shuffled_rows_compare_the_same(void **state)
{
    static const char *const formats[] = {"json", "junit", "github"};
    program_run(*state, "f=" REFERENCE " && (head -1 \"$f\" && tail -n +2 \"$f\" | sort -R) >s.csv");
    for (size_t j = 0; j < sizeof formats / sizeof *formats; j++) {
        struct program *bench = program_run(
            *state,
            "bench compare " REFERENCE " " REFERENCE
            " --format %s | sed 's|[^ \"]*reference-2-core-vm.csv|s.csv|g' "
            "| tr -d , | sort >a; bench compare s.csv s.csv --format %s | tr -d , | sort >b && cmp a b",
            formats[j], formats[j]);
        if (bench->status != 0)
            fail_msg("%s: %s%s", formats[j], bench->out, bench->err);
    }
}

static void files_are_taken_together(void **state)
{
    struct sandbox *box = *state;
    struct rows rows;

    program_run(box, SPIN " -r 2 -o a.csv; " SPIN " -r 3 -o a2.csv; " SPIN " -r 4 --label b -o b.csv");
    rows = rows_of(box, program_run(box, "bench report --format csv a.csv a2.csv b.csv")->out);
    assert_int_equal(rows.count, 2);
    assert_string_equal(rows_field(&rows, 0, "n"), "5");
    assert_string_equal(rows_field(&rows, 1, "n"), "4");
    assert_string_equal(rows_field(&rows, 1, "label"), "b");
}

static void failed_cases_are_shown_or_said_to_be_left_out(void **state)
{
    struct sandbox *box = *state;
    struct program *bench;
    json_t *root;

    make_failures(box, "f.csv");
    bench = program_run(box, "bench report f.csv --format markdown");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "- serial, 1 worker: crashed"));
    bench = program_run(box, "bench report f.csv --format gbench");
    assert_non_null(strstr(bench->out, "\"error_occurred\": true"));
    assert_string_equal(bench->err, "");
    bench = program_run(box, "bench report f.csv --format gobench");
    assert_int_equal(bench->status, 0);
    assert_null(strstr(bench->out, "Faulty"));
    assert_non_null(strstr(bench->out, "BenchmarkSpin/"));
    assert_non_null(strstr(bench->err, "bench: omitted: faulty "));
    assert_non_null(strstr(bench->err, ": crashed"));
    bench = program_run(box, "bench report f.csv --format hyperfine");
    root = load(bench);
    assert_int_equal(json_array_size(json_object_get(root, "results")), 1);
    json_decref(root);
    assert_non_null(strstr(bench->err, "bench: omitted: faulty "));
}

static void decimal_comma_is_refused_where_it_would_do_nothing(void **state)
{
    struct program *bench = program_run(
        *state, "bench -q -w spin -x serial -r 1 -o r.csv; bench report r.csv --decimal comma");
    assert_int_equal(bench->status, 2);
    assert_non_null(strstr(bench->err, "--decimal: comma is for CSV"));
}

static void csv_is_what_a_spreadsheet_with_decimal_commas_expects(void **state)
{
    struct sandbox *box = *state;
    struct program *bench;

    program_run(box, SPIN " -r 3 --label 'a;b' -o r.csv");
    bench = program_run(box, "bench report r.csv --format csv --decimal comma");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, ";median_s;"));
    assert_non_null(strstr(bench->out, ";\"a;b\";"));
    assert_non_null(strchr(bench->out, ','));
    program_run(box, SPIN " -r 3 --label 0,1 -o two.csv"); /* as --pin 0,1 where there are two CPUs */
    bench = program_run(box, "bench report two.csv --format csv --decimal comma");
    assert_non_null(strstr(bench->out, ";'0,1;"));
    bench = program_run(box, "bench report two.csv --format csv");
    assert_non_null(strstr(bench->out, ",\"0,1\","));
    bench = program_run(box, "bench report r.csv --format rows --decimal comma");
    assert_int_equal(strncmp(bench->out, "schema;session;", 15), 0);
    assert_null(strstr(bench->out, "schema,"));
}

/* ---- other programs ---- */

static void python_reads_the_json(void **state)
{
    static const char *const formats[] = {"json", "gbench", "hyperfine", "bencher"};

    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct program *python = program_run(
            *state, "bench report " REFERENCE " --format %s | python3 -m json.tool >/dev/null",
            formats[i]);

        if (python->status != 0)
            fail_msg("%s: %s", formats[i], python->err);
    }
}

/* Both files' measured runs of a case are found under one name, and those that are slower are seen so.
 */
static void compare_py_reads_gbench(void **state)
{
    struct sandbox *box = *state;
    struct program *compare;

    if (access(COMPARE_PY, R_OK) != 0 ||
        program_run(box, "/usr/bin/python3 -c 'import scipy, numpy'")->status != 0)
        skip();
    make_failures(box, "f.csv");
    /* The same runs twice as slow, of another commit: wall_s is the 26th column. */
    compare = program_run(box, "python3 -c \"\n"
                               "import csv, sys\n"
                               "rows = list(csv.DictReader(open(sys.argv[1])))\n"
                               "out = csv.DictWriter(sys.stdout, rows[0], lineterminator='\\n')\n"
                               "out.writeheader()\n"
                               "for row in rows:\n"
                               "    row['label'] = 'slower'\n"
                               "    row['wall_s'] = row['wall_s'] and 2 * float(row['wall_s'])\n"
                               "    out.writerow(row)\n"
                               "\" " REFERENCE
                               " > slow.csv && bench report slow.csv --format gbench -o slow.json &&"
                               "bench report " REFERENCE " --format gbench -o fast.json &&"
                               "/usr/bin/python3 " COMPARE_PY
                               " --no-color -a -d diff.json benchmarks fast.json slow.json");
    if (compare->status != 0)
        fail_msg("compare.py: %s%s", compare->out, compare->err);
    assert_non_null(strstr(compare->out, "_median"));
    assert_non_null(strstr(compare->out, "_pvalue"));
    assert_non_null(strstr(compare->out, "25 vs 25"));
    assert_non_null(strstr(compare->out, "OVERALL_GEOMEAN"));
    compare = program_run(
        box, "python3 -c \"\n"
             "import json\n"
             "diff = [d for d in json.load(open('diff.json')) if d['aggregate_name'] == 'median']\n"
             "print(len(diff), all(abs(d['measurements'][0]['time'] - 1) < 1e-6 for d in diff))\n"
             "\"");
    assert_string_equal(compare->out, "35 True\n");
}

static void compare_py_does_not_take_a_crash_for_speed(void **state)
{
    struct sandbox *box = *state;
    struct program *compare;

    if (access(COMPARE_PY, R_OK) != 0 ||
        program_run(box, "/usr/bin/python3 -c 'import scipy, numpy'")->status != 0)
        skip();
    make_failures(box, "old.csv");
    program_run(box, "sed 's/,measure,release,ok,/,measure,release,crashed,/' old.csv > bad.csv;" FAULTY
                     " -s how=nothing -r 3 -o bad.csv");
    compare =
        program_run(box, "bench report old.csv --format gbench -o old.json &&"
                         "bench report bad.csv --format gbench -o bad.json &&"
                         "/usr/bin/python3 " COMPARE_PY " --no-color benchmarks old.json bad.json");
    if (compare->status != 0)
        fail_msg("compare.py: %s%s", compare->out, compare->err);
    assert_null(strstr(compare->out, "-1.0000"));
    assert_null(strstr(compare->out, "spin/"));
}

/* Keys and types as hyperfine itself writes them. */
static void hyperfine_json_has_hyperfines_keys(void **state)
{
    struct sandbox *box = *state;
    struct program *python;

    if (program_run(box, "hyperfine --version")->status != 0)
        skip();
    python = program_run(
        box, "hyperfine -N -w 0 -r 2 -P d 1 1 'true {d}' --export-json theirs.json >/dev/null &&"
             "bench report " REFERENCE " --format hyperfine -o ours.json && python3 -c \"\n"
             "import json\n"
             "def shape(x):\n"
             "    if isinstance(x, list): return [shape(x[0])]\n"
             "    return 'number' if isinstance(x, float) else type(x).__name__\n"
             "def keys(name):\n"
             "    root = json.load(open(name))\n"
             "    return list(root), {k: shape(v) for k, v in root['results'][0].items()},"
             " set(map(type, root['results'][0]['parameters'].values()))\n"
             "print(keys('theirs.json') == keys('ours.json') or (keys('theirs.json'), "
             "keys('ours.json')))\n"
             "\"");
    assert_string_equal(python->err, "");
    assert_string_equal(python->out, "True\n");
}

#define REPORT_TEST(test) cmocka_unit_test_setup_teardown(test, sandbox_setup, sandbox_teardown)

/* ---- sweeps of workers ---- */

/* Three launches of each number of workers, 1 % apart; seconds by an expression of n. */
static void make_sweep(struct sandbox *box, int most, const char *seconds)
{
    struct program *awk = program_run(
        box,
        "awk 'BEGIN { OFS = \",\"; print \"schema,session,workload,executor,workers,inflight,launch,run,"
        "phase,status,tasks,passes,wall_s\"; for (n = 1; n <= %d; n++) for (l = 1; l <= 3; l++) print "
        "2, "
        "\"s\", \"spin\", \"pthread\", n, 1, l, 1, \"measure\", \"ok\", 100, 1, (1 + (l - 2) / 100) * "
        "(%s) }' >sweep.csv",
        most, seconds);
    assert_int_equal(awk->status, 0);
}

static void sweep_says_how_it_scales(void **state)
{
    make_sweep(*state, 8, "(1 + 0.05 * (n - 1) + 0.002 * n * (n - 1)) / n");
    struct program *bench = program_run(*state, "bench report sweep.csv");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "serial share"));
    assert_non_null(strstr(bench->out, "more than twice the 8 that were"));
    json_t *root = load(program_run(*state, "bench report sweep.csv --format json"));
    json_t *sweep = json_array_get(json_object_get(root, "scaling"), 0);
    assert_string_equal(json_string_value(json_object_get(sweep, "because")), "holds");
    json_t *usl = json_object_get(sweep, "usl");
    double sigma = json_number_value(json_object_get(json_object_get(usl, "contention"), "value"));
    assert_float_equal(sigma, 0.05, 1e-4);
    assert_true(json_is_true(json_object_get(usl, "peak_is_far")));
    json_decref(root);
}

static void few_workers_predict_nothing(void **state)
{
    make_sweep(*state, 4, "1 / n");
    struct program *bench = program_run(*state, "bench report sweep.csv --format markdown");
    assert_non_null(strstr(bench->out, "no prediction: 4 numbers of workers, at least 6 are needed"));
    assert_null(strstr(bench->out, "coherency"));
}

static void law_that_does_not_hold_is_said(void **state)
{
    make_sweep(*state, 8, "1 / (n < 2 ? n : 2)");
    struct program *bench = program_run(*state, "bench report sweep.csv");
    assert_non_null(strstr(bench->out, "no prediction: the law of scaling does not hold"));
}

static void two_numbers_of_workers_are_no_sweep(void **state)
{
    make_sweep(*state, 2, "1 / n");
    struct program *bench = program_run(*state, "bench report sweep.csv");
    assert_null(strstr(bench->out, "serial share"));
}

static void gbench_tells_cpu_time_that_is_not_known_from_none(void **state)
{
    struct program *bench =
        program_run(*state, "/usr/bin/env python3 -c \"\n"
                            "import csv, sys\n"
                            "rows = list(csv.DictReader(open(sys.argv[1])))\n"
                            "out = csv.DictWriter(sys.stdout, rows[0], lineterminator='\\n')\n"
                            "out.writeheader()\n"
                            "for row in rows:\n"
                            "    out.writerow(dict(row, user_s='', sys_s=''))\n"
                            "\" " REFERENCE
                            " >unknown.csv; bench report unknown.csv --format gbench -o unknown.json; "
                            "bench report " REFERENCE " --format gbench -o known.json; "
                            "grep -c cpu_time_unknown unknown.json known.json");
    int unknown = 0, known = -1;
    assert_int_equal(sscanf(bench->out, "unknown.json:%d known.json:%d", &unknown, &known), 2);
    assert_true(unknown > 100);
    assert_int_equal(known, 0);
    if (access(COMPARE_PY, R_OK) != 0 ||
        program_run(*state, "/usr/bin/python3 -c 'import scipy, numpy'")->status != 0)
        skip();
    bench = program_run(*state, "/usr/bin/python3 " COMPARE_PY " benchmarks known.json unknown.json");
    assert_int_equal(bench->status, 0);
}

/* Printed as it is made: a tree of all of it would take seven times as much. */
static void json_of_very_many_cases_takes_little_memory(void **state)
{
#ifdef SANITIZED
    skip(); /* its shadow alone is more than the limit */
#endif
    struct program *bench =
        program_run(*state, "bench -w spin -x serial -s tasks=77777 -s steps_per_us=1 -s work=10ns -r 3 "
                            "-q -o one.csv >/dev/null; "
                            "(head -1 one.csv; for i in $(seq 4000); do tail -n +2 one.csv | sed "
                            "s/77777/$i/g; done) >many.csv; "
                            "ulimit -v 110000; bench report many.csv --format json >many.json && "
                            "grep -c '\"runs\": ' many.json");
    assert_string_equal(bench->out, "4000\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REPORT_TEST(wrong_command_lines_are_refused),
        REPORT_TEST(results_are_not_written_over),
        REPORT_TEST(broken_rows_are_refused_with_their_place),
        REPORT_TEST(nothing_to_report_is_no_success),
        REPORT_TEST(nothing_but_failures_is_shown_and_no_success),
        REPORT_TEST(what_cannot_be_written_is_said),
        REPORT_TEST(report_tells_what_the_run_told),
        REPORT_TEST(table_is_the_default_on_a_terminal_and_fits_it),
        REPORT_TEST(files_are_taken_together),
        REPORT_TEST(failed_cases_are_shown_or_said_to_be_left_out),
        REPORT_TEST(decimal_comma_is_refused_where_it_would_do_nothing),
        REPORT_TEST(csv_is_what_a_spreadsheet_with_decimal_commas_expects),
        REPORT_TEST(shuffled_rows_tell_the_same_in_every_format),
        REPORT_TEST(shuffled_rows_compare_the_same),
        REPORT_TEST(json_of_very_many_cases_takes_little_memory),
        REPORT_TEST(python_reads_the_json),
        REPORT_TEST(compare_py_reads_gbench),
        REPORT_TEST(gbench_tells_cpu_time_that_is_not_known_from_none),
        REPORT_TEST(compare_py_does_not_take_a_crash_for_speed),
        REPORT_TEST(hyperfine_json_has_hyperfines_keys),
        REPORT_TEST(sweep_says_how_it_scales),
        REPORT_TEST(few_workers_predict_nothing),
        REPORT_TEST(law_that_does_not_hold_is_said),
        REPORT_TEST(two_numbers_of_workers_are_no_sweep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
