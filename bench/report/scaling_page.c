/* How cases scale: the serial share that each speed-up would mean, the laws, and what they predict. */
#include "report/scaling_page.h"

#include "base/memory.h"
#include "report/units.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

enum { CELL = 2 * UNITS_TEXT + 16 };

/* What is swept is not part of the name; for free(). */
static char *name_of(const struct scaling *scaling, const struct case_naming *naming)
{
    struct record rest = *scaling->first->identity;
    *(scaling->is_of_lanes ? &rest.inflight : &rest.workers) = RECORD_NO_COUNT;
    return case_name_way(&rest, naming);
}

static const char *swept_words(const struct scaling *scaling)
{
    return scaling->is_of_lanes ? "in flight" : "workers";
}

static bool is_of_work(const struct scaling *scaling, const struct record *of)
{
    return same_text(scaling->first->identity->workload, of->workload);
}

/* ---- Karp and Flatt ---- */

/* The next larger number of workers that some sweep has; INFINITY: there is none. */
static double next_n(const struct scalings *scalings, const struct record *of, double after)
{
    double next = INFINITY;
    for (size_t i = 0; i < scalings->size; i++) {
        const struct scaling *scaling = &scalings->list[i];
        for (size_t s = 0; is_of_work(scaling, of) && s < scaling->count; s++) {
            if (scaling->steps[s].n > after)
                next = fmin(next, scaling->steps[s].n);
        }
    }
    return next;
}

/* "2.1 +- 0.3 %"; a share may be below 0, where more workers gain more than their number. */
static void put_share(char *cell, double share, struct interval interval)
{
    double half = (interval.high - interval.low) / 2 * 100, percent = share * 100;
    int digits = fabs(percent) < 9.95 ? 1 : 0;
    if (isnan(share))
        snprintf(cell, CELL, "-");
    else if (isnan(half))
        snprintf(cell, CELL, "%.*f %%", digits, percent);
    else
        snprintf(cell, CELL, "%.*f +- %.*f %%", digits, percent, half < 9.95 ? 1 : 0, half);
}

static void add_shares(struct grid *grid, const struct scaling *scaling, const struct scalings *all,
                       const struct record *of)
{
    size_t s = 0;
    for (double n = next_n(all, of, 1); isfinite(n); n = next_n(all, of, n)) {
        char cell[CELL] = "";
        while (s < scaling->count && scaling->steps[s].n < n)
            s++;
        if (s < scaling->count && scaling->steps[s].n <= n)
            put_share(cell, scaling->steps[s].serial_share, scaling->steps[s].serial_share_interval);
        grid_cell(grid, "%s", cell);
    }
}

static void put_shares(struct page *page, const struct scalings *scalings, const struct record *of,
                       const struct case_naming *naming)
{
    struct grid grid = {0};
    grid_column(&grid, "serial share", GRID_TEXT | GRID_KEY);
    grid_column(&grid, "Amdahl", GRID_NUMBER);
    for (double n = next_n(scalings, of, 1); isfinite(n); n = next_n(scalings, of, n)) {
        char heading[32];
        snprintf(heading, sizeof heading, "n=%.0f", n);
        grid_column(&grid, heading, GRID_NUMBER);
    }
    for (size_t i = 0; i < scalings->size; i++) {
        const struct scaling *scaling = &scalings->list[i];
        if (!is_of_work(scaling, of))
            continue;
        char *name = name_of(scaling, naming), cell[CELL];
        put_share(cell, scaling->serial_share, INTERVAL_UNKNOWN);
        grid_cell(&grid, "%s", name);
        grid_cell(&grid, "%s", cell);
        add_shares(&grid, scaling, scalings, of);
        free(name);
    }
    page_grid(page, &grid);
    grid_free(&grid);
}

/* ---- the laws ---- */

/* "1.9 (1.2 .. 2.5) %", of a share. */
static void put_estimate(char *cell, const struct scaling_estimate *of)
{
    snprintf(cell, CELL, "%.2g %% (%.2g .. %.2g %%)", of->value * 100, of->interval.low * 100,
             of->interval.high * 100);
}

static void put_peak(char *cell, const struct scaling_law *law)
{
    if (isinf(law->peak.value))
        snprintf(cell, CELL, "no peak (%.0f ..)", floor(law->peak.interval.low));
    else if (isinf(law->peak.interval.high))
        snprintf(cell, CELL, "%.0f (%.0f ..)", floor(law->peak.value), floor(law->peak.interval.low));
    else
        snprintf(cell, CELL, "%.0f (%.0f .. %.0f)", floor(law->peak.value),
                 floor(law->peak.interval.low), floor(law->peak.interval.high));
}

static void add_law(struct grid *grid, const struct scaling *scaling, const struct case_naming *naming)
{
    char *name = name_of(scaling, naming), cell[CELL];
    grid_cell(grid, "%s", name);
    grid_cell(grid, "%.0f .. %.0f", scaling->steps[0].n, scaling->steps[scaling->count - 1].n);
    put_estimate(cell, &scaling->law.sigma);
    grid_cell(grid, "%s", cell);
    put_estimate(cell, &scaling->law.kappa);
    grid_cell(grid, "%s", cell);
    put_peak(cell, &scaling->law);
    grid_cell(grid, "%s", cell);
    free(name);
}

