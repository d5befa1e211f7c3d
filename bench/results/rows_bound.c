/* Rounds of levers, and accounting, from rows. */
#include "results/rows_bound.h"

#include "base/memory.h"
#include "records/packed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How finely pauses were settled is not told: as if they had been as coarse as they get. */
static const double settle_s = 0.02;

/* ---- rows in which a lever was turned ---- */

/* One of them; rows of the same round have the same key. */
struct turned {
    const char *session;
    int64_t launch, block;
    enum lever_turn turn;
    struct lever_seen seen;
};

struct turned_list {
    struct turned *list;
    size_t count, capacity;
    double share; /* of the levers that are taken; 0: none yet */
};

static bool turn_of(const char *text, enum lever_turn *turn, double *share)
{
    static const enum lever_turn turns[] = {[LEVER_OFF] = TURN_OFF,
                                            [LEVER_CPU] = TURN_CPU,
                                            [LEVER_WAIT] = TURN_WAIT,
                                            [LEVER_LOCK] = TURN_LOCK};
    struct lever lever;
    struct bench_error ignored = {0};
    if (!text || lever_parse(&lever, text, &ignored) < 0 || lever.kind == LEVER_NONE)
        return false;
    if (lever.kind == LEVER_CACHE)
        *turn = lever.share > 0 ? TURN_CACHE_ON : TURN_CACHE_OFF;
    else if (lever.kind == LEVER_MEMORY)
        *turn = lever.share > 0 ? TURN_MEMORY_ON : TURN_MEMORY_OFF;
    else
        *turn = turns[lever.kind];
    bool has_share = lever.kind == LEVER_CPU || lever.kind == LEVER_WAIT || lever.kind == LEVER_LOCK;
    *share = has_share ? lever.share : 0;
    return true;
}

/* Runs without a block were asked for by hand, one lever a session: the first of each is a round, the
 * second another. */
static void add_rows(struct turned_list *turned, const struct case_result *result, enum lever_turn turn)
{
    int64_t number = 0;
    for (size_t i = 0; i < result->source->rows_size; i++) {
        struct record unpacked, *row = &unpacked;
        record_unpack(row, result->source->rows[i]);
        if (row->phase != PHASE_MEASURE || row->status != STATUS_OK || !lever_seen_is_told(row) ||
            !(row->wall_s > 0))
            continue;
        bool has_block = row->block != RECORD_NO_COUNT;
        turned->list = mem_grow(turned->list, turned->count, &turned->capacity, sizeof *turned->list);
        turned->list[turned->count++] = (struct turned){
            .session = has_block ? row->session : "",
            .launch = has_block ? row->launch : 0,
            .block = has_block ? row->block : ++number,
            .turn = turn,
        };
        lever_seen_read(&turned->list[turned->count - 1].seen, row);
    }
}

static bool is_same_way(const struct record *a, const struct record *b)
{
    struct record left = *a, right = *b;
    left.lever = right.lever = NULL;
    return identity_equal(&left, &right, IDENTITY_ALL);
}

static bool is_one_lane(const struct record *run)
{
    return run->workers == 1 && run->inflight == 1 && isnan(run->rate_per_s);
}

/* All rows of the way of running that `base` is, with levers of one share. */
static void collect(struct turned_list *turned, const struct rows_of_work *work,
                    const struct record *base)
{
    for (size_t i = 0; i < work->count; i++) {
        const struct record *run = work->list[i]->identity;
        enum lever_turn turn;
        double share;
        if (!is_same_way(run, base) || !turn_of(run->lever, &turn, &share))
            continue;
        if (share > 0 && turned->share > 0 && fabs(share - turned->share) > 1e-9)
            continue;
        turned->share = share > 0 ? share : turned->share;
        add_rows(turned, work->list[i], turn);
    }
}

static int by_round(const void *a, const void *b)
{
    const struct turned *x = a, *y = b;
    int order = compare_texts(x->session, y->session);
    if (order == 0)
        order = compare_numbers(x->launch, y->launch);
    return order ? order : compare_numbers(x->block, y->block);
}

/*
 * Rounds, in order. Where blocks begin anew in a later launch, pauses were made coarser because they
 * disturbed the work: what was before does not count.
 */
