/* What is recommended, from the ways that were tried. */
#include "results/advice.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Costs that are closer than that are the same. */
static const double same_cost = 0.1;

void advice_init(struct advice *advice)
{
    *advice = (struct advice){.serial = SIZE_MAX,
                              .best = SIZE_MAX,
                              .recommended = SIZE_MAX,
                              .margin = 0.03,
                              .task_cost_s = NAN,
                              .serial_cost_s = NAN,
                              .break_even_s = NAN,
                              .startup_s = NAN};
}

struct advice_way *advice_way_add(struct advice *advice)
{
    advice->ways =
        mem_grow(advice->ways, advice->ways_count, &advice->ways_capacity, sizeof *advice->ways);
    struct advice_way *way = &advice->ways[advice->ways_count++];
    *way = (struct advice_way){.wall_s = NAN,
                               .speedup = NAN,
                               .speedup_interval = INTERVAL_UNKNOWN,
                               .cpu_s = NAN,
                               .pss_bytes = NAN,
                               .switches = NAN};
    return way;
}

void advice_warn(struct advice *advice, char *text)
{
    for (size_t i = 0; i < advice->warnings_count; i++) {
        if (strcmp(advice->warnings[i], text) == 0) {
            free(text);
            return;
        }
    }
    advice->warnings =
        mem_resize(advice->warnings, advice->warnings_count + 1, sizeof *advice->warnings);
    advice->warnings[advice->warnings_count++] = text;
}

void advice_wish(struct advice *advice, const char *what, char *command)
{
    advice->wishes = mem_resize(advice->wishes, advice->wishes_count + 1, sizeof *advice->wishes);
    advice->wishes[advice->wishes_count++] = (struct advice_wish){what, command};
}

void advice_free(struct advice *advice)
{
    for (size_t i = 0; i < advice->wishes_count; i++)
        free(advice->wishes[i].command);
    free(advice->wishes);
    for (size_t i = 0; i < advice->ways_count; i++)
        free(advice->ways[i].failed);
    for (size_t i = 0; i < advice->warnings_count; i++)
        free(advice->warnings[i]);
    free(advice->ways);
    free(advice->warnings);
    free(advice->command);
    advice_init(advice);
}

static bool can_be(const struct advice_way *way)
{
    return !way->failed && way->wall_s > 0;
}

static int64_t lanes_of(const struct advice_way *way)
{
    return way->workers * way->inflight;
}

/* -1: a costs surely less than b; 1: more; 0: about the same, or not known. */
static int compare_costs(double a, double b)
{
    if (isnan(a) || isnan(b) || (fabs(a - b) <= same_cost * fmax(a, b)))
        return 0;
    return a < b ? -1 : 1;
}

static bool is_cheaper(const struct advice_way *a, const struct advice_way *b)
{
    if (a->is_serial != b->is_serial)
        return a->is_serial;
    int order = compare_costs(a->pss_bytes, b->pss_bytes);
    if (order == 0)
        order = compare_costs(a->cpu_s, b->cpu_s);
    if (order == 0)
        order = compare_costs(a->switches, b->switches);
    if (order == 0)
        order = lanes_of(a) < lanes_of(b) ? -1 : lanes_of(a) > lanes_of(b);
    return order < 0;
}

static bool is_as_good(const struct advice *advice, const struct advice_way *way)
{
    return can_be(way) && way->wall_s <= advice->ways[advice->best].wall_s * (1 + advice->margin);
}

/* The range of lanes of the recommended executor that is as fast. */
static void find_range(struct advice *advice)
{
    const struct advice_way *chosen = &advice->ways[advice->recommended];
    advice->lanes_least = advice->lanes_most = lanes_of(chosen);
    for (size_t i = 0; i < advice->ways_count; i++) {
        const struct advice_way *way = &advice->ways[i];
        if (way->executor != chosen->executor || !is_as_good(advice, way))
            continue;
        if (lanes_of(way) < advice->lanes_least)
            advice->lanes_least = lanes_of(way);
        if (lanes_of(way) > advice->lanes_most)
            advice->lanes_most = lanes_of(way);
    }
}

void advice_choose(struct advice *advice)
{
    advice->best = advice->recommended = SIZE_MAX;
    for (size_t i = 0; i < advice->ways_count; i++) {
        const struct advice_way *way = &advice->ways[i];
        if (can_be(way) && (advice->best == SIZE_MAX || way->wall_s < advice->ways[advice->best].wall_s))
            advice->best = i;
    }
    for (size_t i = 0; advice->best != SIZE_MAX && i < advice->ways_count; i++) {
        if (is_as_good(advice, &advice->ways[i]) &&
            (advice->recommended == SIZE_MAX ||
             is_cheaper(&advice->ways[i], &advice->ways[advice->recommended])))
            advice->recommended = i;
    }
    if (advice->recommended != SIZE_MAX)
        find_range(advice);
}
