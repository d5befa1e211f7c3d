/* The command line as a user types it: what is refused and how, what comes out where. */
#include "program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define SPIN "bench --format csv -w spin -x serial -s tasks=10 -s steps_per_us=1 --warmup 0"
#define FAULTY "bench --format csv --plugin " FAKE("faulty") " -w faulty -x serial --warmup 0"

static const char png_start[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\2\0\0\0";

/* ---- what is refused ---- */

/* Exit status 2, one message with both words, nothing on stdout, and no file made. */
static void assert_refused(void **state, const char *arguments, const char *wrong, const char *right)
{
    struct program *bench = program_run(*state, "bench %s -o made.csv", arguments);
    if (bench->status != 2)
        fail_msg("bench %s: exit status %d, not 2: %s", arguments, bench->status, bench->err);
    if (strncmp(bench->err, "bench: ", 7) != 0 || strcspn(bench->err, "\n") + 1 != strlen(bench->err))
        fail_msg("bench %s: is no one-line message: %s", arguments, bench->err);
    if (!strstr(bench->err, wrong) || !strstr(bench->err, right))
        fail_msg("bench %s: the message does not say both '%s' and '%s': %s", arguments, wrong, right,
                 bench->err);
    if (bench->out[0])
        fail_msg("bench %s: wrote to stdout: %s", arguments, bench->out);
    if (sandbox_has(bench->box, "made.csv"))
        fail_msg("bench %s: has made its output file", arguments);
}

static void no_workload_is_refused(void **state)
{
    assert_refused(state, "", "--workload", "bench list");
}

static void unknown_names_are_refused_with_the_nearest(void **state)
{
    assert_refused(state, "-w blurr", "no workload 'blurr'", "did you mean 'blur'?");
    assert_refused(state, "-w spin,matmull", "no workload 'matmull'", "did you mean 'matmul'?");
    assert_refused(state, "-w spin -x pthred", "no executor 'pthred'", "did you mean 'pthread'?");
    assert_refused(state, "-w spin -s wrok=1us", "no parameter 'wrok'", "did you mean 'work'?");
    assert_refused(state, "-w spin -x pthread -s pthread.strat=pool", "'strat' of pthread",
                   "did you mean 'start'?");
    assert_refused(state, "-w spin --runz 3", "no option '--runz'", "did you mean '--runs'?");
}

static void names_like_nothing_are_refused_with_where_to_look(void **state)
{
    assert_refused(state, "-w xylophone", "no workload 'xylophone'", "bench list");
    assert_refused(state, "-w ''", "no workload ''", "bench list");
    assert_refused(state, "-w spin -s tasks=1,", "tasks=:", "whole number");
    assert_refused(state, "-w spin --xylophone", "--xylophone", "bench --help");
    assert_refused(state, "-w spin -z", "-z", "bench --help");
    assert_refused(state, "-w spin -s blur.sigma=2", "'blur'", "not among the chosen");
}

static void options_without_their_value_are_refused(void **state)
{
    struct program *bench = program_run(*state, "bench -w spin --runs");
    assert_int_equal(bench->status, 2);
    assert_string_equal(bench->err, "bench: --runs: needs a value (bench --help)\n");
    assert_refused(state, "-w spin --quiet=3", "--quiet", "takes no value");
}

static void words_that_are_no_options_are_refused(void **state)
{
    assert_refused(state, "-w spin blur", "'blur'", "--workload blur");
    assert_refused(state, "spinn", "'spinn'", "bench help");
    assert_refused(state, "lst", "'lst'", "did you mean 'list'?");
}

static void numbers_of_workers_must_be_one_or_more(void **state)
{
    assert_refused(state, "-w spin -j 0", "--workers: '0'", "from 1 to");
    assert_refused(state, "-w spin -j -1", "--workers: '-1'", "from 1 to");
    assert_refused(state, "-w spin -j 1e99", "--workers: '1e99'", "from 1 to");
    assert_refused(state, "-w spin -j 1,0x2", "--workers: '0x2'", "from 1 to");
    assert_refused(state, "-w spin -j 4-2", "--workers: '4-2'", "1-8");
    assert_refused(state, "-w spin -j 1,,2", "--workers: ''", "from 1 to");
    assert_refused(state, "-w spin -j 4294967297", "--workers: '4294967297'", "from 1 to");
    assert_refused(state, "-w spin -i 0", "--inflight: '0'", "from 1 to");
    assert_refused(state, "-w spin -i max", "--inflight: 'max'", "4 or 1,2,4 or 1-8");
}

static void counts_that_make_no_sense_are_refused(void **state)
{
    assert_refused(state, "-w spin -r 0", "--runs: '0'", "from 1 to");
    assert_refused(state, "-w spin -r many", "--runs: 'many'", "whole number");
    assert_refused(state, "-w spin --launches 0", "--launches: '0'", "from 1 to");
    assert_refused(state, "-w spin --warmup -1", "--warmup: '-1'", "from 0 to");
    assert_refused(state, "-w spin --grain -1", "--grain: '-1'", "from 0 to");
    assert_refused(state, "-w spin --seed nan", "--seed: 'nan'", "from 0 to");
    assert_refused(state, "-w spin --timeout 0", "--timeout: '0'", "such as 2.5");
    assert_refused(state, "-w spin --timeout 5x", "--timeout: '5x'", "such as 2.5");
    assert_refused(state, "-w spin --timeout inf", "--timeout: 'inf'", "such as 2.5");
    assert_refused(state, "-w spin -t 0", "--time: '0'", "such as 2.5");
    assert_refused(state, "-w spin --precision 0", "--precision: '0'", "from 0.01 to 50");
    assert_refused(state, "-w spin --precision 51%", "--precision: '51%'", "from 0.01 to 50");
    assert_refused(state, "-w spin --precision %", "--precision: '%'", "such as 0.5");
    assert_refused(state, "-w spin --precision -1", "--precision: '-1'", "such as 0.5");
    assert_refused(state, "-w spin --precision fine", "--precision: 'fine'", "such as 0.5");
}

static void options_that_exclude_each_other_are_refused(void **state)
{
    assert_refused(state, "-w spin -r 5 -t 3", "--runs", "--time");
    assert_refused(state, "-w spin -r 5 --precision 2", "--runs", "--precision");
    assert_refused(state, "-w spin -r 5 --min-runs 3", "--min-runs", "--time");
    assert_refused(state, "-w spin -r 5 --max-runs 9", "--max-runs", "--precision");
    assert_refused(state, "-w spin -t 1 --min-runs 9 --max-runs 3", "--min-runs 9", "--max-runs 3");
}

static void words_outside_their_list_are_refused_with_the_list(void **state)
{
    assert_refused(state, "-w spin --schedule dynamik", "'dynamik'", "static, dynamic or guided");
    assert_refused(state, "-w spin --format xml", "'xml'", "table, markdown, csv, json");
    assert_refused(state, "-w spin --pin closer", "'closer'", "close, spread, none");
    assert_refused(state, "-w spin --pin 0,,1", "'0,,1'", "0,2,4-7");
    assert_refused(state, "-w spin --places core", "'core'", "cores, threads, numa");
    assert_refused(state, "-w matmul -s kernel=fast", "kernel=fast", "naive, native or blas");
}

static void parameters_out_of_range_are_refused_with_the_range(void **state)
{
    assert_refused(state, "-w matmul -s n=-1", "n=-1", "1 to 65536");
    assert_refused(state, "-w matmul -s n=1e99", "n=1e99", "1 to 65536");
    assert_refused(state, "-w matmul -s n=1.5", "n=1.5", "whole number");
    assert_refused(state, "-w spin -s work=1", "work=1", "such as 500us");
    assert_refused(state, "-w spin -s work=-1us", "work=-1us", "such as 500us");
    assert_refused(state, "-w fileread -s block=12parsec", "block=12parsec", "64KiB");
    assert_refused(state, "-w fileread -s direct=maybe", "direct=maybe", "yes or no");
    assert_refused(state, "-w spin -s work", "'work'", "NAME=VALUE");
    assert_refused(state, "-w spin -s =3", "'=3'", "NAME=VALUE");
}

static void texts_that_are_not_utf8_are_refused_in_words(void **state)
{
    assert_refused(state, "-w fileread -s path=\"$(printf 'a\\377b')\"", "path=", "UTF-8");
}

static bool has_blur(struct sandbox *box)
{
    return strstr(program_run(box, "bench list --names")->out, "workload/blur\n") != NULL;
}

static void numbers_without_sense_are_refused(void **state)
{
    if (!has_blur(*state))
        skip();
    assert_refused(state, "-w blur -s sigma=nan", "sigma=nan", "a number");
    assert_refused(state, "-w blur -s sigma=inf", "sigma=inf", "a number");
    assert_refused(state, "-w blur -s sigma=1e99", "sigma=1e99", "to 100");
    assert_refused(state, "-w blur -s radius=0", "radius=0", "1 to");
}

static void pictures_too_large_are_refused(void **state)
{
    if (!has_blur(*state))
        skip();
    assert_refused(state, "-w blur -s width=60000 -s height=60000", "60000", "at most");
}

static void files_that_are_no_pictures_are_refused(void **state)
{
    if (!has_blur(*state))
        skip();
    sandbox_write(*state, "text.png", "hello\n", 6);
    sandbox_write(*state, "cut.png", png_start, sizeof png_start - 1);
    sandbox_write(*state, "cut.ppm", "P6\n64 64\n255\nabc", 16);
    sandbox_write(*state, "empty.png", "", 0);
    sandbox_write(*state, "huge.ppm", "P6\n60000 60000\n255\n", 19);
    assert_refused(state, "-w blur -s image=text.png", "image=text.png", "PNG");
    assert_refused(state, "-w blur -s image=cut.png", "image=cut.png", "");
    assert_refused(state, "-w blur -s image=cut.ppm", "image=cut.ppm", "");
    assert_refused(state, "-w blur -s image=empty.png", "image=empty.png", "");
    assert_refused(state, "-w blur -s image=huge.ppm", "image=huge.ppm", "at most");
    assert_refused(state, "-w blur -s image=none.png", "image=none.png", "No such file");
    assert_refused(state, "-w blur -s image=/", "image=/", "");
}

static void pictures_that_cannot_be_kept_are_refused(void **state)
{
    if (!has_blur(*state))
        skip();
    assert_refused(state, "-w blur -s output=none/kept.png", "output=none/kept.png", "No such file");
}

static void paths_that_cannot_be_read_are_refused(void **state)
{
    sandbox_write(*state, "empty", "", 0);
    mkdir(sandbox_path(*state, "folder"), 0777);
    assert_refused(state, "-w fileread -s path=none", "path=none", "No such file");
    assert_refused(state, "-w fileread -s path=empty", "path=empty", "empty");
    assert_refused(state, "-w fileread -s path=folder", "path=folder", "");
    assert_refused(state, "-w fileread -s path=/dev/null", "path=/dev/null", "");
    assert_refused(state, "-w fileread -s dir=/proc", "dir=/proc", "written");
}

static void plugins_that_are_none_are_refused(void **state)
{
    sandbox_write(*state, "text.so", "hello\n", 6);
    assert_refused(state, "-w spin --plugin none.so", "none.so", "No such file");
    assert_refused(state, "-w spin --plugin ./text.so", "text.so", "");
    assert_refused(state, "-w spin --plugin " FAKE("empty"), "empty.so", "BENCH_WORKLOAD(name)");
    assert_refused(state, "-w spin --plugin " FAKE("hollow"), "hollow.so", "setup or run");
    assert_refused(state, "-w spin --plugin " FAKE("impostor"), "'spin'", "already");
}

static void plugins_of_another_contract_are_refused(void **state)
{
    assert_refused(state, "-w old --plugin " FAKE("old_abi"), "compiled for contract version",
                   "recompile it");
    assert_refused(state, "-w spin -x old --plugin " FAKE("old_executor"),
                   "compiled for contract version", "recompile it");
}

static void launchers_that_are_no_commands_are_refused(void **state)
{
    assert_refused(state, "-w spin --launcher ''", "--launcher: ''", "a command");
    assert_refused(state, "-w spin --launcher '$(id)'", "--launcher", "a command");
    assert_refused(state, "-w spin --launcher \"env 'X\"", "--launcher", "a command");
}

static void launchers_that_are_not_there_are_refused(void **state)
{
    assert_refused(state, "-w fileread -x serial --launcher none/such", "none/such", "No such file");
    assert_refused(state, "-w spin -x serial --launcher none/such", "none/such", "No such file");
}

static void output_files_that_cannot_be_written_are_refused(void **state)
{
    struct program *bench = program_run(*state, SPIN " -o none/r.csv");
    assert_int_equal(bench->status, 2);
    assert_non_null(strstr(bench->err, "none/r.csv: No such file"));
    bench = program_run(*state, SPIN " -o .");
    assert_int_equal(bench->status, 2);
    assert_non_null(strstr(bench->err, ".: Is a directory"));
}

static void output_files_with_other_columns_are_refused_and_kept(void **state)
{
    sandbox_write(*state, "other.csv", "a,b\n1,2\n", 8);
    struct program *bench = program_run(*state, SPIN " -o other.csv");
    assert_int_equal(bench->status, 2);
    assert_non_null(strstr(bench->err, "column 1 is 'a', not 'schema'"));
    assert_string_equal(sandbox_read(*state, "other.csv"), "a,b\n1,2\n");
}

static void summary_files_that_cannot_be_written_are_refused_before_anything_runs(void **state)
{
    assert_refused(state, "-w spin -x serial -r 1 --summary none/s.csv", "none/s.csv", "No such file");
    sandbox_write(*state, "other.csv", "a,b\n1,2\n", 8);
    assert_refused(state, "-w spin -x serial -r 1 --summary other.csv", "other.csv", "columns");
    assert_string_equal(sandbox_read(*state, "other.csv"), "a,b\n1,2\n");
}

static void full_disk_under_the_output_file_is_reported(void **state)
{
    struct program *bench = program_run(*state, SPIN " -r 1 -o /dev/full");
    assert_int_equal(bench->status, 3);
    assert_non_null(strstr(bench->err, "/dev/full: No space left"));
}

static void full_disk_under_stdout_is_reported_in_every_format(void **state)
{
    static const char *const formats[] = {"table", "csv", "json"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct program *bench = program_run(*state, SPIN " -r 1 --format %s >/dev/full", formats[i]);
        if (bench->status != 3 || !strstr(bench->err, "No space left"))
            fail_msg("--format %s: exit status %d: %s", formats[i], bench->status, bench->err);
    }
}

static void full_disk_under_the_summary_is_reported(void **state)
{
    struct program *bench = program_run(*state, SPIN " -r 1 --summary /dev/full");
    assert_int_equal(bench->status, 3);
    assert_non_null(strstr(bench->err, "/dev/full: No space left"));
}

static void full_disk_under_listings_is_reported(void **state)
{
    static const char *const commands[] = {"list",
                                           "topo",
                                           "-n -w spin",
                                           "--help",
                                           "help ab",
                                           "ab -n -w spin -x serial -- -- -i 2",
                                           "selftest -q -w spin -x serial --trials 1 --sizes 0 -t 0.1"};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        struct program *bench = program_run(*state, "bench %s >/dev/full", commands[i]);
        if (bench->status != 3 || !strstr(bench->err, "No space left"))
            fail_msg("bench %s: exit status %d: %s", commands[i], bench->status, bench->err);
    }
}

