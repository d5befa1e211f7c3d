/* The text that is served: random letters and digits, so that it cannot be compressed by much. */
#ifndef SERVE_BODY_H
#define SERVE_BODY_H

#include <stddef.h>

/*
 * A body of n bytes is the first n of one endless text, so one piece of memory holds the bodies of all
 * sizes. It is made as far as it is needed, and never moves.
 */
struct body {
    char *text;
    size_t made_bytes;
};

/* Reserve addresses. 0 or -errno. */
int body_open(struct body *body);
void body_close(struct body *body);

/* The first size_bytes (at most BODY_MAX_BYTES) of the text; NULL when there is no memory for them. */
const char *body_text(struct body *body, size_t size_bytes);

#endif
