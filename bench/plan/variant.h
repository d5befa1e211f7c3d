/* A module with its parameters at certain values: what many cases have in common. */
#ifndef PLAN_VARIANT_H
#define PLAN_VARIANT_H

#include "modules/param_set.h"
#include "modules/runtime.h"
#include "plan/setting.h"

struct variant {
    const struct module_info *module;
    const struct runtime *runtime; /* whose runner it is for; NULL: bench's own */
    struct param_set params;
    struct param_set runner_params; /* of an executor: its runner's own */
    /* Of the executor of ranks: which one runs within a rank, and the parameters of that; NULL: none. */
    const struct module_info *within;
    struct param_set within_params;
    struct param_set *learnt; /* params, with what variant_learn was told; NULL: nothing */
    char *text;               /* "name=value ..." of all of them, the runner's first */
    char *unsupported;        /* why this runtime cannot do it, where another can; or NULL */
    char **command;           /* of an executor: what starts its runner; NULL: bench itself */
    /* Of an executor, as preflight was told: variables for its launches, "NAME=VALUE" ended by NULL, or
     * NULL; and which version of its runtime there is, "CPython 3.11.2", or NULL. */
    char **environment;
    char *version;
    /* What preflight found wrong with it: a status as in the CSV, NULL for nothing, and why. */
    bool checked;
    const char *split; /* a parameter that is a text and was given several values, or NULL */
    const char *status;
    char *error;
};

/* Before the names of within_params, and a dot. */
#define WITHIN_PREFIX "within"

/* Which of its parameters. */
enum variant_params { VARIANT_OWN, VARIANT_RUNNER, VARIANT_WITHIN };

/* Some that were made together; each stays where it is. */
struct variants {
    struct variant **list;
    size_t count;
};

/*
 * One for each combination of values that the settings have for the module, and for its runner where it
 * is an executor of another runtime. What they do not say is at its default. -EINVAL with a message that
 * begins with "--set: ". With `home`, another runtime's workload of the same name, whose settings this
 * one may lack, a variant that cannot be had is marked unsupported instead.
 */
int variants_make(struct variants *variants, const struct module_info *module,
                  const struct runtime *runtime, const struct module_info *home,
                  struct settings *settings, struct bench_error *err);
void variants_free(struct variants *variants);

/* Replace each variant by one for each value of the setting. -EINVAL as of variants_make, unless the
 * variants are not `at_home`. */
int variants_sweep(struct variants *variants, const struct setting *setting, enum variant_params which,
                   bool at_home, struct bench_error *err);

/* Make of a variant what follows from its parameters, once they are as they are to be. */
void variant_finish(struct variant *variant);

/* Another with a parameter at this value. -EINVAL as param_set_value. */
int variant_with(struct variant **with, const struct variant *variant, const char *name,
                 const char *value, struct bench_error *err);
void variant_free(struct variant *variant);

/*
 * A launch was left to find out a parameter, and has: the others are given it, such as what the right
 * answers are, or how many steps a microsecond is. So all do the same work.
 */
void variant_learn(struct variant *variant, const char *name, const char *value);

/* The words that start a runtime's runner with these parameters of its own, ended by NULL, without those
 * that have become empty; each and all for free(). */
char **runtime_command(const struct runtime *runtime, const struct param_set *params);

#endif