static void full_disk_costs_the_output_file_no_finished_row(void **state)
{
    /* stdout fails at the end only: rows are in the file by then */
    struct program *bench = program_run(*state, SPIN " -r 2 -o r.csv --format json >/dev/full");
    assert_int_equal(bench->status, 3);
    struct rows rows = rows_of(*state, sandbox_read(*state, "r.csv"));
    assert_int_equal(rows_with(&rows, "phase", "measure"), 2);
}

static void reader_of_stdout_that_goes_away_ends_it(void **state)
{
    struct program *bench = program_run(*state, SPIN " -r 50 | head -n 1");
    assert_int_equal(strncmp(bench->out, "schema,", 7), 0);
    assert_int_equal(sandbox_processes_left(*state), 0);
}

/* ---- help and listings ---- */

static void help_goes_to_stdout(void **state)
{
    static const char *const commands[] = {"--help",        "run --help", "list --help", "topo --help",
                                           "runner --help", "help",       "help run",    "help list"};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        struct program *bench = program_run(*state, "bench %s", commands[i]);
        if (bench->status != 0 || !strstr(bench->out, "Usage:") || bench->err[0])
            fail_msg("bench %s: exit status %d, stdout: %s, stderr: %s", commands[i], bench->status,
                     bench->out, bench->err);
    }
}

