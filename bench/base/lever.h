/*
 * Levers: what bench makes slower or takes away on purpose, to see how much a piece of work depends on
 * it. The words of --lever, of the column `lever` and of the protocol.
 */
#ifndef BASE_LEVER_H
#define BASE_LEVER_H

#include <bench/error.h>

enum lever_kind {
    LEVER_NONE,  /* nothing: not even clocks are read for it */
    LEVER_OFF,   /* all clocks are read that the others need, and nothing is slowed: what they are held
                    against */
    LEVER_CPU,   /* CPU time takes `share` longer: the worker spins */
    LEVER_WAIT,  /* waiting takes `share` longer: the lane sleeps */
    LEVER_LOCK,  /* locks are held `share` longer: the holder spins */
    LEVER_CACHE, /* once a millisecond the worker reads through twice its second-level cache; with a
                  * share of 0 it spins as long instead */
    LEVER_MEMORY /* a thread on another core streams through memory; with a share of 0 it spins instead
                  */
};

struct lever {
    enum lever_kind kind;
    double share; /* 0.5: by half; of cache and memory: 1 on, 0 off */
};

/* What a lane waits for, and its word in the column `waits`. */
enum wait_kind {
    WAIT_SLEEP,
    WAIT_READ,
    WAIT_WRITE,
    WAIT_SYNC,
    WAIT_POLL,
    WAIT_LOCK,  /* another lane holds it */
    WAIT_OTHER, /* not through the lane: a library's own, or a page that is read; one lane alone */
    WAIT_KINDS
};
extern const char *const wait_words[WAIT_KINDS];

/* "cpu=50%", "wait=100%", "lock=50%", "cache=on", "cache=off", "memory=on", "memory=off", "off"; "" is
 * LEVER_NONE. -EINVAL with a message that begins with the text. */
int lever_parse(struct lever *lever, const char *text, struct bench_error *err);

/* The other way round, of a lever that lever_parse could have made; for free(). */
char *lever_text(const struct lever *lever);

#endif
