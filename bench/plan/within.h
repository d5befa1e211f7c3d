/* The executor within ranks: its parameters are set as mpi.within.NAME. */
#ifndef PLAN_WITHIN_H
#define PLAN_WITHIN_H

#include "modules/registry.h"
#include "plan/variant.h"

/*
 * Variants of the executor of ranks, which are given the parameters of the executor within, as the
 * settings have them. -EINVAL with a message that begins with "--set: ".
 */
int within_sweep(struct variants *variants, struct registry *registry, struct settings *settings,
                 struct bench_error *err);

#endif
