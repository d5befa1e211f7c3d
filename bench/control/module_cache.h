/* Lists of modules kept from one call of bench to the next, so that no runner need be asked again. */
#ifndef CONTROL_MODULE_CACHE_H
#define CONTROL_MODULE_CACHE_H

#include <jansson.h>

/*
 * What a list depends on: this bench, and each of the files (paths, ended by NULL) as it is now: inode,
 * size, time. For free(); NULL where the first of them cannot be looked at.
 */
char *module_cache_key(char *const *files);

/* The list kept under a key, for json_decref; NULL: none, or it is damaged. */
json_t *module_cache_load(const char *key);

/* Keep it, in place of what was kept of these files. Where that cannot be, it is not kept. */
void module_cache_store(const char *key, const json_t *list);

#endif
