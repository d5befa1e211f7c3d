/*
 * What people read, in the order in which they read it: headings, tables, remarks. Whoever has something
 * to tell puts it on a page and need not know whether that is a terminal, Markdown, or data for HTML.
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "report/case_name.h"
#include "report/grid.h"

#include <bench/error.h>

struct timeline;

enum page_style { PAGE_TEXT, PAGE_MARKDOWN, PAGE_BLOCKS };

struct page {
    FILE *out;
    enum page_style style;
    struct json_t *blocks;           /* of PAGE_BLOCKS, which prints nothing: see report/page_blocks.h */
    size_t width;                    /* of a line of text, in columns; 0: any */
    bool has_decimal_comma;          /* CSV as spreadsheets want it in much of Europe */
    bool with_details;               /* all that is known: more columns, parameters at their defaults */
    const char *pivot;               /* what a picture is drawn over; NULL: not given */
    const struct timeline *timeline; /* to be drawn with results; NULL: none */
    const struct case_defaults *defaults;                                    /* NULL: not known */
    enum { BLOCK_NONE, BLOCK_TEXT, BLOCK_ITEM, BLOCK_GRID, BLOCK_GAP } last; /* the page's own */
};

/* What stands above a table, and what is most important of all. */
void page_heading(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
void page_title(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A paragraph of its own; a remark, as one of several. */
void page_text(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
void page_item(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

void page_grid(struct page *page, const struct grid *grid);

/* Lines as they are, never broken. */
void page_code(struct page *page, const char *lines);

/* Some room before what comes next; no more where there is some already. */
void page_gap(struct page *page);

/* Flush. 0, or -errno with "cannot print WHAT: ..." where `out` could not take it all; errno is 0 before
 * the first is printed. */
int page_end(struct page *page, const char *what, struct bench_error *err);

#endif
