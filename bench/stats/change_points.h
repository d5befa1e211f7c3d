/*
 * Where series of results step: change points. A series has one value a session, the logarithm of a
 * time; sessions are looked at in their order, each with what came before it and nothing that came
 * later, so that a point that was found is found again tomorrow. Pure functions; any thread.
 *
 * Whether there is a step is Student's t, as in Hunter (Fleming and others, "Hunter: using change point
 * detection to hunt for performance regressions", ICPE 2023, arXiv 2301.03034) and its successor, Apache
 * Otava, in place of a permutation test, which is neither deterministic nor quick. Where it is, is where
 * the energy distance between the values before and behind it is largest (E-divisive: Matteson and
 * James, "A nonparametric approach for multiple change point analysis of multivariate data", Journal of
 * the American Statistical Association 109 (2014), with the exponent 1). What differs from Hunter:
 *
 * - Each session is a test of its own, of the newest CHANGE_SEGMENT and of the newest CHANGE_AFTER
 *   values against CHANGE_BEFORE before them. A slow drift so does not add up to a step, and a test is
 *   not made at places that were looked at in the sessions before.
 * - From CHANGE_RANKED values on it is of their normal scores (van der Waerden), not of themselves: with
 *   spikes or two modes, which are to one side, a test of the values finds many times more steps to
 *   that side where there is none. CHANGE_OLDER values more serve the scale alone.
 * - Series of one session are tested together, by Benjamini and Hochberg's procedure (their paper:
 *   stats/benjamini_hochberg.h). Not Holm's: a change that slows many cases at once is then found
 *   sooner, and what has to be bounded is the share of wrong points among those that are told, since a
 *   point accuses and a paired comparison decides. Where nothing has changed, both keep the chance of
 *   any point at the level. Cases of one session are slow together where their machine is, which the
 *   procedure allows (Benjamini and Yekutieli, Annals of Statistics 29 (2001)).
 * - While a point is young its place is looked for again, and it is withdrawn where it does not hold.
 */
#ifndef STATS_CHANGE_POINTS_H
#define STATS_CHANGE_POINTS_H

#include <stdbool.h>
#include <stddef.h>

enum {
    CHANGE_SEGMENT = 5, /* a segment has no fewer values */
    CHANGE_AFTER = 15,
    CHANGE_BEFORE = 60,
    CHANGE_OLDER = 60,
    CHANGE_RANKED = 20,
};
/* For all series of a session. What comes of it is simulated: docs/history.md. */
#define CHANGE_LEVEL 0.0008
#define CHANGE_KEPT 0.002 /* a point with a p above this is withdrawn */

struct change_series {
    const double *values;   /* finite */
    const size_t *sessions; /* of each value: ascending numbers, each once */
    size_t size;
};

struct change_point {
    size_t series;
    size_t at;    /* the first value behind the step */
    size_t found; /* the value with which it was found */
    double step;  /* its sign alone means something where values were ranked */
    double p;     /* of the test that found it, as it is: not adjusted for the other series */
    /* There are fewer than CHANGE_SEGMENT values behind it, the last of the series: it may be one. */
    bool is_weak;
    /* It was told, and more sessions have shown that it was none. */
    bool is_withdrawn;
};

struct change_points {
    struct change_point *list; /* by series, then by place */
    size_t size, capacity;
};

/* Student's test, two-sided, of the values first .. at - 1 against at .. end - 1; both sides have some,
 * and there are three at least. */
struct change_test {
    double step, p;
};
struct change_test change_test_step(const double *values, size_t first, size_t at, size_t end);

/* All that hold; weak ones at the end of a series only. The caller frees the list. */
void change_points_find(struct change_points *points, const struct change_series *series, size_t count);

void change_points_free(struct change_points *points);

#endif
