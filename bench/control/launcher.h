/*
 * Programs that start runners elsewhere: on another host, or several of them as ranks. What bench has to
 * know of each is a row of one table.
 */
#ifndef CONTROL_LAUNCHER_H
#define CONTROL_LAUNCHER_H

#include <bench/error.h>

#include <stdbool.h>
#include <stdint.h>

struct launcher {
    const char *title;    /* whose it is, for messages: "Open MPI" */
    const char *programs; /* by which it is known, separated by blanks */
    const char *says;     /* in what it answers to --version, where its name leaves that open; or NULL */
    /* It starts a job: what would only be asked is asked without it, a job is told to end (SIGTERM) and
     * given the time for that, and what it says on stdout itself is no answer of the runner's. */
    bool starts_jobs;
    const char *always; /* options that bench adds behind its name, separated by blanks; or NULL */
    /* Where bench builds its command for ranks: what stands before their number; and before a list of
     * hosts, each with the number of its ranks if it has slots, and never if they are plain. */
    const char *ranks, *hosts;
    bool slots, has_plain_hosts;
    const char *engine;        /* which connects what it starts; NULL: any */
    const char *root_variable; /* without which it does not run as root; or NULL */
    const char *unless;        /* where the user gives one that begins so, they are left out; or NULL */
};

/* The row of the first of these words that is a known launcher; NULL: none is. `words` may be NULL. */
const struct launcher *launcher_find(char *const *words);

/*
 * The launcher's words with what its row adds to them, ended by NULL; the array and each word are for
 * free(). An empty array where `words` is NULL.
 */
char **launcher_words(char *const *words);
void launcher_words_free(char **words);

/* Where the number of ranks is to stand in a word, {ranks} as users write it: braces are not for them.
 */
#define LAUNCHER_RANKS "\1ranks\1"

/* The word with that number in it; for free(). */
char *launcher_fill(const char *word, int64_t ranks);

/* Is there such a program? 0, or -errno with a message, as if it had been started. */
int launcher_look(char *const *words, struct bench_error *err);

/*
 * Is this process itself one of several that a launcher has started? Then -EINVAL, and the message says
 * how it is called rightly.
 */
int launcher_refuse_ranks(struct bench_error *err);

#endif
