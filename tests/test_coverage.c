/*
 * How often intervals of 95 % hold what they are of, by simulation: 94 to 97 % of the time, whether the
 * runs are skewed, heavy-tailed, autocorrelated or in clusters. Without arguments: the cells that tell
 * most, few and small enough for every build. `test_coverage REPLICATES` prints a table of all of them,
 * as CSV. Seeds are fixed: a cell passes always or never.
 *
 * Where the band is not met, by the table with 10000 replicates (standard error 0.2 %):
 * - Fewer than 20 autocorrelated runs in one launch: 88 % with rho 0.3, 70 % with 0.6. So few do not
 * show their autocorrelation, and all would have to pay for it: independent ones with intervals 30 %
 * wider. With rho 0.6 it is 92.5 % of 20 runs and 94 % of 30; the band is met from 50.
 * - Ratios of two launches against two: 97.7 %, since Welch's degrees of freedom are themselves
 * estimated. Of 20 against 20: 97.1 %; where both arms are order statistics MOVER is a little wide.
 * - Ratios of two to five launches of one skewed or heavy-tailed run each: 97 to 98 %, as Student's t
 * is.
 * - Ten and more launches of skewed runs: 93.6 %, 92.8 % of 20. The interval is of the median of the
 * launches' medians, and these are not skewed, so it is not quite that of all runs. Ratios do not
 * suffer.
 * - What is called detectable is found in 74 % with two launches a side, 84 % with three, 88 % with
 * five: where the error is badly known, so is that. Otherwise it is 90 %.
 */
#include "stats/distributions.h"
#include "stats/random.h"
#include "stats/sample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define VALUES_MOST 300
#define LAUNCHES_MOST 20
/* The standard deviation of ln(value) within a launch: a coefficient of variation as on a shared virtual
 * machine. */
#define SPREAD 0.05

/* The distribution of ln(value) in a launch, in units of SPREAD; its median is 0. */
enum shape { NORMAL, SKEWED, STUDENT_3, STUDENT_2 };
static const char *const shape_names[] = {"normal", "lognormal", "t3", "t2"};

struct cell {
    enum shape shape;
    size_t launches, launch_size;
    double rho;           /* of the AR(1) process behind a launch's runs */
    double launch_spread; /* standard deviation of launches, in units of SPREAD; of a single launch it is
                           * what is assumed of it, and is seen in the ratio alone */
};

/* Two sides of the same distribution. */
struct side {
    double values[VALUES_MOST];
    size_t launch_sizes[LAUNCHES_MOST];
    struct sample sample;
};

struct coverage {
    double median, ratio;      /* shares of intervals that hold it */
    double false_alarms;       /* share of p < 0.05 / 12, which Holm asks of the first of twelve cases */
    double width, ratio_width; /* means, of logarithms */
    double detectable;         /* mean, of logarithms */
    double found;              /* share of changes of `detectable` that were found */
};

/* Box and Muller 1958. */
static double draw_normal(struct random_source *source)
{
    double radius = sqrt(-2 * log(1 - random_uniform(source)));

    return radius * cos(2 * M_PI * random_uniform(source));
}

static double draw_student(struct random_source *source, int df)
{
    double z = draw_normal(source), squares = 0;

    for (int i = 0; i < df; i++)
        squares += pow(draw_normal(source), 2);
    return z / sqrt(squares / df);
}

static double draw_innovation(struct random_source *source, enum shape shape)
{
    if (shape == STUDENT_3 || shape == STUDENT_2)
        return draw_student(source, shape == STUDENT_3 ? 3 : 2);
    return draw_normal(source);
}

/* An AR(1) process from its middle on; what is skewed is an exponential of a normal one. */
static void draw_side(struct random_source *source, const struct cell *cell, struct side *side)
{
    double *value = side->values, fresh = sqrt(1 - cell->rho * cell->rho);
    size_t begun = cell->rho > 0 ? 20 : 0;

    for (size_t launch = 0; launch < cell->launches; launch++) {
        double effect = cell->launches > 1 ? cell->launch_spread * draw_normal(source) : 0, x = 0;

        side->launch_sizes[launch] = cell->launch_size;
        for (size_t i = 0; i < begun + cell->launch_size; i++) {
            x = cell->rho * x + fresh * draw_innovation(source, cell->shape);
            if (i >= begun)
                *value++ = exp(SPREAD * (effect + (cell->shape == SKEWED ? exp(x) - 1 : x)));
        }
    }
    side->sample = (struct sample){
        .values = side->values, .launch_sizes = side->launch_sizes, .launches = cell->launches};
}

/* The median of ln(value) over all launches, in units of SPREAD. What is skewed stays 0 only within a
 * launch. */
