/*
 * All that a command needs before it can launch anything: the modules, the machine, the cases that the
 * options mean, and how runners are started. And the user's wish to end, which is one a process.
 */
#ifndef CLI_CONTEXT_H
#define CLI_CONTEXT_H

#include "cli/options.h"
#include "cli/plan_name.h"
#include "control/child.h"
#include "control/module_ask.h"
#include "machine/facts.h"
#include "modules/registry.h"
#include "plan/plan.h"
#include "records/record.h"

#include <hwloc.h>

struct context {
    const struct options *options;
    struct module_asker asker;
    struct registry *registry;
    hwloc_topology_t topology;
    int topology_fd;
    struct machine_facts facts;
    struct plan_request request;
    struct plan plan;
    struct plan reference;             /* what the plan has copies of, with --reference-work */
    struct case_naming naming;         /* of its cases */
    char **launcher, **ranks_launcher; /* words, or NULL */
    char **counters;                   /* setup's */
    struct child_setup setup;
    struct request_limit requests; /* setup's */
    struct keeper keeper;
    int speaks;            /* which version of the protocol the runners do; 0: not known yet */
    struct record session; /* session, host, machine, label: of every record */
};

/*
 * Make one from options, which must outlive it. 0 or a negative errno value; the caller closes it in
 * either case.
 */
int context_open(struct context *context, const struct options *options, struct bench_error *err);
void context_close(struct context *context);

/* The signal that asked this process to end; 0 while there is none. */
extern volatile sig_atomic_t stop_signal;

/* From now on SIGINT, SIGTERM and SIGHUP only ask to stop, and orphans of runners become our children.
 * Once, before anything is started. */
void stop_watch(void);

/* "bench: blur under omp, 2 workers: WHAT: TEXT" on stderr; TEXT may be NULL. The case is of the
 * context's plan. */
void say_case(const struct context *context, const struct plan_case *one, const char *what,
              const char *text);

/* "bench: warning: TEXT" on stderr. */
void say_warning(const char *text);

/* Texts that are said once each. Zero-initialised; freed by said_free. */
struct said {
    char **texts;
    size_t count;
};

/* Has it been said before? Remembers it. */
bool said_before(struct said *said, const char *subject, const char *text);
void said_free(struct said *said);

#endif
