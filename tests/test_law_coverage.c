/*
 * How often the intervals of 95 % of the Universal Scalability Law hold what they are of, by simulation:
 * sweeps with known parameters, in which launches differ by 1 to 3 % as they do on the machines at hand,
 * also three times as much with many workers as with one. Without arguments: the cells that tell most,
 * few and small enough for every build. `test_law_coverage REPLICATES [DONE]` prints a table of all of
 * them, as CSV (`scripts/gate laws`, which results/gate-laws.csv is from). Seeds are fixed: a cell
 * passes always or never.
 *
 * What is counted are the intervals that are shown: where the test of lack of fit turns a sweep down
 * (`refused`, by design one in twenty), there are none.
 *
 * Where the band of 93 to 97 % is not met, by the table: where the truth is on a bound (kappa is 0, or
 * both are) it is 95 to 99.8 %, since an interval that is cut off at 0 can miss a 0 on one side only. Of
 * the other 168 figures two are outside, 92.8 and 97.1 %, with a standard error of 0.7 %; there launches
 * differ more the more workers there are.
 */
#include "stats/random.h"
#include "stats/scaling.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { POINTS_MOST = 12, LAUNCHES_MOST = 20 };
#define REFUSED_BELOW 0.05

/* Of what is ln(throughput) from launch to launch; its standard deviation is the cell's spread. */
enum shape { NORMAL, SKEWED, HEAVY };
static const char *const shape_names[] = {"normal", "skewed", "t5"};

struct sweep {
    const char *name;
    size_t count;
    double n[POINTS_MOST];
};
static const struct sweep each = {"1-8", 8, {1, 2, 3, 4, 5, 6, 7, 8}};
static const struct sweep six = {"1-6", 6, {1, 2, 3, 4, 5, 6}};
static const struct sweep doubling = {"1-64", 7, {1, 2, 4, 8, 16, 32, 64}};

struct cell {
    const struct sweep *sweep;
    double sigma, kappa;
    size_t launches;
    double spread, growth; /* at n = 1, and how many times as much at the largest n */
    enum shape shape;
};

struct coverage {
    double sigma, kappa, peak, twice; /* shares of intervals that hold it */
    double refused;
    double sigma_width, twice_width; /* means; the latter of logarithms */
};

/* Box and Muller 1958. */
static double draw_normal(struct random_source *source)
{
    double radius = sqrt(-2 * log(1 - random_uniform(source)));
    return radius * cos(2 * M_PI * random_uniform(source));
}

/* Mean 0 and standard deviation 1: what is skewed is an exponential distribution, as of launches that
 * are now and then much slower. */
static double draw(struct random_source *source, enum shape shape)
{
    if (shape == SKEWED)
        return 1 + log(1 - random_uniform(source));
    double z = draw_normal(source), squares = 0;
    if (shape == NORMAL)
        return z;
    for (int i = 0; i < 5; i++)
        squares += pow(draw_normal(source), 2);
    return z / sqrt(squares / 5) * sqrt(3.0 / 5);
}

static void draw_sweep(struct random_source *source, const struct cell *cell,
                       double logs[POINTS_MOST][LAUNCHES_MOST], struct scaling_point *points)
{
    const struct usl law = {1, cell->sigma, cell->kappa};
    double last = (double)cell->sweep->count - 1;
    for (size_t i = 0; i < cell->sweep->count; i++) {
        double n = cell->sweep->n[i], spread = cell->spread * pow(cell->growth, (double)i / last);
        for (size_t j = 0; j < cell->launches; j++)
            logs[i][j] = log(usl_throughput(&law, n)) + spread * draw(source, cell->shape);
        points[i] = (struct scaling_point){n, logs[i], cell->launches};
    }
}

static struct coverage cover(const struct cell *cell, size_t replicates, size_t resamples)
{
    static double logs[POINTS_MOST][LAUNCHES_MOST];
    const struct usl truth = {1, cell->sigma, cell->kappa};
    double most_n = cell->sweep->n[cell->sweep->count - 1], shown = 0;
    struct random_source source = {20240229};
    struct coverage of = {0};
    for (size_t i = 0; i < replicates; i++) {
        struct scaling_point points[POINTS_MOST];
        struct scaling_law law;
        draw_sweep(&source, cell, logs, points);
        if (!scaling_law_of(points, cell->sweep->count, 0.95, resamples, i, &law) ||
            law.misfit_p < REFUSED_BELOW)
            continue;
        shown++;
        of.sigma += interval_has(law.sigma.interval, truth.sigma);
        of.kappa += interval_has(law.kappa.interval, truth.kappa);
        of.peak += interval_has(law.peak.interval, usl_peak(&truth));
        of.twice += interval_has(law.twice.interval, usl_throughput(&truth, 2 * most_n));
        of.sigma_width += law.sigma.interval.high - law.sigma.interval.low;
        of.twice_width += log(law.twice.interval.high / law.twice.interval.low);
    }
    of.refused = 1 - shown / (double)replicates;
    of.sigma /= shown;
    of.kappa /= shown;
    of.peak /= shown;
    of.twice /= shown;
    of.sigma_width /= shown;
    of.twice_width /= shown;
    return of;
}

