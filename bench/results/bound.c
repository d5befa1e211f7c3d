/* Elasticities and classes from rounds of levers. */
#include "results/bound.h"

#include "stats/summary.h"

#include <math.h>
#include <string.h>

const char *const bound_words[BOUND_CLASSES] = {
    [BOUND_UNKNOWN] = "unknown", [BOUND_CPU] = "cpu",     [BOUND_IO] = "io",
    [BOUND_MEMORY] = "memory",   [BOUND_CACHE] = "cache", [BOUND_LOCK] = "lock",
    [BOUND_MIXED] = "mixed"};

static const double class_from = 0.7, losing_from = 0.05, errs_most = 0.02, wide = 0.3, sum_most = 1.15,
                    sum_least = 0.85, changes_from = 0.05, matters_from = 0.02, differs_from = 0.1,
                    program_least_s = 0.02, busy_from = 0.05, level = 0.95;
enum { ROUNDS_LEAST = 2 };

/* ---- sums and ratios over rounds ---- */

static bool has(const struct lever_round *round, enum lever_turn turn)
{
    return !isnan(round->turns[turn].wall_s);
}

/* What a run took. With one lane it is known how long it stood in the run queue: that is other programs'
 * doing, which would come and go with them between two runs, and is left out. */
static double time_s(const struct lever_seen *seen, const struct bound_rules *rules)
{
    return rules->is_one_lane ? fmax(seen->wall_s - seen->delay_s, seen->cpu_s) : seen->wall_s;
}

/* What a lane waited, in all. One that is woken and has no CPU yet still waits as far as it can see:
 * with one lane it is known how long it did not. */
static double waited(const struct lever_seen *off, const struct bound_rules *rules)
{
    double waits_s = lever_seen_waits(off);
    if (off->others_s > 0)
        return fmax(0, waits_s - off->others_s);
    return rules->is_one_lane ? fmin(waits_s, fmax(0, off->wall_s - off->cpu_s - off->delay_s))
                              : waits_s;
}

/*
 * How the time of a run with the lever relates to that of one without. Of the wait lever by what it has
 * really added: it takes a lane's time in the run queue for part of its wait, and stands there itself
 * before its own sleeps end. NaN: it added too little to tell.
 */
static double ratio_of(const struct lever_seen *on, const struct lever_seen *off, enum lever_turn turn,
                       const struct bound_rules *rules)
{
    double on_s = time_s(on, rules), off_s = time_s(off, rules), wait_s = waited(off, rules);
    bool is_known = rules->is_one_lane && off->others_s <= 0 && wait_s > matters_from * off_s;
    if (turn != TURN_WAIT || !is_known)
        return on_s / off_s;
    double added_s = on->slept_s - (on->delay_s - off->delay_s), wanted_s = rules->share * wait_s;
    return added_s > wanted_s / 4 ? 1 + (on_s - off_s) / added_s * wanted_s / off_s : NAN;
}

static struct elasticity slowed_by(const struct lever_round *rounds, size_t count, enum lever_turn turn,
                                   const struct bound_rules *rules)
{
    struct values ratios = {0};
    for (size_t i = 0; i < count; i++) {
        double ratio = NAN;
        if (has(&rounds[i], turn) && has(&rounds[i], TURN_OFF))
            ratio = ratio_of(&rounds[i].turns[turn], &rounds[i].turns[TURN_OFF], turn, rules);
        if (!isnan(ratio))
            values_add(&ratios, ratio);
    }
    struct elasticity of = elasticity_of(&ratios, rules->share, level);
    values_free(&ratios);
    return of;
}

/* In this launch it was seen to slow down what it must, and nothing else. */
static bool is_proved(const struct lever_seen *seen)
{
    return seen->shows >= losing_from && seen->errs <= errs_most;
}

/* CPU time that the work takes more without it; without what the lever itself burns. *hidden: it was
 * turned, and in no launch was it seen to work. */
