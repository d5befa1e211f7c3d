/* Manifests: small JSON files, each of which makes the runner of another runtime known. */
#ifndef PROTOCOL_MANIFEST_H
#define PROTOCOL_MANIFEST_H

#include "modules/runtime.h"

#include <bench/error.h>

/*
 * Read one, for runtime_free. -errno, or -EINVAL with a message that begins with the path. In words of
 * the command {folder} is the manifest's own folder; {NAME} of a parameter is left for runtime_command.
 */
int manifest_read(struct runtime *runtime, const char *path, struct bench_error *err);

#endif
