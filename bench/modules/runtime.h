/* A runtime whose workers are not bench's own: who runs them, as its manifest says. */
#ifndef MODULES_RUNTIME_H
#define MODULES_RUNTIME_H

#include <bench/param.h>

#include <stdbool.h>
#include <stddef.h>

/* Texts are the manifest's. */
struct runtime {
    const char *name;
    const char *summary;
    const char *file;                 /* the manifest's path */
    char **command;                   /* words that start its runner; {NAME} is a parameter's value */
    char **files;                     /* what its tables come from besides; NULL-terminated */
    const struct bench_param *params; /* the runner's own; NULL: none */
    bool placed;                      /* the controller tells it which CPUs each worker is for */
    void *document;
};

void runtime_free(struct runtime *runtime);

#endif
