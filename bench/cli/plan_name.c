/* What planned cases are called. */
#include "cli/plan_name.h"

#include "base/memory.h"

#include <stdlib.h>

enum { LOOKED_AT = 4096 }; /* of a plan, which may have a million cases */

/* record_free frees it. */
static void describe(struct record *identity, const struct plan_case *one)
{
    const char *runtime = one->executor->runtime;
    record_init(identity);
    record_set_text(identity, COLUMN_workload, one->workload->name);
    record_set_text(identity, COLUMN_params, one->params);
    identity->executor =
        mem_format("%s%s%s", runtime ? runtime : "", runtime ? "." : "", one->executor->name);
    record_set_text(identity, COLUMN_executor_params, one->executor_params);
    record_set_shape(identity, &one->shape);
}

void plan_naming(struct case_naming *naming, const struct plan *plan)
{
    size_t step = plan->count / LOOKED_AT + 1, count = 0;
    struct record *identities = mem_zero(plan->count / step + 1, sizeof *identities);
    const struct record **pointers = mem_zero(plan->count / step + 1, sizeof *pointers);
    for (size_t i = 0; i < plan->count; i += step, count++) {
        describe(&identities[count], &plan->cases[i]);
        pointers[count] = &identities[count];
    }
    case_naming_make(naming, pointers, count, NULL);
    case_naming_keep_varying(naming);
    for (size_t i = 0; i < count; i++)
        record_free(&identities[i]);
    free(pointers);
    free(identities);
}

char *plan_name(const struct plan_case *one, const struct case_naming *naming)
{
    struct record identity;
    describe(&identity, one);
    char *name = case_name(&identity, naming);
    record_free(&identity);
    return name;
}

void plan_show(const char *before, const struct plan_case *one)
{
    char *name = plan_name(one, &(struct case_naming){.has_all = true});
    printf("%s%s\n", before, name);
    free(name);
}