static size_t make_rounds(struct turned_list *turned, struct lever_round *rounds)
{
    size_t count = 0;
    int64_t block = 0;
    mem_sort(turned->list, turned->count, sizeof *turned->list, by_round);
    for (size_t i = 0; i < turned->count; i++) {
        const struct turned *now = &turned->list[i];
        if (i == 0 || by_round(now, now - 1) != 0) {
            bool is_anew = now->block <= block && same_text(now->session, now[-1].session);
            count = i > 0 && is_anew ? 0 : count;
            lever_round_init(&rounds[count++]);
            block = now->block;
        }
        rounds[count - 1].turns[now->turn] = now->seen;
    }
    return count;
}

/* Those that have a run without a lever beside one with it. */
static size_t keep_whole(struct lever_round *rounds, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool has_off = !isnan(rounds[i].turns[TURN_OFF].wall_s);
        bool has_cpu = !isnan(rounds[i].turns[TURN_CPU].wall_s);
        if (has_off && has_cpu)
            rounds[kept++] = rounds[i];
    }
    return kept;
}

static bool find_by_levers(struct bound *bound, struct bound_rules *rules,
                           const struct rows_of_work *work, const struct record *base)
{
    struct turned_list turned = {0};
    collect(&turned, work, base);
    struct lever_round *rounds = mem_alloc((turned.count + 1) * sizeof *rounds);
    size_t count = keep_whole(rounds, make_rounds(&turned, rounds));
    bool is_found = count > 0 && turned.share > 0;
    *rules = (struct bound_rules){turned.share, settle_s, settle_s, is_one_lane(base)};
    if (is_found)
        bound_of(bound, rounds, count, rules);
    free(rounds);
    free(turned.list);
    return is_found;
}

static bool is_off(const struct record *run)
{
    return run->lever && strcmp(run->lever, "off") == 0;
}

/* The lock's elasticity where there are others that want it: the first way with several workers. */
static void find_contention(struct bound *bound, const struct rows_of_work *work)
{
    struct bound several;
    struct bound_rules rules;
    for (size_t i = 0; i < work->count; i++) {
        const struct record *run = work->list[i]->identity;
        if (!is_off(run) || !(run->workers > 1) || run->inflight != 1 ||
            !find_by_levers(&several, &rules, work, run))
            continue;
        if (!isnan(several.lock.value))
            bound_is_contended(bound, several.lock);
        return;
    }
}

/* ---- rows in which none was ---- */

/* As one round in which nothing was slowed: what is neither CPU time nor a stay in the run queue, was
 * waiting. */
static void find_by_clocks(struct bound *bound, struct bound_rules *rules,
                           const struct case_result *result)
{
    struct lever_round round;
    lever_round_init(&round);
    struct lever_seen *sum = &round.turns[TURN_OFF];
    *sum = (struct lever_seen){.wall_s = 0};
    for (size_t i = 0; i < result_runs(result); i++) {
        double wall_s = result_value(result, i, COLUMN_wall_s);
        double cpu_s = result_value(result, i, COLUMN_cpu_s);
        double delay_s = result_value(result, i, COLUMN_run_delay_s);
        if (!result_is_measured(result, i) || isnan(cpu_s) || !(wall_s > 0))
            continue;
        cpu_s = fmin(cpu_s, wall_s);
        delay_s = isnan(delay_s) ? 0 : delay_s;
        sum->wall_s += wall_s;
        sum->cpu_s += cpu_s;
        sum->delay_s += delay_s;
        sum->waits_s[WAIT_OTHER] += fmax(0, wall_s - cpu_s - delay_s);
        sum->tasks += result->tasks;
    }
    *rules = (struct bound_rules){.is_one_lane = true};
    bound_of(bound, &round, sum->wall_s > 0 ? 1 : 0, rules);
    bound_by_clocks(bound);
}

/* ---- which ---- */

static bool has_cpu_time(const struct case_result *result)
{
    return result_has_numbers(result) && !isnan(result->cpu_use);
}

void rows_bound(struct bound *bound, struct bound_rules *rules, const struct rows_of_work *work)
{
    const struct case_result *plain = NULL;
    for (size_t i = 0; i < work->count; i++) {
        const struct case_result *result = work->list[i];
        const struct record *run = result->identity;
        if (!is_one_lane(run))
            continue;
        if (is_off(run) && find_by_levers(bound, rules, work, run)) {
            find_contention(bound, work);
            return;
        }
        if (!run->lever && has_cpu_time(result) && (!plain || same_text(run->executor, "serial")))
            plain = plain && same_text(plain->identity->executor, "serial") ? plain : result;
    }
    *rules = (struct bound_rules){.is_one_lane = true};
    bound_of(bound, NULL, 0, rules);
    bound->reason = BOUND_NO_LANE;
    if (plain)
        find_by_clocks(bound, rules, plain);
}
