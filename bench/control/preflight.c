#include "control/preflight.h"

#include "control/launch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A runner that has nothing to do ends at once; one behind a profiler takes a moment. */
static const uint64_t grace_ns = 1000000000;

struct preflight {
    struct registry *registry;
    const struct child_setup *setup;
    uint64_t timeout_ns;
    struct child child; /* while its pid is not 0 */
};

static bool same_work(const struct plan_case *a, const struct plan_case *b)
{
    char *a_params = params_format(&a->workload_params, false);
    char *b_params = params_format(&b->workload_params, false);
    bool same = a->workload == b->workload && a_params && b_params && strcmp(a_params, b_params) == 0;
    free(a_params);
    free(b_params);
    return same;
}

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

static int check(struct preflight *launch, const struct plan_case *one,
                 struct preflight_verdict *verdict, struct bench_error *err)
{
    json_t *reply, *message = launch_message(one, launch->registry, "check");
    struct bench_error why = {0};
    if (!message)
        return bench_error_set(err, -ENOMEM, "out of memory");
    json_object_set_new(message, "lifeline", json_true());
    uint64_t deadline_ns = launch->timeout_ns ? bench_now() + launch->timeout_ns : 0;
    enum child_end end = child_ask(&launch->child, launch->setup, message, deadline_ns, &reply, &why);
    json_decref(message);
    if (end == CHILD_ANSWERED) {
        int rc = read_reply(one, reply, err);
        json_decref(reply);
        return rc;
    }
    child_end(&launch->child, 0);
    if (end == CHILD_STOPPED)
        return -EINTR;
    verdict->status = end == CHILD_TIMEOUT ? "timeout" : "crashed";
    if (asprintf(&verdict->error, "while its parameters were checked: %s", why.message) < 0)
        verdict->error = NULL;
    return 0;
}

/* Equal work stands together in a plan, so that it is enough to look at what was checked last. */
static int check_all(struct preflight *launch, struct preflight_verdict *verdicts,
                     const struct plan *plan, struct bench_error *err)
{
    size_t checked = plan->count;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < plan->count; i++) {
        const struct plan_case *one = &plan->cases[i];
        if (!one->workload->validate)
            continue;
        if (checked < i && same_work(&plan->cases[checked], one)) {
            const struct preflight_verdict *same = &verdicts[checked];
            verdicts[i] =
                (struct preflight_verdict){same->status, same->error ? strdup(same->error) : NULL};
            continue;
        }
        checked = i;
        if (launch->child.pid == 0)
            rc = child_start(&launch->child, launch->setup, err);
        if (rc == 0)
            rc = check(launch, one, &verdicts[i], err);
    }
    return rc;
}

int preflight(struct preflight_verdict **verdicts, const struct plan *plan, struct registry *registry,
              const struct child_setup *setup, uint64_t timeout_ns, struct bench_error *err)
{
    struct preflight launch = {.registry = registry, .setup = setup, .timeout_ns = timeout_ns};
    *verdicts = calloc(plan->count + 1, sizeof **verdicts);
    if (!*verdicts)
        return bench_error_set(err, -ENOMEM, "out of memory");
    int rc = setup->launcher ? child_start(&launch.child, setup, err) : 0; /* is there such a command? */
    if (rc == 0)
        rc = check_all(&launch, *verdicts, plan, err);
    child_end(&launch.child, grace_ns);
    if (rc < 0) {
        verdicts_free(*verdicts, plan->count);
        *verdicts = NULL;
    }
    return rc;
}

void verdicts_free(struct preflight_verdict *verdicts, size_t count)
{
    for (size_t i = 0; verdicts && i < count; i++)
        free(verdicts[i].error);
    free(verdicts);
}