static struct elasticity cost_of_losing(const struct lever_round *rounds, size_t count,
                                        enum lever_turn without, enum lever_turn with, bool *hidden)
{
    struct values ratios = {0};
    size_t turned = 0;
    for (size_t i = 0; i < count; i++) {
        const struct lever_seen *on = &rounds[i].turns[without], *off = &rounds[i].turns[with];
        if (!has(&rounds[i], without) || !has(&rounds[i], with) || !(off->cpu_s > 0))
            continue;
        turned++;
        if (is_proved(on))
            values_add(&ratios, on->cpu_s / off->cpu_s);
    }
    struct elasticity of = elasticity_of(&ratios, 1, level);
    *hidden = turned > 0 && ratios.count == 0;
    values_free(&ratios);
    return of;
}

/* Over all rounds that have this turn. */
static struct lever_seen summed(const struct lever_round *rounds, size_t count, enum lever_turn turn)
{
    struct lever_seen sum = {0};
    for (size_t i = 0; i < count; i++) {
        const struct lever_seen *seen = &rounds[i].turns[turn];
        if (!has(&rounds[i], turn))
            continue;
        sum.wall_s += seen->wall_s;
        sum.cpu_s += seen->cpu_s;
        sum.held_s += seen->held_s;
        sum.others_s += seen->others_s;
        sum.tasks += seen->tasks;
        sum.delay_s += seen->delay_s;
        sum.pressure_s += seen->pressure_s;
        for (int kind = 0; kind < WAIT_KINDS; kind++)
            sum.waits_s[kind] += seen->waits_s[kind];
    }
    return sum;
}

/* By how much `on` differs from `off`, where that is much of a run's time; else 0. */
static double changed(double on_s, double off_s, double wall_s)
{
    return fabs(on_s - off_s) > matters_from * wall_s && off_s > 0 ? on_s / off_s - 1 : 0;
}

/* Both of the same rounds, or a round more of one would look like a change. */
static size_t both(const struct lever_round *rounds, size_t count, enum lever_turn turn)
{
    size_t whole = 0;
    while (whole < count && has(&rounds[whole], turn) && has(&rounds[whole], TURN_OFF))
        whole++;
    return whole;
}

bool bound_is_disturbed(const struct lever_round *rounds, size_t count)
{
    static const enum lever_turn turns[] = {TURN_CPU, TURN_WAIT};
    for (size_t t = 0; t < sizeof turns / sizeof *turns; t++) {
        size_t whole = both(rounds, count, turns[t]);
        struct lever_seen on = summed(rounds, whole, turns[t]), off = summed(rounds, whole, TURN_OFF);
        if (changed(on.cpu_s, off.cpu_s, off.wall_s) > changes_from ||
            changed(lever_seen_waits(&on), lever_seen_waits(&off), off.wall_s) > changes_from)
            return true;
    }
    return false;
}

static bool is_overlapped(const struct lever_round *rounds, size_t count)
{
    size_t whole = both(rounds, count, TURN_CPU);
    struct lever_seen on = summed(rounds, whole, TURN_CPU), off = summed(rounds, whole, TURN_OFF);
    return changed(lever_seen_waits(&on), lever_seen_waits(&off), off.wall_s) < -changes_from;
}

static double median_off_s(const struct lever_round *rounds, size_t count)
{
    struct values walls = {0};
    for (size_t i = 0; i < count; i++) {
        if (has(&rounds[i], TURN_OFF))
            values_add(&walls, rounds[i].turns[TURN_OFF].wall_s);
    }
    double median = summary_median(walls.list, walls.count);
    values_free(&walls);
    return median;
}

/* ---- the second witness ---- */

