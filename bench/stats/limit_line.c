/*
 * The posterior of a line's place and slope, computed on a grid that is drawn closer and closer around
 * where it is not 0. See limit_line.h.
 */
#include "stats/limit_line.h"

#include <math.h>

enum { PLACES = 61, SLOPES = 11, ZOOMS = 8, PASSES = 3 };

/* What is held true before any look. */
static const double slope_spread =
    0.5; /* of its logarithm, around that of M/M/1: a standard deviation */
static const double slopes_reach = 2.5; /* of these */
static const double excess_looks = 4;   /* that what is held true of the excess is worth */
static const double busy_most = 0.9;
static const double ceiling_spread = 0.05; /* by how much more than that may be done */
/* What a look counts. */
static const double odds_near = 3, near_least = 0.04, near_most = 0.5; /* off the answer */
static const double weight_far = 0.03;
static const double share_most = 3; /* times what is allowed: bursts melt into each other beyond */
static const double deep = 14;      /* logarithm of a density that is as good as 0 */

struct point {
    double place, slope; /* logarithms */
};

/* Looks with what they count in this pass. */
struct weighed {
    const struct limit_search *search;
    double near[LIMIT_LOOKS_MOST];   /* 0 to 1: how near the answer */
    double steady[LIMIT_LOOKS_MOST]; /* 0 to 1: so that a burst is about as much whatever the load */
    double units;                    /* their sum */
    double target;                   /* log-odds of what is allowed */
};

static double log_odds(double share)
{
    return log(share / (1 - share));
}

/* Twice what the logarithm of the likelihood lacks to that of the best of all models. */
static double deviance(const struct limit_look *look, double odds)
{
    double good = look->tasks - look->beyond, share = look->beyond / look->tasks;
    double log_one_plus = odds > 0 ? odds + log1p(exp(-odds)) : log1p(exp(odds));
    double best =
        (look->beyond > 0 ? look->beyond * log(share) : 0) + (good > 0 ? good * log1p(-share) : 0);
    return fmax(0, 2 * (best - look->beyond * (odds - log_one_plus) + good * log_one_plus));
}

static double slope_before(const struct limit_search *search, double place)
{
    return log(fmax(1, exp(place) * search->limit));
}

/*
 * How much more than those of independent tasks counts vary. Tasks beyond the limit come in bursts,
 * which end as busy periods of M/M/1 do: the mean square of how many are served in one, over the mean,
 * is (1 + u^2) / (1 - u)^2 at the utilisation u, nearly (Kleinrock I, 5.9).
 */
static double excess_before(const struct limit_search *search, double place)
{
    double busy = fmin(busy_most, exp(place) / search->ceiling);
    return (1 + busy * busy) / ((1 - busy) * (1 - busy));
}

/* Of the posterior, up to a constant. */
static double log_density(const struct weighed *weighed, struct point at)
{
    const struct limit_search *search = weighed->search;
    double slope = exp(at.slope), excess = excess_before(search, at.place), sum = excess_looks * excess;
    for (size_t i = 0; i < search->count; i++) {
        const struct limit_look *look = &search->looks[i];
        if (!(look->tasks > 0))
            continue;
        double chance = search->is_random ? fmin(1, slope * slope / look->tasks / 2) : 0;
        double odds = weighed->target - chance + slope * (look->offered / exp(at.place) - 1);
        sum += weighed->near[i] * weighed->steady[i] * deviance(look, odds);
    }
    double off = (at.slope - slope_before(search, at.place)) / slope_spread;
    double above = fmax(0, at.place - log(search->ceiling)) / ceiling_spread;
    return excess_looks / 2 * log(excess) - (excess_looks + weighed->units) / 2 * log(sum) -
           (off * off + above * above) / 2;
}

/* ---- the grid ---- */

struct grid_of_places {
    double from, step;
    double log_density[PLACES][SLOPES], most;
};

static struct point point_of(const struct weighed *weighed, const struct grid_of_places *grid, int i,
                             int j)
{
    double place = grid->from + grid->step * i;
    double off = slopes_reach * (2.0 * j / (SLOPES - 1) - 1) * slope_spread;
    return (struct point){place, slope_before(weighed->search, place) + off};
}

