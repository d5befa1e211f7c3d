/* What `bench selftest` counts: how often a comparison was wrong, and what it saw. */
#include "results/selftest.h"

#include "stats/distributions.h"

#include <math.h>
#include <string.h>

const char *selftest_answer(const struct paired *paired)
{
    switch (paired->state) {
    case PAIRED_DIFFERENT:
        return paired->direction > 0 ? "slower" : "faster";
    case PAIRED_SAME:
        return "same";
    case PAIRED_NOT_CONFIRMED:
        return "not confirmed";
    default:
        return "inconclusive";
    }
}

static bool needs_more(const struct doubt *one, const struct doubt *other)
{
    if (other->kind == DOUBT_NONE || one->kind == DOUBT_FEW || other->kind == DOUBT_FEW)
        return other->kind == DOUBT_NONE || (one->kind == DOUBT_FEW && other->kind != DOUBT_FEW);
    return one->detectable > other->detectable;
}

static void note_doubt(struct selftest_cell *cell, const struct paired *paired, double round_s)
{
    struct doubt doubt = doubt_of(paired, round_s);
    cell->undecided++;
    if (needs_more(&doubt, &cell->doubt))
        cell->doubt = doubt;
}

void selftest_cell_add(struct selftest_cell *cell, size_t size, const struct paired *paired,
                       double round_s)
{
    bool is_decided = paired->state == PAIRED_DIFFERENT || paired->state == PAIRED_SAME;
    cell->trials[size]++;
    cell->slower[size] += paired->state == PAIRED_DIFFERENT && paired->direction > 0;
    cell->faster[size] += paired->state == PAIRED_DIFFERENT && paired->direction < 0;
    if (!is_decided)
        note_doubt(cell, paired, round_s);
}

struct doubt selftest_doubt(const struct selftest_cell *cell)
{
    uint32_t trials = 0;
    for (size_t s = 0; s < cell->sizes_count; s++)
        trials += cell->trials[s];
    return 10 * cell->undecided > trials ? cell->doubt : (struct doubt){.kind = DOUBT_NONE};
}

/* The cells together, as one. */
struct selftest_cell selftest_sum(const struct selftest_cell *cells, size_t count, const char *executor)
{
    struct selftest_cell sum = cells[0];
    memset(sum.trials, 0, sizeof sum.trials);
    memset(sum.slower, 0, sizeof sum.slower);
    memset(sum.faster, 0, sizeof sum.faster);
    for (size_t i = 0; i < count; i++) {
        if (executor && strcmp(cells[i].executor, executor) != 0)
            continue;
        for (size_t s = 0; s < sum.sizes_count; s++) {
            sum.trials[s] += cells[i].trials[s];
            sum.slower[s] += cells[i].slower[s];
            sum.faster[s] += cells[i].faster[s];
        }
    }
    return sum;
}

uint32_t selftest_false_alarms(const struct selftest_cell *cell, uint32_t *trials)
{
    uint32_t alarms = 0;
    *trials = 0;
    for (size_t s = 0; s < cell->sizes_count; s++) {
        if (cell->sizes[s] > 0)
            continue;
        alarms += cell->slower[s] + cell->faster[s];
        *trials += cell->trials[s];
    }
    return alarms;
}

bool selftest_kept_promise(const struct selftest_cell *cells, size_t count, double false_alarm)
{
    uint32_t trials, alarms;
    if (count == 0)
        return true;
    struct selftest_cell all = selftest_sum(cells, count, NULL);
    alarms = selftest_false_alarms(&all, &trials);
    return alarms == 0 || 1 - binomial_at_most(alarms - 1, trials, false_alarm) > 0.01;
}

/* The smallest slowdown that was found nine times in ten, as all larger ones were. NaN: none. */
double selftest_found_from(const struct selftest_cell *cell)
{
    double from = NAN;
    for (size_t s = cell->sizes_count; s-- > 0;) {
        if (!(cell->sizes[s] > 0))
            continue;
        if (cell->trials[s] == 0 || cell->slower[s] < 0.9 * cell->trials[s])
            break;
        from = cell->sizes[s];
    }
    return from;
}