static void account(struct bound *bound, const struct lever_round *rounds, size_t count,
                    const struct bound_rules *rules)
{
    struct lever_seen off = summed(rounds, count, TURN_OFF);
    double waits_s = lever_seen_waits(&off), cpu_s = off.cpu_s + off.others_s;
    double waited_s = waited(&off, rules);
    bound->cpu_part = cpu_s / (cpu_s + waited_s);
    bound->time_part = cpu_s / off.wall_s;
    bound->held_part = off.held_s / off.wall_s;
    bound->task_s = off.tasks > 0 ? off.wall_s / off.tasks : NAN;
    bound->others_part = off.others_s / off.wall_s;
    /* How long programs stood in the run queue is not seen; that something did, is. */
    bound->delay_part = (off.others_s > 0 ? off.pressure_s : off.delay_s) / off.wall_s;
    bound->unseen_part = fmax(0, 1 - (cpu_s + waited_s + off.waits_s[WAIT_LOCK]) / off.wall_s);
    for (int kind = 0; kind < WAIT_KINDS; kind++) {
        bound->waits[kind] = ELASTICITY_UNKNOWN;
        if (kind != WAIT_LOCK && waits_s > 0 && off.waits_s[kind] > 0)
            bound->waits[kind] = elasticity_part(bound->wait, off.waits_s[kind] / waits_s);
    }
}

static enum bound_class class_of_parts(double cpu, double wait, double lock)
{
    if (lock >= class_from)
        return BOUND_LOCK;
    if (cpu >= class_from)
        return BOUND_CPU;
    return wait >= class_from ? BOUND_IO : BOUND_MIXED;
}

/* A thread that waits for its cache or for memory burns CPU time, too. */
static enum bound_class what_stalls(const struct bound *bound)
{
    bool cache = bound->cache.value >= losing_from && bound->cache.interval.low > 0,
         memory = bound->memory.value >= losing_from && bound->memory.interval.low > 0;
    if (memory && (!cache || bound->memory.value > bound->cache.value))
        return BOUND_MEMORY;
    return cache ? BOUND_CACHE : BOUND_CPU;
}

/* ---- the verdict ---- */

static bool is_wide(const struct elasticity *of)
{
    return !isnan(of->value) && !(of->interval.high - of->interval.low <= wide);
}

static double or_none(double value)
{
    return isnan(value) ? 0 : value;
}

/* How long programs stood in the run queue is not seen: between never and whenever something on the
 * machine did. Is their class another at both ends? */
static bool is_hidden_by_others(const struct bound *bound)
{
    double cpu = bound->time_part, least = bound->cpu_part;
    double most = cpu / fmax(cpu, cpu / least - bound->delay_part);
    return class_of_parts(least, 1 - least, 0) != class_of_parts(most, 1 - most, 0);
}

static enum bound_reason doubt(const struct bound *bound, const struct bound_rules *rules)
{
    bool has_programs = bound->others_part > 0;
    if (has_programs && bound->delay_part > busy_from && is_hidden_by_others(bound))
        return BOUND_TOO_BUSY;
    if (has_programs && bound->task_s < program_least_s)
        return BOUND_ACCOUNTED;
    if (bound->rounds < ROUNDS_LEAST)
        return BOUND_TOO_FEW;
    if (bound->delay_part > busy_from)
        return BOUND_BUSY_MACHINE;
    if (has_programs)
        return is_wide(&bound->cpu) ? BOUND_TOO_WIDE : BOUND_PROGRAMS;
    if (is_wide(&bound->cpu) || is_wide(&bound->wait) || is_wide(&bound->lock))
        return BOUND_TOO_WIDE;
    if (rules->is_one_lane && bound->sum > sum_most && rules->settle_s >= rules->settle_most_s)
        return BOUND_SUM_HIGH;
    if (rules->is_one_lane && bound->sum < sum_least && !bound->has_overlap &&
        bound->sum + bound->unseen_part < sum_least)
        return BOUND_SUM_LOW;
    return BOUND_PLAIN;
}

static void forget_waits(struct bound *bound)
{
    bound->wait = ELASTICITY_UNKNOWN;
    for (int kind = 0; kind < WAIT_KINDS; kind++)
        bound->waits[kind] = ELASTICITY_UNKNOWN;
}

/* Where levers do not decide, figures that tell nothing are none. That of the lock leads on to what it
 * is with others that want it. */
static void forget_wide(struct bound *bound)
{
    if (is_wide(&bound->wait))
        forget_waits(bound);
    if (is_wide(&bound->cpu))
        bound->cpu = ELASTICITY_UNKNOWN;
}

