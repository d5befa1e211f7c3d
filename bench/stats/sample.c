/* Medians of clustered samples, and their ratio. All intervals are found in the logarithms. */
#include "stats/sample.h"

#include "base/memory.h"
#include "stats/autocorrelation.h"
#include "stats/distributions.h"
#include "stats/order_statistics.h"
#include "stats/summary.h"

#include <stdlib.h>

/* From this many launches on, the order statistics of their medians are enough. */
#define LAUNCHES_ORDERED ORDER_FEWEST
/* With fewer values there is no telling whether a series is autocorrelated. */
#define SERIES_FEWEST 20
/* Smaller p-values are not to be believed. */
#define P_LEAST 1e-12

/* What is known of the median's logarithm, ready to give an interval of any level. */
struct estimate {
    double centre;   /* ln of the median of all */
    double df;       /* of the interval, Student's or as wide as one; 0: there is none */
    double *sorted;  /* order statistics: ln of values, or of the launches' medians; owned */
    size_t n;        /* of them; 0: Student's way */
    double found_in; /* the number of values in which it was found how much they are worth; 0: was not */
    double mean, error; /* Student's way: of the launches' ln medians */
    double luck;        /* standard deviation of what launches may differ by, where that is not seen */
};

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/*
 * As if `worth` independent values lay where they are expected to, at the sample's quantiles: of n
 * values the i'th is the (i - 1/2) / n quantile, as in definition 5 of Hyndman and Fan.
 */
static void thin_out(double *sorted, size_t n, size_t worth)
{
    for (size_t i = 0; i < worth; i++) {
        double position = ((double)i + 0.5) / (double)worth * (double)n - 0.5, below = floor(position);
        size_t at = (size_t)below;

        /* At least i, and nothing below i is read again. */
        if (position > below)
            sorted[i] = sorted[at] + (position - below) * (sorted[at + 1] - sorted[at]);
        else
            sorted[i] = sorted[at];
    }
}

static void estimate_series(struct estimate *estimate, const double *values)
{
    if (estimate->n < SERIES_FEWEST)
        return;
    size_t worth = (size_t)((double)estimate->n / autocorrelation_inefficiency(values, estimate->n));
    if (worth < ORDER_FEWEST)
        worth = ORDER_FEWEST;
    if (worth < estimate->n) {
        thin_out(estimate->sorted, estimate->n, worth);
        estimate->found_in = (double)estimate->n;
        estimate->n = worth;
    }
}

/* ln of each launch's median, in place of ->sorted. */
static void estimate_launches(struct estimate *estimate, const struct sample *sample)
{
    const double *values = sample->values;
    double n = (double)sample->launches, squares = 0, median;

    for (size_t i = 0; i < sample->launches; i++) {
        median = summary_median(values, sample->launch_sizes[i]);
        values += sample->launch_sizes[i];
        estimate->sorted[i] = log(median);
        estimate->mean += estimate->sorted[i] / n;
    }
    for (size_t i = 0; i < sample->launches; i++)
        squares += pow(estimate->sorted[i] - estimate->mean, 2);
    estimate->error = sqrt(squares / (n - 1) / n);
    mem_sort(estimate->sorted, sample->launches, sizeof *estimate->sorted, compare);
    estimate->n = sample->launches >= LAUNCHES_ORDERED ? sample->launches : 0;
    estimate->df = n - 1;
}

/* What it owns is the caller's to free. */
static void estimate_of(const struct sample *sample, struct estimate *estimate, double *median)
{
    size_t n = 0;
    for (size_t i = 0; i < sample->launches; i++)
        n += sample->launch_sizes[i];
    *estimate = (struct estimate){.sorted = mem_alloc(n * sizeof(double)), .n = n};
    for (size_t i = 0; i < n; i++)
        estimate->sorted[i] = sample->values[i];
    mem_sort(estimate->sorted, n, sizeof *estimate->sorted, compare);
    *median = summary_quantile(estimate->sorted, n, 0.5);
    estimate->centre = log(*median);
    if (sample->launches > 1) {
        estimate_launches(estimate, sample);
        estimate->luck = sample->luck;
        return;
    }
    for (size_t i = 0; i < n; i++)
        estimate->sorted[i] = log(estimate->sorted[i]);
    estimate_series(estimate, sample->values);
    estimate->df = estimate->n >= ORDER_FEWEST ? (double)estimate->n - 1 : 0;
    estimate->luck = SAMPLE_LAUNCH_LUCK;
}

/* The interval of ln(median) at the level 1 - `beyond`, without luck. */
static struct interval estimate_interval(const struct estimate *estimate, double beyond)
{
    double centre = estimate->centre, wider, arm;
    struct interval interval;

    if (!(estimate->df > 0))
        return INTERVAL_UNKNOWN;
    if (estimate->n > 0) {
        interval = order_interval(estimate->sorted, estimate->n, beyond);
        if (estimate->found_in > 0 && beyond < 1) { /* what they are worth is itself an estimate */
            wider = student_quantile(beyond / 2, estimate->df) /
                    student_quantile(beyond / 2, estimate->found_in - 1);
            interval.low = centre - (centre - interval.low) * wider;
            interval.high = centre + (interval.high - centre) * wider;
        }
    } else {
        arm = -student_quantile(beyond / 2, estimate->df) * estimate->error;
        interval = (struct interval){estimate->mean - arm, estimate->mean + arm};
    }
    return (struct interval){fmin(interval.low, centre), fmax(interval.high, centre)};
}

