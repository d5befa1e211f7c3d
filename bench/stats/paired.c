/* Two stages of looking at the differences of rounds. */
#include "stats/paired.h"

#include "stats/summary.h"
#include "stats/tails.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The first stage ends after this part of the time: what it finds last must still be confirmed. */
static const double first_stage = 0.65;

/* When it is looked at, as parts of the first stage, and the parts of the chance spent there. */
static const double look_times[] = {0.25, 0.4, 0.6, 0.8, 1};
static const double look_shares[] = {0.05, 0.1, 0.15, 0.25, 0.45};
enum { LOOKS = sizeof look_times / sizeof *look_times };

/*
 * The second stage: its chance of nodding to a false difference, in equal parts for looks at so many
 * fresh rounds and one when the time is over. It is given up where fresh rounds point the other way.
 */
static const double confirm_chance = 0.05;
static const size_t confirm_rounds[] = {8, 16, 32, 64};
enum { CONFIRMS = sizeof confirm_rounds / sizeof *confirm_rounds, GIVE_UP_ROUNDS = 16 };

/* With fewer a scale is a guess. */
enum { ROUNDS_LEAST = 8 };

/* Mean and standard deviation of differences whose outliers were drawn in. */
struct centre {
    double mean, sd;
    size_t n;
};

static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static int centre_of(const double *differences, size_t n, struct centre *centre)
{
    struct summary all;
    double sum = 0, squares = 0, reach;
    *centre = (struct centre){NAN, NAN, n};
    if (summary_of(differences, n, &all) < 0)
        return -ENOMEM;
    reach = all.mad > 0 ? 4 * 1.4826 * all.mad : INFINITY;
    for (size_t i = 0; i < n; i++)
        sum += clamp(differences[i], all.median - reach, all.median + reach);
    centre->mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) {
        double from = clamp(differences[i], all.median - reach, all.median + reach) - centre->mean;
        squares += from * from;
    }
    centre->sd = n > 1 ? sqrt(squares / (double)(n - 1)) : NAN;
    return 0;
}

/* The distance from 0 that |S/V| > z asks of the mean of n rounds; infinite where they are too few. */
static double reach_at(double sd, double n, double z)
{
    return n > z * z ? z * sqrt((n - 1) / (n - z * z)) * sd / sqrt(n) : INFINITY;
}

static double reach_of(const struct centre *centre, double z)
{
    return reach_at(centre->sd, (double)centre->n, z);
}

/* z of a two-sided test with this chance of a false answer. */
static double z_of(double chance)
{
    return -normal_quantile(chance / 2);
}

/* Of the first stage, so that both stages together come to false_alarm. */
static double first_chance(const struct paired_rules *rules)
{
    return fmin(0.02, rules->false_alarm / confirm_chance);
}

size_t paired_least_rounds(const struct paired_rules *rules)
{
    double z = z_of(first_chance(rules) * look_shares[LOOKS - 1]);
    size_t first = (size_t)ceil(z * z) + 1;
    return (first > ROUNDS_LEAST ? first : ROUNDS_LEAST) + confirm_rounds[0];
}

int paired_add(struct paired *paired, double difference)
{
    if (paired->n == paired->room) {
        size_t room = paired->room ? 2 * paired->room : 64;
        double *grown = realloc(paired->differences, room * sizeof *grown);
        if (!grown)
            return -ENOMEM;
        paired->differences = grown;
        paired->room = room;
    }
    paired->differences[paired->n++] = difference;
    return 0;
}

void paired_free(struct paired *paired)
{
    free(paired->differences);
    *paired = (struct paired){0};
}

/* Have all rounds together an interval within the threshold? */
static bool is_same(const struct paired *paired)
{
    struct paired_result result = paired_result(paired);
    return paired->n >= ROUNDS_LEAST && result.interval.low > -paired->rules.threshold &&
           result.interval.high < paired->rules.threshold;
}