static void help_names_every_option(void **state)
{
    static const char *const options[] = {
        "--workload", "--executor", "--workers", "--inflight", "--set",      "--pin",    "--places",
        "--schedule", "--grain",    "--runs",    "--min-runs", "--max-runs", "--time",   "--warmup",
        "--launches", "--timeout",  "--output",  "--summary",  "--format",   "--label",  "--seed",
        "--plugin",   "--launcher", "--dry-run", "--quiet",    "--verbose",  "--version"};
    struct program *bench = program_run(*state, "bench --help");
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (!strstr(bench->out, options[i]))
            fail_msg("--help does not name %s", options[i]);
    }
}

static size_t longest_line(const char *text)
{
    size_t longest = 0;
    while (*text) {
        size_t length = strcspn(text, "\r\n");
        longest = length > longest ? length : longest;
        text += length + (text[length] != '\0');
    }
    return longest;
}

/* Each name that `overview` shows, on a line of its own behind two blanks, has an explanation within 80
 * columns. */
static void assert_explained_within_80(void **state, const char *overview, const char *explain)
{
    char *all = strdup(program_run(*state, "%s", overview)->out), *rest = NULL;
    size_t found = 0;
    for (char *line = strtok_r(all, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char name[32];
        if (strncmp(line, "  ", 2) != 0 || sscanf(line + 2, "%31[a-z]", name) != 1 ||
            strcmp(name, "workload") == 0 || strcmp(name, "executor") == 0 ||
            strcmp(name, "version") == 0)
            continue;
        struct program *bench = program_run(*state, "%s %s", explain, name);
        if (bench->status != 0 || longest_line(bench->out) > 80)
            fail_msg("%s %s: exit status %d, a line of %zu characters:\n%s", explain, name,
                     bench->status, longest_line(bench->out), bench->out);
        found++;
    }
    free(all);
    assert_in_range(found, 8, 100);
}

static void help_of_every_command_fits_into_80_columns(void **state)
{
    assert_explained_within_80(state, "bench help", "bench help");
}

static void list_of_every_module_fits_into_80_columns(void **state)
{
    ((struct sandbox *)*state)->variables[0] = "COLUMNS=80";
    assert_explained_within_80(state, "bench list", "bench list");
}

static void version_goes_to_stdout(void **state)
{
    struct program *bench = program_run(*state, "bench --version");
    assert_int_equal(bench->status, 0);
    assert_int_equal(strncmp(bench->out, "bench ", 6), 0);
}

static void list_shows_workloads_and_executors(void **state)
{
    struct program *bench = program_run(*state, "bench list");
    assert_int_equal(bench->status, 0);
    static const char *const names[] = {"matmul", "blur",    "fileread", "sleep",  "spin",
                                        "serial", "pthread", "omp",      "process"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!strstr(bench->out, names[i]))
            fail_msg("bench list does not show %s", names[i]);
    }
}