double sample_median(const struct sample *sample, double level, struct interval *interval)
{
    struct estimate estimate;
    double median;
    estimate_of(sample, &estimate, &median);
    struct interval ln = estimate_interval(&estimate, 1 - level);
    *interval = INTERVAL_UNKNOWN;
    if (interval_known(ln)) /* the median's own logarithm may not lead back to it exactly */
        *interval = (struct interval){fmin(exp(ln.low), median), fmax(exp(ln.high), median)};
    free(estimate.sorted);
    return median;
}

/* A standard error, and how well it is known. */
struct error {
    double variance, df;
};

/* From an interval's arm, over Student's quantile. The luck of launches is taken as known. */
static struct error arm_error(const struct estimate *estimate, double arm, double quantile)
{
    double seen = arm / quantile, variance = seen * seen + estimate->luck * estimate->luck;

    if (seen == 0)
        return (struct error){variance, estimate->luck > 0 ? INFINITY : estimate->df};
    return (struct error){variance, estimate->df * pow(variance / (seen * seen), 2)};
}

/* Welch, "The generalization of Student's problem when several different population variances are
 * involved", Biometrika 34 (1947). */
static struct error error_sum(struct error a, struct error b)
{
    double variance = a.variance + b.variance, share_a, share_b;

    if (!(variance > 0))
        return (struct error){0, fmin(a.df, b.df)};
    share_a = a.variance / variance;
    share_b = b.variance / variance;
    return (struct error){variance, 1 / (share_a * share_a / a.df + share_b * share_b / b.df)};
}

/* The errors of the ratio's logarithm on either side of it. */
struct arms {
    struct error below, above;
};

static struct arms ratio_arms(const struct estimate *from, const struct estimate *to, double beyond)
{
    struct interval f = estimate_interval(from, beyond), t = estimate_interval(to, beyond);
    double f_quantile = -student_quantile(beyond / 2, from->df);
    double t_quantile = -student_quantile(beyond / 2, to->df);

    return (struct arms){
        .below = error_sum(arm_error(to, to->centre - t.low, t_quantile),
                           arm_error(from, f.high - from->centre, f_quantile)),
        .above = error_sum(arm_error(to, t.high - to->centre, t_quantile),
                           arm_error(from, from->centre - f.low, f_quantile)),
    };
}

static double arm_length(struct error error, double beyond)
{
    return -student_quantile(beyond / 2, error.df) * sqrt(error.variance);
}

static struct interval ratio_interval(const struct estimate *from, const struct estimate *to,
                                      double beyond)
{
    struct arms arms = ratio_arms(from, to, beyond);
    double change = to->centre - from->centre;

    return (struct interval){change - arm_length(arms.below, beyond),
                             change + arm_length(arms.above, beyond)};
}

/*
 * The root of ln p(b) - ln b, where p(b) is what the error found at the level 1 - b makes of the change.
 * That error hardly depends on the level, so p(b) is the next b, as long as that lies where the root
 * does. Begins at `beyond`, so that p and the interval never contradict each other.
 */
static double ratio_p(const struct estimate *from, const struct estimate *to, double beyond)
{
    const double close = 1e-5;
    double change = to->centre - from->centre, low = log(P_LEAST), high = 0, at = log(beyond), p;

    if (change == 0)
        return 1;
    for (int i = 1; high - low > close; i++) {
        struct arms arms = ratio_arms(from, to, exp(at));
        struct error error = change > 0 ? arms.below : arms.above;

        p = log(2 * student_above(fabs(change) / sqrt(error.variance), error.df));
        if (fabs(p - at) < close)
            return exp(p);
        if (p > at)
            low = at;
        else
            high = at;
        if (i % 4 == 0)
            at = (low + high) / 2;
        else
            at = fmin(fmax(p, low + close / 2), high - close / 2);
    }
    return exp(high);
}

static double ratio_detectable(const struct estimate *from, const struct estimate *to, double beyond)
{
    struct arms arms = ratio_arms(from, to, beyond);
    double below = arm_length(arms.below, beyond), above = arm_length(arms.above, beyond);
    double power = student_quantile(0.9, (arms.below.df + arms.above.df) / 2) *
                   (sqrt(arms.below.variance) + sqrt(arms.above.variance)) / 2;

    return expm1((below + above) / 2 + power);
}

struct sample_ratio sample_ratio(const struct sample *from, const struct sample *to, double level)
{
    struct estimate estimate_from, estimate_to;
    double median_from, median_to, beyond = 1 - level;
    estimate_of(from, &estimate_from, &median_from);
    estimate_of(to, &estimate_to, &median_to);
    struct sample_ratio ratio = {median_to / median_from, INTERVAL_UNKNOWN, NAN, NAN};
    if (estimate_from.df > 0 && estimate_to.df > 0) {
        struct interval ln = ratio_interval(&estimate_from, &estimate_to, beyond);
        ratio.interval = (struct interval){exp(ln.low), exp(ln.high)};
        ratio.p = ratio_p(&estimate_from, &estimate_to, beyond);
        ratio.detectable = ratio_detectable(&estimate_from, &estimate_to, beyond);
    }
    free(estimate_from.sorted);
    free(estimate_to.sorted);
    return ratio;
}