/* The chance of looks that were passed over (rounds were too slow for them) is spent with the next. */
static bool find(struct paired *paired, double spent)
{
    double share = 0;
    struct centre centre;
    while (paired->looks < LOOKS && look_times[paired->looks] * first_stage <= spent)
        share += look_shares[paired->looks++];
    if (share == 0 || paired->n < ROUNDS_LEAST || centre_of(paired->differences, paired->n, &centre) < 0)
        return false;
    double reach = reach_of(&centre, z_of(first_chance(&paired->rules) * share));
    if (!(fabs(centre.mean) > reach && fabs(centre.mean) > paired->rules.threshold))
        return false;
    paired->found_at = paired->n;
    paired->direction = centre.mean > 0 ? 1 : -1;
    return true;
}

/* Is this a moment to look at the fresh rounds? */
static bool is_due(size_t fresh, double spent)
{
    for (size_t i = 0; i < CONFIRMS; i++) {
        if (fresh == confirm_rounds[i])
            return true;
    }
    return spent >= 1 && fresh >= confirm_rounds[0];
}

/* Do the fresh rounds show it again? */
static enum paired_state look_again(const struct paired *paired, double spent)
{
    size_t fresh = paired->n - paired->found_at;
    struct centre centre;
    if (is_due(fresh, spent) && centre_of(paired->differences + paired->found_at, fresh, &centre) == 0) {
        double seen = paired->direction * centre.mean;
        double reach = reach_of(&centre, -normal_quantile(confirm_chance / (CONFIRMS + 1)));
        if (seen > 0 && seen > reach)
            return PAIRED_DIFFERENT;
        if (seen <= 0 && fresh >= GIVE_UP_ROUNDS)
            return PAIRED_NOT_CONFIRMED;
    }
    return spent >= 1 ? PAIRED_NOT_CONFIRMED : PAIRED_CONFIRMING;
}

enum paired_state paired_look(struct paired *paired, double spent)
{
    if (paired->found_at > 0)
        paired->state = look_again(paired, spent);
    else if (find(paired, spent))
        paired->state = PAIRED_CONFIRMING;
    else if (is_same(paired))
        paired->state = PAIRED_SAME;
    else
        paired->state = PAIRED_LOOKING;
    return paired->state;
}

/* Both stages must find it, each nineteen times in twenty, with what falls to it of so many rounds; and
 * it must be beyond the threshold. */
static double detectable(const struct paired *paired, const struct centre *centre)
{
    double first = first_stage * (double)paired->n, second = (double)paired->n - first;
    double first_z = z_of(first_chance(&paired->rules) * look_shares[LOOKS - 1]);
    double second_z = -normal_quantile(confirm_chance / (CONFIRMS + 1)), often = normal_quantile(0.95);
    double first_least = fmax(reach_at(centre->sd, first, first_z), paired->rules.threshold);
    return fmax(first_least + often * centre->sd / sqrt(first),
                reach_at(centre->sd, second, second_z) + often * centre->sd / sqrt(second));
}

struct paired_result paired_result(const struct paired *paired)
{
    struct paired_result result = {NAN, {NAN, NAN}, NAN, NAN};
    struct centre centre;
    size_t n = paired->n;
    if (n < 2 || centre_of(paired->differences, n, &centre) < 0)
        return result;
    double error = centre.sd / sqrt((double)n);
    double half = student_quantile(0.5 + paired->rules.level / 2, (double)(n - 1)) * error;
    double sums = sqrt((double)(n - 1) * centre.sd * centre.sd + (double)n * centre.mean * centre.mean);
    result.difference = centre.mean;
    result.interval = (struct interval){centre.mean - half, centre.mean + half};
    result.p =
        sums > 0 ? 2 * normal_above(sqrt((double)n) * fabs(centre.mean) / sums * sqrt((double)n)) : 1;
    result.detectable = detectable(paired, &centre);
    return result;
}
