/* What is said of doubts, by the limits that were set and those that would help. */
#include "cli/ab_doubt.h"

#include "base/memory.h"
#include "machine/load.h"

#include <math.h>
#include <stdlib.h>

/* "4 launches", "4 to 9 launches", "1 launch" */
static char *launches_of(const struct doubt_group *group)
{
    if (group->launches_least < group->launches_most)
        return mem_format("%zu to %zu launches", group->launches_least, group->launches_most);
    return mem_format("%zu launch%s", group->launches_most, group->launches_most == 1 ? "" : "es");
}

/* "--time 30", "--launches 80": what was the limit, so many times. For free(). */
static char *longer(const struct doubt_group *group, const struct ab_options *options, double times)
{
    if (group->by_launches)
        return mem_format("--launches %.0f", ceil((double)options->launches * times));
    return mem_format("--time %.0f", ceil((double)options->time_ns * 1e-9 * times));
}

static char *explain_few(const struct doubt_group *group, const struct ab_options *options,
                         const char *launches)
{
    double wanted_s = 1.5 * (double)group->wanted * group->round_s; /* some launches take longer */
    if (group->by_launches)
        return mem_format("%s of each, and a change takes %zu to be certain: --launches %zu", launches,
                          group->wanted, group->wanted);
    return mem_format(
        "time: %s of each in %g s, a launch of both takes %.2g s, and a change takes %zu to be "
        "certain: --time %.0f, or work that is set up and done sooner",
        launches, (double)options->time_ns * 1e-9, group->round_s, group->wanted, ceil(wanted_s));
}

static char *explain_noise(const struct doubt_group *group, const struct ab_options *options,
                           const char *launches)
{
    char *four_times = longer(group, options, 4);
    char *why;
    if (isfinite(group->detectable))
        why =
            mem_format("noise: %s of each are so far apart that no change under %.2g %% would have been "
                       "found, and the threshold is %g %%: %s finds one half as large; a quieter "
                       "machine or more work in a run helps more, and so does a larger --threshold",
                       launches, 100 * group->detectable, 100 * options->threshold, four_times);
    else
        why = mem_format("noise: %s of each did not tell a change from none within %g %%: %s tells more",
                         launches, 100 * options->threshold, four_times);
    free(four_times);
    return why;
}

static char *explain(enum doubt_kind kind, const struct doubt_group *group,
                     const struct ab_options *options)
{
    char *launches = launches_of(group), *why, *longer_text = longer(group, options, 4);
    if (kind == DOUBT_FEW)
        why = explain_few(group, options, launches);
    else if (kind == DOUBT_NOISE)
        why = explain_noise(group, options, launches);
    else
        why = mem_format("all launches together showed a change, but the earlier half or the later half "
                         "of them by itself did not: it is about as small as what can be seen here, or "
                         "the machine has changed meanwhile; %s tells more",
                         longer_text);
    free(longer_text);
    free(launches);
    return why;
}

void doubts_tell(struct comparison *comparison, const struct doubt *doubts,
                 const struct ab_options *options, double others_cpus, unsigned cpus)
{
    bool has_doubt = false;
    for (enum doubt_kind kind = DOUBT_NONE + 1; kind < DOUBT_KINDS; kind++) {
        struct doubt_group group = doubt_group_of(doubts, comparison->size, kind, options->launches);
        if (group.cases == 0)
            continue;
        has_doubt = true;
        char *why = explain(kind, &group, options);
        for (size_t i = 0; i < comparison->size; i++) {
            if (doubts[i].kind == kind)
                comparison->cases[i].why = mem_text(why);
        }
        free(why);
    }
    if (has_doubt && load_is_much(others_cpus, cpus))
        comparison_note(
            comparison,
            "load: other programs kept %.2g of %u CPUs busy meanwhile: end them, and the "
            "launches are closer together%s",
            others_cpus, cpus,
            options->metric->column == COLUMN_wall_s
                ? "; or, if the work computes and does not wait, compare its CPU time, which "
                  "they change little: --metric cpu"
                : "");
}
