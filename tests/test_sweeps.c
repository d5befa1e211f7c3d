/* Which cases are a sweep, what its serial shares are over, and why nothing is predicted. */
#include "results/scaling.h"

#include "report/gnuplot_law.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RECORDS_MOST = 100 };

struct rows {
    struct record list[RECORDS_MOST];
    size_t size;
};

/* A launch of one run. Texts of literals: not for record_free. */
static struct record *add(struct rows *rows, const char *executor, int64_t workers, int64_t launch,
                          double wall_s)
{
    struct record *row = &rows->list[rows->size++];
    record_init(row);
    row->workload = (char *)"spin";
    row->params = (char *)"work=1us";
    row->executor = (char *)executor;
    row->phase = PHASE_MEASURE;
    row->status = STATUS_OK;
    row->workers = workers;
    row->inflight = row->run = 1;
    row->launch = launch;
    row->tasks = 100;
    row->wall_s = wall_s;
    return row;
}

/* 1 to `most` workers, in launches that are 1 % below, at and above the law. */
static void add_sweep(struct rows *rows, const char *executor, const struct usl *law, int most,
                      int launches)
{
    for (int n = most; n > 0; n--) {
        for (int launch = 1; launch <= launches; launch++)
            add(rows, executor, n, launch, exp(0.01 * (launch - 2)) / usl_throughput(law, n));
    }
}

static void find(struct rows *rows, struct results *results, struct scalings *scalings)
{
    results_of(results, rows->list, rows->size);
    scalings_of(scalings, results);
}

static void end(struct results *results, struct scalings *scalings)
{
    scalings_free(scalings);
    results_free(results);
}

static const struct usl law = {1, 0.05, 0.004};

static void sweep_of_workers_has_shares_and_a_law(void **state)
{
    struct rows rows = {.size = 0};
    struct results results;
    struct scalings scalings;
    (void)state;
    add_sweep(&rows, "pthread", &law, 8, 3);
    find(&rows, &results, &scalings);
    assert_int_equal(scalings.size, 1);
    const struct scaling *scaling = scalings.list;
    assert_int_equal(scaling->count, 8);
    assert_false(scaling->is_of_lanes);
    assert_true(isnan(scaling->steps[0].serial_share));
    assert_float_equal(scaling->steps[4].n, 5, 0);
    assert_float_equal(scaling->steps[4].serial_share, 0.05 + 5 * 0.004, 1e-9);
    assert_true(interval_has(scaling->steps[4].serial_share_interval, 0.07));
    assert_int_equal(scaling->doubt, SCALING_HOLDS);
    assert_float_equal(scaling->law.sigma.value, 0.05, 1e-6);
    assert_true(scaling->serial_share > 0.05 && scaling->serial_share < 0.1);
    assert_false(scaling_is_far(scaling, scaling->law.peak.value));
    assert_true(scaling_is_far(scaling, 17));
    end(&results, &scalings);
}

static void sweep_without_one_worker_is_held_against_serial(void **state)
{
    struct rows rows = {.size = 0};
    struct results results;
    struct scalings scalings;
    (void)state;
    add(&rows, "serial", 1, 1, 1);
    for (int n = 2; n <= 4; n++)
        add(&rows, "omp", n, 1, 1.25 / n);
    find(&rows, &results, &scalings);
    assert_int_equal(scalings.size, 1);
    assert_float_equal(scalings.list[0].steps[0].speedup, 1.6, 1e-12);
    assert_float_equal(scalings.list[0].steps[0].serial_share, karp_flatt(1.6, 2), 1e-12);
    end(&results, &scalings);
}

static void sweep_without_a_reference_has_no_shares(void **state)
{
    struct rows rows = {.size = 0};
    struct results results;
    struct scalings scalings;
    (void)state;
    for (int n = 2; n <= 4; n++)
        add(&rows, "omp", n, 1, 1.25 / n);
    find(&rows, &results, &scalings);
    assert_int_equal(scalings.size, 1);
    assert_true(isnan(scalings.list[0].steps[1].serial_share));
    end(&results, &scalings);
}