void bound_of(struct bound *bound, const struct lever_round *rounds, size_t count,
              const struct bound_rules *rules)
{
    *bound = (struct bound){.rounds = count};
    bound->cpu = slowed_by(rounds, count, TURN_CPU, rules);
    bound->wait = slowed_by(rounds, count, TURN_WAIT, rules);
    bound->lock = slowed_by(rounds, count, TURN_LOCK, rules);
    bound->cache = cost_of_losing(rounds, count, TURN_CACHE_ON, TURN_CACHE_OFF, &bound->cache_hidden);
    bound->memory =
        cost_of_losing(rounds, count, TURN_MEMORY_ON, TURN_MEMORY_OFF, &bound->memory_hidden);
    bound->contended = ELASTICITY_UNKNOWN;
    bound->sum = or_none(bound->cpu.value) + or_none(bound->wait.value) + or_none(bound->lock.value);
    bound->off_s = median_off_s(rounds, count);
    bound->has_overlap = is_overlapped(rounds, count);
    bound->is_disturbed = bound_is_disturbed(rounds, count);
    account(bound, rounds, count, rules);
    bound->reason = doubt(bound, rules);
    bool by_levers = bound->reason == BOUND_PLAIN;
    if (bound->others_part > 0) { /* those are the parent's, for its children */
        forget_waits(bound);
        bound->lock = ELASTICITY_UNKNOWN;
    }
    if (bound->reason == BOUND_ACCOUNTED)
        bound->cpu = ELASTICITY_UNKNOWN;
    if (bound->reason == BOUND_BUSY_MACHINE)
        forget_wide(bound);
    if (by_levers)
        bound->class =
            class_of_parts(bound->cpu.value, or_none(bound->wait.value), or_none(bound->lock.value));
    else if (bound->reason == BOUND_PROGRAMS)
        bound->class = class_of_parts(bound->cpu.value, 1 - bound->cpu.value, 0);
    else if (bound->reason == BOUND_ACCOUNTED || bound->reason == BOUND_BUSY_MACHINE)
        bound->class =
            class_of_parts(bound->cpu_part - bound->held_part, 1 - bound->cpu_part, bound->held_part);
    if (bound->class == BOUND_CPU)
        bound->class = what_stalls(bound);
    bound->disagrees =
        by_levers && rules->is_one_lane && !bound->has_overlap &&
        fabs(bound->cpu_part - (bound->cpu.value + or_none(bound->lock.value))) > differs_from;
}

void bound_is_contended(struct bound *bound, struct elasticity contended)
{
    bound->contended = contended;
    /* Held longer it may even be faster: where it is so short that taking it is most of the work,
     * whoever holds it keeps the others from getting in each other's way. It binds all the same. */
    if ((contended.value >= class_from && !is_wide(&contended)) || contended.interval.high < -wide) {
        bound->class = BOUND_LOCK;
        bound->reason = BOUND_PLAIN;
        bound->disagrees = false;
    } else if (bound->class == BOUND_LOCK) {
        bool accounted = bound->reason == BOUND_BUSY_MACHINE;
        bound->class = accounted ? class_of_parts(bound->cpu_part, 1 - bound->cpu_part, 0)
                                 : class_of_parts(bound->cpu.value + bound->lock.value,
                                                  or_none(bound->wait.value), 0);
    }
}

void bound_by_clocks(struct bound *bound)
{
    bound->reason = BOUND_CLOCKS;
    bound->class =
        isnan(bound->cpu_part) ? BOUND_UNKNOWN : class_of_parts(bound->cpu_part, 1 - bound->cpu_part, 0);
}

bool bound_is_precise(const struct bound *bound, double half)
{
    const struct elasticity *all[] = {&bound->cpu, &bound->wait, &bound->lock};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!isnan(all[i]->value) && !(all[i]->interval.high - all[i]->interval.low <= 2 * half))
            return false;
    }
    return bound->rounds >= ROUNDS_LEAST;
}
