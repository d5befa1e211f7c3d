/* Asks runners which modules there are: a module's file is opened there and nowhere else. */
#ifndef CONTROL_MODULE_ASK_H
#define CONTROL_MODULE_ASK_H

#include "modules/registry.h"

#include <signal.h>

struct module_asker {
    uint64_t limit_ns;              /* of an answer; 0: ten seconds */
    bool fresh;                     /* what is kept from earlier calls is not believed */
    bool kept_only;                 /* nothing else is: no runner is started */
    void (*warn)(const char *text); /* may be NULL */
};

/* A source for registry_open. `asker` must outlive it. */
struct module_source module_ask_source(struct module_asker *asker);

/*
 * What a runtime has now, started by these words: with its version, and with what is missing. Freed by
 * module_list_free. -errno with a message; -EINTR when *stop (may be NULL) is not 0: the user wants to
 * end.
 */
int module_ask_now(const struct runtime *runtime, char *const *command, uint64_t limit_ns,
                   const volatile sig_atomic_t *stop, struct module_list *list, struct bench_error *err);

#endif
