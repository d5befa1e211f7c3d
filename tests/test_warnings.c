/* What is said of results that mean less than they seem to, and what is not said of good ones. */
#include "report/warnings.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RUNS_MAX = 200 };

struct fixture {
    struct record records[RUNS_MAX];
    size_t size;
    struct results results;
    struct warning_facts facts;
    char said[4096]; /* a line each */
    size_t lines;
};

static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    *state = fixture;
    if (!fixture)
        return -1;
    fixture->facts = (struct warning_facts){
        .quota_cpus = NAN, .throttled_s = NAN, .others_cpus = NAN, .cpus = 4, .governor = ""};
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < fixture->size; i++)
        record_free(&fixture->records[i]);
    results_free(&fixture->results);
    free(fixture);
    return 0;
}

static struct record *add_run(struct fixture *fixture, const char *executor, int64_t workers,
                              double wall_s)
{
    struct record *record = &fixture->records[fixture->size++];
    record_init(record);
    record_set_text(record, COLUMN_workload, "blur");
    record_set_text(record, COLUMN_executor, executor);
    record_set_text(record, COLUMN_phase, "measure");
    record_set_text(record, COLUMN_status, "ok");
    record->workers = workers;
    record->inflight = record->launch = 1;
    record->wall_s = wall_s;
    return record;
}

/* Runs that nothing is wrong with: a little apart, in no order that matters. */
static void add_good_case(struct fixture *fixture, const char *executor, int64_t workers)
{
    for (size_t i = 0; i < 30; i++)
        add_run(fixture, executor, workers, 0.1 + 0.0001 * (double)(i * 7 % 30));
}

static void hear(void *context, const char *text)
{
    struct fixture *fixture = context;
    size_t length = strlen(fixture->said);
    assert_null(strchr(text, '\n'));
    assert_true(length + strlen(text) + 2 < sizeof fixture->said);
    strcat(strcpy(fixture->said + length, text), "\n");
    fixture->lines++;
}

static void look(struct fixture *fixture)
{
    results_of(&fixture->results, fixture->records, fixture->size);
}

static void tell(struct fixture *fixture)
{
    if (!fixture->results.cases)
        look(fixture);
    warnings_tell(&fixture->results, &fixture->facts, hear, fixture);
}

/* Exactly this one line is said. */
static void assert_told(struct fixture *fixture, const char *line)
{
    tell(fixture);
    if (strncmp(fixture->said, line, strlen(line)) != 0 || fixture->lines != 1)
        fail_msg("said:\n%sexpected:\n%s\n", fixture->said, line);
    assert_int_equal(strlen(fixture->said), strlen(line) + 1);
}

static void nothing_is_said_of_good_results(void **state)
{
    struct fixture *fixture = *state;
    fixture->facts.governor = "performance";
    fixture->facts.quota_cpus = 2;
    fixture->facts.throttled_s = 0;
    fixture->facts.others_cpus = 0.1;
    add_good_case(fixture, "omp", 2);
    add_good_case(fixture, "serial", 1);
    tell(fixture);
    assert_string_equal(fixture->said, "");
}

static void quota_below_the_workers_is_told_with_both(void **state)
{
    struct fixture *fixture = *state;
    fixture->facts.quota_cpus = 1.5;
    add_good_case(fixture, "omp", 2);
    assert_told(fixture, "quota: this control group has a quota of 1.5 CPUs, and there were up to 2 "
                         "workers: raise the quota, or use fewer workers (-j)");
}

static void throttling_is_told_with_how_long_it_was(void **state)
{
    struct fixture *fixture = *state;
    fixture->facts.throttled_s = 0.25;
    add_good_case(fixture, "omp", 2);
    assert_told(fixture,
                "quota: this control group's CPUs are limited; it was throttled for 0.25 s: raise the "
                "quota");
}

static void governor_that_changes_the_clock_is_named(void **state)
{
    struct fixture *fixture = *state;
    fixture->facts.governor = "powersave";
    add_good_case(fixture, "omp", 2);
    assert_told(fixture, "frequency: the governor 'powersave' changes the clock with the load: cpupower "
                         "frequency-set -g performance");
}

static void other_load_is_told_from_a_twentieth_of_the_machine(void **state)
{
    struct fixture *fixture = *state;
    fixture->facts.others_cpus = 0.21;
    add_good_case(fixture, "omp", 2);
    assert_told(
        fixture,
        "other load: other programs kept 0.21 of 4 CPUs busy: stop them, or move them to other CPUs");
}