static void put_laws(struct page *page, const struct scalings *scalings, const struct record *of,
                     const struct case_naming *naming)
{
    struct grid grid = {0};
    grid_column(&grid, "scaling", GRID_TEXT | GRID_KEY);
    grid_column(&grid, "measured", GRID_NUMBER);
    grid_column(&grid, "contention", GRID_NUMBER);
    grid_column(&grid, "coherency", GRID_NUMBER);
    grid_column(&grid, "fastest with", GRID_NUMBER);
    for (size_t i = 0; i < scalings->size; i++) {
        if (is_of_work(&scalings->list[i], of) && scalings->list[i].doubt == SCALING_HOLDS)
            add_law(&grid, &scalings->list[i], naming);
    }
    if (grid_rows(&grid)) {
        page_gap(page);
        page_grid(page, &grid);
    }
    grid_free(&grid);
}

/* ---- in words ---- */

static void say_prediction(struct page *page, const char *name, const struct scaling *scaling)
{
    const struct scaling_law *law = &scaling->law;
    const char *what = swept_words(scaling);
    double most = scaling->steps[scaling->count - 1].n;
    char times[CELL];
    struct interval twice = law->twice.interval;
    snprintf(times, sizeof times, "%.3g (%.3g .. %.3g)", law->twice.value, twice.low, twice.high);
    if (isinf(law->peak.value))
        page_item(page,
                  "%s: no peak in sight: with %.0f %s, twice what was measured, it would be %s times as "
                  "fast as with one",
                  name, 2 * most, what, times);
    else if (scaling_is_far(scaling, law->peak.value))
        page_item(
            page,
            "%s: the law puts the peak at %.0f %s, more than twice the %.0f that were measured: do "
            "not rely on it; with %.0f it would be %s times as fast as with one",
            name, floor(law->peak.value), what, most, 2 * most, times);
    else if (law->peak.value > most)
        page_item(page, "%s: would be fastest with about %.0f %s; measured were up to %.0f", name,
                  floor(law->peak.value), what, most);
    else
        page_item(page, "%s: fastest with about %.0f %s, slower with more", name, floor(law->peak.value),
                  what);
}

static void say_doubt(struct page *page, const char *name, const struct scaling *scaling)
{
    const struct scaling_law *law = &scaling->law;
    char worst[UNITS_TEXT], spread[UNITS_TEXT];
    switch (scaling->doubt) {
    case SCALING_HOLDS:
        break;
    case SCALING_FEW_POINTS:
        page_item(page, "%s: no prediction: %zu numbers of %s, at least %d are needed", name,
                  scaling->count, scaling->is_of_lanes ? "lanes" : "workers", SCALING_POINTS_LEAST);
        break;
    case SCALING_FEW_LAUNCHES:
        page_item(page,
                  "%s: no prediction: how far launches are apart is not known; use --launches 5 (at "
                  "least 2)",
                  name);
        break;
    case SCALING_NO_FIT:
        page_item(page, "%s: no prediction: no law of scaling comes near", name);
        break;
    case SCALING_MISFIT:
        page_item(page,
                  "%s: no prediction: the law of scaling does not hold (lack of fit, p = %.2g): with "
                  "%.0f %s it is off by %s, while launches vary by %s",
                  name, law->misfit_p, law->worst_n, swept_words(scaling),
                  units_percent(worst, law->worst), units_percent(spread, law->spread));
        break;
    }
}

static void say(struct page *page, const struct scaling *scaling, const struct case_naming *naming)
{
    char *name = name_of(scaling, naming);
    if (scaling->doubt == SCALING_HOLDS)
        say_prediction(page, name, scaling);
    else
        say_doubt(page, name, scaling);
    free(name);
}

void scaling_page(struct page *page, const struct scalings *scalings, const struct record *of,
                  const struct case_naming *naming)
{
    bool has_any = false;
    for (size_t i = 0; i < scalings->size; i++)
        has_any = has_any || is_of_work(&scalings->list[i], of);
    if (!has_any)
        return;
    page_gap(page);
    put_shares(page, scalings, of, naming);
    put_laws(page, scalings, of, naming);
    for (size_t i = 0; i < scalings->size; i++) {
        if (is_of_work(&scalings->list[i], of))
            say(page, &scalings->list[i], naming);
    }
}

void scaling_legend(struct page *page, const struct scalings *scalings)
{
    bool has_law = false;
    for (size_t i = 0; i < scalings->size; i++)
        has_law = has_law || scalings->list[i].doubt == SCALING_HOLDS;
    if (scalings->size == 0)
        return;
    page_text(
        page,
        "serial share: what would have to be done one after the other to explain the speedups; "
        "Amdahl: by his law, of all; n=2: of 2 workers or lanes, by Karp and Flatt (where it grows "
        "with n it is overhead)");
    if (has_law)
        page_text(page,
                  "contention, coherency: sigma and kappa of the Universal Scalability Law, with 95 "
                  "%% intervals; fastest with: by that law");
}