static void list_shows_parameters_with_default_and_range(void **state)
{
    struct program *bench = program_run(*state, "bench list fileread");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "block=64KiB"));
    assert_non_null(strstr(bench->out, "sequential or random"));
    bench = program_run(*state, "bench list fileredd");
    assert_int_equal(bench->status, 2);
    assert_non_null(strstr(bench->err, "did you mean 'fileread'?"));
}

static void list_shows_plugins_with_their_file(void **state)
{
    struct program *bench = program_run(*state, "bench list --plugin " FAKE("faulty"));
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, FAKE_PATH("faulty")));
}

static void topo_shows_where_workers_would_be(void **state)
{
    struct program *bench = program_run(*state, "bench topo --pin spread -j 3");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "3 workers, pinned spread"));
    bench = program_run(*state, "bench topo --pin closer");
    assert_int_equal(bench->status, 2);
    bench = program_run(*state, "bench topo -j 0");
    assert_int_equal(bench->status, 2);
    bench = program_run(*state, "bench topo now");
    assert_int_equal(bench->status, 2);
}

static void topo_plans_for_a_machine_that_is_described(void **state)
{
    struct program *bench = program_run(*state, "HWLOC_SYNTHETIC='pack:2 core:4 pu:2' bench topo -j 6");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "allowed  16 of 16 threads"));
    assert_non_null(strstr(bench->out, "6 workers, pinned close over the 8 allowed cores"));
    assert_non_null(strstr(bench->out, "     5       1     0     5  10-11\n"));
    assert_non_null(strstr(bench->out, "not this machine"));
    assert_null(strstr(bench->out, "Linux")); /* that is this machine's */
}

static void a_machine_that_is_only_described_is_not_measured_on(void **state)
{
    struct program *bench =
        program_run(*state, "HWLOC_SYNTHETIC='pack:2 core:4 pu:2' bench -w spin -x serial");
    assert_int_equal(bench->status, 2);
    assert_non_null(strstr(bench->err, "HWLOC_SYNTHETIC"));
}

static void a_description_that_is_none_is_refused(void **state)
{
    static const char *const wrong[] = {"HWLOC_SYNTHETIC=garbage", "HWLOC_XMLFILE=/nonexistent"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct program *bench = program_run(*state, "%s bench topo", wrong[i]);
        assert_int_equal(bench->status, 2);
        assert_non_null(strstr(bench->err, wrong[i]));
        bench = program_run(*state, "%s bench -w spin -x serial -r 1", wrong[i]);
        assert_int_equal(bench->status, 2);
    }
}

/* ---- the matrix ---- */

