/* What kept a paired comparison from an answer, case by case and of all together. */
#include "results/doubt.h"

#include <math.h>

struct doubt doubt_of(const struct paired *paired, double round_s)
{
    struct doubt doubt = {.launches = paired->rounds.count,
                          .wanted = paired_least_rounds(&paired->rules),
                          .round_s = round_s,
                          .detectable = expm1(paired_result(paired).detectable)};
    doubt.kind = paired->state == PAIRED_NOT_CONFIRMED ? DOUBT_UNCONFIRMED
                 : doubt.launches < doubt.wanted       ? DOUBT_FEW
                                                       : DOUBT_NOISE;
    return doubt;
}

struct doubt_group doubt_group_of(const struct doubt *doubts, size_t size, enum doubt_kind kind,
                                  uint64_t launches_limit)
{
    struct doubt_group group = {.launches_least = SIZE_MAX, .by_launches = launches_limit > 0};
    for (size_t i = 0; i < size; i++) {
        const struct doubt *doubt = &doubts[i];
        if (doubt->kind != kind)
            continue;
        group.cases++;
        group.launches_least =
            doubt->launches < group.launches_least ? doubt->launches : group.launches_least;
        group.launches_most =
            doubt->launches > group.launches_most ? doubt->launches : group.launches_most;
        group.wanted = doubt->wanted > group.wanted ? doubt->wanted : group.wanted;
        group.round_s = fmax(group.round_s, doubt->round_s);
        group.detectable = fmax(group.detectable, doubt->detectable);
        group.by_launches &= doubt->launches >= launches_limit;
    }
    return group;
}
