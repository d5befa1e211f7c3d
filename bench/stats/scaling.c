/* The laws of Amdahl and Gunther, fitted to launches. See scaling.h. */
#include "stats/scaling.h"

#include "base/memory.h"
#include "stats/distributions.h"
#include "stats/random.h"
#include "stats/summary.h"

#include <math.h>
#include <stdlib.h>

double usl_throughput(const struct usl *law, double n)
{
    return law->lambda * n / (1 + law->sigma * (n - 1) + law->kappa * n * (n - 1));
}

/* Of kappa / (1 - sigma), which is the peak to the power of -2; where it is not over 0 there is none. */
static double peak_of(double bend)
{
    return bend > 0 ? fmax(1, sqrt(1 / bend)) : INFINITY;
}

double usl_peak(const struct usl *law)
{
    return law->sigma < 1 ? peak_of(law->kappa / (1 - law->sigma)) : 1;
}

double karp_flatt(double speedup, double n)
{
    return n > 1 ? (1 / speedup - 1 / n) / (1 - 1 / n) : NAN;
}

/* ---- least squares ----
 *
 * With a = 1/lambda, b = sigma/lambda and c = kappa/lambda the law is n / X = a + b (n - 1) + c n (n -
 * 1), the time that a worker takes for a piece of work. It is linear in a, b and c. What is fitted is
 * its logarithm.
 */

enum { PARAMETERS = 3, STEPS_MOST = 50, HALVINGS_MOST = 30 };
/* Launches of a point from which on its own spread is known well enough. */
enum { OWN_LEAST = 5 };

/* Means over launches. */
struct means {
    size_t count;
    double *n, *times, *weights; /* `times`: ln of n / X */
};

struct parameters {
    double of[PARAMETERS];
};

static double basis(int parameter, double n)
{
    return parameter == 0 ? 1 : parameter == 1 ? n - 1 : n * (n - 1);
}

static double time_at(const struct parameters *at, double n)
{
    double time = 0;
    for (int p = 0; p < PARAMETERS; p++)
        time += at->of[p] * basis(p, n);
    return time;
}

/* INFINITY where a time is not over 0: there is no such law. */
static double squares(const struct means *means, const struct parameters *at)
{
    double sum = 0;
    for (size_t i = 0; i < means->count; i++) {
        double time = time_at(at, means->n[i]);
        if (!(time > 0))
            return INFINITY;
        sum += means->weights[i] * pow(means->times[i] - log(time), 2);
    }
    return sum;
}

/* Gauss and Jordan's elimination of a matrix that has ones in its diagonal; false: it is singular. */
static bool solve(double matrix[PARAMETERS][PARAMETERS], double right[PARAMETERS])
{
    const double singular = 1e-12;
    for (int pivot = 0; pivot < PARAMETERS; pivot++) {
        if (!(matrix[pivot][pivot] > singular))
            return false;
        for (int row = 0; row < PARAMETERS; row++) {
            double factor = matrix[row][pivot] / matrix[pivot][pivot];
            for (int i = 0; row != pivot && i < PARAMETERS; i++)
                matrix[row][i] -= factor * matrix[pivot][i];
            right[row] -= row != pivot ? factor * right[pivot] : 0;
        }
    }
    for (int row = 0; row < PARAMETERS; row++)
        right[row] /= matrix[row][row];
    return true;
}

/*
 * Gauss and Newton's step from `at`, to where the logarithms would be closest if they were as straight
 * as they are there; NULL is from the measured times. What is not free stays 0.
 */
