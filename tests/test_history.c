/* `bench history` as a user types it, on sessions that are made up, and duels of real commits. */
#include "program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/*
 * made.py FILE [NAME=VALUE...]: nightly sessions of two cases and a reference. Case 1 steps by `step` at
 * session `at`; all of them by `machine` at session `boot`.
 */
static const char maker[] =
    "import csv, random, sys\n"
    "o = dict(sessions='60', at='1000', step='1.1', boot='1000', machine='1.2', seed='1', "
    "text='work=1',\n"
    "         cpu='Xeon', kernel='6.1.0-1', labels='c%03d', first='0', workload='blur', hour='01', "
    "reference='1')\n"
    "o.update(word.split('=', 1) for word in sys.argv[2:])\n"
    "chance = random.Random(int(o['seed']))\n"
    "names = ('schema session time_utc host machine runtime label workload params executor workers "
    "inflight pin '\n"
    "         'places schedule grain side launch run passes phase status tasks work work_unit "
    "wall_s').split()\n"
    "out = csv.writer(open(sys.argv[1], 'w', newline=''))\n"
    "out.writerow(names)\n"
    "for i in range(int(o['first']), int(o['first']) + int(o['sessions'])):\n"
    "    for case in (1, 2, 3)[:2 + int(o['reference'])]:\n"
    "        wall = 0.01 * case * chance.lognormvariate(0, 0.01)\n"
    "        wall *= float(o['step']) if case == 1 and i >= int(o['at']) else 1\n"
    "        wall *= float(o['machine']) if i >= int(o['boot']) else 1\n"
    "        machine = '%s, 1 socket, 2 cores, 2 threads, 23.5 GiB, Linux %s' % (o['cpu'], "
    "o['kernel'])\n"
    "        label = o['labels'] % i if '%' in o['labels'] else o['labels']\n"
    "        work = 'spin' if case == 3 else o['workload']\n"
    "        text = 'work=1' if case == 3 else o['text'] if case == 1 else o['text'] + ' more=1'\n"
    "        out.writerow([2, '%s%03d' % (o['cpu'], i), '2026-%02d-%02dT%s:00:00.000Z' % (i // 28 + 1, "
    "i % 28 + 1, o['hour']),\n"
    "                      'vm', machine, 'bench 0.2', label, work, text, 'serial', 1, 1, 'close', "
    "'cores',\n"
    "                      'dynamic', 1, 'reference' if case == 3 else '', 1, 1, 1, 'measure', 'ok', "
    "10, 10, 'task', wall])\n";

static int setup(void **state)
{
    int rc = sandbox_setup(state);
    sandbox_write(*state, "made.py", maker, sizeof maker - 1);
    return rc;
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is not in:\n%s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("'%s' is in:\n%s", part, text);
}

static struct program *run_well(struct sandbox *box, int status, const char *command)
{
    struct program *bench = program_run(box, "%s", command);
    if (bench->status != status)
        fail_msg("%s: exit status %d, not %d: %s%s", command, bench->status, status, bench->err,
                 bench->out);
    return bench;
}

static struct program *history_of(struct sandbox *box, const char *made, int status)
{
    char command[512];
    snprintf(command, sizeof command, "python3 made.py runs.csv %s && bench history runs.csv", made);
    return run_well(box, status, command);
}

static void a_still_history_is_told_as_such(void **state)
{
    struct program *bench = history_of(*state, "", 0);
    assert_has(bench->out, "no change");
    assert_has(bench->out, "deviation");
}

static void a_fresh_step_to_slower_is_status_1_and_names_both_builds(void **state)
{
    struct program *bench = history_of(*state, "at=50", 1);
    assert_has(bench->out, "1 slower");
    assert_has(bench->out, "c050");
    assert_has(bench->out,
               "bench ab -w blur -x serial -j 1 -s blur.work=1 --bench-a c049/bin/bench --bench-b "
               "c050/bin/bench");
}

static void an_old_step_is_told_but_no_alarm(void **state)
{
    struct program *bench = history_of(*state, "at=30", 0);
    assert_has(bench->out, "1 slower");
    run_well(*state, 1, "bench history runs.csv --fresh 31");
}

static void a_step_to_faster_is_no_alarm(void **state)
{
    assert_has(history_of(*state, "at=50 step=0.9", 0)->out, "1 faster");
}

static void a_step_that_is_too_young_is_no_alarm(void **state)
{
    assert_has(history_of(*state, "at=57", 0)->out, "slower? too young");
}

static void a_step_that_the_reference_takes_is_the_machines(void **state)
{
    struct program *bench = history_of(*state, "boot=50 seed=5", 0);
    assert_has(bench->out, "2 of the machine");
    assert_lacks(bench->out, "bench ab");
}

