/* The reply to `list`: what modules a runner has, as JSON. docs/protocol.md describes it. */
#ifndef PROTOCOL_MODULE_LIST_H
#define PROTOCOL_MODULE_LIST_H

#include "modules/module_info.h"

#include <jansson.h>

/* {"modules": [...], "version": ...}, for json_decref. */
json_t *module_list_encode(const struct module_info *modules, size_t count, const char *version);

/*
 * A reply taken apart and checked: -ENOEXEC with a message that begins with `from`, a file or a runner,
 * and names module, parameter and fault. `runtime` (may be NULL) is that of all modules, and must
 * outlive the list, as `reply` need not.
 */
int module_list_decode(struct module_list *list, json_t *reply, const char *from, const char *runtime,
                       struct bench_error *err);

/* Out of a reply that is to be kept: the version, and what is missing. Both are asked each time they
 * matter, for something may have been installed since. */
void module_list_forget(json_t *reply);

/* A table of parameters, ended, for free(); NULL with `err` filled. Its texts are the array's. */
struct bench_param *module_params_decode(const json_t *array, const char *from, struct bench_error *err);

#endif
