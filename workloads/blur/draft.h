/*
 * A file that takes the place of `path` when it is whole, so that nobody ever reads a part of it. Until
 * then it has no name where the file system allows that, so that whoever is killed leaves nothing.
 */
#ifndef BLUR_DRAFT_H
#define BLUR_DRAFT_H

#include <bench/error.h>

#include <stdio.h>

struct draft {
    const char *path; /* the caller's */
    FILE *out;
    char *name; /* meanwhile, where it has one; else NULL */
};

/* -errno with a message: there is none. Else one of the others ends it. */
int draft_open(struct draft *draft, const char *path, struct bench_error *err);
int draft_publish(struct draft *draft, struct bench_error *err);
void draft_drop(struct draft *draft);

#endif