static void lanes_are_a_sweep_of_their_own(void **state)
{
    struct rows rows = {.size = 0};
    struct results results;
    struct scalings scalings;
    (void)state;
    for (int64_t lanes = 1; lanes <= 8; lanes *= 2)
        add(&rows, "uring", 1, 1, 1 / (double)lanes)->inflight = lanes;
    find(&rows, &results, &scalings);
    assert_int_equal(scalings.size, 1);
    assert_true(scalings.list[0].is_of_lanes);
    assert_int_equal(scalings.list[0].count, 4);
    end(&results, &scalings);
}

static void what_differs_in_more_than_workers_is_no_sweep(void **state)
{
    struct rows rows = {.size = 0};
    struct results results;
    struct scalings scalings;
    (void)state;
    add(&rows, "omp", 1, 1, 1);
    add(&rows, "pthread", 2, 1, 0.5);
    add(&rows, "omp", 3, 1, 0.3)->pin = (char *)"spread";
    add(&rows, "omp", 4, 1, 0.3)->lever = (char *)"cpu=50%";
    add(&rows, "omp", 5, 1, 0.3)->rate_per_s = 100;
    add(&rows, "omp", 6, 1, 0.3)->status = STATUS_FAILED;
    find(&rows, &results, &scalings);
    assert_int_equal(scalings.size, 0);
    end(&results, &scalings);
}

static enum scaling_doubt doubt_of(int most, int launches)
{
    struct rows rows = {.size = 0};
    struct results results;
    struct scalings scalings;
    add_sweep(&rows, "pthread", &law, most, launches);
    find(&rows, &results, &scalings);
    assert_int_equal(scalings.size, 1);
    enum scaling_doubt doubt = scalings.list[0].doubt;
    end(&results, &scalings);
    return doubt;
}

static void few_points_or_launches_predict_nothing(void **state)
{
    (void)state;
    assert_int_equal(doubt_of(5, 3), SCALING_FEW_POINTS);
    assert_int_equal(doubt_of(6, 1), SCALING_FEW_LAUNCHES);
    assert_int_equal(doubt_of(6, 2), SCALING_HOLDS);
}

static void law_is_a_curve_and_a_band_for_gnuplot(void **state)
{
    struct rows rows = {.size = 0};
    struct results results;
    struct scalings scalings;
    char *text = NULL;
    size_t size = 0, lines = 0;
    double n, value, low, high;
    (void)state;
    add_sweep(&rows, "pthread", &law, 8, 3);
    find(&rows, &results, &scalings);
    const struct scaling *scaling = gnuplot_law_of(&scalings, scalings.list[0].first);
    assert_ptr_equal(scaling, &scalings.list[0]);
    assert_null(gnuplot_law_of(&scalings, scalings.list[0].steps[1].result));
    FILE *out = open_memstream(&text, &size);
    gnuplot_law_data(out, scaling, 0, 2);
    fclose(out);
    assert_int_equal(strncmp(text, "$law0_2 << END\n", 15), 0);
    for (char *line = strchr(text, '\n');
         line && sscanf(line, "%lf %lf %lf %lf", &n, &value, &low, &high) == 4;
         line = strchr(line + 1, '\n')) {
        assert_true(low <= value && value <= high);
        lines++;
    }
    assert_int_equal(lines, SCALING_BAND);
    assert_float_equal(n, 16, 1e-6);
    free(text);
    end(&results, &scalings);
}

static void law_that_does_not_hold_predicts_nothing(void **state)
{
    struct rows rows = {.size = 0};
    struct results results;
    struct scalings scalings;
    (void)state;
    for (int n = 1; n <= 8; n++) {
        for (int launch = 1; launch <= 3; launch++)
            add(&rows, "pthread", n, launch, exp(0.01 * launch) / fmin(n, 2));
    }
    find(&rows, &results, &scalings);
    assert_int_equal(scalings.list[0].doubt, SCALING_MISFIT);
    end(&results, &scalings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sweep_of_workers_has_shares_and_a_law),
        cmocka_unit_test(sweep_without_one_worker_is_held_against_serial),
        cmocka_unit_test(sweep_without_a_reference_has_no_shares),
        cmocka_unit_test(lanes_are_a_sweep_of_their_own),
        cmocka_unit_test(what_differs_in_more_than_workers_is_no_sweep),
        cmocka_unit_test(few_points_or_launches_predict_nothing),
        cmocka_unit_test(law_is_a_curve_and_a_band_for_gnuplot),
        cmocka_unit_test(law_that_does_not_hold_predicts_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