static void workers_on_one_core_are_told(void **state)
{
    struct fixture *fixture = *state;
    hwloc_topology_t topology;
    assert_int_equal(hwloc_topology_init(&topology), 0);
    assert_int_equal(hwloc_topology_set_synthetic(topology, "pack:1 core:2 pu:2"), 0);
    assert_int_equal(hwloc_topology_load(topology), 0);
    fixture->facts.topology = topology;
    add_good_case(fixture, "omp", 2);
    record_set_text(&fixture->records[29], COLUMN_cpus, "0 1");
    assert_told(fixture,
                "cores: 2 workers share cores with others, as hardware threads (blur under omp, 2 "
                "workers): --places cores, or fewer workers (-j), gives each its own");
    hwloc_topology_destroy(topology);
}

static void cores_of_different_kinds_are_told(void **state)
{
    struct fixture *fixture = *state;
    hwloc_topology_t topology;
    assert_int_equal(hwloc_topology_init(&topology), 0);
    assert_int_equal(hwloc_topology_set_synthetic(topology, "pack:1 core:4 pu:1"), 0);
    assert_int_equal(hwloc_topology_load(topology), 0);
    for (unsigned kind = 0; kind < 2; kind++) {
        hwloc_bitmap_t set = hwloc_bitmap_alloc();
        hwloc_bitmap_set_range(set, 2 * kind, (int)(2 * kind + 1));
        assert_int_equal(hwloc_cpukinds_register(topology, set, (int)kind, 0, NULL, 0), 0);
        hwloc_bitmap_free(set);
    }
    fixture->facts.topology = topology;
    add_good_case(fixture, "omp", 2);
    record_set_text(&fixture->records[29], COLUMN_cpus, "1 2");
    assert_told(fixture,
                "cores: workers are on cores of 2 kinds, faster and slower ones (blur under omp, 2 "
                "workers), so that speed-up is no matter of their number alone: fewer workers (-j) are "
                "put on the faster ones, and bench topo shows which these are");
    hwloc_topology_destroy(topology);
}

static void steal_is_a_share_of_what_all_workers_could_have_had(void **state)
{
    struct fixture *fixture = *state;
    add_good_case(fixture, "serial", 1);
    add_good_case(fixture, "omp", 2);
    for (size_t i = 0; i < fixture->size; i++) /* 1 % of 30 x 0.1 s is 0.03 s a worker */
        fixture->records[i].steal_s = 0;
    fixture->records[5].steal_s = 0.03;
    fixture->records[35].steal_s = fixture->records[55].steal_s = 0.1;
    assert_told(fixture,
                "steal: the hypervisor gave up to 3.3 % of the CPU time to other machines (blur under "
                "omp, 2 workers): measure at a quieter time, or with --launches 5, and compare medians");
}

static void ticks_of_steal_in_a_short_case_are_no_share(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < 10; i++)
        add_run(fixture, "serial", 1, 0.01)->steal_s = i == 3 ? 0.02 : 0;
    tell(fixture);
    assert_string_equal(fixture->said, "");
}

static void short_runs_are_told_by_the_shortest_and_how_many(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < 5; i++) {
        add_run(fixture, "serial", 1, 0.0005);
        add_run(fixture, "omp", 2, 0.00025);
        add_run(fixture, "process", 2, 0.0015);
    }
    assert_told(
        fixture,
        "short runs: of 250 us (blur under omp, 2 workers; 2 cases), much of it reading the clock and "
        "starting the workers: give a run more tasks, or use --precision, which makes such runs longer");
}

static void slow_first_run_suggests_a_longer_warm_up(void **state)
{
    struct fixture *fixture = *state;
    add_run(fixture, "serial", 1, 0.25);
    add_good_case(fixture, "serial", 1);
    tell(fixture);
    assert_non_null(strstr(fixture->said, "first run: took 2.4"));
    assert_non_null(strstr(fixture->said, "--warmup 3"));
    assert_int_equal(fixture->lines, 1);
}

static void one_slow_first_run_of_many_launches_is_chance(void **state)
{
    struct fixture *fixture = *state;
    for (size_t launch = 0; launch < 5; launch++) {
        for (size_t i = 0; i < 4; i++)
            add_run(fixture, "serial", 1, launch == 2 && i == 0 ? 0.3 : 0.1)->launch =
                (int64_t)launch + 1;
    }
    tell(fixture);
    assert_string_equal(fixture->said, "");
}

static void drift_suggests_launches(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < 20; i++)
        add_run(fixture, "serial", 1, 0.1 + 0.0001 * (double)i);
    tell(fixture);
    assert_int_equal(strncmp(fixture->said, "drift: runs resemble those just before them", 43), 0);
    assert_non_null(strstr(fixture->said, "--launches 5"));
    assert_int_equal(fixture->lines, 1);
}

