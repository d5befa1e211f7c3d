/* A race of ways. See race.h. */
#include "stats/race.h"

#include "base/memory.h"
#include "stats/distributions.h"
#include "stats/sample.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { PRIOR_LAUNCHES = 4 };

size_t race_enter(struct race *race)
{
    race->arms = mem_grow(race->arms, race->count, &race->capacity, sizeof *race->arms);
    race->arms[race->count] = (struct race_arm){0};
    return race->count++;
}

void race_add(struct race *race, size_t arm, double seconds)
{
    values_add(&race->arms[arm].logs, log(seconds));
}

void race_withdraw(struct race *race, size_t arm)
{
    race->arms[arm].is_out = true;
}

void race_close(struct race *race, size_t arm)
{
    race->arms[arm].is_closed = true;
}

static double mean_of(const struct race_arm *arm)
{
    double sum = 0;
    for (size_t i = 0; i < arm->logs.count; i++)
        sum += arm->logs.list[i];
    return sum / (double)arm->logs.count;
}

/* The spread from launch to launch that all have in common; *df of how many it is known. */
static double pooled(const struct race *race, double *df)
{
    double squares = PRIOR_LAUNCHES * SAMPLE_LAUNCH_LUCK * SAMPLE_LAUNCH_LUCK;
    *df = PRIOR_LAUNCHES;
    for (size_t a = 0; a < race->count; a++) {
        const struct race_arm *arm = &race->arms[a];
        double mean = mean_of(arm);
        for (size_t i = 0; i < arm->logs.count; i++)
            squares += (arm->logs.list[i] - mean) * (arm->logs.list[i] - mean);
        *df += arm->logs.count > 0 ? (double)arm->logs.count - 1 : 0;
    }
    return sqrt(squares / *df);
}

size_t race_best(const struct race *race)
{
    size_t best = SIZE_MAX;
    for (size_t a = 0; a < race->count; a++) {
        if (race->arms[a].logs.count == 0 || race->arms[a].is_out)
            continue;
        if (best == SIZE_MAX || mean_of(&race->arms[a]) < mean_of(&race->arms[best]))
            best = a;
    }
    return best;
}

double race_seconds(const struct race *race, size_t arm)
{
    return exp(mean_of(&race->arms[arm]));
}

static struct interval difference(const struct race *race, size_t arm, size_t of, double beyond)
{
    const struct race_arm *a = &race->arms[arm], *b = &race->arms[of];
    double df, spread = pooled(race, &df);
    double error = spread * sqrt(1 / (double)a->logs.count + 1 / (double)b->logs.count);
    double arm_length = student_quantile(1 - beyond / 2, df) * error, middle = mean_of(a) - mean_of(b);
    return (struct interval){middle - arm_length, middle + arm_length};
}

double race_ratio(const struct race *race, size_t arm, size_t of, struct interval *interval)
{
    *interval = INTERVAL_UNKNOWN;
    if (race->arms[arm].logs.count == 0 || race->arms[of].logs.count == 0)
        return NAN;
    struct interval logs = difference(race, arm, of, 0.05);
    *interval = (struct interval){exp(logs.low), exp(logs.high)};
    return exp(mean_of(&race->arms[arm]) - mean_of(&race->arms[of]));
}

/* The chance of a mistake that one comparison may have. */
static double beyond_of(const struct race *race)
{
    return 2 * race->rules.mistake / ((double)race->count * (double)race->rules.looks);
}

void race_look(struct race *race)
{
    size_t best = race_best(race);
    for (size_t a = 0; best != SIZE_MAX && a < race->count; a++) {
        struct race_arm *arm = &race->arms[a];
        if (!arm->is_out && a != best && arm->logs.count > 0)
            arm->is_out = difference(race, a, best, beyond_of(race)).low > race->rules.within;
    }
}

bool race_is_over(const struct race *race)
{
    size_t best = race_best(race);
    for (size_t a = 0; best != SIZE_MAX && a < race->count; a++) {
        const struct race_arm *arm = &race->arms[a];
        if (arm->is_out)
            continue;
        if (arm->logs.count < race->rules.launches && !arm->is_closed)
            return false;
        if (a != best && difference(race, a, best, beyond_of(race)).high > race->rules.within)
            return false;
    }
    return best != SIZE_MAX;
}

void race_free(struct race *race)
{
    for (size_t a = 0; a < race->count; a++)
        values_free(&race->arms[a].logs);
    free(race->arms);
    *race = (struct race){.rules = race->rules};
}
