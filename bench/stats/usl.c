/* The laws of Amdahl and Gunther, and their fit by least squares. See usl.h. */
#include "stats/usl.h"

#include <math.h>

double usl_throughput(const struct usl *law, double n)
{
    return law->lambda * n / (1 + law->sigma * (n - 1) + law->kappa * n * (n - 1));
}

double usl_peak(const struct usl *law)
{
    if (law->sigma >= 1)
        return 1;
    return law->kappa > 0 ? fmax(1, sqrt((1 - law->sigma) / law->kappa)) : INFINITY;
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

enum { PARAMETERS = USL_PARAMETERS, STEPS_MOST = 50, HALVINGS_MOST = 30 };

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
static double squares(const struct usl_means *means, const struct parameters *at)
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
static bool step(const struct usl_means *means, const bool *is_free, const struct parameters *at,
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
static double go(const struct usl_means *means, struct parameters *at, const struct parameters *to,
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
static double fit_free(const struct usl_means *means, const bool *is_free, struct parameters *at)
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

static struct usl law_of(const struct parameters *at)
{
    return (struct usl){1 / at->of[0], at->of[1] / at->of[0], at->of[2] / at->of[0]};
}

double usl_fit_free(const struct usl_means *means, struct usl *law)
{
    static const bool all_free[PARAMETERS] = {true, true, true};
    struct parameters at;
    double found = fit_free(means, all_free, &at);
    if (isfinite(found))
        *law = law_of(&at);
    return found;
}

/* A bound that matters is where the parameter is 0: each set of those that may be is tried. */
double usl_fit_bounded(const struct usl_means *means, bool has_kappa, struct usl *law, int *free)
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
            *law = law_of(&at);
            *free = ways[i][0] + ways[i][1] + ways[i][2];
        }
    }
    return least;
}
