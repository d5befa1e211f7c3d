/* Headings, tables and remarks as text, as Markdown and as data. */
#include "report/page.h"

#include "base/memory.h"
#include "report/markdown.h"
#include "report/page_blocks.h"
#include "report/wrap.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* In Markdown a block is what an empty line ends, but for the items of one list. */
static void begin(struct page *page, int block)
{
    if (page->style == PAGE_MARKDOWN && page->last != BLOCK_NONE &&
        !(block == BLOCK_ITEM && page->last == BLOCK_ITEM))
        fputc('\n', page->out);
    page->last = block;
}

static void put(struct page *page, int block, const char *kind, size_t indent, const char *format,
                va_list arguments)
{
    char *text = mem_vformat(format, arguments), *escaped = NULL;
    const char *around = strcmp(kind, "title") == 0 ? "**" : "";
    begin(page, block);
    if (page->style == PAGE_BLOCKS) {
        page_blocks_text(page->blocks, kind, text);
    } else if (page->style == PAGE_TEXT) {
        wrap_print(page->out, "", text, page->width, indent);
    } else {
        escaped = markdown_escape(text);
        fprintf(page->out, "%s%s%s%s\n", block == BLOCK_ITEM ? "- " : "", around, escaped, around);
    }
    free(escaped);
    free(text);
}

#define PUT(block, kind, indent)                       \
    va_list arguments;                                 \
    va_start(arguments, format);                       \
    put(page, block, kind, indent, format, arguments); \
    va_end(arguments)

void page_heading(struct page *page, const char *format, ...)
{
    PUT(BLOCK_TEXT, "heading", 2);
}

void page_title(struct page *page, const char *format, ...)
{
    PUT(BLOCK_TEXT, "title", 2);
}

void page_text(struct page *page, const char *format, ...)
{
    PUT(BLOCK_TEXT, "text", 0);
}

void page_item(struct page *page, const char *format, ...)
{
    PUT(BLOCK_ITEM, "item", 2);
}

void page_grid(struct page *page, const struct grid *grid)
{
    begin(page, BLOCK_GRID);
    if (page->style == PAGE_BLOCKS)
        page_blocks_grid(page->blocks, grid);
    else if (page->style == PAGE_TEXT)
        grid_print_text(page->out, grid, page->width);
    else
        grid_print_markdown(page->out, grid);
}

void page_code(struct page *page, const char *lines)
{
    begin(page, BLOCK_TEXT);
    if (page->style == PAGE_BLOCKS) {
        page_blocks_text(page->blocks, "code", lines);
        return;
    }
    if (page->style == PAGE_MARKDOWN)
        fputs("```\n", page->out);
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        fprintf(page->out, "%s%.*s\n", page->style == PAGE_TEXT && length > 0 ? "    " : "", (int)length,
                lines);
        lines += length + (lines[length] == '\n');
    }
    if (page->style == PAGE_MARKDOWN)
        fputs("```\n", page->out);
}

void page_gap(struct page *page)
{
    if (page->style != PAGE_TEXT || page->last == BLOCK_GAP)
        return;
    fputc('\n', page->out);
    page->last = BLOCK_GAP;
}

int page_end(struct page *page, const char *what, struct bench_error *err)
{
    if (fflush(page->out) == 0 && !ferror(page->out))
        return 0;
    int rc = errno ? -errno : -EIO;
    return bench_error_set(err, rc, "cannot print %s: %s", what, strerror(-rc));
}