static void a_kernel_update_does_not_part_series_and_is_told_at_the_step(void **state)
{
    struct sandbox *box = *state;
    run_well(box, 0,
             "python3 made.py a.csv && python3 made.py b.csv first=60 sessions=20 at=60 kernel=6.1.0-2");
    struct program *bench = run_well(box, 0, "bench history b.csv a.csv");
    assert_has(bench->out, "80 sessions, 2 series");
    assert_has(bench->out, "Linux 6.1.0-1 became Linux 6.1.0-2 there");
}

static void a_new_processor_begins_new_series(void **state)
{
    struct sandbox *box = *state;
    run_well(box, 0,
             "python3 made.py a.csv && python3 made.py b.csv first=60 sessions=20 at=60 cpu=EPYC");
    struct program *bench = run_well(box, 0, "bench history a.csv b.csv");
    assert_has(bench->out, "80 sessions, 4 series");
    assert_has(bench->out, "of 2 machines or runtimes");
    assert_has(bench->out, "no change");
}

static void the_order_of_rows_and_files_does_not_matter(void **state)
{
    struct sandbox *box = *state;
    run_well(box, 0,
             "python3 made.py a.csv at=50 && (head -1 a.csv; tail -n +2 a.csv | shuf "
             "--random-source=made.py) "
             ">b.csv");
    const char *ordered = run_well(box, 1, "bench history a.csv --format json")->out;
    struct program *shuffled = run_well(box, 1, "bench history b.csv --format json");
    assert_has(shuffled->out, "a clock ran backwards, or files were joined");
    run_well(box, 0,
             "for f in a b; do bench history $f.csv --format json | python3 -c 'import json, sys; d = "
             "json.load(sys.stdin); print(sorted((s[\"params\"], s[\"values\"], s[\"points\"]) for s in "
             "d[\"series\"]))' >$f; done; cmp a b");
    assert_has(ordered, "\"regression\": true");
}

static void what_is_odd_about_the_files_is_said_in_a_sentence_each(void **state)
{
    struct sandbox *box = *state;
    run_well(box, 0,
             "python3 made.py a.csv && python3 made.py b.csv first=100 sessions=20 workload=other "
             "reference=0 && "
             "python3 made.py c.csv sessions=2 cpu=Xeon2");
    struct program *bench = run_well(box, 0, "bench history a.csv b.csv c.csv");
    assert_has(bench->out, "suites are mixed");
    assert_has(bench->out, "are of the same time");
}

static void what_cannot_be_read_is_refused(void **state)
{
    struct sandbox *box = *state;
    assert_has(run_well(box, 2, "bench history")->err, "name a results file");
    assert_has(run_well(box, 2, "bench history missing.csv")->err, "missing.csv");
    run_well(box, 0, "python3 made.py a.csv sessions=0");
    assert_has(run_well(box, 2, "bench history a.csv")->err, "no history: none of 0 rows");
    assert_has(run_well(box, 2, "bench history a.csv a.csv")->err, "given twice");
    assert_has(run_well(box, 2, "bench history a.csv --confirm 'make -C {tree}'")->err, "needs --side");
    assert_has(run_well(box, 2, "bench history a.csv --confirm make --side '-s command={tree}/p'")->err,
               "{tree}");
}

static void junit_has_the_step_as_a_failure(void **state)
{
    struct sandbox *box = *state;
    history_of(box, "at=50", 1);
    assert_has(
        run_well(
            box, 1,
            "bench history runs.csv --format junit >j.xml; s=$?; python3 -c 'import "
            "xml.etree.ElementTree as e; r = e.parse(\"j.xml\").getroot(); "
            "print(len(r.findall(\".//failure\")), r.get(\"failures\"), r.get(\"tests\"))'; exit $s")
            ->out,
        "1 1 2");
}

/* browser/year.py: made from a seed, noise, spikes and all. It holds for 19 of the seeds 1 to 20, and
 * not for 1: docs/history.md says why. */
static void a_year_has_its_three_true_steps_and_the_machines_are_told_as_such(void **state)
{
    struct sandbox *box = *state;
    run_well(box, 0, "python3 " SOURCE_FOLDER "/tests/browser/year.py year.csv 2");
    const char *told = run_well(box, 1, "bench history year.csv --last 400")->out;
    assert_has(told, "2 slower, 1 faster, 3 of the machine");
    assert_has(told, "c094/PROGRAM -- -s command=c095/PROGRAM");
    assert_has(told, "c179/PROGRAM -- -s command=c180/PROGRAM");
    assert_has(told, "c353/PROGRAM -- -s command=c354/PROGRAM");
    assert_has(told, "  EPYC  2026-12-21 c354 ");
    assert_has(told, "of 2 machines or runtimes");
}

static void reference_work_stands_beside_a_run_and_is_not_compared(void **state)
{
    struct sandbox *box = *state;
    run_well(box, 0, "bench -q -w sleep -x serial -s sleep.tasks=2 --reference-work -r 3 -o r.csv");
    run_well(box, 0, "test $(grep -c ',reference,' r.csv) -gt 6");
    assert_has(run_well(box, 0, "bench history r.csv --format json")->out, "\"reference\": true");
    struct program *bench = run_well(box, 0, "cp r.csv s.csv; bench compare r.csv s.csv");
    assert_has(bench->out, "sleep");
    assert_lacks(bench->out, "payload");
}