static bool step(const struct means *means, const bool *is_free, const struct parameters *at,
                 struct parameters *to)
{
    double matrix[PARAMETERS][PARAMETERS] = {{0}}, right[PARAMETERS] = {0}, scale[PARAMETERS];
    for (size_t i = 0; i < means->count; i++) {
        double time = at ? time_at(at, means->n[i]) : exp(means->times[i]);
        double target = 1 + means->times[i] - log(time);
        for (int p = 0; p < PARAMETERS; p++) {
            double slope = means->weights[i] * basis(p, means->n[i]) / time;
            right[p] += is_free[p] ? slope * target : 0;
            for (int q = 0; is_free[p] && q < PARAMETERS; q++)
                matrix[p][q] += is_free[q] ? slope * basis(q, means->n[i]) / time : 0;
        }
    }
    for (int p = 0; p < PARAMETERS; p++) {
        scale[p] = matrix[p][p] > 0 ? sqrt(matrix[p][p]) : 1;
        matrix[p][p] = is_free[p] ? matrix[p][p] : 1;
    }
    for (int p = 0; p < PARAMETERS; p++) {
        right[p] /= scale[p];
        for (int q = 0; q < PARAMETERS; q++)
            matrix[p][q] /= scale[p] * scale[q];
    }
    if (!solve(matrix, right))
        return false;
    for (int p = 0; p < PARAMETERS; p++)
        to->of[p] = right[p] / scale[p];
    return true;
}

/* From `at` towards `to`, as far as it gets better; returns the squares there. */
static double go(const struct means *means, struct parameters *at, const struct parameters *to,
                 double before)
{
    double share = 1;
    for (int i = 0; i < HALVINGS_MOST; i++, share /= 2) {
        struct parameters there;
        for (int p = 0; p < PARAMETERS; p++)
            there.of[p] = at->of[p] + share * (to->of[p] - at->of[p]);
        double now = squares(means, &there);
        if (now < before) {
            *at = there;
            return now;
        }
    }
    return before;
}

/* The squares of the best law of those parameters that are free; INFINITY: there is none. */
static double fit_free(const struct means *means, const bool *is_free, struct parameters *at)
{
    const double close = 1e-14;
    struct parameters to;
    if (!step(means, is_free, NULL, at))
        return INFINITY;
    double now = squares(means, at);
    if (isinf(now)) {
        double sum = 0;
        for (size_t i = 0; i < means->count; i++)
            sum += means->times[i] / (double)means->count;
        *at = (struct parameters){{exp(sum)}};
        now = squares(means, at);
    }
    for (int i = 0; i < STEPS_MOST; i++) {
        double before = now;
        if (!step(means, is_free, at, &to))
            return INFINITY;
        now = go(means, at, &to, before);
        if (!(before - now > close * before))
            break;
    }
    return at->of[0] > 0 ? now : INFINITY;
}

static const bool all_free[PARAMETERS] = {true, true, true};

/* Within the bounds: a bound that matters is where the parameter is 0. Returns the squares. */
static double fit_bounded(const struct means *means, bool has_kappa, struct parameters *best, int *free)
{
    static const bool ways[][PARAMETERS] = {
        {true, true, true}, {true, true, false}, {true, false, true}, {true, false, false}};
    double least = INFINITY;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct parameters at;
        if (ways[i][2] && !has_kappa)
            continue;
        double found = fit_free(means, ways[i], &at);
        if (found < least && at.of[1] >= 0 && at.of[2] >= 0) {
            least = found;
            *best = at;
            *free = ways[i][0] + ways[i][1] + ways[i][2];
        }
    }
    return least;
}

static struct usl law_of(const struct parameters *at)
{
    return (struct usl){1 / at->of[0], at->of[1] / at->of[0], at->of[2] / at->of[0]};
}

/* ---- launches ---- */

static void means_make(struct means *means, const struct scaling_point *points, size_t count)
{
    *means = (struct means){count, mem_alloc(count * sizeof(double)), mem_alloc(count * sizeof(double)),
                            mem_alloc(count * sizeof(double))};
    for (size_t i = 0; i < count; i++) {
        double sum = 0;
        for (size_t j = 0; j < points[i].launches; j++)
            sum += points[i].logs[j];
        means->n[i] = points[i].n;
        means->weights[i] = (double)points[i].launches;
        means->times[i] = log(points[i].n) - sum / means->weights[i];
    }
}

static void means_free(struct means *means)
{
    free(means->n);
    free(means->times);
    free(means->weights);
}

bool scaling_fit(const struct scaling_point *points, size_t count, bool has_kappa, struct usl *law)
{
    struct means means;
    struct parameters at;
    int free_count;
    means_make(&means, points, count);
    size_t parameters = has_kappa ? PARAMETERS : PARAMETERS - 1;
    bool is_found = count >= parameters && isfinite(fit_bounded(&means, has_kappa, &at, &free_count));
    if (is_found)
        *law = law_of(&at);
    means_free(&means);
    return is_found;
}