static size_t count_lines(const char *text)
{
    size_t lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

static void lists_make_a_matrix(void **state)
{
    struct program *bench =
        program_run(*state, "bench -n -w spin,sleep -x pthread,process -j 1,2-3 -s tasks=5,6");
    assert_int_equal(bench->status, 0);
    assert_int_equal(count_lines(bench->out), 2 * 2 * 3 * 2);
}

static void serial_is_in_the_matrix_once(void **state)
{
    struct program *bench = program_run(*state, "bench -n -w spin -x serial,pthread -j 1-4");
    assert_int_equal(count_lines(bench->out), 1 + 4);
}

static void repeated_names_and_numbers_count_once(void **state)
{
    struct program *bench = program_run(*state, "bench -n -w spin,spin -x pthread,pthread -j 1,1,1-2");
    assert_int_equal(count_lines(bench->out), 2);
}

static void run_may_be_said_or_not(void **state)
{
    struct program *with = program_run(*state, "bench run -n -w spin -x serial");
    struct program *without = program_run(*state, "bench -n -w spin -x serial");
    assert_int_equal(with->status, 0);
    assert_string_equal(with->out, without->out);
}

static void parameters_of_one_module_leave_others_alone(void **state)
{
    struct program *bench = program_run(*state, "bench -n -w spin,sleep -x serial -s spin.tasks=7");
    assert_non_null(strstr(bench->out, "tasks=7"));
    assert_non_null(strstr(bench->out, "sleep duration=1ms tasks=100"));
}

static void values_may_have_commas_when_escaped(void **state)
{
    sandbox_write(*state, "a,b", "0123456789", 10);
    struct program *bench = program_run(
        *state, "bench --format csv -w fileread -x serial -r 1 -s 'path=a\\,b' -s block=5 --warmup 0");
    assert_int_equal(bench->status, 0);
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(rows_with(&rows, "status", "ok"), 2);
}

static void comma_that_has_parted_a_text_is_told(void **state)
{
    struct program *bench = program_run(*state, "bench -w exec -x serial -s command='cut -c1,3 f'");
    assert_int_equal(bench->status, 2);
    assert_non_null(strstr(bench->err, "command=3: no such program"));
    assert_non_null(strstr(bench->err, "write a comma within command as \\,\n"));
    bench = program_run(*state, "bench -w exec -x serial -s command=nosuch");
    assert_null(strstr(bench->err, "commas"));
}

static void stack_that_is_too_small_is_refused_by_name(void **state)
{
    struct program *bench = program_run(*state, "ulimit -s 48; " SPIN " -r 1");
    assert_int_equal(bench->status, 2);
    assert_string_equal(bench->err,
                        "bench: the stack's limit is 48 KiB (ulimit -s): at least 256 KiB are needed\n");
    bench = program_run(*state, "ulimit -s 256; " SPIN " -r 1");
    assert_int_equal(bench->status, 0);
}

static void dry_run_runs_nothing_and_writes_nothing(void **state)
{
    struct program *bench = program_run(*state, FAULTY " -n -s how=segv -o r.csv --summary s.csv");
    assert_int_equal(bench->status, 0);
    assert_false(sandbox_has(*state, "r.csv"));
    assert_false(sandbox_has(*state, "s.csv"));
}

static void messages_of_a_dry_run_can_be_run_by_a_runner(void **state)
{
    struct program *bench = program_run(*state, SPIN " -n -v -r 2 | bench runner");
    assert_int_equal(bench->status, 0);
    assert_int_equal(count_lines(bench->out), 5); /* open, verify, two runs, close */
    assert_null(strstr(bench->out, "\"ok\":false"));
}

/* ---- rows ---- */

static void every_run_is_a_row_in_order(void **state)
{
    struct program *bench =
        program_run(*state, "bench --format csv -w spin -x serial -s tasks=10 -r 3 --warmup 2");
    static const char *const phases[] = {"verify", "warmup", "warmup", "measure", "measure", "measure"};
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(rows.count, 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(rows_field(&rows, i, "phase"), phases[i]);
}

static void launches_are_numbered(void **state)
{
    struct program *bench = program_run(*state, SPIN " -r 1 --launches 3");
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(rows.count, 6);
    assert_string_equal(rows_field(&rows, 0, "launch"), "1");
    assert_string_equal(rows_field(&rows, 5, "launch"), "3");
}

static void time_measures_until_it_is_over(void **state)
{
    struct program *bench = program_run(
        *state, "bench --format csv -w sleep -x serial -s duration=20ms -s tasks=1 --warmup 0 -t 0.2");
    struct rows rows = rows_of(*state, bench->out);
    size_t runs = rows_with(&rows, "phase", "measure");
    assert_in_range(runs, 3, 10);
}

static void time_heeds_the_least_and_the_most_runs(void **state)
{
    struct program *bench = program_run(*state, SPIN " -t 1ms --min-runs 5 --max-runs 5");
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(rows_with(&rows, "phase", "measure"), 5);
    bench = program_run(*state, SPIN " -t 1000 --max-runs 4");
    rows = rows_of(*state, bench->out);
    assert_int_equal(rows_with(&rows, "phase", "measure"), 4);
}

static void output_file_is_appended_to_under_one_header(void **state)
{
    program_run(*state, SPIN " -r 1 -o r.csv --label first");
    program_run(*state, SPIN " -r 2 -o r.csv --label second");
    struct rows rows = rows_of(*state, sandbox_read(*state, "r.csv"));
    assert_int_equal(rows_with(&rows, "label", "first"), 2);
    assert_int_equal(rows_with(&rows, "label", "second"), 3);
}

static void output_file_has_the_samples_whatever_stdout_shows(void **state)
{
    struct program *bench = program_run(*state, SPIN " -r 2 -o r.csv --format table");
    assert_null(strstr(bench->out, "schema,"));
    struct rows rows = rows_of(*state, sandbox_read(*state, "r.csv"));
    assert_int_equal(rows.count, 3);
}

static void summary_has_a_row_a_case(void **state)
{
    struct program *bench =
        program_run(*state, "bench -w spin -x serial,pthread -j 1,2 -s tasks=10 -r 2 --summary s.csv");
    assert_int_equal(bench->status, 0);
    struct rows rows = rows_of(*state, sandbox_read(*state, "s.csv"));
    assert_int_equal(rows.count, 3);
    assert_int_equal(rows_with(&rows, "workload", "spin"), 3);
}

static void label_is_kept_as_it_was_typed(void **state)
{
    static const char label[] = "a \"quoted\", two-line\nlabel";
    struct program *bench = program_run(*state, SPIN " -r 1 --label '%s'", label);
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(rows.count, 2);
    assert_string_equal(rows_field(&rows, 1, "label"), label);
}

static void label_does_not_control_a_terminal(void **state)
{
    struct program *bench = program_start(*state, TERMINAL_OUT,
                                          SPIN " -r 1 --format csv --columns label,status --label "
                                               "\"$(printf 'a\\033[31m\\n::error::\\302\\233b')\"");
    program_finish(bench);
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "a?[31m?::error::?b"));
    assert_null(strchr(bench->out, '\033'));
}

static void label_that_looks_like_a_formula_is_neutralised(void **state)
{
    static const char *const labels[] = {"=1+1", "+1", "-1", "@SUM(A1)"};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        struct program *bench = program_run(*state, SPIN " -r 1 --label='%s'", labels[i]);
        struct rows rows = rows_of(*state, bench->out);
        const char *label = rows_field(&rows, 0, "label");
        assert_false(strchr("=+-@", label[0]));
    }
}

static void a_table_is_what_stdout_gets_unless_it_is_a_csv_file(void **state)
{
    static const char plain[] =
        "bench -w spin -x serial -s tasks=10 -s steps_per_us=1 --warmup 0 -r 1 -q";
    struct program *bench = program_run(*state, "%s", plain);
    assert_int_equal(strncmp(bench->out, "spin", 4), 0);
    assert_string_equal(bench->err, "");
    program_run(*state, "%s >t.txt", plain);
    assert_int_equal(strncmp(sandbox_read(*state, "t.txt"), "spin", 4), 0);
    program_run(*state, "%s >r.csv", plain);
    assert_int_equal(strncmp(sandbox_read(*state, "r.csv"), "schema,session,time_utc,host,", 29), 0);
}

static void json_is_what_was_asked_for(void **state)
{
    struct program *bench = program_run(*state, SPIN " -r 1 --format json");
    assert_int_equal(bench->out[0], '{');
    assert_non_null(strstr(bench->out, "\"cases\""));
}

