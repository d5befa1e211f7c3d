/* How much of what the machine does is in all launches alike. */
#include "stats/moments.h"

#include <math.h>

double moments_count(const double *times_s, size_t launches)
{
    double count = launches > 0;
    for (size_t i = 1; i < launches; i++)
        count += fmin(1, fmax(0, times_s[i] - times_s[i - 1]) / MOMENT_S);
    return count;
}

double moment_luck(double lost)
{
    return lost > 0 ? hypot(MOMENT_LUCK, -log1p(-fmin(lost, 0.99))) : MOMENT_LUCK;
}

double moments_luck(const double *times_s, size_t launches, double lost)
{
    for (size_t i = 0; i < launches; i++) {
        if (isnan(times_s[i]))
            return 0;
    }
    if (launches < 2)
        return 0;
    return moment_luck(lost) *
           sqrt(fmax(0, 1 / moments_count(times_s, launches) - 1 / (double)launches));
}
