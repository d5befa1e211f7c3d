/* Looking for the load at which a latency reaches its limit. See limit_search.h. */
#include "stats/limit_search.h"

static const double lowest_part = 1 / 300.0, highest_part = 4; /* of the ceiling */
static const double widest =
    2; /* the interval, or what kept the limit above what did not: it is unclear */
static const double searched = 1.3; /* an interval wider than that is searched, then it is measured */
static const size_t short_looks = 3;
static const double short_part = 1 / 24.0;
static const double beyond_wanted = 5; /* tasks, in a short look at the answer */
static const double near_least = 0.02, near_most = 0.15, near_odds = 0.7;
static const double off_ends =
    0.15; /* of what is between the highest that kept it and the lowest that did not */
static const double sides[] = {-1, 0.6, -0.6, 1}; /* of the answer, looks in turn */

static double clamp(double value, double least, double most)
{
    return value < least ? least : value > most ? most : value;
}

/* The highest load that kept the limit and the lowest that did not; 0: none. */
struct bracket {
    double good, bad;
};

static struct bracket bracket_of(const struct limit_search *search)
{
    struct bracket found = {0, 0};
    for (size_t i = 0; i < search->count; i++) {
        const struct limit_look *look = &search->looks[i];
        bool is_good = look->beyond <= search->allowed * look->tasks;
        if (is_good && look->load > found.good)
            found.good = look->load;
        if (!is_good && (found.bad == 0 || look->load < found.bad))
            found.bad = look->load;
    }
    return found;
}

/* Were it M/M/1. */
static double first_guess(const struct limit_search *search)
{
    return clamp(search->ceiling + log(search->allowed) / search->limit, 0.3 * search->ceiling,
                 0.9 * search->ceiling);
}

static double next_load(const struct limit_search *search, const struct limit_line *line)
{
    struct bracket bracket = bracket_of(search);
    if (search->count == 0)
        return first_guess(search);
    if (bracket.good == 0) {
        double lower = clamp(line->load, bracket.bad / 3, bracket.bad * 0.9);
        return lower < search->ceiling * lowest_part ? 0 : lower;
    }
    if (bracket.bad == 0) {
        double higher =
            fmax(bracket.good * 1.1, fmin((bracket.good + search->ceiling) / 2, bracket.good * 1.5));
        return higher > search->ceiling * highest_part ? 0 : higher;
    }
    double inside = (bracket.bad - bracket.good) * off_ends;
    if (search->count < short_looks && inside > 0)
        return clamp(line->load, bracket.good + inside, bracket.bad - inside);
    double side = sides[search->count % (sizeof sides / sizeof *sides)];
    return line->load * (1 + side * clamp(near_odds / line->slope, near_least, near_most));
}

/* Short while it is searched, and then all that is left, evenly. */
static double next_part(const struct limit_search *search, const struct limit_line *line, double load)
{
    double most = (double)search->most, left = 1;
    for (size_t i = 0; i < search->count; i++)
        left -= search->looks[i].part;
    double share = left / (double)(search->most - search->count);
    double wanted = beyond_wanted / (search->allowed * load * search->time_s);
    bool is_searched =
        search->count < short_looks && line->interval.high > line->interval.low * searched;
    return is_searched ? fmin(share, clamp(wanted, short_part, 1 / most)) : share;
}

struct limit_step limit_next(const struct limit_search *search)
{
    struct limit_line line = {.interval = {0, INFINITY}};
    if (search->count >= search->most)
        return (struct limit_step){0, 0};
    if (search->count > 0)
        line = limit_line(search);
    double load = next_load(search, &line);
    return (struct limit_step){load, load > 0 ? next_part(search, &line, load) : 0};
}

void limit_add(struct limit_search *search, const struct limit_look *look)
{
    if (search->count < LIMIT_LOOKS_MOST)
        search->looks[search->count++] = *look;
}

/* The share rises with the load: with this load or less it is at most what is allowed, or there is no
 * such load, and what kept the limit kept it by chance. */
static bool is_never(const struct limit_search *search, double load)
{
    double tasks = 0, beyond = 0;
    for (size_t i = 0; i < search->count; i++) {
        if (search->looks[i].load > load)
            continue;
        tasks += search->looks[i].tasks;
        beyond += search->looks[i].beyond;
    }
    return beyond > search->allowed * tasks;
}

static double lowest_load(const struct limit_search *search)
{
    double lowest = search->looks[0].load;
    for (size_t i = 1; i < search->count; i++)
        lowest = fmin(lowest, search->looks[i].load);
    return lowest;
}

struct limit_answer limit_answer(const struct limit_search *search)
{
    struct bracket bracket = bracket_of(search);
    if (search->count == 0)
        return (struct limit_answer){LIMIT_UNCLEAR, NAN, INTERVAL_UNKNOWN};
    if (bracket.good == 0)
        return (struct limit_answer){LIMIT_NEVER, bracket.bad, INTERVAL_UNKNOWN};
    if (bracket.bad == 0)
        return (struct limit_answer){LIMIT_ALWAYS, bracket.good, INTERVAL_UNKNOWN};
    struct limit_line line = limit_line(search);
    bool is_contradicted = bracket.good > bracket.bad * widest;
    bool is_wide = is_contradicted || line.interval.high > line.interval.low * widest;
    if (is_wide && !is_contradicted && is_never(search, line.load))
        return (struct limit_answer){LIMIT_NEVER, lowest_load(search), INTERVAL_UNKNOWN};
    return (struct limit_answer){is_wide ? LIMIT_UNCLEAR : LIMIT_FOUND, line.load, line.interval};
}
