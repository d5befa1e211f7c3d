/* Asks runners, before anything is measured, what would be in the way of it. */
#include "control/preflight.h"

#include "base/memory.h"
#include "control/module_ask.h"
#include "control/opening.h"
#include "control/rank_command.h"
#include "control/talk.h"

#include <bench/workload.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A runner that has nothing to do ends at once; one behind a profiler takes a moment. */
static const uint64_t grace_ns = 1000000000;

/* Whether parameters are right is soon said, but reading a large file for it takes a while. */
static const uint64_t usual_limit_ns = 600000000000;

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

/* `unsupported` is not a mistake: the launch will say so in its row. */
static int read_reply(const struct plan_case *one, const struct reply *reply, struct bench_error *err)
{
    if (reply->ok || status_find(reply->status) == STATUS_UNSUPPORTED)
        return 0;
    const char *split = one->work->split;
    return bench_error_set(err, -EINVAL, "%s: %s%s%s%s", one->workload->name,
                           reply->error ? reply->error : "its parameters were refused without a reason",
                           split ? "; its values were split at commas; write a comma within " : "",
                           split ? split : "", split ? " as \\," : "");
}

/* Variables that the executor wants, into its variant. */
static void take_environment(struct variant *way, const struct reply *reply)
{
    struct entries variables;
    bool has;
    if (checked_decode(&variables, &has, reply, NULL) == 0 && has) {
        way->environment = mem_zero(variables.count + 1, sizeof *way->environment);
        for (size_t i = 0; i < variables.count; i++)
            way->environment[i] = mem_format("%s=%s", variables.list[i].name, variables.list[i].value);
    }
    entries_free(&variables);
}

static struct child_setup setup_of(const struct preflight *asking, const struct variant *way)
{
    struct child_setup setup = *asking->setup;
    setup.command = way->command;
    if (setup.command)
        setup.speaks = NULL; /* that was found out of another runner */
    return setup;
}

static int start(struct preflight *asking, struct variant *way, struct bench_error *err)
{
    const struct child_setup setup = setup_of(asking, way);
    if (asking->child.pid && asking->way->command != way->command)
        child_end(&asking->child, grace_ns);
    asking->way = way;
    return asking->child.pid ? 0 : child_start(&asking->child, &setup, err);
}

static enum talk ask(struct preflight *asking, const struct plan_case *one, struct reply *reply,
                     struct bench_error *why)
{
    const struct child_setup setup = setup_of(asking, one->way);
    struct opening opening;
    opening_make(&opening, one, NULL, OP_CHECK);
    uint64_t limit_ns = asking->timeout_ns ? asking->timeout_ns : usual_limit_ns;
    enum talk talk =
        talk_introduce(&asking->child, &setup, &opening.message, bench_now() + limit_ns, reply, why);
    opening_free(&opening);
    if (talk != TALK_ANSWERED)
        child_end(&asking->child, 0);
    return talk;
}

static int check(struct preflight *asking, const struct plan_case *one, struct bench_error *err)
{
    struct reply reply;
    struct bench_error why = {0};
    struct variant *guilty = one->workload->flags & MODULE_CHECKED ? one->work : one->way;
    int rc = start(asking, one->way, err);
    if (rc < 0)
        return rc;
    enum talk talk = ask(asking, one, &reply, &why);
    one->work->checked = true;
    if (talk == TALK_STOPPED)
        return -EINTR;
    if (talk != TALK_ANSWERED) {
        guilty->checked = true;
        blame(guilty, status_word(talk_status(talk)),
              mem_format("while its parameters were checked: %s", why.message));
        return 0;
    }
    one->way->checked = true;
    rc = read_reply(one, &reply, err);
    take_environment(one->way, &reply);
    reply_free(&reply);
    return rc;
}

/*
 * Runners that are another program (an older one, a script that stands in for one) may not know of
 * environments: then this program says what its own executor of that name wants.
 */
