/* The URLs to fetch: one, or those of a file. Only http and https. */
#ifndef WORKLOADS_HTTP_URL_LIST_H
#define WORKLOADS_HTTP_URL_LIST_H

#include <bench/error.h>

#include <stddef.h>

struct url_list {
    char **urls; /* owned */
    size_t count;
};

/* A list of this one. Messages begin with `name`, what the user calls it: "url". */
int url_list_one(struct url_list *list, const char *name, const char *url, struct bench_error *err);

/*
 * Those of a file, one a line. Blanks around them, blank lines, and lines that begin with # are skipped.
 * Messages begin with the path, and the line if it is one. On failure nothing is left.
 */
int url_list_read(struct url_list *list, const char *path, struct bench_error *err);

void url_list_free(struct url_list *list);

#endif