static void numbers_have_points_in_any_locale(void **state)
{
    struct sandbox *box = *state;
    box->variables[0] = "LC_ALL=de_DE.UTF-8";
    struct program *bench = program_run(box, SPIN " -r 1");
    struct rows rows = rows_of(box, bench->out);
    assert_null(strchr(rows_field(&rows, 1, "wall_s"), ','));
    assert_true(atof(rows_field(&rows, 1, "wall_s")) > 0);
}

static void seed_and_schedule_reach_the_row(void **state)
{
    struct program *bench =
        program_run(*state, SPIN " -r 1 --schedule guided --grain 3 --pin none --seed 7");
    struct rows rows = rows_of(*state, bench->out);
    assert_string_equal(rows_field(&rows, 1, "schedule"), "guided");
    assert_string_equal(rows_field(&rows, 1, "grain"), "3");
    assert_string_equal(rows_field(&rows, 1, "pin"), "none");
}

/* ---- plug-ins and launchers ---- */

static void plugin_is_run_like_a_built_in_one(void **state)
{
    struct program *bench = program_run(*state, FAULTY " -r 1");
    assert_int_equal(bench->status, 0);
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(rows_with(&rows, "status", "ok"), 2);
}

static void plugin_may_be_named_twice(void **state)
{
    struct program *bench = program_run(*state, FAULTY " --plugin " FAKE("faulty") " -r 1");
    assert_int_equal(bench->status, 0);
}

static void plugins_are_found_in_the_path(void **state)
{
    struct sandbox *box = *state;
    char variable[300];
    assert_int_equal(symlink(FAKE_PATH("faulty"), sandbox_path(box, "faulty.so")), 0);
    snprintf(variable, sizeof variable, "BENCH_PLUGIN_PATH=/:%s", box->folder);
    box->variables[0] = variable;
    struct program *bench = program_run(box, "bench -w faulty -x serial -r 1");
    assert_int_equal(bench->status, 0);
}

static void plugin_path_that_is_none_is_refused(void **state)
{
    struct sandbox *box = *state;
    box->variables[0] = "BENCH_PLUGIN_PATH=/none/such";
    struct program *bench = program_run(box, "bench -w spin -x serial -r 1");
    assert_int_equal(bench->status, 2);
    assert_non_null(strstr(bench->err, "/none/such: No such file"));
}

static void launcher_stands_before_every_runner(void **state)
{
    static const char script[] = "echo launched >>log\nexec \"$@\"\n";
    sandbox_write(*state, "launcher.sh", script, sizeof script - 1);
    struct program *bench =
        program_run(*state, SPIN " -r 1 --launches 2 --launcher 'env X=1 sh launcher.sh'");
    assert_int_equal(bench->status, 0);
    assert_in_range(count_lines(sandbox_read(*state, "log")), 2,
                    3); /* parameters are checked in one too */
}

static void launcher_that_closes_descriptors_costs_nothing(void **state)
{
    static const char script[] = "for n in 3 4 5 6 7 8 9; do eval \"exec $n>&-\"; done; exec \"$@\"\n";
    sandbox_write(*state, "launcher.sh", script, sizeof script - 1);
    struct program *bench = program_run(*state, SPIN " -r 1 --timeout 20 --launcher 'sh launcher.sh'");
    assert_int_equal(bench->status, 0);
}

static void launcher_that_fails_is_a_crashed_launch(void **state)
{
    struct program *bench = program_run(*state, SPIN " -r 1 --launcher 'sh -c \"exit 5\"'");
    assert_int_equal(bench->status, 3);
    struct rows rows = rows_of(*state, bench->out);
    assert_string_equal(rows_field(&rows, 0, "status"), "crashed");
    assert_non_null(strstr(rows_field(&rows, 0, "error"), "exit status 5"));
}

/* ---- terminals ---- */

static void table_is_what_a_terminal_gets(void **state)
{
    struct program *bench = program_start(*state, TERMINAL_OUT, SPIN " -r 2");
    program_finish(bench);
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "executor"));
    assert_non_null(strstr(bench->out, "serial"));
}

static void table_keeps_within_the_terminal(void **state)
{
    struct program *bench =
        program_start(*state, TERMINAL_OUT,
                      "bench -w fileread,sleep -x serial,pthread -j 1,2 -r 2 -s size=64KiB "
                      "-s duration=0 -s block=4KiB -v");
    program_finish(bench);
    assert_int_equal(bench->status, 0);
    if (longest_line(bench->out) > 80)
        fail_msg("a line of %zu characters on a terminal of 80:\n%s", longest_line(bench->out),
                 bench->out);
}

static void table_in_a_file_keeps_within_columns(void **state)
{
    struct sandbox *box = *state;
    box->variables[0] = "COLUMNS=80";
    struct program *bench =
        program_run(box, "bench -w sleep -x serial -r 2 -s duration=0 -v --format table");
    assert_in_range(longest_line(bench->out), 20, 80);
}

static void what_is_said_of_a_case_names_its_lanes(void **state)
{
    struct program *bench = program_run(*state, "bench -w sleep -x uv -j 1 -i 1,3 -s tasks=6 -r 1 -v");
    assert_non_null(strstr(bench->err, "sleep under uv, 1 worker: "));
    assert_non_null(strstr(bench->err, "sleep under uv, 1 worker, 3 in flight: "));
}

static void lanes_that_no_executor_has_are_not_left_out_in_silence(void **state)
{
    struct program *bench =
        program_run(*state, "bench -w sleep -x serial,pthread -j 1 -i 64 -s tasks=1 -r 1");
    assert_non_null(strstr(bench->err, "note: --inflight: "));
    bench = program_run(*state, "bench -w sleep -x serial,uv -j 1 -i 64 -s tasks=64 -r 1");
    assert_null(strstr(bench->err, "--inflight"));
}

