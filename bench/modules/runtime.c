/* What a manifest has told of a runtime, freed. */
#include "modules/runtime.h"

#include <jansson.h>
#include <stdlib.h>

void runtime_free(struct runtime *runtime)
{
    free(runtime->command);
    free(runtime->files);
    free((void *)(uintptr_t)runtime->params);
    json_decref(runtime->document);
    *runtime = (struct runtime){0};
}
