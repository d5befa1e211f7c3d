/* Looking at the differences of rounds, as they come. */
#include "stats/paired.h"

#include "stats/distributions.h"
#include "stats/signed_rank.h"

#include <math.h>

/* When it is looked at, as parts of the time. They are set beforehand: moments that the rounds could
 * choose would have a chance of their own. */
static const double look_times[] = {0.03, 0.045, 0.067, 0.1, 0.15, 0.22, 0.32, 0.45, 0.6, 0.8, 1};
enum { LOOKS = sizeof look_times / sizeof *look_times };

/* Until a part of the time is over, so much of the chance is spent. */
static double spent_until(double part)
{
    return pow(part, 3);
}

/* One-sided, of each half of the rounds. */
static const double half_chance = 0.05;

/* With fewer rounds the interval is a guess. */
enum { ROUNDS_LEAST = 8 };

/* The level of the interval that must lie within the threshold. It is high because it is looked at many
 * times, and by chance would lie there once. */
static const double same_level = 0.99;

/* What is left for the last look. */
static double last_chance(const struct paired_rules *rules)
{
    return rules->false_alarm * (1 - spent_until(look_times[LOOKS - 2]));
}

size_t paired_least_rounds(const struct paired_rules *rules)
{
    double all = ceil(log2(2 / last_chance(rules))), half = ceil(log2(1 / half_chance));
    return (size_t)fmax(fmax(all, 2 * half), ROUNDS_LEAST);
}

void paired_add(struct paired *paired, double difference)
{
    values_add(&paired->rounds, difference);
}

void paired_free(struct paired *paired)
{
    values_free(&paired->rounds);
    *paired = (struct paired){0};
}

/* Does the interval of all rounds lie within the threshold? It is looked at each time a tenth more have
 * come. */
static bool is_same(struct paired *paired)
{
    if (paired->rounds.count < ROUNDS_LEAST || paired->rounds.count < paired->next_same)
        return false;
    struct signed_rank all;
    paired->next_same = paired->rounds.count + 1 + paired->rounds.count / 10;
    signed_rank_of(paired->rounds.list, paired->rounds.count, same_level, &all);
    return all.interval.low > -paired->rules.threshold && all.interval.high < paired->rules.threshold;
}

/* The chance that may be spent at this moment; 0: it is none to look. That of looks that were passed
 * over (rounds were too slow for them) is spent with the next. */
static double chance_now(struct paired *paired, double spent)
{
    double before = paired->looks > 0 ? look_times[paired->looks - 1] : 0, now = before;
    while (paired->looks < LOOKS && look_times[paired->looks] <= spent)
        now = look_times[paired->looks++];
    return paired->rules.false_alarm * (spent_until(now) - spent_until(before));
}

/* Do these rounds by themselves show it? */
static bool half_shows(const struct paired *paired, size_t first, size_t count)
{
    struct signed_rank half;
    signed_rank_of(paired->rounds.list + first, count, paired->rules.level, &half);
    return (paired->direction > 0 ? half.p_above : half.p_below) <= half_chance;
}

static enum paired_state find(struct paired *paired, double chance)
{
    struct signed_rank all;
    size_t count = paired->rounds.count, earlier = count / 2;
    signed_rank_of(paired->rounds.list, count, paired->rules.level, &all);
    if (!(all.p <= chance && fabs(all.centre) > paired->rules.threshold))
        return paired->direction != 0 ? PAIRED_CONFIRMING : PAIRED_LOOKING;
    paired->direction = all.centre > 0 ? 1 : -1;
    return half_shows(paired, 0, earlier) && half_shows(paired, earlier, count - earlier)
               ? PAIRED_DIFFERENT
               : PAIRED_CONFIRMING;
}

enum paired_state paired_look(struct paired *paired, double spent)
{
    double chance = chance_now(paired, spent);
    if (chance > 0)
        paired->state = find(paired, chance);
    if (paired->state == PAIRED_CONFIRMING && spent >= 1)
        paired->state = PAIRED_NOT_CONFIRMED;
    if (paired->state == PAIRED_LOOKING && is_same(paired))
        paired->state = PAIRED_SAME;
    return paired->state;
}

/* How far from 0 a centre must be for n rounds to have this chance (two-sided), by Student's t, which
 * Wilcoxon's test follows closely; infinite where there are too few rounds for any. */
static double reach_of(double n, double error, double chance)
{
    return n >= 2 && log2(2 / chance) <= n ? student_quantile(1 - chance / 2, n - 1) * error / sqrt(n)
                                           : INFINITY;
}

/* All rounds must find it beyond the threshold, and so must each half, each nineteen times in twenty.
 * `error` is that of one round. */
static double detectable(const struct paired *paired, double error)
{
    double all = (double)paired->rounds.count, half = floor(all / 2), often = normal_quantile(0.95);
    double all_reach = reach_of(all, error, last_chance(&paired->rules));
    double half_reach = reach_of(half, error, 2 * half_chance);
    return fmax(fmax(all_reach, paired->rules.threshold) + often * error / sqrt(all),
                half_reach + often * error / sqrt(half));
}

struct paired_result paired_result(const struct paired *paired)
{
    struct paired_result result = {NAN, INTERVAL_UNKNOWN, NAN, NAN};
    struct signed_rank all;
    double n = (double)paired->rounds.count;
    if (n < 2)
        return result;
    signed_rank_of(paired->rounds.list, paired->rounds.count, paired->rules.level, &all);
    result.difference = all.centre;
    result.interval = all.interval;
    result.p = all.p;
    if (interval_known(all.interval)) {
        double half = (all.interval.high - all.interval.low) / 2;
        double error = half * sqrt(n) / student_quantile(0.5 + paired->rules.level / 2, n - 1);
        result.detectable = detectable(paired, error);
    }
    return result;
}