static void progress_is_drawn_on_a_terminal_and_erased(void **state)
{
    struct program *bench =
        program_start(*state, TERMINAL_ERR, "bench -w sleep -x serial -s tasks=2 -r 3");
    program_finish(bench);
    static const char erase[] = "\r\033[K";
    const char *erased = NULL;
    for (const char *at = bench->err; (at = strstr(at, erase)); at++)
        erased = at;
    assert_non_null(strstr(bench->err, "sleep under serial, 1 worker: run 1 of 5"));
    assert_non_null(erased); /* warnings may follow it */
    assert_null(strstr(erased, "worker: run "));
}

static void progress_keeps_to_one_line_of_a_narrow_terminal(void **state)
{
    struct sandbox *box = *state;
    box->columns = 20;
    struct program *bench = program_start(box, TERMINAL_ERR, "bench -w sleep -x serial -s tasks=2 -r 3");
    program_finish(bench);
    for (const char *line = strchr(bench->err, '\r'); line && line[1]; line = strchr(line + 1, '\r'))
        assert_in_range(strcspn(line + 1, "\r\033"), 0, 19);
}

static void progress_is_not_drawn_into_a_file(void **state)
{
    struct program *bench = program_start(*state, TERMINAL_OUT, SPIN " -r 2");
    program_finish(bench);
    assert_null(strchr(bench->err, '\r'));
    assert_null(strstr(bench->err, "run 1 of"));
}

static void quiet_draws_no_progress(void **state)
{
    struct program *bench = program_start(*state, TERMINAL_ERR, SPIN " -r 2 -q");
    program_finish(bench);
    assert_string_equal(bench->err, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sandbox_setup, sandbox_teardown)

#define FEW "bench -w spin -x serial,pthread -r 2 -s tasks=1 -s steps_per_us=1 -q"
#define MANY "bench -w spin -x serial,pthread,gil -r 30 -s tasks=1 -s steps_per_us=1 -q"

/* ---- outputs stand alone ---- */

static void one_broken_output_costs_itself_alone(void **state)
{
    struct program *bench =
        program_run(*state, "{ " MANY " -o p.csv --format csv; echo $? >status; } 2>err | head -1 "
                            ">/dev/null; cat status; grep -c ,measure,release,ok, p.csv; "
                            "cat err");
    assert_string_equal(bench->out, "3\n90\nbench: stdout: Broken pipe\n");
}

static void full_stdout_leaves_the_file_whole(void **state)
{
    struct program *bench = program_run(*state, FEW " -o p.csv --summary s.csv >/dev/full");
    assert_int_equal(bench->status, 3);
    assert_non_null(strstr(bench->err, "No space left"));
    assert_string_equal(program_run(*state, "cat p.csv | wc -l; cat s.csv | wc -l")->out, "9\n3\n");
}

static void without_any_output_left_nothing_more_is_run(void **state)
{
    struct program *bench =
        program_run(*state, "{ bench -w sleep -x serial -r 1000 -s duration=50ms -s tasks=1 -q "
                            "--format csv; echo $? >status; } | head -1; cat status");
    assert_non_null(strstr(bench->out, "\n3\n"));
}

static void streams_that_are_closed_get_no_file(void **state)
{
    static const char *const closed[] = {"<&-", ">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
        struct program *bench = program_run(
            *state, "rm -f e.csv; " FEW " -o e.csv %s; cut -d, -f1 e.csv | sort | uniq -c | tr -s ' '",
            closed[i]);
        if (!strstr(bench->out, " 8 2\n 1 schema\n"))
            fail_msg("%s: %s", closed[i], bench->out);
    }
}

static void columns_choose_what_rows_on_stdout_have(void **state)
{
    struct program *bench =
        program_run(*state, FEW " --format csv --columns run,executor,phase -o all.csv; "
                                "head -1 all.csv | tr , '\\n' | wc -l");
    assert_non_null(strstr(bench->out, "run,executor,phase\n1,serial,verify\n"));
    assert_non_null(strstr(bench->out, "\n74\n"));
}

static void columns_of_a_table_are_refused(void **state)
{
    struct program *bench = program_run(*state, FEW " --columns run");
    assert_int_equal(bench->status, 2);
    assert_non_null(strstr(bench->err, "--columns: only works with --format csv"));
}

static void resumed_run_makes_what_the_file_lacks(void **state)
{
    struct sandbox *box = *state;
    program_run(box, "bench -w spin -x serial,pthread -r 3 -s tasks=9 -s steps_per_us=1 -q -o r.csv");
    struct program *bench =
        program_run(box, "bench -w spin -x serial,gil,pthread -r 3 -s tasks=9 -s steps_per_us=1 -q -o "
                         "r.csv --resume; for x in serial gil pthread; do grep -c ,$x, r.csv; done");
    assert_non_null(strstr(bench->out, "\nserial "));
    assert_non_null(strstr(bench->out, "\ngil "));
    assert_non_null(strstr(bench->out, "\n5\n5\n5\n"));
}

static void resumed_run_with_nothing_left_tells_it_all_and_ends_with_0(void **state)
{
    struct sandbox *box = *state;
    program_run(box, "bench -w spin -x serial -r 3 -s tasks=9 -s steps_per_us=1 -q -o r.csv");
    struct program *bench =
        program_run(box, "bench -w spin -x serial -r 2 -s tasks=9 -s steps_per_us=1 -o r.csv --resume");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->err, "r.csv holds 1 of 1 cases complete"));
    assert_non_null(strstr(bench->out, "\nserial "));
}

static void case_that_is_not_complete_is_run_again(void **state)
{
    static const char *const unfinished[] = {
        "head -4 r.csv",                                                /* cut short */
        "sed 's/,measure,release,ok,/,measure,release,failed,/' r.csv", /* went wrong */
        "sed 's/,verify,/,warmup,/' r.csv",                             /* never verified */
        "sed 's/tasks=9/tasks=8/g' r.csv"};                             /* another case */
    struct sandbox *box = *state;
    program_run(box, "bench -w spin -x serial -r 3 -s tasks=9 -s steps_per_us=1 -q -o r.csv");
    for (size_t i = 0; i < sizeof unfinished / sizeof *unfinished; i++) {
        struct program *bench = program_run(
            box,
            "%s >u.csv; wc -l <u.csv; bench -w spin -x serial -r 3 -s tasks=9 -s steps_per_us=1 -q "
            "-o u.csv --resume >/dev/null; wc -l <u.csv",
            unfinished[i]);
        int before, after;
        assert_int_equal(sscanf(bench->out, "%d\n%d", &before, &after), 2);
        assert_int_equal(after, before + 5);
    }
}