static void print_cell(const struct cell *cell, size_t replicates)
{
    struct coverage of = cover(cell, replicates, SCALING_RESAMPLES / 2);
    printf("%s,%g,%g,%zu,%g,%g,%s,%zu,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f\n", cell->sweep->name,
           cell->sigma, cell->kappa, cell->launches, cell->spread, cell->growth,
           shape_names[cell->shape], replicates, of.sigma, of.kappa, of.peak, of.twice, of.refused,
           of.sigma_width, of.twice_width);
    fflush(stdout);
}

/* But for the first `done` cells, which are printed already. */
static int print_table(size_t replicates, size_t done)
{
    static const struct sweep *const sweeps[] = {&six, &each, &doubling};
    static const double laws[][2] = {{0.02, 0.002}, {0.1, 0.01}, {0.05, 0}, {0, 0}};
    static const struct cell cells[] = {{.launches = 2, .spread = 0.01, .growth = 1},
                                        {.launches = 3, .spread = 0.03, .growth = 1},
                                        {.launches = 5, .spread = 0.02, .growth = 1},
                                        {.launches = 5, .spread = 0.02, .growth = 1, .shape = SKEWED},
                                        {.launches = 5, .spread = 0.02, .growth = 1, .shape = HEAVY},
                                        {.launches = 5, .spread = 0.01, .growth = 3},
                                        {.launches = 10, .spread = 0.01, .growth = 3}};
    size_t number = 0;
    if (done == 0)
        printf("workers,sigma,kappa,launches,spread,growth,shape,replicates,sigma_covered,kappa_covered,"
               "peak_"
               "covered,twice_covered,refused,sigma_width,twice_width\n");
    for (size_t s = 0; s < sizeof sweeps / sizeof *sweeps; s++) {
        for (size_t l = 0; l < sizeof laws / sizeof *laws; l++) {
            for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
                struct cell cell = cells[i];
                cell.sweep = sweeps[s];
                cell.sigma = laws[l][0];
                cell.kappa = laws[l][1];
                if (number++ >= done)
                    print_cell(&cell, replicates);
            }
        }
    }
    return 0;
}

/* Beyond what 95 % is of so many sweeps (three standard errors), 93 to 97 % is asked for. */
static void assert_covered(const struct cell *cell, double share, const char *what)
{
    if (!(share >= 0.93 && share <= 0.97))
        fail_msg(
            "%.4f of the intervals of %s hold it, not 0.93 to 0.97: workers %s, sigma %g, kappa %g, "
            "%zu launches",
            share, what, cell->sweep->name, cell->sigma, cell->kappa, cell->launches);
}

static void intervals_of_few_launches_are_covered(void **state)
{
    static const struct cell cells[] = {{&six, 0.1, 0.01, 2, 0.02, 1, NORMAL},
                                        {&each, 0.05, 0.005, 5, 0.02, 1, NORMAL},
                                        {&doubling, 0.05, 0.001, 3, 0.02, 1, HEAVY},
                                        {&each, 0.05, 0.005, 5, 0.01, 3, NORMAL}};
    (void)state;
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        struct coverage of = cover(&cells[i], 1000, 400);
        assert_covered(&cells[i], of.sigma, "sigma");
        assert_covered(&cells[i], of.kappa, "kappa");
        assert_covered(&cells[i], of.peak, "the peak");
        assert_covered(&cells[i], of.twice, "the throughput with twice as many");
    }
}

static void one_true_law_in_twenty_is_refused(void **state)
{
    static const struct cell cell = {&each, 0.05, 0.005, 5, 0.02, 1, NORMAL};
    (void)state;
    struct coverage of = cover(&cell, 4000, 20);
    assert_true(of.refused > 0.03 && of.refused < 0.07);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_of_few_launches_are_covered),
        cmocka_unit_test(one_true_law_in_twenty_is_refused),
    };
    if (argc > 1)
        return print_table(strtoul(argv[1], NULL, 10), argc > 2 ? strtoul(argv[2], NULL, 10) : 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
