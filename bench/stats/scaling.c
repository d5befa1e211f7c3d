/* Laws of scaling with their intervals, from launches. See scaling.h. */
#include "stats/scaling.h"

#include "base/memory.h"
#include "stats/distributions.h"
#include "stats/random.h"
#include "stats/summary.h"

#include <math.h>
#include <stdlib.h>

/* Launches of a point from which on its own spread is known well enough. */
enum { OWN_LEAST = 5 };
/* ---- launches ---- */

static void means_make(struct usl_means *means, const struct scaling_point *points, size_t count)
{
    *means = (struct usl_means){count, mem_alloc(count * sizeof(double)),
                                mem_alloc(count * sizeof(double)), mem_alloc(count * sizeof(double))};
    for (size_t i = 0; i < count; i++) {
        double sum = 0;
        for (size_t j = 0; j < points[i].launches; j++)
            sum += points[i].logs[j];
        means->n[i] = points[i].n;
        means->weights[i] = (double)points[i].launches;
        means->times[i] = log(points[i].n) - sum / means->weights[i];
    }
}

static void means_free(struct usl_means *means)
{
    free(means->n);
    free(means->times);
    free(means->weights);
}

bool scaling_fit(const struct scaling_point *points, size_t count, bool has_kappa, struct usl *law)
{
    struct usl_means means;
    int free_count;
    means_make(&means, points, count);
    size_t parameters = has_kappa ? USL_PARAMETERS : USL_PARAMETERS - 1;
    bool is_found =
        count >= parameters && isfinite(usl_fit_bounded(&means, has_kappa, law, &free_count));
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
                           const struct usl_means *means)
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

static void judge(struct scaling_law *law, const struct usl_means *means,
                  const struct residuals *residuals, double off, int free_count)
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

/* BEND is the peak to the power of -2, which is finite where there is none. From BAND on: one worker's
 * throughput over that of the band's n. */
enum figure { SIGMA, KAPPA, BEND, BAND, FIGURES = BAND + SCALING_BAND };

