/*
 * Programs that start runners elsewhere: on another host, or several of them as ranks. What bench has to
 * know of each is a row of one table.
 */
#ifndef CONTROL_LAUNCHER_H
#define CONTROL_LAUNCHER_H

#include <bench/error.h>

#include <stdbool.h>

struct launcher {
    const char *title;    /* whose it is, for messages: "Open MPI" */
    const char *call;     /* how users do: "mpiexec -n" and the number of ranks */
    const char *programs; /* by which it is known, separated by blanks */
    const char *says;     /* in what it answers to --version, where its name leaves that open; or NULL */
    /* It starts a job: what would only be asked is asked without it, a job is told to end (SIGTERM) and
     * given the time for that, and what it says on stdout itself is no answer of the runner's. */
    bool starts_jobs;
    const char *always;      /* options that bench adds behind its name, separated by blanks; or NULL */
    const char *unless;      /* where the user gives one that begins so, they are left out; or NULL */
    const char *size, *rank; /* environment variables of those that it starts; or NULL */
};

/* The row of the first of these words that is a known launcher; NULL: none is. `words` may be NULL. */
const struct launcher *launcher_find(char *const *words);

/*
 * The launcher's words with what its row adds to them, ended by NULL; the array and each word are for
 * free(). An empty array where `words` is NULL.
 */
char **launcher_words(char *const *words);
void launcher_words_free(char **words);

/* Is there such a program? 0, or -errno with a message, as if it had been started. */
int launcher_look(char *const *words, struct bench_error *err);

/*
 * Is this process itself one of several that a launcher has started? Then -EINVAL, and the message says
 * how it is called rightly.
 */
int launcher_refuse_ranks(struct bench_error *err);

#endif