static void grid_fill(struct grid_of_places *grid, const struct weighed *weighed, double from, double to)
{
    grid->from = from;
    grid->step = (to - from) / (PLACES - 1);
    grid->most = -INFINITY;
    for (int i = 0; i < PLACES; i++) {
        for (int j = 0; j < SLOPES; j++) {
            double density = log_density(weighed, point_of(weighed, grid, i, j));
            grid->log_density[i][j] = density;
            grid->most = fmax(grid->most, density);
        }
    }
}

static bool is_deep(const struct grid_of_places *grid, int i)
{
    for (int j = 0; j < SLOPES; j++) {
        if (grid->log_density[i][j] > grid->most - deep)
            return false;
    }
    return true;
}

/* False: there is nothing to be left out. */
static bool zoom(struct grid_of_places *grid, const struct weighed *weighed)
{
    int first = 0, last = PLACES - 1;
    while (first < last && is_deep(grid, first))
        first++;
    while (last > first && is_deep(grid, last))
        last--;
    if (last - first > PLACES / 2)
        return false;
    grid_fill(grid, weighed, grid->from + grid->step * (first - 1),
              grid->from + grid->step * (last + 1));
    return true;
}

/* The place below which a part of the posterior lies; its mass between two places is a trapezium. */
static double place_quantile(const struct grid_of_places *grid, const double *mass, double part)
{
    double all = 0, below = 0;
    for (int i = 0; i + 1 < PLACES; i++)
        all += (mass[i] + mass[i + 1]) / 2;
    for (int i = 0; i + 1 < PLACES; i++) {
        double more = (mass[i] + mass[i + 1]) / 2;
        if (below + more >= part * all && more > 0)
            return grid->from + grid->step * (i + (part * all - below) / more);
        below += more;
    }
    return grid->from + grid->step * (PLACES - 1);
}

static struct limit_line line_of(const struct weighed *weighed)
{
    const struct limit_search *search = weighed->search;
    struct grid_of_places grid;
    grid_fill(&grid, weighed, log(search->ceiling / 900), log(search->ceiling * 6));
    for (int i = 0; i < ZOOMS && zoom(&grid, weighed); i++)
        continue;
    double mass[PLACES] = {0}, slopes = 0, sum = 0;
    for (int i = 0; i < PLACES; i++) {
        for (int j = 0; j < SLOPES; j++) {
            double density = exp(grid.log_density[i][j] - grid.most);
            mass[i] += density;
            slopes += density * point_of(weighed, &grid, i, j).slope;
            sum += density;
        }
    }
    return (struct limit_line){
        exp(place_quantile(&grid, mass, 0.5)),
        exp(slopes / sum),
        {exp(place_quantile(&grid, mass, 0.025)), exp(place_quantile(&grid, mass, 0.975))}};
}

static double steadiness(double allowed, double share)
{
    return fmin(1, share_most * allowed / share);
}

/* Without a line yet, by what was seen; later not, since that would favour looks of few bursts. */
static void weigh_first(struct weighed *weighed)
{
    const struct limit_search *search = weighed->search;
    for (size_t i = 0; i < search->count; i++) {
        const struct limit_look *look = &search->looks[i];
        weighed->near[i] = 1;
        weighed->steady[i] = steadiness(search->allowed, look->beyond / look->tasks);
    }
    weighed->units = (double)search->count;
}

/* The line is straight only near the answer. */
static void weigh(struct weighed *weighed, const struct limit_line *line)
{
    double reach = fmin(near_most, fmax(near_least, odds_near / line->slope));
    weighed->units = 0;
    for (size_t i = 0; i < weighed->search->count; i++) {
        double off = log(weighed->search->looks[i].offered / line->load) / reach;
        double odds =
            weighed->target + line->slope * (weighed->search->looks[i].offered / line->load - 1);
        weighed->near[i] =
            weighed->search->looks[i].is_overloaded ? weight_far : fmax(weight_far, 1 - off * off);
        weighed->steady[i] = steadiness(weighed->search->allowed, 1 / (1 + exp(-odds)));
        weighed->units += weighed->near[i];
    }
}

struct limit_line limit_line(const struct limit_search *search)
{
    struct weighed weighed = {.search = search, .target = log_odds(search->allowed)};
    weigh_first(&weighed);
    struct limit_line line = line_of(&weighed);
    for (int pass = 1; pass < PASSES; pass++) {
        weigh(&weighed, &line);
        line = line_of(&weighed);
    }
    return line;
}
