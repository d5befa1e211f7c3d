/* Looking for the load at which a latency reaches its limit. See limit_search.h. */
#include "stats/limit_search.h"

#include "stats/distributions.h"

#include <stdbool.h>

static const double first_part = 0.7; /* of the ceiling */
static const double lowest_part = 1 / 300.0, highest_part = 4;
static const double narrow = 1.12;   /* the ends of the bracket: then it is measured, not searched */
static const double near = 0.15;     /* looks that far from the answer are on its line */
static const double widest = 2;      /* the interval, or nothing has been found out */
static const double off_ends = 0.15; /* of the bracket */
static const double spread[] = {-0.05, 0.03, -0.03, 0.05}; /* around the answer, looks in turn */

/* Above 0: within the limit. Not below -1, where the latency has no end. */
static double slack(const struct limit_search *search, const struct limit_look *look)
{
    return look->beyond ? -1 : search->limit / look->latency - 1;
}

/* The highest load that kept the limit and the lowest that did not; NULL: none. */
struct bracket {
    const struct limit_look *good, *bad;
};

static struct bracket bracket_of(const struct limit_search *search)
{
    struct bracket found = {0};
    for (size_t i = 0; i < search->count; i++) {
        const struct limit_look *look = &search->looks[i];
        if (slack(search, look) > 0 && (!found.good || look->load > found.good->load))
            found.good = look;
        if (slack(search, look) <= 0 && (!found.bad || look->load < found.bad->load))
            found.bad = look;
    }
    return found;
}

/* Where the line between the two is 0. */
static double between(const struct limit_search *search, const struct bracket *bracket)
{
    double good = slack(search, bracket->good), bad = slack(search, bracket->bad);
    return bracket->good->load + (bracket->bad->load - bracket->good->load) * good / (good - bad);
}

/* ---- a line through the looks near the answer ---- */

struct line {
    size_t n;
    double mean_load, mean_slack, slope, sum_squares, residual; /* variance around the line */
};

static struct line line_near(const struct limit_search *search, double load)
{
    struct line line = {0};
    double cross = 0, loads = 0, slacks = 0;
    for (int pass = 0; pass < 3; pass++) {
        for (size_t i = 0; i < search->count; i++) {
            const struct limit_look *look = &search->looks[i];
            double y = slack(search, look), x = look->load;
            if (look->beyond || fabs(x / load - 1) > near)
                continue;
            if (pass == 0) {
                line.n++;
                loads += x;
                slacks += y;
            } else if (pass == 1) {
                line.sum_squares += (x - line.mean_load) * (x - line.mean_load);
                cross += (x - line.mean_load) * (y - line.mean_slack);
            } else {
                double off = y - line.mean_slack - line.slope * (x - line.mean_load);
                line.residual += off * off;
            }
        }
        if (pass == 0) {
            line.mean_load = loads / (double)line.n;
            line.mean_slack = slacks / (double)line.n;
        }
        if (pass == 1)
            line.slope = cross / line.sum_squares;
    }
    line.residual /= line.n > 2 ? (double)(line.n - 2) : NAN;
    return line;
}

/* All d at which the line's value may be 0, d from the mean load, by Fieller's theorem. */
static struct interval fieller(const struct line *line)
{
    double t = student_quantile(0.975, (double)line->n - 2);
    double slope_variance = line->residual / line->sum_squares;
    double mean_variance = line->residual / (double)line->n;
    double a = line->slope * line->slope - t * t * slope_variance;
    double b = line->mean_slack * line->slope;
    double c = line->mean_slack * line->mean_slack - t * t * mean_variance;
    double root = b * b - a * c;
    if (!(a > 0) || !(root >= 0)) /* the slope may be none */
        return INTERVAL_UNKNOWN;
    return (struct interval){line->mean_load + (-b - sqrt(root)) / a,
                             line->mean_load + (-b + sqrt(root)) / a};
}

/* Where it crosses 0; NaN where it does not within reach. */
static double crossing(const struct line *line, double around)
{
    double at = line->mean_load - line->mean_slack / line->slope;
    return line->n >= 3 && line->slope < 0 && fabs(at / around - 1) < near ? at : NAN;
}

/* The best guess so far, both ends being known. */
static double guess(const struct limit_search *search, const struct bracket *bracket)
{
    double middle = bracket->good->load < bracket->bad->load
                        ? between(search, bracket)
                        : (bracket->good->load + bracket->bad->load) / 2;
    struct line line = line_near(search, middle);
    double at = crossing(&line, middle);
    return isnan(at) ? middle : at;
}

/* ---- what to do next ---- */

static double clamp(double value, double least, double most)
{
    return value < least ? least : value > most ? most : value;
}

double limit_next(const struct limit_search *search)
{
    struct bracket bracket = bracket_of(search);
    if (search->count >= search->most)
        return 0;
    if (search->count == 0)
        return search->ceiling * first_part;
    if (!bracket.good) {
        double lower = bracket.bad->load / 3;
        return lower < search->ceiling * lowest_part ? 0 : lower;
    }
    if (!bracket.bad) {
        double higher = bracket.good->load * 1.25;
        return higher > search->ceiling * highest_part ? 0 : higher;
    }
    double good = bracket.good->load, bad = bracket.bad->load;
    if (bad > good * narrow)
        return clamp(between(search, &bracket), good + (bad - good) * off_ends,
                     bad - (bad - good) * off_ends);
    return guess(search, &bracket) * (1 + spread[search->count % (sizeof spread / sizeof *spread)]);
}

void limit_add(struct limit_search *search, double load, double latency, bool beyond)
{
    if (search->count < LIMIT_LOOKS_MOST)
        search->looks[search->count++] = (struct limit_look){load, latency, beyond};
}

struct limit_answer limit_answer(const struct limit_search *search)
{
    struct bracket bracket = bracket_of(search);
    struct limit_answer answer = {LIMIT_UNCLEAR, NAN, INTERVAL_UNKNOWN};
    if (search->count == 0)
        return answer;
    if (!bracket.good)
        return (struct limit_answer){LIMIT_NEVER, bracket.bad->load, INTERVAL_UNKNOWN};
    if (!bracket.bad)
        return (struct limit_answer){LIMIT_ALWAYS, bracket.good->load, INTERVAL_UNKNOWN};
    answer.load = guess(search, &bracket);
    struct line line = line_near(search, answer.load);
    double good = bracket.good->load, bad = bracket.bad->load;
    if (line.n >= 4 && line.slope < 0)
        answer.interval = fieller(&line);
    if (!interval_known(answer.interval)) /* what was seen, at least; by chance it may be seen in both */
        answer.interval = (struct interval){fmin(good, bad), fmax(good, bad)};
    bool is_wide = answer.interval.high > answer.interval.low * widest;
    answer.verdict = is_wide ? LIMIT_UNCLEAR : LIMIT_FOUND;
    return answer;
}
