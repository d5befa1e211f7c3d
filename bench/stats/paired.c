/* Two stages of looking at the differences of rounds. */
#include "stats/paired.h"

#include "stats/distributions.h"
#include "stats/signed_rank.h"

#include <math.h>

/* The first stage ends after this part of the time: what it finds last must still be confirmed. */
static const double first_stage = 0.65;

/* When it is looked at, as parts of the first stage, and the parts of the chance spent there. */
static const double look_times[] = {0.25, 0.4, 0.6, 0.8, 1};
static const double look_shares[] = {0.03, 0.07, 0.15, 0.25, 0.5};
enum { LOOKS = sizeof look_times / sizeof *look_times };

/*
 * The second stage: its chance of confirming a false difference, the numbers of fresh rounds at which it
 * looks, and the parts of the chance that are spent there and when the time is over.
 */
static const double confirm_chance = 0.05;
static const size_t confirm_rounds[] = {8, 16, 32, 64};
static const double confirm_shares[] = {0.1, 0.15, 0.15, 0.2}, confirm_last_share = 0.4;
enum { CONFIRMS = sizeof confirm_rounds / sizeof *confirm_rounds };

/* With fewer rounds the interval is a guess. */
enum { ROUNDS_LEAST = 8 };

/* The level of the interval that must lie within the threshold. It is high because it is looked at many
 * times, and by chance would lie there once. */
static const double same_level = 0.99;

/* The chance that the first stage may spend, so that both stages together come to false_alarm. */
static double first_chance(const struct paired_rules *rules)
{
    return fmin(0.02, rules->false_alarm / confirm_chance);
}

size_t paired_least_rounds(const struct paired_rules *rules)
{
    double first = ceil(log2(2 / (first_chance(rules) * look_shares[LOOKS - 1])));
    return (size_t)fmax(first, ROUNDS_LEAST) + confirm_rounds[0];
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

/* The chance of looks that were passed over (rounds were too slow for them) is spent with the next. */
static bool find(struct paired *paired, double spent)
{
    double share = 0;
    struct signed_rank found;
    while (paired->looks < LOOKS && look_times[paired->looks] * first_stage <= spent)
        share += look_shares[paired->looks++];
    if (share == 0)
        return false;
    signed_rank_of(paired->rounds.list, paired->rounds.count, paired->rules.level, &found);
    if (!(found.p <= first_chance(&paired->rules) * share &&
          fabs(found.centre) > paired->rules.threshold))
        return false;
    paired->found_at = paired->rounds.count;
    paired->direction = found.centre > 0 ? 1 : -1;
    return true;
}

/* The part of the second stage's chance that is spent now; 0: this is no moment to look. */
static double confirm_share(size_t fresh, double spent)
{
    for (size_t i = 0; i < CONFIRMS; i++) {
        if (fresh == confirm_rounds[i])
            return confirm_shares[i] + (spent >= 1 ? confirm_last_share : 0);
    }
    return spent >= 1 ? confirm_last_share : 0;
}

/* Do the fresh rounds show it again? */
static enum paired_state look_again(const struct paired *paired, double spent)
{
    size_t fresh = paired->rounds.count - paired->found_at;
    double share = confirm_share(fresh, spent);
    struct signed_rank again;
    if (share > 0) {
        signed_rank_of(paired->rounds.list + paired->found_at, fresh, paired->rules.level, &again);
        double p = paired->direction > 0 ? again.p_above : again.p_below;
        if (p <= confirm_chance * share)
            return PAIRED_DIFFERENT;
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

/* How far from 0 a centre must be for n rounds to have this chance (two-sided), by Student's t, which
 * Wilcoxon's test follows closely; infinite where there are too few rounds for any. */
static double reach_of(double n, double error, double chance)
{
    return n >= 2 && log2(2 / chance) <= n ? student_quantile(1 - chance / 2, n - 1) * error / sqrt(n)
                                           : INFINITY;
}

/* Both stages must find it, each nineteen times in twenty, with what falls to it of so many rounds; and
 * it must be beyond the threshold. `error` is that of one round. */
static double detectable(const struct paired *paired, double error)
{
    double first = first_stage * (double)paired->rounds.count,
           second = (double)paired->rounds.count - first;
    double first_reach = reach_of(first, error, first_chance(&paired->rules) * look_shares[LOOKS - 1]);
    double second_reach = reach_of(second, error, 2 * confirm_chance * confirm_last_share);
    double often = normal_quantile(0.95);
    return fmax(fmax(first_reach, paired->rules.threshold) + often * error / sqrt(first),
                second_reach + often * error / sqrt(second));
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