static double true_median(const struct cell *cell)
{
    double low = -1, high = 2;

    if (cell->launches == 1 || cell->shape != SKEWED || cell->launch_spread == 0)
        return 0;
    while (high - low > 1e-6) {
        double middle = (low + high) / 2, below = 0;

        for (int i = 0; i < 2000; i++) {
            double value = exp(normal_quantile((i + 0.5) / 2000)) - 1;

            below += normal_above((value - middle) / cell->launch_spread) / 2000;
        }
        if (below < 0.5)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void scale_side(struct side *side, double ln_factor)
{
    for (size_t i = 0; i < side->sample.launches * side->launch_sizes[0]; i++)
        side->values[i] *= exp(ln_factor);
}

static double median_coverage(const struct cell *cell, size_t replicates, struct coverage *coverage)
{
    struct random_source source = {20240229};
    double truth = exp(SPREAD * true_median(cell));
    static struct side side;

    *coverage = (struct coverage){0};
    for (size_t i = 0; i < replicates; i++) {
        struct interval interval;

        draw_side(&source, cell, &side);
        sample_median(&side.sample, 0.95, &interval);
        coverage->median += interval_has(interval, truth) / (double)replicates;
        coverage->width += log(interval.high / interval.low) / (double)replicates;
    }
    return coverage->median;
}

/* `change` of the second side, a factor's logarithm: with it, `found`; without, all the others. */
static void ratio_coverage(const struct cell *cell, size_t replicates, double change,
                           struct coverage *coverage)
{
    struct random_source source = {change == 0 ? 1 : 2};
    double share = 1 / (double)replicates;
    static struct side sides[2];

    for (size_t i = 0; i < replicates; i++) {
        struct sample_ratio ratio;

        for (size_t j = 0; j < 2; j++) {
            draw_side(&source, cell, &sides[j]);
            if (cell->launches == 1)
                scale_side(&sides[j], SPREAD * cell->launch_spread * draw_normal(&source));
        }
        if (change != 0)
            scale_side(&sides[1], change);
        ratio = sample_ratio(&sides[0].sample, &sides[1].sample, 0.95);
        if (change != 0) {
            coverage->found += share * (ratio.p < 0.05);
            continue;
        }
        coverage->ratio += share * interval_has(ratio.interval, 1);
        coverage->false_alarms += share * (ratio.p < 0.05 / 12);
        coverage->ratio_width += share * log(ratio.interval.high / ratio.interval.low);
        coverage->detectable += share * log1p(ratio.detectable);
    }
}

static void print_row(const struct cell *cell, size_t replicates)
{
    struct coverage c;

    median_coverage(cell, replicates, &c);
    ratio_coverage(cell, replicates, 0, &c);
    ratio_coverage(cell, replicates, c.detectable, &c);
    printf("%s,%zu,%zu,%g,%g,%.4f,%.4f,%.4f,%.5f,%.4f,%.4f,%.3f\n", shape_names[cell->shape],
           cell->launches, cell->launch_size, cell->rho, cell->launch_spread, c.median, c.width, c.ratio,
           c.false_alarms, c.ratio_width, c.detectable, c.found);
    fflush(stdout);
}

static int print_table(size_t replicates)
{
    const size_t sizes[] = {6, 10, 19, 20, 30, 50, 100, 300};
    const size_t clusters[] = {2, 3, 4, 5, 6, 10, 20};
    const double rhos[] = {0, 0.3, 0.6}, spreads[] = {0, 1};
    const double luck = SAMPLE_LAUNCH_LUCK / SPREAD;

    printf("shape,launches,launch_size,rho,launch_spread,median_covered,median_width,ratio_covered,"
           "false_alarms_of_12,ratio_width,detectable,found\n");
    for (enum shape shape = NORMAL; shape <= STUDENT_2; shape++) {
        for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
            for (size_t j = 0; j < sizeof(rhos) / sizeof(*rhos); j++)
                print_row(&(struct cell){shape, 1, sizes[i], rhos[j], luck}, replicates);
        }
        for (size_t i = 0; i < sizeof(clusters) / sizeof(*clusters); i++) {
            for (size_t j = 0; j < sizeof(spreads) / sizeof(*spreads); j++) {
                print_row(&(struct cell){shape, clusters[i], 1, 0, spreads[j]}, replicates);
                print_row(&(struct cell){shape, clusters[i], 10, 0.3, spreads[j]}, replicates);
            }
        }
    }
    return 0;
}

#define assert_within(is, low, high, cell)                                                              \
    do {                                                                                                \
        if (!((is) >= (low) && (is) <= (high)))                                                         \
            fail_msg("%.4f is not within %g..%g: %s, %zu launches of %zu, rho %g", (is), (low), (high), \
                     shape_names[(cell)->shape], (cell)->launches, (cell)->launch_size, (cell)->rho);   \
    } while (0)

static void assert_medians_covered(const struct cell *cells, size_t size, size_t replicates)
{
    struct coverage coverage;

    for (size_t i = 0; i < size; i++)
        assert_within(median_coverage(&cells[i], replicates, &coverage), 0.94, 0.97, &cells[i]);
}

#define COUNT(cells) (sizeof(cells) / sizeof(*(cells)))

static void medians_of_few_runs_are_covered(void **state)
{
    const struct cell cells[] = {{NORMAL, 1, 6, 0, 0},    {NORMAL, 1, 10, 0, 0},
                                 {SKEWED, 1, 10, 0, 0},   {STUDENT_3, 1, 10, 0, 0},
                                 {STUDENT_2, 1, 6, 0, 0}, {NORMAL, 1, 30, 0, 0}};

    (void)state;
    assert_medians_covered(cells, COUNT(cells), 20000);
}

static void medians_of_many_runs_are_covered(void **state)
{
    const struct cell cells[] = {{SKEWED, 1, 50, 0, 0},  {STUDENT_2, 1, 50, 0, 0},
                                 {NORMAL, 1, 100, 0, 0}, {STUDENT_3, 1, 100, 0, 0},
                                 {SKEWED, 1, 300, 0, 0}, {STUDENT_2, 1, 300, 0, 0}};

    (void)state;
    assert_medians_covered(cells, COUNT(cells), 4000);
}

static void medians_of_autocorrelated_runs_are_covered(void **state)
{
    const struct cell cells[] = {{NORMAL, 1, 50, 0.3, 0},   {SKEWED, 1, 50, 0.6, 0},
                                 {NORMAL, 1, 100, 0.6, 0},  {STUDENT_2, 1, 100, 0.3, 0},
                                 {NORMAL, 1, 300, 0.45, 0}, {SKEWED, 1, 300, 0.6, 0}};

    (void)state;
    assert_medians_covered(cells, COUNT(cells), 4000);
}

static void medians_over_launches_are_covered(void **state)
{
    const struct cell cells[] = {{NORMAL, 2, 10, 0.3, 1},     {NORMAL, 3, 10, 0.3, 1},
                                 {SKEWED, 3, 10, 0, 1},       {STUDENT_2, 5, 10, 0.3, 1},
                                 {STUDENT_3, 10, 10, 0.3, 1}, {NORMAL, 10, 10, 0.3, 0.2}};

    (void)state;
    assert_medians_covered(cells, COUNT(cells), 8000);
}

static void ratios_are_covered_and_false_alarms_are_few(void **state)
{
    const double luck = SAMPLE_LAUNCH_LUCK / SPREAD;
    const struct cell cells[] = {{NORMAL, 1, 10, 0, luck},    {SKEWED, 1, 30, 0.3, luck},
                                 {NORMAL, 1, 100, 0.6, luck}, {NORMAL, 3, 10, 0.3, 1},
                                 {STUDENT_3, 5, 10, 0, 1},    {SKEWED, 10, 3, 0, 1}};
    const size_t replicates = 4000;

    (void)state;
    for (size_t i = 0; i < COUNT(cells); i++) {
        struct coverage coverage = {0};

        ratio_coverage(&cells[i], replicates, 0, &coverage);
        assert_within(coverage.ratio, 0.94, 0.97, &cells[i]);
        assert_within(coverage.false_alarms, 0, 0.05 / 12 + 0.003,
                      &cells[i]); /* three standard errors */
    }
}

/* Where there are two or three launches the error is so badly known that it is fewer than nine in ten.
 */
static void what_is_detectable_is_found_nine_times_in_ten(void **state)
{
    const struct cell cells[] = {{NORMAL, 1, 10, 0, SAMPLE_LAUNCH_LUCK / SPREAD}, {NORMAL, 10, 5, 0, 1}};

    (void)state;
    for (size_t i = 0; i < COUNT(cells); i++) {
        struct coverage coverage = {0};

        ratio_coverage(&cells[i], 2000, 0, &coverage);
        ratio_coverage(&cells[i], 2000, coverage.detectable, &coverage);
        assert_within(coverage.found, 0.88, 0.93, &cells[i]);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(medians_of_few_runs_are_covered),
        cmocka_unit_test(medians_of_many_runs_are_covered),
        cmocka_unit_test(medians_of_autocorrelated_runs_are_covered),
        cmocka_unit_test(medians_over_launches_are_covered),
        cmocka_unit_test(ratios_are_covered_and_false_alarms_are_few),
        cmocka_unit_test(what_is_detectable_is_found_nine_times_in_ten),
    };

    if (argc > 1)
        return print_table(strtoul(argv[1], NULL, 10));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
