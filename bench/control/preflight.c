/* Asks runners, before anything is measured, what would be in the way of it. */
#include "control/preflight.h"

#include "base/memory.h"
#include "control/launch.h"
#include "control/module_ask.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A runner that has nothing to do ends at once; one behind a profiler takes a moment. */
static const uint64_t grace_ns = 1000000000;

struct preflight {
    const struct child_setup *setup;
    uint64_t timeout_ns;
    struct child child;        /* while its pid is not 0 */
    const struct variant *way; /* whose command it was started by */
};

static void blame(struct variant *variant, const char *status, char *error)
{
    free(variant->error);
    variant->status = status;
    variant->error = error;
}

/* ---- check ---- */

/* `unsupported` is no mistake: the launch will say so in its row. */
static int read_reply(const struct plan_case *one, const json_t *reply, struct bench_error *err)
{
    const char *status = json_string_value(json_object_get(reply, "status"));
    const char *error = json_string_value(json_object_get(reply, "error"));
    if (json_is_true(json_object_get(reply, "ok")) || (status && strcmp(status, "unsupported") == 0))
        return 0;
    return bench_error_set(err, -EINVAL, "%s: %s", one->workload->name,
                           error ? error
                                 : "its parameters were refused, but the runner does not say why");
}

/* Variables that the executor wants, into its variant. Whether there were any. */
static bool take_environment(struct variant *way, json_t *reply)
{
    json_t *variables = json_object_get(reply, "env"), *value;
    const char *name;
    size_t count = 0;
    if (!json_is_object(variables))
        return false;
    way->environment = mem_zero(json_object_size(variables) + 1, sizeof *way->environment);
    json_object_foreach(variables, name, value)
    {
        if (json_is_string(value))
            way->environment[count++] = mem_format("%s=%s", name, json_string_value(value));
    }
    return true;
}

static int start(struct preflight *flight, struct variant *way, struct bench_error *err)
{
    struct child_setup setup = *flight->setup;
    setup.command = way->command;
    if (flight->child.pid && flight->way->command != way->command)
        child_end(&flight->child, grace_ns);
    flight->way = way;
    return flight->child.pid ? 0 : child_start(&flight->child, &setup, err);
}

static enum child_end ask(struct preflight *flight, const struct plan_case *one, json_t **reply,
                          struct bench_error *why)
{
    json_t *message = launch_message(one, "check");
    json_object_set_new(message, "lifeline", json_true());
    uint64_t deadline_ns = flight->timeout_ns ? bench_now() + flight->timeout_ns : 0;
    enum child_end end = child_ask(&flight->child, flight->setup, message, deadline_ns, reply, why);
    json_decref(message);
    if (end != CHILD_ANSWERED)
        child_end(&flight->child, 0);
    return end;
}

static int check(struct preflight *flight, const struct plan_case *one, struct bench_error *err)
{
    json_t *reply;
    struct bench_error why = {0};
    struct variant *guilty = one->workload->flags & MODULE_CHECKED ? one->work : one->way;
    int rc = start(flight, one->way, err);
    if (rc < 0)
        return rc;
    enum child_end end = ask(flight, one, &reply, &why);
    one->work->checked = true;
    if (end == CHILD_STOPPED)
        return -EINTR;
    if (end != CHILD_ANSWERED) {
        guilty->checked = true;
        blame(guilty, end == CHILD_TIMEOUT ? "timeout" : "crashed",
              mem_format("while its parameters were checked: %s", why.message));
        return 0;
    }
    one->way->checked = true;
    rc = read_reply(one, reply, err);
    take_environment(one->way, reply);
    json_decref(reply);
    return rc;
}

/*
 * Runners that are another program (an older one, a script that stands in for one) may not know of
 * environments: then this program says what its own executor of that name wants.
 */
static int ask_ourselves(struct preflight *flight, const struct plan_case *one, struct bench_error *err)
{
    struct child_setup own = *flight->setup;
    own.launcher = NULL;
    own.program = NULL;
    struct preflight other = {.setup = &own, .timeout_ns = flight->timeout_ns};
    json_t *reply;
    struct bench_error why = {0};
    int rc = start(&other, one->way, err);
    if (rc < 0)
        return rc;
    enum child_end end = ask(&other, one, &reply, &why);
    if (end == CHILD_ANSWERED) {
        take_environment(one->way, reply);
        json_decref(reply);
    }
    child_end(&other.child, grace_ns);
    return end == CHILD_STOPPED ? -EINTR : 0;
}

