/* Elasticities from ratios of times. */
#include "stats/elasticity.h"

#include "stats/distributions.h"
#include "stats/signed_rank.h"

#include <math.h>

enum { RANKED_FROM = 6, RANKED_MOST = 400 };

/* Of few values: they are close to normal, being means over a run each. */
static struct interval student_interval(const double *values, size_t n, double mean, double level)
{
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    double error = sqrt(squares / (double)(n - 1) / (double)n);
    double arm = student_quantile(1 - (1 - level) / 2, (double)(n - 1)) * error;
    return (struct interval){mean - arm, mean + arm};
}

struct elasticity elasticity_of(const struct values *ratios, double share, double level)
{
    size_t n = ratios->count < RANKED_MOST ? ratios->count : RANKED_MOST;
    const double *latest = ratios->list + ratios->count - n;
    struct elasticity of = ELASTICITY_UNKNOWN;
    double values[RANKED_MOST], sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i] = (latest[i] - 1) / share;
    of.rounds = n;
    if (n >= RANKED_FROM) {
        struct signed_rank rank;
        signed_rank_of(values, n, level, &rank);
        of.value = rank.centre;
        of.interval = rank.interval;
    } else if (n > 0) {
        of.value = sum / (double)n;
        if (n > 1)
            of.interval = student_interval(values, n, of.value, level);
    }
    return of;
}

struct elasticity elasticity_part(struct elasticity whole, double part)
{
    return (struct elasticity){
        whole.value * part, {whole.interval.low * part, whole.interval.high * part}, whole.rounds};
}