static void proc_that_is_not_mounted_is_said_and_no_option_is_blamed(void **state)
{
#ifdef SANITIZED
    skip(); /* sanitizers read /proc themselves, and end the program without it */
#endif
    static const char without[] = "unshare -m sh -c 'mount -t tmpfs none /proc && exec \"$@\"' sh";
    if (program_run(*state, "%s true", without)->status != 0)
        skip(); /* may not be hidden by this user */
    struct program *bench = program_run(*state, "%s bench -w spin -x omp -r 1", without);
    assert_int_equal(bench->status, 2);
    assert_non_null(strstr(bench->err, "/proc must be mounted"));
    assert_null(strstr(bench->err, "--executor"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_workload_is_refused),
        TEST(proc_that_is_not_mounted_is_said_and_no_option_is_blamed),
        TEST(unknown_names_are_refused_with_the_nearest),
        TEST(names_like_nothing_are_refused_with_where_to_look),
        TEST(options_without_their_value_are_refused),
        TEST(words_that_are_no_options_are_refused),
        TEST(numbers_of_workers_must_be_one_or_more),
        TEST(counts_that_make_no_sense_are_refused),
        TEST(options_that_exclude_each_other_are_refused),
        TEST(words_outside_their_list_are_refused_with_the_list),
        TEST(parameters_out_of_range_are_refused_with_the_range),
        TEST(texts_that_are_not_utf8_are_refused_in_words),
        TEST(numbers_without_sense_are_refused),
        TEST(pictures_too_large_are_refused),
        TEST(files_that_are_no_pictures_are_refused),
        TEST(pictures_that_cannot_be_kept_are_refused),
        TEST(paths_that_cannot_be_read_are_refused),
        TEST(plugins_that_are_none_are_refused),
        TEST(plugins_of_another_contract_are_refused),
        TEST(launchers_that_are_no_commands_are_refused),
        TEST(launchers_that_are_not_there_are_refused),
        TEST(output_files_that_cannot_be_written_are_refused),
        TEST(output_files_with_other_columns_are_refused_and_kept),
        TEST(summary_files_that_cannot_be_written_are_refused_before_anything_runs),
        TEST(full_disk_under_the_output_file_is_reported),
        TEST(full_disk_under_stdout_is_reported_in_every_format),
        TEST(full_disk_under_the_summary_is_reported),
        TEST(full_disk_under_listings_is_reported),
        TEST(full_disk_costs_the_output_file_no_finished_row),
        TEST(reader_of_stdout_that_goes_away_ends_it),
        TEST(help_goes_to_stdout),
        TEST(help_names_every_option),
        TEST(help_of_every_command_fits_into_80_columns),
        TEST(list_of_every_module_fits_into_80_columns),
        TEST(version_goes_to_stdout),
        TEST(list_shows_workloads_and_executors),
        TEST(list_shows_parameters_with_default_and_range),
        TEST(list_shows_plugins_with_their_file),
        TEST(topo_shows_where_workers_would_be),
        TEST(topo_plans_for_a_machine_that_is_described),
        TEST(a_machine_that_is_only_described_is_not_measured_on),
        TEST(a_description_that_is_none_is_refused),
        TEST(lists_make_a_matrix),
        TEST(serial_is_in_the_matrix_once),
        TEST(repeated_names_and_numbers_count_once),
        TEST(run_may_be_said_or_not),
        TEST(parameters_of_one_module_leave_others_alone),
        TEST(values_may_have_commas_when_escaped),
        TEST(comma_that_has_parted_a_text_is_told),
        TEST(stack_that_is_too_small_is_refused_by_name),
        TEST(dry_run_runs_nothing_and_writes_nothing),
        TEST(messages_of_a_dry_run_can_be_run_by_a_runner),
        TEST(every_run_is_a_row_in_order),
        TEST(launches_are_numbered),
        TEST(time_measures_until_it_is_over),
        TEST(time_heeds_the_least_and_the_most_runs),
        TEST(output_file_is_appended_to_under_one_header),
        TEST(output_file_has_the_samples_whatever_stdout_shows),
        TEST(summary_has_a_row_a_case),
        TEST(label_is_kept_as_it_was_typed),
        TEST(label_does_not_control_a_terminal),
        TEST(label_that_looks_like_a_formula_is_neutralised),
        TEST(a_table_is_what_stdout_gets_unless_it_is_a_csv_file),
        TEST(json_is_what_was_asked_for),
        TEST(numbers_have_points_in_any_locale),
        TEST(seed_and_schedule_reach_the_row),
        TEST(plugin_is_run_like_a_built_in_one),
        TEST(plugin_may_be_named_twice),
        TEST(plugins_are_found_in_the_path),
        TEST(plugin_path_that_is_none_is_refused),
        TEST(launcher_stands_before_every_runner),
        TEST(launcher_that_closes_descriptors_costs_nothing),
        TEST(launcher_that_fails_is_a_crashed_launch),
        TEST(table_is_what_a_terminal_gets),
        TEST(table_keeps_within_the_terminal),
        TEST(table_in_a_file_keeps_within_columns),
        TEST(what_is_said_of_a_case_names_its_lanes),
        TEST(lanes_that_no_executor_has_are_not_left_out_in_silence),
        TEST(progress_is_drawn_on_a_terminal_and_erased),
        TEST(progress_keeps_to_one_line_of_a_narrow_terminal),
        TEST(progress_is_not_drawn_into_a_file),
        TEST(quiet_draws_no_progress),
        TEST(one_broken_output_costs_itself_alone),
        TEST(full_stdout_leaves_the_file_whole),
        TEST(without_any_output_left_nothing_more_is_run),
        TEST(streams_that_are_closed_get_no_file),
        TEST(columns_choose_what_rows_on_stdout_have),
        TEST(columns_of_a_table_are_refused),
        TEST(resumed_run_makes_what_the_file_lacks),
        TEST(resumed_run_with_nothing_left_tells_it_all_and_ends_with_0),
        TEST(case_that_is_not_complete_is_run_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
