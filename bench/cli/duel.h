/*
 * "History nominates, the duel convicts": a series cannot tell a slower program from a slower machine,
 * but `bench ab` of the builds before and behind a step can.
 */
#ifndef CLI_DUEL_H
#define CLI_DUEL_H

#include "results/history.h"

#include <bench/error.h>

/* In both texts {tree} stands for the folder of the build. */
struct duel_plan {
    const char *build; /* a shell command; NULL: no duel is fought */
    const char *side;  /* what a side adds to the command line of bench ab; NULL: not known */
    bool is_quiet;
};

/* -EINVAL: one of the texts is not as it has to be. */
int duel_plan_check(const struct duel_plan *plan, struct bench_error *err);

/* Fill `duel` of each point that is neither the machine's nor too young: the command that tries it. */
void duel_name(struct history *history, const struct duel_plan *plan);

/*
 * Make a git work tree of the commits before and behind each fresh point of these, build both, compare
 * them, and keep the verdict with the point; the work trees are removed again. -EINTR: the user wants to
 * end; -ENOENT: this is no git repository, or git is missing.
 */
int duel_fight(struct history *history, const struct duel_plan *plan, struct bench_error *err);

#endif