/* ---- duels ---- */

/* Two commits, of which the second does what it says; $1 of `commit` is the program's loops. */
static void make_repository(struct sandbox *box, const char *second)
{
    char script[2048];
    snprintf(
        script, sizeof script,
        "git init -q . && git config user.name a && git config user.email a@b &&\n"
        "commit() { printf 'int main(void) { volatile unsigned long x = 1; for (long i = 0; i < %%s; "
        "i++) x = x * 3 "
        "+ 1; return 0; }' $1 >prog.c; printf 'prog: prog.c\\n\\tcc -O1 -o prog prog.c\\n' >Makefile\n"
        "git add prog.c Makefile && git commit -q --allow-empty -m $1; }\n"
        "commit 300000; A=$(git rev-parse HEAD); %s; B=$(git rev-parse HEAD)\n"
        "python3 made.py a.csv sessions=50 labels=$A workload=exec text=command=./prog &&\n"
        "python3 made.py b.csv first=50 sessions=10 at=50 labels=$B workload=exec text=command=./prog\n",
        second);
    sandbox_write(box, "prepare.sh", script, strlen(script));
    run_well(box, 0, "sh prepare.sh >/dev/null");
}

#define CONFIRM \
    "bench history -q a.csv b.csv --confirm 'make -s -C {tree}' --side '-s command={tree}/prog' "

/* Nothing of it is left: no work tree, no folder. */
static void assert_clean(struct sandbox *box)
{
    assert_has(run_well(box, 0, "git worktree list | wc -l")->out, "1\n");
    assert_has(run_well(box, 0, "ls -d ${TMPDIR:-/tmp}/bench-duel-$PPID* 2>/dev/null; echo none")->out,
               "none");
}

static void a_duel_confirms_what_is_slower(void **state)
{
    struct sandbox *box = *state;
    make_repository(box, "commit 900000");
    struct program *bench = run_well(box, 1, CONFIRM);
    assert_has(bench->out, "slower, confirmed");
    assert_has(bench->out, "by side the build");
    assert_clean(box);
}

static void a_duel_acquits_what_is_the_same(void **state)
{
    struct sandbox *box = *state;
    make_repository(box, "echo words >README; git add README; git commit -q -m words");
    struct program *bench = run_well(box, 0, CONFIRM);
    assert_has(bench->out, "slower, not confirmed");
    assert_clean(box);
}

static void a_build_that_fails_is_said_and_stays_an_alarm(void **state)
{
    struct sandbox *box = *state;
    make_repository(box, "commit 900000; echo nonsense >>prog.c; git commit -q -a -m broken");
    struct program *bench = run_well(box, 1, CONFIRM);
    assert_has(bench->out, "could not build");
    assert_has(bench->out, "ended with status 2");
    assert_clean(box);
}

static void a_label_that_is_no_commit_is_said(void **state)
{
    struct sandbox *box = *state;
    make_repository(box, "commit 900000");
    run_well(box, 0,
             "python3 made.py b.csv first=50 sessions=10 at=50 labels=nightly workload=exec "
             "text=command=./prog");
    assert_has(run_well(box, 1, CONFIRM)->out, "the label 'nightly'");
    assert_clean(box);
}

static void outside_of_a_repository_there_is_no_duel(void **state)
{
    struct sandbox *box = *state;
    history_of(box, "at=50", 1);
    assert_has(
        run_well(box, 2,
                 "GIT_CEILING_DIRECTORIES=/tmp bench history runs.csv --confirm 'make -C {tree}' --side "
                 "'-s command={tree}/prog'")
            ->err,
        "no git repository");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, sandbox_teardown)
        TEST(a_still_history_is_told_as_such),
        TEST(a_fresh_step_to_slower_is_status_1_and_names_both_builds),
        TEST(an_old_step_is_told_but_no_alarm),
        TEST(a_step_to_faster_is_no_alarm),
        TEST(a_step_that_is_too_young_is_no_alarm),
        TEST(a_step_that_the_reference_takes_is_the_machines),
        TEST(a_kernel_update_does_not_part_series_and_is_told_at_the_step),
        TEST(a_new_processor_begins_new_series),
        TEST(the_order_of_rows_and_files_does_not_matter),
        TEST(what_is_odd_about_the_files_is_said_in_a_sentence_each),
        TEST(what_cannot_be_read_is_refused),
        TEST(junit_has_the_step_as_a_failure),
        TEST(a_year_has_its_three_true_steps_and_the_machines_are_told_as_such),
        TEST(reference_work_stands_beside_a_run_and_is_not_compared),
        TEST(a_duel_confirms_what_is_slower),
        TEST(a_duel_acquits_what_is_the_same),
        TEST(a_build_that_fails_is_said_and_stays_an_alarm),
        TEST(a_label_that_is_no_commit_is_said),
        TEST(outside_of_a_repository_there_is_no_duel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