/* As they are of a law without bounds: finite, and in one order with what is told. */
static void figures_of(const struct usl *law, const double *band_n, double figures[FIGURES])
{
    figures[SIGMA] = law->sigma;
    figures[KAPPA] = law->kappa;
    figures[BEND] = law->sigma < 1 ? law->kappa / (1 - law->sigma) : 1;
    for (int i = 0; i < SCALING_BAND; i++)
        figures[BAND + i] = law->lambda / usl_throughput(law, band_n[i]);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* One resample: a mean of as many residuals as there were launches is added to each point. */
static void resample(const struct usl_means *means, const struct residuals *residuals,
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
static size_t resample_all(const struct usl_means *means, const struct residuals *residuals,
                           size_t resamples, uint64_t seed, const double *band_n, double *lists[FIGURES])
{
    struct random_source source = {seed};
    struct usl_means drawn = *means;
    size_t found = 0;
    drawn.times = mem_alloc(means->count * sizeof *drawn.times);
    for (size_t i = 0; i < resamples; i++) {
        struct usl law;
        double figures[FIGURES];
        resample(means, residuals, &source, drawn.times);
        if (isinf(usl_fit_free(&drawn, &law)))
            continue;
        figures_of(&law, band_n, figures);
        for (int f = 0; f < FIGURES; f++)
            lists[f][found] = figures[f];
        found++;
    }
    free(drawn.times);
    for (int f = 0; f < FIGURES; f++)
        mem_sort(lists[f], found, sizeof(double), compare);
    return found;
}

static double peak_of(double bend)
{
    return usl_peak(&(struct usl){1, 0, bend});
}

/* Between `least` and `most`, and with the value itself. */
static struct scaling_estimate estimate(double value, double a, double b, double least, double most)
{
    double low = fmin(fmax(fmin(a, b), least), most), high = fmin(fmax(fmax(a, b), least), most);
    return (struct scaling_estimate){value, {fmin(low, value), fmax(high, value)}};
}

/* What one standard error of a point's mean makes of the figures, squared. */
static void add_variances(const struct usl_means *means, size_t point, double error,
                          const double *band_n, double variances[FIGURES])
{
    struct usl law = {0};
    double sides[2][FIGURES], time = means->times[point];
    bool is_found = true;
    for (int side = 0; side < 2; side++) {
        means->times[point] = time + (side ? error : -error);
        is_found = is_found && isfinite(usl_fit_free(means, &law));
        figures_of(&law, band_n, sides[side]);
    }
    means->times[point] = time;
    for (int f = 0; f < FIGURES; f++)
        variances[f] = is_found ? pow((sides[1][f] - sides[0][f]) / 2, 2) : 0;
}

/* Of each figure; Satterthwaite's where points speak for themselves. */
static void degrees_of(const struct usl_means *means, const struct residuals *residuals,
                       const double *band_n, double df[FIGURES])
{
    double sums[FIGURES] = {0}, squares_of[FIGURES] = {0}, variances[FIGURES];
    const double *own = residuals->list;
    for (size_t i = 0; residuals->is_own && i < means->count; i++) {
        double m = means->weights[i], square = 0;
        for (size_t j = 0; j < (size_t)m; j++)
            square += own[j] * own[j] / m / m;
        own += (size_t)m;
        add_variances(means, i, sqrt(square), band_n, variances);
        for (int f = 0; f < FIGURES; f++) {
            sums[f] += variances[f];
            squares_of[f] += variances[f] * variances[f] / (m - 1);
        }
    }
    for (int f = 0; f < FIGURES; f++)
        df[f] = squares_of[f] > 0 ? sums[f] * sums[f] / squares_of[f] : residuals->df;
}

/* From the least n to twice the largest. */
static void band_places(const struct usl_means *means, double band_n[SCALING_BAND])
{
    double least = INFINITY, most = 0;
    for (size_t i = 0; i < means->count; i++) {
        least = fmin(least, means->n[i]);
        most = fmax(most, means->n[i]);
    }
    for (int i = 0; i < SCALING_BAND; i++)
        band_n[i] = least * pow(2 * most / least, (double)i / (SCALING_BAND - 1));
    band_n[SCALING_BAND - 1] = 2 * most;
}

/* What is told of a law, between the ends of its figures. */
static void tell(struct scaling_law *law, const double low[FIGURES], const double high[FIGURES])
{
    const struct usl *is = &law->law;
    law->sigma = estimate(is->sigma, low[SIGMA], high[SIGMA], 0, INFINITY);
    law->kappa = estimate(is->kappa, low[KAPPA], high[KAPPA], 0, INFINITY);
    law->peak = estimate(usl_peak(is), peak_of(low[BEND]), peak_of(high[BEND]), 1, INFINITY);
    for (int i = 0; i < SCALING_BAND; i++) {
        double n = law->band_n[i], is_times = usl_throughput(is, n) / is->lambda;
        law->band[i] = estimate(is_times, 1 / fmax(low[BAND + i], 1 / n),
                                1 / fmax(high[BAND + i], 1 / n), 0, INFINITY);
    }
    law->twice = law->band[SCALING_BAND - 1];
}

static bool find_intervals(struct scaling_law *law, const struct usl_means *means,
                           const struct residuals *residuals, double level, size_t resamples,
                           uint64_t seed)
{
    double *lists[FIGURES], df[FIGURES], low[FIGURES], high[FIGURES];
    band_places(means, law->band_n);
    for (int f = 0; f < FIGURES; f++)
        lists[f] = mem_alloc(resamples * sizeof(double));
    size_t found = resample_all(means, residuals, resamples, seed, law->band_n, lists);
    degrees_of(means, residuals, law->band_n, df);
    for (int f = 0; f < FIGURES; f++) {
        double beyond = normal_above(student_quantile((1 + level) / 2, df[f]));
        low[f] = summary_quantile(lists[f], found, beyond);
        high[f] = summary_quantile(lists[f], found, 1 - beyond);
        free(lists[f]);
    }
    if ((double)found < (double)resamples * level)
        return false;
    tell(law, low, high);
    return true;
}

bool scaling_law_of(const struct scaling_point *points, size_t count, double level, size_t resamples,
                    uint64_t seed, struct scaling_law *law)
{
    struct usl_means means;
    struct residuals residuals;
    int free_count;
    means_make(&means, points, count);
    residuals_make(&residuals, points, &means);
    double off = usl_fit_bounded(&means, true, &law->law, &free_count);
    bool is_found = isfinite(off) && residuals.df > 0 && count > USL_PARAMETERS;
    if (is_found) {
        judge(law, &means, &residuals, off, free_count);
        is_found = find_intervals(law, &means, &residuals, level, resamples, seed);
    }
    free(residuals.list);
    means_free(&means);
    return is_found;
}