static int ask_ourselves(struct preflight *asking, const struct plan_case *one, struct bench_error *err)
{
    struct child_setup own = *asking->setup;
    own.launcher = NULL;
    own.program = NULL;
    own.speaks = NULL;
    struct preflight other = {.setup = &own, .timeout_ns = asking->timeout_ns};
    struct reply reply;
    struct bench_error why = {0};
    int rc = start(&other, one->way, err);
    if (rc < 0)
        return rc;
    enum talk talk = ask(&other, one, &reply, &why);
    if (talk == TALK_ANSWERED) {
        take_environment(one->way, &reply);
        reply_free(&reply);
    }
    child_end(&other.child, grace_ns);
    return talk == TALK_STOPPED ? -EINTR : 0;
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

static int check_all(struct preflight *asking, const struct plan *plan, struct bench_error *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < plan->count; i++) {
        const struct plan_case *one = &plan->cases[i];
        if (one->unsupported || one->work->status || one->way->status ||
            !(wants_check(one->work) || wants_check(one->way)))
            continue;
        rc = check(asking, one, err);
        if (rc == 0 && (asking->setup->program || asking->setup->launcher) && lacks_environment(one) &&
            !one->work->status)
            rc = ask_ourselves(asking, one, err);
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

/* A program of the user's choice that is no such runner: the command line is wrong. 0: it is the
 * default. One that does not answer in time may be right, on a busy machine. */
static int refuse_chosen(const struct variant *way, const char *why, struct bench_error *err)
{
    const struct bench_param *param = way->runner_params.table;
    while (param && param->name && param_set_is_default(&way->runner_params, param))
        param++;
    if (!param || !param->name)
        return 0;
    return bench_error_set(err, -EINVAL, "--set %s.%s=%s: %s; it must be %s", way->runtime->name,
                           param->name, param_set_get(&way->runner_params, param->name), why,
                           param->help);
}

/* Each runner of another runtime is asked what it has now, once for each way it is started. */
static int ask_runtimes(const struct preflight *asking, struct plan *plan, struct bench_error *err)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_case *one = &plan->cases[i];
        const struct variant *way = one->way;
        struct module_list list = {0};
        struct bench_error why = {0};
        if (!way->runtime || one->unsupported || way->version || way->status)
            continue;
        int rc = module_ask_now(way->runtime, way->command, asking->timeout_ns, asking->setup->stop,
                                &list, &why);
        if (rc == -EINTR)
            return bench_error_set(err, rc, "%s", why.message);
        if (rc < 0 && rc != -ETIMEDOUT && refuse_chosen(way, why.message, err) < 0)
            return -EINVAL;
        take_answer(plan, way, rc < 0 ? NULL : &list, &why);
        module_list_free(&list);
    }
    return 0;
}

/* ---- ranks ---- */

/* Whose ranks a way has is part of the case, also where none has said its version yet. */
static void name_ranks(struct plan *plan, const struct child_setup *setup)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_case *one = &plan->cases[i];
        struct rank_command command;
        struct bench_error ignored = {0};
        if (!case_has_ranks(one) || one->unsupported || one->way->version)
            continue;
        if (rank_command_make(&command, one, setup, &ignored) == 0)
            one->way->version = mem_format("%s unknown", command.title);
        rank_command_free(&command);
    }
}

/* ---- verdicts ---- */

static struct preflight_verdict verdict_of(const struct plan_case *one)
{
    if (one->unsupported)
        return (struct preflight_verdict){STATUS_UNSUPPORTED, one->unsupported};
    const struct variant *blamed = one->work->status ? one->work : one->way;
    return (struct preflight_verdict){status_find(blamed->status), blamed->error};
}

int preflight(struct preflight_verdict **verdicts, struct plan *plan, const struct child_setup *setup,
              uint64_t timeout_ns, struct bench_error *err)
{
    bool jobs = setup->launcher && setup->known && setup->known->starts_jobs;
    struct child_setup here = *setup;
    if (jobs) /* none is queued for a mere question */
        here.launcher = NULL;
    struct preflight asking = {.setup = &here, .timeout_ns = timeout_ns};
    *verdicts = NULL;
    name_ranks(plan, setup);
    int rc = ask_runtimes(&asking, plan, err);
    if (rc == 0 && jobs)
        rc = launcher_look(setup->launcher, err);
    else if (rc == 0 && setup->launcher && plan->count)
        rc = start(&asking, plan->cases[0].way, err); /* is there such a command? */
    if (rc == 0)
        rc = check_all(&asking, plan, err);
    child_end(&asking.child, grace_ns);
    if (rc < 0)
        return rc;
    *verdicts = mem_zero(plan->count, sizeof **verdicts);
    for (size_t i = 0; i < plan->count; i++)
        (*verdicts)[i] = verdict_of(&plan->cases[i]);
    return 0;
}

void preflight_free(struct preflight_verdict *verdicts)
{
    free(verdicts);
}
