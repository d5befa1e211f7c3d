/*
 * A file replaced as a whole: the new one is written where nobody sees it and takes the old one's place
 * at once, so that no reader ever finds a part of it, whatever ends the program.
 */
#ifndef BASE_REPLACEMENT_H
#define BASE_REPLACEMENT_H

#include <bench/error.h>

struct replacement {
    int fd;             /* to write to */
    const char *target; /* the caller's */
    char *beside;       /* its name meanwhile, where the file system has no files without one; NULL */
};

/* In the target's folder, with its permissions. -errno with `err` filled, and then there is none. */
int replacement_open(struct replacement *replacement, const char *target, struct bench_error *err);

/* Takes the target's place; or it is withdrawn, and -errno with `err` filled. */
int replacement_commit(struct replacement *replacement, struct bench_error *err);

/* The target stays as it is. */
void replacement_withdraw(struct replacement *replacement);

#endif