/* What launches are off their point's mean. */
struct residuals {
    double *list; /* each times sqrt(m / (m - 1)), point after point */
    size_t count;
    double squares, df; /* not scaled */
    bool is_own;        /* each point has enough to speak for itself */
};

static void residuals_make(struct residuals *residuals, const struct scaling_point *points,
                           const struct means *means)
{
    size_t all = 0;
    for (size_t i = 0; i < means->count; i++)
        all += points[i].launches;
    *residuals = (struct residuals){.list = mem_alloc(all * sizeof *residuals->list), .is_own = true};
    for (size_t i = 0; i < means->count; i++) {
        double m = means->weights[i], mean = log(means->n[i]) - means->times[i];
        for (size_t j = 0; m > 1 && j < points[i].launches; j++) {
            double off = points[i].logs[j] - mean;
            residuals->squares += off * off;
            residuals->list[residuals->count++] = off * sqrt(m / (m - 1));
        }
        residuals->df += m - 1;
        residuals->is_own = residuals->is_own && m >= OWN_LEAST;
    }
}

/* ---- does it hold? ---- */

static void judge(struct scaling_law *law, const struct means *means, const struct residuals *residuals,
                  double off, int free_count)
{
    double df = (double)means->count - free_count;
    law->spread = sqrt(residuals->squares / residuals->df);
    double f = off / df / (residuals->squares / residuals->df);
    law->misfit_p =
        off > 0 ? beta_below(residuals->df / (residuals->df + df * f), residuals->df / 2, df / 2) : 1;
    law->worst = 0;
    for (size_t i = 0; i < means->count; i++) {
        double said = log(means->n[i] / usl_throughput(&law->law, means->n[i]));
        double share = expm1(fabs(means->times[i] - said));
        if (share >= law->worst) {
            law->worst = share;
            law->worst_n = means->n[i];
        }
    }
}

/* ---- intervals ---- */

enum figure { SIGMA, KAPPA, BEND, TWICE, FIGURES };

