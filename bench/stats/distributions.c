/* Tails by erfc and the incomplete beta function; quantiles are roots of them. */
#include "stats/distributions.h"

#include <float.h>

double normal_above(double z)
{
    return erfc(z * M_SQRT1_2) / 2;
}

/*
 * A first guess (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.23; off by 4.5e-4 at
 * most), then Halley's iteration, which triples the digits each time.
 */
double normal_quantile(double p)
{
    double tail = fmin(p, 1 - p), t, z;

    if (!(p >= 0 && p <= 1))
        return NAN;
    if (tail == 0 || tail == 0.5)
        return tail == 0.5 ? 0 : p == 0 ? -INFINITY : INFINITY;
    t = sqrt(-2 * log(tail));
    z = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    for (int i = 0; i < 3; i++) {
        double density = exp(-z * z / 2) * (M_2_SQRTPI * M_SQRT1_2 / 2);
        double step = (normal_above(z) - tail) / density;

        z += step / (1 - z * step / 2);
    }
    return p < 0.5 ? -z : z;
}

/*
 * The continued fraction of NIST's Digital Library of Mathematical Functions, 8.17.22, by Lentz's method
 * as Thompson and Barnett have it, J. Computational Physics 64 (1986). Quick where x < (a + 1) / (a + b
 * + 2): it then takes some sqrt(max(a, b)) terms.
 */
static double beta_fraction(double x, double a, double b)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1), fraction;

    d = 1 / (fabs(d) < tiny ? tiny : d);
    fraction = d;
    for (double m = 1; m < 1e6; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));

        d = 1 + even * d;
        c = 1 + even / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        fraction *= d * c;
        d = 1 + odd * d;
        c = 1 + odd / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        fraction *= d * c;
        if (fabs(d * c - 1) < 2 * DBL_EPSILON)
            break;
    }
    return fraction;
}

/* With y = 1 - x, in which digits would be lost when x is near 1. */
static double beta_below_parts(double x, double y, double a, double b)
{
    double front;

    if (x <= 0 || y <= 0)
        return y <= 0;
    front = exp(a * log(x) + b * log(y) + lgamma(a + b) - lgamma(a) - lgamma(b));
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(x, a, b) / a;
    return 1 - front * beta_fraction(y, b, a) / b;
}

double beta_below(double x, double a, double b)
{
    if (!(a > 0 && b > 0) || isnan(x))
        return NAN;
    return beta_below_parts(x, 1 - x, a, b);
}

/*
 * ln of the quantile: Newton's iteration on ln P over ln x, kept within what is known to hold the root,
 * and halving that where a step would leave it: in the logarithms the lower tail is nearly a straight
 * line. `p` at most what lies below the mean, so that both are far from 1.
 */
static double beta_log_quantile(double p, double a, double b)
{
    double low = -INFINITY, high = 0, at = log(a / (a + b)), target = log(p);
    double log_scale = lgamma(a + b) - lgamma(a) - lgamma(b);

    for (int i = 0; i < 200; i++) {
        double x = exp(at), y = -expm1(at), below = beta_below_parts(x, y, a, b);
        double miss = log(below) - target, slope, next;

        if (miss > 0)
            high = at;
        else
            low = at;
        slope = exp(a * at + (b - 1) * log(y) + log_scale) / below; /* d ln P / d ln x */
        next = at - miss / slope;
        if (!(next > low && next < high))
            next = isinf(low) ? 2 * at - 1 : (low + high) / 2;
        if (fabs(next - at) <= 1e-12 * fabs(at))
            return next;
        at = next;
    }
    return at;
}

double beta_quantile(double p, double a, double b)
{
    if (!(a > 0 && b > 0 && p >= 0 && p <= 1))
        return NAN;
    if (p == 0 || p == 1)
        return p;
    if (p <= beta_below(a / (a + b), a, b))
        return exp(beta_log_quantile(p, a, b));
    return -expm1(beta_log_quantile(1 - p, b, a));
}

/* From so many degrees of freedom on Student's distribution is the normal one to nine digits, while the
 * beta distribution's first parameter, which is half of them, leaves it no digits. */
static const double as_good_as_normal = 1e9;

double student_above(double t, double df)
{
    double square = t * t, x = df / (df + square), y = square / (df + square), tail;

    if (!(df > 0) || isnan(t))
        return NAN;
    if (df >= as_good_as_normal)
        return normal_above(t);
    if (isinf(square))
        tail = 0;
    else if (square < 1) /* of the two, the one that is small */
        tail = (1 - beta_below_parts(y, x, 0.5, df / 2)) / 2;
    else
        tail = beta_below_parts(x, y, df / 2, 0.5) / 2;
    return t < 0 ? 1 - tail : tail;
}

/* Uses the distribution of x = df / (df + T^2), a beta distribution: T^2 / df is 1 / x - 1. */
double student_quantile(double p, double df)
{
    double tail = fmin(p, 1 - p), a = df / 2, t;

    if (!(df > 0 && p >= 0 && p <= 1))
        return NAN;
    if (tail == 0 || tail == 0.5 || df >= as_good_as_normal)
        return normal_quantile(p);
    if (2 * tail <= beta_below(a / (a + 0.5), a, 0.5)) {
        t = sqrt(df) * sqrt(expm1(-beta_log_quantile(2 * tail, a, 0.5)));
    } else {
        double rest = exp(beta_log_quantile(1 - 2 * tail, 0.5, a)); /* 1 - x */
        t = sqrt(df * rest / (1 - rest));
    }
    return p < 0.5 ? -t : t;
}

double binomial_at_most(double k, double n, double p)
{
    if (!(n >= 0 && p >= 0 && p <= 1) || isnan(k))
        return NAN;
    if (k < 0 || k >= n)
        return k >= n;
    return beta_below(1 - p, n - k, k + 1);
}

struct interval binomial_interval(double successes, double trials, double level)
{
    double beyond = (1 - level) / 2;
    struct interval interval = {0, 1};

    if (!(successes >= 0 && successes <= trials && trials > 0 && level >= 0 && level < 1))
        return INTERVAL_UNKNOWN;
    if (successes > 0)
        interval.low = beta_quantile(beyond, successes, trials - successes + 1);
    if (successes < trials)
        interval.high = beta_quantile(1 - beyond, successes + 1, trials - successes);
    return interval;
}
