/*
 * A page as data: its headings, remarks and tables in their order, as an array of JSON objects, for
 * those who lay it out themselves.
 *
 *     {"kind": "heading", "text": "..."}          also "title", "text", "item" and "code"
 *     {"kind": "grid", "columns": [["heading", is a number], ...], "rows": [["cell", ...], ...],
 *      "loud": [[row, column], ...]}
 *
 * Texts are UTF-8 without control characters.
 */
#ifndef REPORT_PAGE_BLOCKS_H
#define REPORT_PAGE_BLOCKS_H

#include "report/grid.h"

#include <jansson.h>

void page_blocks_text(json_t *blocks, const char *kind, const char *text);
void page_blocks_grid(json_t *blocks, const struct grid *grid);

#endif