/* As they are of a law without bounds: finite, and in one order with what is told. */
static void figures_of(const struct parameters *at, double n, double figures[FIGURES])
{
    struct usl law = law_of(at);
    figures[SIGMA] = law.sigma;
    figures[KAPPA] = law.kappa;
    figures[BEND] = law.sigma < 1 ? law.kappa / (1 - law.sigma) : 1;
    figures[TWICE] = law.lambda / usl_throughput(&law, 2 * n);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* One resample: a mean of as many residuals as there were launches is added to each point. */
static void resample(const struct means *means, const struct residuals *residuals,
                     struct random_source *source, double *times)
{
    const double *own = residuals->list;
    for (size_t i = 0; i < means->count; i++) {
        size_t m = (size_t)means->weights[i];
        double sum = 0;
        for (size_t j = 0; j < m; j++)
            sum += residuals->is_own ? own[random_below(source, m)]
                                     : residuals->list[random_below(source, residuals->count)];
        own += residuals->is_own ? m : 0;
        times[i] = means->times[i] - sum / (double)m;
    }
}

/* `lists` become the sorted figures of all resamples that have a law; returns how many. */
static size_t resample_all(const struct means *means, const struct residuals *residuals,
                           size_t resamples, uint64_t seed, double most_n, double *lists[FIGURES])
{
    struct random_source source = {seed};
    struct means drawn = *means;
    size_t found = 0;
    drawn.times = mem_alloc(means->count * sizeof *drawn.times);
    for (size_t i = 0; i < resamples; i++) {
        struct parameters at;
        double figures[FIGURES];
        resample(means, residuals, &source, drawn.times);
        if (isinf(fit_free(&drawn, all_free, &at)))
            continue;
        figures_of(&at, most_n, figures);
        for (int f = 0; f < FIGURES; f++)
            lists[f][found] = figures[f];
        found++;
    }
    free(drawn.times);
    for (int f = 0; f < FIGURES; f++)
        qsort(lists[f], found, sizeof(double), compare);
    return found;
}

/* Between `least` and `most`, and with the value itself. */
static struct scaling_estimate estimate(double value, double a, double b, double least, double most)
{
    double low = fmin(fmax(fmin(a, b), least), most), high = fmin(fmax(fmax(a, b), least), most);
    return (struct scaling_estimate){value, {fmin(low, value), fmax(high, value)}};
}

/* What one standard error of a point's mean makes of the figures, squared. */
static void add_variances(const struct means *means, size_t point, double error, double most_n,
                          double variances[FIGURES])
{
    struct parameters at;
    double sides[2][FIGURES], time = means->times[point];
    bool is_found = true;
    for (int side = 0; side < 2; side++) {
        means->times[point] = time + (side ? error : -error);
        is_found = is_found && isfinite(fit_free(means, all_free, &at));
        figures_of(&at, most_n, sides[side]);
    }
    means->times[point] = time;
    for (int f = 0; f < FIGURES; f++)
        variances[f] = is_found ? pow((sides[1][f] - sides[0][f]) / 2, 2) : 0;
}

/* Of each figure; Satterthwaite's where points speak for themselves. */
static void degrees_of(const struct means *means, const struct residuals *residuals, double most_n,
                       double df[FIGURES])
{
    double sums[FIGURES] = {0}, squares_of[FIGURES] = {0}, variances[FIGURES];
    const double *own = residuals->list;
    for (size_t i = 0; residuals->is_own && i < means->count; i++) {
        double m = means->weights[i], square = 0;
        for (size_t j = 0; j < (size_t)m; j++)
            square += own[j] * own[j] / m / m;
        own += (size_t)m;
        add_variances(means, i, sqrt(square), most_n, variances);
        for (int f = 0; f < FIGURES; f++) {
            sums[f] += variances[f];
            squares_of[f] += variances[f] * variances[f] / (m - 1);
        }
    }
    for (int f = 0; f < FIGURES; f++)
        df[f] = squares_of[f] > 0 ? sums[f] * sums[f] / squares_of[f] : residuals->df;
}

static bool find_intervals(struct scaling_law *law, const struct means *means,
                           const struct residuals *residuals, double level, size_t resamples,
                           uint64_t seed)
{
    double most_n = 0, *lists[FIGURES], df[FIGURES], low[FIGURES], high[FIGURES];
    for (size_t i = 0; i < means->count; i++)
        most_n = fmax(most_n, means->n[i]);
    for (int f = 0; f < FIGURES; f++)
        lists[f] = mem_alloc(resamples * sizeof(double));
    size_t found = resample_all(means, residuals, resamples, seed, most_n, lists);
    degrees_of(means, residuals, most_n, df);
    for (int f = 0; f < FIGURES; f++) {
        double beyond = normal_above(student_quantile((1 + level) / 2, df[f]));
        low[f] = summary_quantile(lists[f], found, beyond);
        high[f] = summary_quantile(lists[f], found, 1 - beyond);
        free(lists[f]);
    }
    if ((double)found < (double)resamples * level)
        return false;
    const struct usl *is = &law->law;
    double twice = usl_throughput(is, 2 * most_n) / is->lambda, slowest = 1 / (2 * most_n);
    law->sigma = estimate(is->sigma, low[SIGMA], high[SIGMA], 0, INFINITY);
    law->kappa = estimate(is->kappa, low[KAPPA], high[KAPPA], 0, INFINITY);
    law->peak = estimate(usl_peak(is), peak_of(low[BEND]), peak_of(high[BEND]), 1, INFINITY);
    law->twice =
        estimate(twice, 1 / fmax(low[TWICE], slowest), 1 / fmax(high[TWICE], slowest), 0, INFINITY);
    return true;
}

bool scaling_law_of(const struct scaling_point *points, size_t count, double level, size_t resamples,
                    uint64_t seed, struct scaling_law *law)
{
    struct means means;
    struct residuals residuals;
    struct parameters at;
    int free_count;
    means_make(&means, points, count);
    residuals_make(&residuals, points, &means);
    double off = fit_bounded(&means, true, &at, &free_count);
    bool is_found = isfinite(off) && residuals.df > 0 && count > PARAMETERS;
    if (is_found) {
        law->law = law_of(&at);
        judge(law, &means, &residuals, off, free_count);
        is_found = find_intervals(law, &means, &residuals, level, resamples, seed);
    }
    free(residuals.list);
    means_free(&means);
    return is_found;
}
