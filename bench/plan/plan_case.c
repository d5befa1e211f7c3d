/* One cell of the matrix. */
#include "plan/plan.h"

#include "base/memory.h"
#include "base/text.h"

#include <math.h>
#include <stdlib.h>

int64_t plan_case_arrivals(const struct plan_case *one)
{
    double count = floor(one->shape.rate_per_s * one->arrivals_s + 0.5);
    if (one->shape.rate_per_s <= 0)
        return 0;
    return count < 1 ? 1 : count < 0x1p62 ? (int64_t)count : INT64_C(1) << 62;
}

void plan_case_copy(struct plan_case *to, const struct plan_case *from)
{
    *to = *from;
    to->own = NULL;
}

void plan_case_free(struct plan_case *one)
{
    variant_free(one->own);
    one->own = NULL;
}

int plan_case_set(struct plan_case *one, const char *name, const char *value, struct bench_error *err)
{
    struct variant *with;
    int rc = variant_with(&with, one->work, name, value, err);
    if (rc < 0)
        return rc;
    plan_case_free(one);
    one->own = one->work = with;
    one->params = with->text;
    return 0;
}

bool plan_case_is_default(const struct plan_case *one, const char *name)
{
    const struct bench_param *entry = param_find(one->work->params.table, name);
    return entry && param_set_is_default(&one->work->params, entry);
}

static void add_params(struct text *all, const struct param_set *params, char *prefix)
{
    char *part = param_set_format(params, prefix);
    text_add(all, "%s%s", all->length && part[0] ? " " : "", part);
    free(part);
    free(prefix);
}

char *plan_case_params(const struct plan_case *one)
{
    const struct variant *way = one->way;
    struct text text = {0};
    text_add(&text, "%s", one->params);
    if (way->runtime)
        add_params(&text, &way->runner_params, mem_text(way->runtime->name));
    add_params(&text, &way->params, mem_text(one->executor->name));
    if (way->within)
        add_params(&text, &way->within_params, mem_format("%s.%s", one->executor->name, WITHIN_PREFIX));
    return text.text;
}