static bool wants_check(const struct variant *variant)
{
    return variant->module->flags & MODULE_CHECKED && !variant->checked;
}

static bool lacks_environment(const struct plan_case *one)
{
    return one->executor->flags & MODULE_CHECKED && !one->way->runtime && !one->way->environment &&
           !one->way->status;
}

static int check_all(struct preflight *flight, const struct plan *plan, struct bench_error *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < plan->count; i++) {
        const struct plan_case *one = &plan->cases[i];
        if (one->unsupported || one->work->status || one->way->status ||
            !(wants_check(one->work) || wants_check(one->way)))
            continue;
        rc = check(flight, one, err);
        if (rc == 0 && (flight->setup->program || flight->setup->launcher) && lacks_environment(one) &&
            !one->work->status)
            rc = ask_ourselves(flight, one, err);
    }
    return rc;
}

/* ---- what is missing ---- */

static const struct module_info *find(const struct module_list *list, const struct module_info *like)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->modules[i].kind == like->kind && strcmp(list->modules[i].name, like->name) == 0)
            return &list->modules[i];
    }
    return NULL;
}

static void blame_missing(struct variant *variant, const struct module_list *list)
{
    const struct module_info *now = find(list, variant->module);
    if (variant->status || (now && !now->missing))
        return;
    blame(variant, "unsupported",
          now ? mem_text(now->missing)
              : mem_format("%s has no %s '%s' any more", variant->runtime->name,
                           module_kind_word(variant->module->kind), variant->module->name));
}

static bool same_command(const struct variant *a, const struct variant *b)
{
    size_t i = 0;
    if (a == b || a->runtime != b->runtime)
        return a == b;
    while (a->command[i] && b->command[i] && strcmp(a->command[i], b->command[i]) == 0)
        i++;
    return !a->command[i] && !b->command[i];
}

/* What one answer means for all cases that are started in the same way, `first` being one of them. */
static void take_answer(struct plan *plan, const struct variant *first, const struct module_list *list,
                        const struct bench_error *why)
{
    for (size_t i = 0; i < plan->count; i++) {
        struct plan_case *one = &plan->cases[i];
        struct variant *way = one->way;
        if (!way->runtime || one->unsupported || !same_command(way, first))
            continue;
        if (list && !way->version)
            way->version = mem_text(list->version ? list->version : way->runtime->name);
        if (list) {
            blame_missing(way, list);
            blame_missing(one->work, list);
        } else if (!way->status) {
            blame(way, "unsupported", mem_text(why->message));
        }
    }
}

/* Each runner of another runtime is asked what it has now, once for each way it is started. */
static void ask_runtimes(const struct preflight *flight, struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_case *one = &plan->cases[i];
        const struct variant *way = one->way;
        struct module_list list = {0};
        struct bench_error why = {0};
        if (!way->runtime || one->unsupported || way->version || way->status)
            continue;
        int rc = module_ask_now(way->runtime, way->command, flight->timeout_ns, &list, &why);
        take_answer(plan, way, rc < 0 ? NULL : &list, &why);
        module_list_free(&list);
    }
}

/* ---- verdicts ---- */

static struct preflight_verdict verdict_of(const struct plan_case *one)
{
    if (one->unsupported)
        return (struct preflight_verdict){"unsupported", one->unsupported};
    if (one->work->status)
        return (struct preflight_verdict){one->work->status, one->work->error};
    return (struct preflight_verdict){one->way->status, one->way->error};
}

int preflight(struct preflight_verdict **verdicts, struct plan *plan, const struct child_setup *setup,
              uint64_t timeout_ns, struct bench_error *err)
{
    struct preflight flight = {.setup = setup, .timeout_ns = timeout_ns};
    int rc = 0;
    *verdicts = NULL;
    ask_runtimes(&flight, plan);
    if (setup->launcher && plan->count)
        rc = start(&flight, plan->cases[0].way, err); /* is there such a command? */
    if (rc == 0)
        rc = check_all(&flight, plan, err);
    child_end(&flight.child, grace_ns);
    if (rc < 0)
        return rc;
    *verdicts = mem_zero(plan->count, sizeof **verdicts);
    for (size_t i = 0; i < plan->count; i++)
        (*verdicts)[i] = verdict_of(&plan->cases[i]);
    return 0;
}

void verdicts_free(struct preflight_verdict *verdicts, size_t count)
{
    (void)count;
    free(verdicts);
}