static void a_run_far_from_all_others_is_told(void **state)
{
    struct fixture *fixture = *state;
    add_good_case(fixture, "serial", 1);
    fixture->records[17].wall_s = 0.45;
    assert_told(fixture,
                "outliers: one or a few runs are far from all others, up to 4.43 times the median (blur "
                "under serial, 1 worker): something else ran then, or the work itself takes long now "
                "and then; the median hardly minds, and in the file of -o one sees which they are");
}

static void the_first_run_is_no_outlier(void **state)
{
    struct fixture *fixture = *state;
    add_good_case(fixture, "serial", 1);
    fixture->records[0].wall_s = 0.45;
    tell(fixture);
    assert_null(strstr(fixture->said, "outliers: "));
    assert_non_null(strstr(fixture->said, "first run: took "));
}

static void runs_that_are_widely_spread_have_no_outliers(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < 30; i++)
        add_run(fixture, "serial", 1, 0.02 + 0.01 * (double)(i * 7 % 10));
    fixture->records[17].wall_s = 0.3;
    tell(fixture);
    assert_string_equal(fixture->said, "");
}

static void what_happens_to_many_runs_is_no_outlier(void **state)
{
    struct fixture *fixture = *state;
    add_good_case(fixture, "serial", 1);
    for (size_t i = 10; i < 20; i += 3)
        fixture->records[i].wall_s = 0.45;
    tell(fixture);
    assert_null(strstr(fixture->said, "outliers: "));
}

static void drift_is_not_told_of_a_few_runs(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < 19; i++)
        add_run(fixture, "serial", 1, 0.1 + 0.0001 * (double)i);
    tell(fixture);
    assert_string_equal(fixture->said, "");
}

static void precision_not_reached_says_what_would_do(void **state)
{
    struct fixture *fixture = *state;
    fixture->facts.precision = 0.01;
    fixture->facts.time_s = 5;
    add_good_case(fixture, "serial", 1);
    add_good_case(fixture, "omp", 2);
    look(fixture);
    fixture->results.cases[0].stopped_by = "precision";
    fixture->results.cases[1].stopped_by = "time";
    fixture->results.cases[1].precision = 0.02;
    assert_told(fixture,
                "precision: the median is not known within 1.0 %, but within 2.0 % after 30 runs "
                "(blur under omp, 2 workers): --time 24 may be needed, or accept --precision 2");
}

static void time_that_would_do_counts_what_the_least_runs_took(void **state)
{
    struct fixture *fixture = *state;
    fixture->facts.precision = 0.01;
    fixture->facts.time_s = 5;
    for (size_t i = 0; i < 10; i++)
        add_run(fixture, "serial", 1, 2);
    look(fixture);
    fixture->results.cases[0].stopped_by = "time";
    fixture->results.cases[0].precision = 0.02;
    tell(fixture); /* 20 s, four times as long, and a fifth to be on the safe side */
    assert_non_null(strstr(fixture->said, ": --time 96 may be needed, or accept --precision 2"));
}

static void precision_that_was_not_asked_for_is_not_missed(void **state)
{
    struct fixture *fixture = *state;
    add_good_case(fixture, "serial", 1);
    look(fixture);
    fixture->results.cases[0].stopped_by = "time";
    tell(fixture);
    assert_string_equal(fixture->said, "");
}

static void runs_that_have_failed_are_not_judged(void **state)
{
    struct fixture *fixture = *state;
    struct record *record = add_run(fixture, "serial", 1, NAN);
    record_set_text(record, COLUMN_status, "crashed");
    fixture->facts.precision = 0.01;
    tell(fixture);
    assert_string_equal(fixture->said, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_said_of_good_results),
        TEST(quota_below_the_workers_is_told_with_both),
        TEST(throttling_is_told_with_how_long_it_was),
        TEST(governor_that_changes_the_clock_is_named),
        TEST(other_load_is_told_from_a_twentieth_of_the_machine),
        TEST(workers_on_one_core_are_told),
        TEST(cores_of_different_kinds_are_told),
        TEST(steal_is_a_share_of_what_all_workers_could_have_had),
        TEST(ticks_of_steal_in_a_short_case_are_no_share),
        TEST(short_runs_are_told_by_the_shortest_and_how_many),
        TEST(slow_first_run_suggests_a_longer_warm_up),
        TEST(one_slow_first_run_of_many_launches_is_chance),
        TEST(drift_suggests_launches),
        TEST(a_run_far_from_all_others_is_told),
        TEST(the_first_run_is_no_outlier),
        TEST(runs_that_are_widely_spread_have_no_outliers),
        TEST(what_happens_to_many_runs_is_no_outlier),
        TEST(drift_is_not_told_of_a_few_runs),
        TEST(precision_not_reached_says_what_would_do),
        TEST(time_that_would_do_counts_what_the_least_runs_took),
        TEST(precision_that_was_not_asked_for_is_not_missed),
        TEST(runs_that_have_failed_are_not_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
